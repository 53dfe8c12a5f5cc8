//! `shareddir.dat` of eMule and aMule: the folders that the program was told to share.

use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::SharedFolder;

use crate::artefact::{Loaded, Telling, is_named, lines};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_shareddir_dat",
    version: 1,
    about: "shareddir.dat of eMule and aMule: folders that the program was told to share",
    tables: &["shared_folder"],
    recognise,
    read,
};

/// aMule keeps which folders were chosen by themselves and which with all under them; the first is both together.
const NAMES: [&str; 3] = ["shareddir.dat", "shareddir-explicit.dat", "shareddir-recursive.dat"];

fn recognise(sample: &Sample<'_>) -> Fit {
    let named = NAMES.iter().any(|name| is_named(sample.name, name));
    let (_, lines) = lines(sample.head);
    let is_path =
        |line: &str| line.starts_with('/') || line.starts_with("\\\\") || line.get(1..3) == Some(":\\");
    match named {
        true if lines.first().is_some_and(|(_, line)| is_path(line)) => Fit::Sure,
        true => Fit::Possible,
        false => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let (encoding, lines) = lines(&loaded.bytes);
    telling.sink.note("encoding", encoding);
    // eMule writes UTF-16 with its mark, aMule UTF-8 without one.
    let program = if encoding.starts_with("UTF-16") { "eMule" } else { "eMule or aMule" };
    for (span, path) in lines {
        telling.record();
        if path.trim().is_empty() {
            telling.sink.skip(&span.spot(), "an empty line");
            continue;
        }
        telling.row(SharedFolder {
            program: program.into(),
            path: path.as_str().into(),
            place: span.spot(),
        })?;
    }
    telling.end(&loaded)
}
