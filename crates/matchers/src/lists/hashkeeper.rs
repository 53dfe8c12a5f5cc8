//! HashKeeper: CSV with the heading `"file_id","hashset_id","file_name","directory","hash","file_size",…`; the hash is
//! an MD5. Names, folders and dates are not kept.

use std::io::Read;

use super::ReadError;
use super::gather::Gathered;
use super::record::{Kind, Take};
use super::table::{self, Other, column};

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    table::read(
        "hashkeeper",
        bytes,
        b',',
        take,
        |heading, _| {
            let at = |name| column(heading, name);
            Ok(match (at("hashset_id"), at("hash")) {
                (Some(_), Some(_)) => Ok([at("hash"), at("file_size")]),
                _ => Err(Other("the columns hashset_id and hash")),
            })
        },
        |[hash, size], cells, take| {
            let mut gathered = Gathered::default();
            gathered.hash(Kind::Md5, cells.get(*hash), || cells.spot(*hash));
            gathered.size(cells.get(*size), || cells.spot(*size));
            gathered.hand_over(take)
        },
    )
}
