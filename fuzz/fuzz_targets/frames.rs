//! Frames from a child that has read hostile bytes: whatever comes is a frame or a broken stream, and a frame comes back as
//! it is written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tutela_evidence::frame::{FrameReader, FrameWriter};

fuzz_target!(|bytes: &[u8]| {
    let mut reader = FrameReader::new(bytes);
    while let Ok(Some(frame)) = reader.read() {
        let mut writer = FrameWriter::new(Vec::new());
        writer.write(&frame).expect("what was read is short enough");
        let written = writer.into_inner();
        assert_eq!(FrameReader::new(&written[..]).read(), Ok(Some(frame)));
    }
});
