//! The reference data set of NSRL as text: CSV in Latin-1 with a quoted heading. Version 2 begins `"SHA-1","MD5","CRC32",
//! "FileName","FileSize"`, version 1 `"SHA-1","FileName","FileSize"` and has the MD5 further on.
//!
//! The files are known, which is not to say that they are harmless: the special code says what NSRL found to say, and
//! is kept as the category. Names, products and systems are not kept.

use std::io::Read;

use super::ReadError;
use super::gather::Gathered;
use super::record::{Kind, Take};
use super::table::{self, Other, column};

const SCHEME: &str = "NSRL special code";

/// Reads a list.
pub fn read(bytes: &mut dyn Read, take: &mut dyn Take) -> Result<(), ReadError> {
    table::read(
        "nsrl",
        bytes,
        b',',
        take,
        |heading, take| {
            let at = |name| column(heading, name);
            if at("sha1").is_none() || at("md5").is_none() || at("specialcode").is_none() {
                return Ok(Err(Other("the columns SHA-1, MD5 and SpecialCode")));
            }
            take.scheme(SCHEME);
            Ok(Ok([at("sha1"), at("md5"), at("filesize"), at("specialcode")]))
        },
        |[sha1, md5, size, special], cells, take| {
            let mut gathered = Gathered::default();
            gathered.hash(Kind::Sha1, cells.get(*sha1), || cells.spot(*sha1));
            gathered.hash(Kind::Md5, cells.get(*md5), || cells.spot(*md5));
            gathered.size(cells.get(*size), || cells.spot(*size));
            gathered.entry.attributes.category = cells.text(*special);
            gathered.hand_over(take)
        },
    )
}
