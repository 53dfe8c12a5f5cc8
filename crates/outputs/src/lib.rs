//! What leaves an operation: one folder per output, each a plain function from a [`Dossier`] to bytes, text or JSON.
//!
//! Nothing here reads a disk or a clock: the same dossier gives the same bytes.

// The made-up dossier of the tests is shared with `examples/`, where this crate has its outside name.
#[cfg(test)]
extern crate self as tutela_outputs;

mod also_at;
pub mod custody;
mod dossier;
pub mod labels;
pub mod offices;
mod record;
pub mod shown;

pub mod decided;

pub mod explain_text;
pub mod findings_jsonl;
pub mod graph;
pub mod leads_csv;
pub mod leads_json;
pub mod leads_text;
#[cfg(feature = "pdf")]
pub mod next_steps_csv;
#[cfg(feature = "pdf")]
pub mod packages;
#[cfg(feature = "pdf")]
pub mod report;
pub mod request;
#[cfg(feature = "pdf")]
pub mod rows_jsonl;
pub mod sharing;
pub mod vics;

#[cfg(test)]
mod example;

pub use also_at::{AlsoAt, also_at};
pub use custody::{DigestCheck, Exhibit, Step, SuppliedDigest};
pub use dossier::{Authority, AuthorityFate, Decision, Dossier, Explanation, Method, Part, Problem, Source};
pub use explain_text::{Asked, explain_text};
pub use findings_jsonl::{finding_json, findings_jsonl};
pub use leads_csv::leads_csv;
pub use leads_json::leads_json;
pub use leads_text::leads_text;
pub use offices::{Office, Region, office_of, region, regions};
#[cfg(feature = "pdf")]
pub use packages::{package, packages};
pub use record::{Anchor, AnchorKind, Head, Integrity};
#[cfg(feature = "pdf")]
pub use report::{ReportError, drawn as pictures, report};
pub use sharing::text::sharing_text;
