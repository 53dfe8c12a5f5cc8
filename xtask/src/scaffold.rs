//! What `cargo xtask new` makes.
use crate::tree::Tree;
use anyhow::Result;
#[derive(Clone, Copy)]
pub enum Kind {
    Source,
}
impl std::str::FromStr for Kind {
    type Err = anyhow::Error;
    fn from_str(_: &str) -> Result<Self> {
        Ok(Self::Source)
    }
}
pub fn new(_: &Tree, _: Kind, _: &str) -> Result<Vec<(String, String)>> {
    Ok(vec![])
}
pub fn next_steps(_: Kind) -> &'static str {
    ""
}
