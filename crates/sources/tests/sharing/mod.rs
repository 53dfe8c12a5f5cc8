//! Makes the samples of file-sharing programs, from their formats as the readers' pages give them: nothing in them was
//! ever written by such a program. Names, words and addresses are made up.
//!
//! The bytes are laid out here a second time and by hand, so that a reader that is wrong about its format does not make
//! its own sample; what real programs write is read by `clients.rs`.

mod bittorrent;
mod ed2k;
mod libraries;

/// All samples: where each lies under `src`, and its bytes.
pub fn samples() -> Vec<(&'static str, Vec<u8>)> {
    [ed2k::samples(), bittorrent::samples(), libraries::samples()].concat()
}

/// Bytes of a hash that is recognised in a golden file: 00, 01, 02 … from a beginning.
fn hash<const N: usize>(first: u8) -> [u8; N] {
    std::array::from_fn(|idx| first.wrapping_add(idx as u8))
}

/// 1 March 2026, 20:00:00 UTC.
const EVENING: u32 = 1_772_395_200;

/// Puts parts together.
fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// The bytes without the last `n_bytes`.
fn cut(mut bytes: Vec<u8>, n_bytes: usize) -> Vec<u8> {
    bytes.truncate(bytes.len() - n_bytes);
    bytes
}
