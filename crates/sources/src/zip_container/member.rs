//! One member of a container, found by the path that its rows have: for whoever wants to see what stands there.

use std::io::{self, Read};

use tutela_model::source::{Input, Refusal};
use zip::ZipArchive;
use zip::result::ZipError;

use super::alone::{self, Shared, View};
use super::{LIMITS, file_name, path_of, shown};

/// What is at a path of a container.
pub(crate) enum At {
    /// A member with its bytes.
    Member(Input),
    /// A member of which only the list is looked at.
    Listed {
        /// The container.
        container: Input,
        /// Where its entry in the list begins, in the container.
        byte: u64,
        /// How long the entry is.
        len: u64,
        /// The member's first bytes, where they can be unpacked.
        head: Vec<u8>,
        /// How large the list says that the member is.
        size: u64,
    },
    /// There is no such member.
    NotThere,
    /// It cannot be unpacked, and why.
    Packed(String),
}

/// Bytes of a member by which it is told what it is.
const HEAD: u64 = 512;

/// What is at a path of a container: its bytes when they are wanted, within the limits of reading, else its entry.
pub(crate) fn at(input: Input, path: &str, wants_bytes: bool) -> Result<At, Refusal> {
    let (name, len) = (input.name, input.len);
    let shared = Shared::new(input.bytes)?;
    let mut archive = match ZipArchive::new(shared.part(0, len)) {
        Ok(archive) => archive,
        Err(ZipError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error.into()),
        Err(error) => return Ok(At::Packed(error.to_string())),
    };
    let list_start = archive.central_directory_start();
    let listed = alone::listed(&shared, list_start, LIMITS.members)?;
    let of_path = (0..archive.len().min(LIMITS.members)).find_map(|idx| {
        let entry = archive.by_index_data(idx).ok()?;
        (shown(&path_of(&entry)) == path).then(|| (idx, entry.name_raw().to_vec()))
    });
    // Members that share a name are told apart by where their entries stand.
    let by_byte = || path.rsplit_once("#byte=").and_then(|(_, byte)| byte.parse::<u64>().ok());
    let (idx, entry) = match of_path {
        Some((idx, raw)) => (idx, listed.iter().rfind(|entry| entry.name() == raw)),
        None => (0, by_byte().and_then(|byte| listed.iter().find(|entry| entry.byte == byte))),
    };
    let Some(entry) = entry else { return Ok(At::NotThere) };
    if by_byte() == Some(entry.byte) {
        archive = match ZipArchive::new(entry.alone(&shared, archive.offset(), list_start)) {
            Ok(archive) => archive,
            Err(error) => return Ok(At::Packed(error.to_string())),
        };
    }
    if wants_bytes {
        return Ok(match bytes(&mut archive, idx, LIMITS.read) {
            Ok(bytes) => At::Member(Input::from_memory(file_name(path), bytes)),
            Err(why) => At::Packed(why),
        });
    }
    let size = archive.by_index_data(idx).map_or(0, |entry| entry.size());
    let head = head(&mut archive, idx);
    let container = Input { name, len, bytes: Box::new(shared.part(0, len)), beside: Vec::new() };
    Ok(At::Listed { container, byte: entry.byte, len: entry.len(), head, size })
}

fn head(archive: &mut ZipArchive<View>, idx: usize) -> Vec<u8> {
    let mut head = Vec::new();
    if let Ok(member) = archive.by_index(idx) {
        // What a damaged member gives before its damage tells what it is.
        let _ = member.take(HEAD).read_to_end(&mut head);
    }
    head
}

fn bytes(archive: &mut ZipArchive<View>, idx: usize, most: u64) -> Result<Vec<u8>, String> {
    let member = archive.by_index(idx).map_err(|error| error.to_string())?;
    let most = most.min(LIMITS.ratio_from.max(member.compressed_size().saturating_mul(LIMITS.ratio)));
    let mut bytes = Vec::new();
    member.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.len() as u64 > most {
        true => Err(format!("more than {most} bytes")),
        false => Ok(bytes),
    }
}
