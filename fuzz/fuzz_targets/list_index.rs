//! Foreign bytes as the index of a list: it is refused, or answers, and never faults.
#![no_main]

use std::io::Write as _;

use tutela_matchers::index::Index;
use tutela_matchers::lists::Hashes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&sealed(bytes)).expect("the disk");
    file.flush().expect("the disk");
    let Ok(index) = Index::open(file.path()) else { return };
    for number in 0..index.entries().min(100) {
        let _ = index.entry(number);
    }
    let hashes =
        Hashes { md5: Some([0x55; 16]), sha1: Some([0; 20]), sha256: Some([0xff; 32]), ed2k: Some([0x80; 16]) };
    let _ = index.look(&hashes, Some(1));
    let _ = index.check();
    if let Ok(Some(set)) = index.blocks() {
        let _ = set.look_key(&[0x55; 16]);
        let _ = set.look(&vec![0x55; set.block_bytes().min(1 << 16) as usize]);
    }
});

/// The bytes with the digest that the head has to have of the manifest: without it nothing behind it would be reached.
fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let offset = bytes.get(16..24).map(|offset| u64::from_le_bytes(offset.try_into().expect("eight bytes")));
    let manifest = offset.and_then(|offset| usize::try_from(offset).ok()).filter(|offset| *offset >= 64);
    if let Some(manifest) = manifest.and_then(|offset| bytes.get(offset..)) {
        let (digest, length) = (tutela_model::Digest::of(manifest), manifest.len() as u64);
        bytes[..8].copy_from_slice(b"TUTELIST");
        bytes[8..12].copy_from_slice(&1u32.to_le_bytes());
        bytes[24..32].copy_from_slice(&length.to_le_bytes());
        bytes[32..64].copy_from_slice(&digest.0);
    }
    bytes
}
