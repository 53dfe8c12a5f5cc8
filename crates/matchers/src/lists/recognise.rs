//! Which layout a list has, by what it begins with. A file that begins like none is refused, never tried.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::lines::fields;
use super::{Layout, encase, hashdeep, known_file, media_csv, signals, sqlite, table};

/// How many bytes are looked at.
const LOOKED_AT: u64 = 1 << 16;

/// The layout of a list; none when it begins like none.
///
/// # Errors
/// The file cannot be read.
pub fn recognise(path: &Path) -> io::Result<Option<Layout>> {
    let mut beginning = Vec::new();
    File::open(path)?.take(LOOKED_AT).read_to_end(&mut beginning)?;
    if beginning.starts_with(sqlite::MARK) {
        return Ok(sqlite::recognise(path));
    }
    Ok(of_beginning(&beginning))
}

/// The layout of a list that is no database, by its first bytes.
#[must_use]
pub fn of_beginning(bytes: &[u8]) -> Option<Layout> {
    if bytes.starts_with(encase::MARK) {
        return Some(Layout::Encase);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if bytes.starts_with(hashdeep::MARK) {
        return Some(Layout::Hashdeep);
    }
    match bytes.first()? {
        b'<' => return of_xml(bytes),
        b'{' => return of_json(bytes),
        _ => {}
    }
    // Comments may stand before the first record.
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !matches!(line[0], b'#' | b';'))?;
    if let b'{' = first[0] {
        return of_json(first);
    }
    of_heading(first).or_else(|| of_line(first))
}

fn of_xml(bytes: &[u8]) -> Option<Layout> {
    let has = |wanted: &[u8]| bytes.windows(wanted.len()).any(|found| found == wanted);
    (has(b"queryResult") && has(b"hashsharing")).then_some(Layout::Ncmec)
}

fn of_json(bytes: &[u8]) -> Option<Layout> {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let has = |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).any(|found| found == wanted);
    if has(line, b"\"file_hash\"") || has(line, b"\"block_hash\"") {
        return Some(Layout::Hashdb);
    }
    let head = &bytes[..bytes.len().min(4096)];
    let is_vics = has(head, b"odata.metadata") || has(head, b"odata.context");
    (is_vics || (has(head, b"\"value\"") && has(bytes, b"\"MD5\""))).then_some(Layout::Vics)
}

fn of_heading(line: &[u8]) -> Option<Layout> {
    let names = |delimiter| -> Vec<String> {
        fields(line, delimiter)
            .map_while(Result::ok)
            .map(|name| String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase())
            .collect()
    };
    let commas = names(b',');
    let has = |name: &str| commas.iter().any(|known| known == name);
    if has("sha-1") && has("md5") && has("specialcode") {
        return Some(Layout::Nsrl);
    }
    if has("hashset_id") && has("hash") {
        return Some(Layout::Hashkeeper);
    }
    let marked = names(table::delimiter(line));
    let has = |name: &str| marked.iter().any(|known| known == name);
    if media_csv::is_heading(has) {
        return Some(Layout::MediaCsv);
    }
    if has("baseline") && (has("md5") || has("sha1")) {
        return Some(Layout::Icse);
    }
    known_file::is_heading(&marked).then_some(Layout::KnownFile)
}

fn of_line(line: &[u8]) -> Option<Layout> {
    let word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    if signals::is_signal(word) {
        return Some(Layout::Signals);
    }
    let bare = word.strip_prefix(b"\\").unwrap_or(word);
    let is_hash =
        matches!(bare.len(), 32 | 40 | 56 | 64 | 96 | 128) && bare.iter().all(u8::is_ascii_hexdigit);
    let is_bsd = line.windows(4).any(|four| four == b") = ") && line.windows(2).any(|two| two == b" (");
    (is_hash || is_bsd || line.starts_with(b"ed2k://")).then_some(Layout::Sums)
}
