//! How the lines of a text make records and fields, found out as the reader of the file does.

use regex::Regex;
use tutela_model::source::Sample;

use super::ReadAs;
use crate::compression::plain_name;
use crate::mapped_table::{self, Format, named_columns, profile_of};
use crate::{tutela_table, whatsapp_export_text};

/// How lines make records and fields.
pub(super) struct Layout {
    pub form: Form,
    /// The encoding that was declared, or that the profile says.
    pub encoding: Option<String>,
}

/// What a record is.
pub(super) enum Form {
    /// A line.
    Line,
    /// Fields with a byte between them, and with quotation marks where `quoting`.
    Delimited { delimiter: u8, quoting: bool },
    /// A line whose fields are the groups of an expression.
    Groups(Regex),
    /// A line that is an object, whose fields are those of these names.
    Named(Vec<String>),
    /// A line and those after it until one begins the next message.
    Message,
}

/// The layout of a file that begins so.
pub(super) fn of(name: &str, head: &[u8], read_as: ReadAs<'_>) -> Layout {
    let ReadAs { reader, declared } = read_as;
    let mut encoding = declared.encoding.clone();
    let csv = |delimiter| Form::Delimited { delimiter, quoting: true };
    let form = if reader == tutela_table::READER.name {
        tutela_table::delimiter_of(name, head, declared).map_or(Form::Line, csv)
    } else if reader == mapped_table::READER.name {
        let sample = Sample { name: plain_name(name), head };
        match profile_of(&sample, declared) {
            Some(profile) => {
                encoding = encoding.or_else(|| profile.encoding.clone());
                match (profile.format, profile.pattern.as_deref().map(Regex::new)) {
                    (Format::Jsonl, _) => Form::Named(named_columns(&profile, declared)),
                    (_, Some(Ok(pattern))) => Form::Groups(pattern),
                    _ => Form::Delimited {
                        delimiter: mapped_table::delimiter(&profile),
                        quoting: profile.quotes,
                    },
                }
            }
            None => Form::Line,
        }
    } else if reader == whatsapp_export_text::READER.name {
        Form::Message
    } else if name.to_ascii_lowercase().ends_with(".csv") {
        csv(b',')
    } else {
        Form::Line
    };
    Layout { form, encoding }
}
