//! mapped_table
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
/// reader
pub static READER: Reader = Reader { name: "mapped_table", version: 1, about: "", tables: &[], recognise, read };
fn recognise(_: &Sample<'_>) -> Fit { Fit::No }
fn read(_: Input, _: &Declared, _: &mut dyn Sink) -> Result<(), Refusal> { Ok(()) }
