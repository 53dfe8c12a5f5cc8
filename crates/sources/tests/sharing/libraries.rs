//! Files of Ares and Shareaza.

use super::{EVENING, cut, hash, joined};

/// The cipher of Ares: what is enciphered decides the number for the next byte.
fn enciphered(plain: &[u8], seed: u32) -> Vec<u8> {
    let mut state = seed;
    let cipher = |byte: &u8| {
        let cipher = byte ^ (state >> 8) as u8;
        state = state.wrapping_add(cipher.into()).wrapping_mul(23_219).wrapping_add(36_126);
        cipher
    };
    plain.iter().map(cipher).collect()
}

fn field(kind: u8, value: &[u8]) -> Vec<u8> {
    joined(&[&[kind], &(value.len() as u16).to_le_bytes(), value])
}

fn ares_record(head: &[u8], fields: &[Vec<u8>]) -> Vec<u8> {
    let body = fields.concat();
    let head = joined(&[head, &(body.len() as u16).to_le_bytes()]);
    joined(&[&enciphered(&head, 13_871), &enciphered(&body, 13_872)])
}

fn share_h() -> Vec<u8> {
    let head = |shared: u8| joined(&[&hash::<20>(0x10), &[shared]]);
    let path = field(1, b"C:\\Users\\anna\\My Shared Folder\\file 1.bin");
    joined(&[
        b"__ARESDB1.02H_",
        &ares_record(
            &head(1),
            &[path, field(2, b"holiday"), field(3, b""), field(11, &EVENING.to_le_bytes())],
        ),
        &ares_record(&head(0), &[field(2, b"blue car"), field(17, &[]), field(99, b"?")]),
        &ares_record(&head(7), &[joined(&[&[10], &9_u16.to_le_bytes(), b"x"])]),
        &ares_record(&head(1), &[]),
    ])
}

fn share_l() -> Vec<u8> {
    let mut head = joined(&[&hash::<20>(0x30), &[5], &[0; 4], &3_000_000_000_u64.to_le_bytes()]);
    head.resize(45, 0);
    let fields = [field(1, b"C:\\Users\\anna\\file 2.bin"), field(18, b"abcdef")];
    joined(&[b"__ARESDB1.04L_", &ares_record(&head, &fields)])
}

/// A string of Shareaza: UTF-16 behind its mark.
fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    joined(&[&[0xff, 0xfe, 0xff, units.len() as u8], &bytes])
}

fn u16s(value: u16) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

fn u32s(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// 1 January 2024, in tenths of microseconds since 1601.
const NEW_YEAR: u64 = 133_485_408_000_000_000;

struct File {
    name: &'static str,
    shared: u32,
    hits: u32,
    uploads: u32,
    source: Option<&'static str>,
}

/// A file as version 29 writes it.
fn file(file: &File) -> Vec<u8> {
    let hashed = |bytes: &[u8]| joined(&[&u32s(&[1]), bytes]);
    let metadata = joined(&[
        &wide("http://www.shareaza.com/schemas/image.xsd"),
        &wide("image"),
        &wide(""),
        &u16s(1),
        &wide("width"),
        &wide("640"),
        &u16s(0),
    ]);
    let sources = match file.source {
        Some(url) => joined(&[&u16s(1), &wide(url), &NEW_YEAR.to_le_bytes()]),
        None => u16s(0),
    };
    joined(&[
        &wide(file.name),
        &u32s(&[7]),
        &300_000_u64.to_le_bytes(),
        &NEW_YEAR.to_le_bytes(),
        &u32s(&[file.shared]),
        &0_u64.to_le_bytes(),
        &hashed(&hash::<20>(0x10)),
        &hashed(&hash::<24>(0x30)),
        &hashed(&hash::<16>(0x50)),
        &hashed(&hash::<16>(0x70)),
        &u32s(&[0]),
        &u32s(&[0]),
        &metadata,
        &u32s(&[4]),
        &wide("from the holiday"),
        &wide(""),
        &u32s(&[0]),
        &NEW_YEAR.to_le_bytes(),
        &u32s(&[file.hits, file.uploads, 0, 0]),
        &sources,
    ])
}

fn folder(path: &str, shared: u32, folders: &[Vec<u8>], files: &[Vec<u8>]) -> Vec<u8> {
    joined(&[
        &wide(path),
        &u32s(&[shared, 0]),
        &u16s(folders.len() as u16),
        &folders.concat(),
        &u16s(files.len() as u16),
        &files.concat(),
    ])
}

fn library() -> Vec<u8> {
    let source = Some("http://192.0.2.7:6346/uri-res/N2R?urn:sha1:AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT");
    let own = file(&File { name: "file 1.bin", shared: 0, hits: 9, uploads: 2, source });
    let kept = file(&File { name: "file 2.bin", shared: 1, hits: 0, uploads: 0, source: None });
    let ghost = file(&File { name: "file 3.bin", shared: 0, hits: 1, uploads: 1, source: None });
    let below = folder("C:\\Users\\anna\\cars\\blue", 0, &[], &[own]);
    let album = joined(&[
        &wide("http://www.shareaza.com/schemas/libraryRoot.xsd"),
        &u16s(0),
        &u32s(&[0, 0]),
        &wide("Library"),
        &u32s(&[1, 0]),
        &wide(""),
        &u16s(0),
        &u16s(1),
        &u32s(&[7]),
    ]);
    let history = joined(&[
        &u16s(1),
        &NEW_YEAR.to_le_bytes(),
        &u32s(&[7]),
        &wide("C:\\x.torrent"),
        &wide("x"),
        &u32s(&[EVENING]),
        &hash::<20>(1),
    ]);
    joined(&[
        &NEW_YEAR.to_le_bytes(),
        &u32s(&[29, 5, 8, 1, 1, 1]),
        &u16s(2),
        &folder("C:\\Users\\anna\\cars", 2, &[below], &[kept]),
        &folder("C:\\Users\\anna\\own", 1, &[], &[]),
        &album,
        &history,
        &u16s(1),
        &ghost,
    ])
}

/// The first version: short strings of bytes, few fields.
fn old_library() -> Vec<u8> {
    let short = |text: &str| joined(&[&[text.len() as u8], text.as_bytes()]);
    let file = joined(&[
        &short("file 1.bin"),
        &u32s(&[7, 1000]),
        &NEW_YEAR.to_le_bytes(),
        &[1],
        &u32s(&[0]),
        &short(""),
        &u32s(&[3, 1]),
    ]);
    joined(&[
        &NEW_YEAR.to_le_bytes(),
        &u32s(&[1, 8]),
        &u16s(1),
        &short("C:\\cars"),
        &[1],
        &u16s(0),
        &u16s(1),
        &file,
        &u16s(0),
    ])
}

/// Folders in folders, deeper than anybody makes them.
fn deep_library() -> Vec<u8> {
    let mut folders = folder("C:\\x", 2, &[], &[]);
    for _ in 0..70 {
        folders = folder("C:\\x", 0, &[folders], &[]);
    }
    joined(&[&NEW_YEAR.to_le_bytes(), &u32s(&[29, 5, 8, 1, 1, 1]), &u16s(1), &folders])
}

pub fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let later = joined(&[&NEW_YEAR.to_le_bytes(), &u32s(&[1000])]);
    vec![
        ("ares_share_dat/samples/ShareH.dat", share_h()),
        ("ares_share_dat/samples/ShareL.dat", share_l()),
        ("ares_share_dat/samples/cut-ShareL.dat", cut(share_l(), 10)),
        ("shareaza_library_dat/samples/Library1.dat", library()),
        ("shareaza_library_dat/samples/old-Library1.dat", old_library()),
        ("shareaza_library_dat/samples/cut-Library2.dat", cut(library(), 200)),
        ("shareaza_library_dat/samples/deep-Library2.dat", deep_library()),
        ("shareaza_library_dat/samples/later-Library1.dat", later),
    ]
}
