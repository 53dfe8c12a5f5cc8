//! The files of a torrent, and the hashes of its pieces.

use std::collections::BTreeMap;

use tutela_model::field::clip;
use tutela_model::tables::{FilePart, PartKind, ProblemKind, SharedFile, SharingNetwork, Stated};
use tutela_model::{Refusal, Text};

use super::PROGRAM;
use crate::artefact::{Flaw, Span, Telling, file_of, hex, text_of};
use crate::bencode::{Dict, Node, Value};

/// The most bytes of all paths of a tree: its folders' names are written once, and each file's path has all of them.
const PATHS_MAX: usize = 64 << 20;

/// A file of a torrent.
pub(super) struct File {
    /// Its path in the torrent, with `/` between folders.
    path: String,
    pub(super) size: Option<u64>,
    /// Where its bytes begin among those of all files, one after the other.
    offset: Option<u64>,
    /// Hashes of the whole file, each with its kind.
    hashes: Vec<String>,
    /// The root over its blocks (BEP 52), as it stands.
    root: Option<Span>,
    /// Whether it only fills up a piece (BEP 47).
    pub(super) is_padding: bool,
    span: Span,
}

/// The files of a description: its list (BEP 3), itself when it is of one file, or its tree (BEP 52). A torrent of both
/// forms has both; the list says where the bytes lie, the tree gives each its root.
///
/// # Errors
/// As [`Telling::row`].
pub(super) fn listed(info: &Dict<'_>, bytes: &[u8], telling: &mut Telling<'_>) -> Result<Vec<File>, Refusal> {
    let mut files = of_v1(info, bytes, telling)?;
    let Some(tree) = info.dict("file tree") else { return Ok(files) };
    let mut found = Vec::new();
    let mut budget = PATHS_MAX;
    walk(&tree, bytes, &mut Vec::new(), &mut found, &mut budget, telling)?;
    if files.is_empty() {
        return Ok(found);
    }
    let mut by_path: BTreeMap<String, File> =
        found.into_iter().map(|file| (file.path.clone(), file)).collect();
    for file in files.iter_mut().filter(|file| !file.is_padding) {
        match by_path.remove(&file.path) {
            Some(in_tree) if in_tree.size == file.size => {
                (file.root, file.hashes) = (in_tree.root, [&file.hashes[..], &in_tree.hashes[..]].concat());
            }
            other => {
                let found =
                    other.map_or("none".to_owned(), |other| format!("{:?} bytes", other.size.unwrap_or(0)));
                let expected = format!("the same file in the tree of the torrent: {}", clip(&file.path));
                telling
                    .flaw("file tree", &Flaw::new(ProblemKind::Contradiction, file.span, &expected, found))?;
            }
        }
    }
    for file in by_path.into_values() {
        let expected = format!("the same file in the list of the torrent: {}", clip(&file.path));
        telling.flaw("files", &Flaw::new(ProblemKind::Contradiction, file.span, &expected, "none"))?;
        files.push(File { offset: None, ..file });
    }
    Ok(files)
}

fn of_v1(info: &Dict<'_>, bytes: &[u8], telling: &mut Telling<'_>) -> Result<Vec<File>, Refusal> {
    let name = info.text("name.utf-8").or_else(|| info.text("name")).unwrap_or_default();
    if info.has("length") {
        let size = info.number("length").map(|said| said.value);
        let mut file = File {
            path: name,
            size,
            offset: Some(0),
            hashes: hashes(info, bytes),
            root: None,
            is_padding: false,
            span: info.get("length").map_or(info.span, |node| node.span),
        };
        file.size_or_flaw(info, bytes, telling)?;
        return Ok(vec![file]);
    }
    let (mut files, mut offset) = (Vec::new(), Some(0_u64));
    for node in info.list("files").unwrap_or_default() {
        let Some(entry) = Dict::of(bytes, node) else {
            telling
                .flaw("files", &Flaw::new(ProblemKind::Malformed, node.span, "a file's dictionary", ""))?;
            offset = None;
            continue;
        };
        let parts = entry.list("path.utf-8").or_else(|| entry.list("path")).unwrap_or_default();
        let parts: Vec<String> = parts.iter().map(|part| part_of(part, bytes)).collect();
        let mut file = File {
            path: parts.join("/"),
            size: entry.number("length").map(|said| said.value),
            offset,
            hashes: hashes(&entry, bytes),
            root: None,
            is_padding: entry.text("attr").is_some_and(|attributes| attributes.contains('p')),
            span: node.span,
        };
        file.size_or_flaw(&entry, bytes, telling)?;
        offset = offset.and_then(|offset| offset.checked_add(file.size?));
        files.push(file);
    }
    Ok(files)
}

impl File {
    /// Without its size, a file's neighbours lie nobody knows where.
    fn size_or_flaw(
        &mut self,
        entry: &Dict<'_>,
        bytes: &[u8],
        telling: &mut Telling<'_>,
    ) -> Result<(), Refusal> {
        if self.size.is_some() {
            return Ok(());
        }
        let found = entry.get("length").map_or("none".to_owned(), |node| crate::bencode::shown(bytes, node));
        let expected = "the size of a file in bytes; where files after it lie is unknown";
        telling.flaw("length", &Flaw::new(ProblemKind::BadValue, self.span, expected, found))
    }
}

fn part_of(part: &Node, bytes: &[u8]) -> String {
    match part.value {
        Value::Bytes(span) => text_of(span.of(bytes)),
        _ => crate::bencode::shown(bytes, part),
    }
}

/// Hashes of the whole file that some programs put beside it.
fn hashes(entry: &Dict<'_>, bytes: &[u8]) -> Vec<String> {
    let mut hashes = Vec::new();
    for (key, kind, len) in
        [("md5sum", "md5", 16), ("sha1", "sha1", 20), ("ed2k", "ed2k", 16), ("filehash", "sha1", 20)]
    {
        let Some(value) = entry.string(key).map(|span| span.of(bytes)) else { continue };
        let is_hex = value.len() == 2 * len && value.iter().all(u8::is_ascii_hexdigit);
        if value.len() == len {
            hashes.push(format!("{kind}:{}", hex(value)));
        } else if is_hex {
            hashes.push(format!("{kind}:{}", text_of(value).to_ascii_lowercase()));
        }
    }
    hashes
}

/// The files of a tree: a name leads to a folder's tree, or under an empty name to what a file is.
fn walk(
    tree: &Dict<'_>,
    bytes: &[u8],
    path: &mut Vec<String>,
    found: &mut Vec<File>,
    budget: &mut usize,
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    for (key, node) in tree.entries {
        let Some(entry) = Dict::of(bytes, node) else {
            telling
                .flaw("file tree", &Flaw::new(ProblemKind::Malformed, node.span, "a folder or a file", ""))?;
            continue;
        };
        if key.len > 0 {
            path.push(text_of(key.of(bytes)));
            walk(&entry, bytes, path, found, budget, telling)?;
            path.pop();
            continue;
        }
        let len = path.iter().map(|part| part.len() + 1).sum();
        let Some(left) = budget.checked_sub(len) else {
            let expected = format!("paths of at most {PATHS_MAX} bytes in all; further files were not read");
            return telling.flaw("file tree", &Flaw::new(ProblemKind::TooLarge, node.span, &expected, len));
        };
        *budget = left;
        let mut file = File {
            path: path.join("/"),
            size: entry.number("length").map(|said| said.value),
            offset: None,
            hashes: hashes(&entry, bytes),
            root: entry.string("pieces root").filter(|root| root.len == 32),
            is_padding: false,
            span: node.span,
        };
        if let Some(root) = file.root {
            file.hashes.push(format!("btroot:{}", hex(root.of(bytes))));
        }
        file.size_or_flaw(&entry, bytes, telling)?;
        found.push(file);
    }
    Ok(())
}

/// Hands on a file of the torrent.
///
/// # Errors
/// As [`Telling::row`].
pub(super) fn tell(file: &File, file_hash: &Text, telling: &mut Telling<'_>) -> Result<(), Refusal> {
    telling.record();
    if file.is_padding {
        telling.sink.skip(&file.span.spot(), "a file that only fills up a piece (BEP 47)");
        return Ok(());
    }
    let name = file.path.rsplit('/').next().unwrap_or_default();
    telling.row(SharedFile {
        file_name: (!name.is_empty()).then(|| name.into()),
        file_size: file.size,
        path: Some(if file.path.is_empty() { "(none)".into() } else { file.path.as_str().into() }),
        more_hashes: (!file.hashes.is_empty()).then(|| file.hashes.join(" ").into()),
        text: file.offset.map(|offset| format!("begins in the torrent at byte: {offset}").into()),
        ..file_of(SharingNetwork::Bittorrent, PROGRAM, file_hash.clone(), file.span)
    })
}

/// Hands on the hashes of pieces (BEP 3), which run over all files as if they were one.
///
/// # Errors
/// As [`Telling::row`].
pub(super) fn pieces(
    info: &Dict<'_>,
    files: &[File],
    total: Option<u64>,
    file_hash: &Text,
    bytes: &[u8],
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    const HASH: usize = 20;
    let Some(pieces) = info.string("pieces") else { return Ok(()) };
    telling.record();
    let n_pieces = (pieces.len / HASH) as u64;
    let piece_len = info.number("piece length").map(|said| said.value).filter(|len| *len > 0);
    if !pieces.len.is_multiple_of(HASH) && info.is_whole {
        let flaw = Flaw::new(ProblemKind::Malformed, pieces, "hashes of 20 bytes each", pieces.len);
        telling.flaw("pieces", &flaw)?;
    }
    let wanted = total.zip(piece_len).map(|(total, len)| total.div_ceil(len));
    // The tree of BEP 52 pads nothing, and where files disagree their sizes do not make the sum.
    let sums = files.iter().all(|file| file.offset.is_some());
    if let Some(wanted) = wanted
        && wanted != n_pieces
        && sums
        && info.is_whole
    {
        let expected = format!("{wanted} hashes, as the files and the length of a piece make");
        telling.flaw("pieces", &Flaw::new(ProblemKind::Contradiction, pieces, &expected, n_pieces))?;
    }
    if n_pieces == 0 {
        telling.sink.skip(&pieces.spot(), "a torrent without pieces");
    }
    for idx in 0..n_pieces {
        let span = Span { at: pieces.at + idx as usize * HASH, len: HASH };
        let offset = piece_len.and_then(|len| idx.checked_mul(len));
        let length = piece_len.zip(offset).map(|(len, offset)| match total {
            Some(total) if sums => len.min(total.saturating_sub(offset)),
            _ => len,
        });
        telling.row(part(PartKind::TorrentPiece, file_hash, span, offset, length, bytes))?;
    }
    Ok(())
}

/// Hands on the hashes of the pieces of each file (BEP 52). A file of one piece has none but its root.
///
/// # Errors
/// As [`Telling::row`].
pub(super) fn layers(
    file: &Dict<'_>,
    info: &Dict<'_>,
    files: &[File],
    file_hash: &Text,
    bytes: &[u8],
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    const HASH: usize = 32;
    let Some(layers) = file.dict("piece layers") else { return Ok(()) };
    let piece_len = info.number("piece length").map(|said| said.value).filter(|len| *len > 0);
    let by_root: BTreeMap<&[u8], &File> =
        files.iter().filter_map(|file| Some((file.root?.of(bytes), file))).collect();
    for (root, layer) in layers.entries {
        telling.record();
        let (Value::Bytes(hashes), HASH) = (&layer.value, root.len) else {
            let expected = "a root of 32 bytes and a string of hashes";
            telling.flaw("piece layers", &Flaw::new(ProblemKind::Malformed, layer.span, expected, ""))?;
            continue;
        };
        let of = by_root.get(root.of(bytes));
        if of.is_none() {
            let found = hex(root.of(bytes));
            let flaw = Flaw::new(ProblemKind::Contradiction, *root, "the root of a file in the tree", found);
            telling.flaw("piece layers", &flaw)?;
        }
        if !hashes.len.is_multiple_of(HASH) {
            let flaw = Flaw::new(ProblemKind::Malformed, *hashes, "hashes of 32 bytes each", hashes.len);
            telling.flaw("piece layers", &flaw)?;
        }
        if hashes.len < HASH {
            telling.sink.skip(&layer.span.spot(), "a file without a layer of hashes");
        }
        // Offsets count from the beginning of the file, which the root names; not of the torrent.
        let of_file: Text = format!("btroot:{}", hex(root.of(bytes))).into();
        let (name, size) = of.map_or((file_hash, None), |file| (&of_file, file.size));
        for idx in 0..hashes.len / HASH {
            let span = Span { at: hashes.at + idx * HASH, len: HASH };
            let offset = piece_len.and_then(|len| (idx as u64).checked_mul(len));
            let length = piece_len.zip(offset).map(|(len, offset)| match size {
                Some(size) => len.min(size.saturating_sub(offset)),
                None => len,
            });
            telling.row(part(PartKind::TorrentLayer, name, span, offset, length, bytes))?;
        }
    }
    Ok(())
}

fn part(
    kind: PartKind,
    file_hash: &Text,
    span: Span,
    offset: Option<u64>,
    length: Option<u64>,
    bytes: &[u8],
) -> FilePart {
    FilePart {
        file_hash: file_hash.clone(),
        kind,
        hash: hex(span.of(bytes)).into(),
        offset,
        length,
        held: Stated::Unknown,
        place: span.spot(),
    }
}
