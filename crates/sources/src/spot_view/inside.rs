//! A file inside the file: a member of a ZIP, or a file that was received and read with it.

use tutela_model::source::{Input, Refusal, Sample};
use tutela_model::{Spot, Text};

use super::source::Source;
use super::{ReadAs, Shown, Why, at, hex, media};
use crate::compression::{head, plain_name};
use crate::zip_container::{At, member_at};

pub(super) fn view(
    mut input: Input,
    path: &Text,
    spot: Option<&Spot>,
    read_as: ReadAs<'_>,
    inside: &mut Vec<String>,
) -> Result<Shown, Refusal> {
    let beside = input.beside.iter().position(|beside| beside.name == path.as_str());
    if let Some(idx) = beside {
        // The log of a database is a file of its own, received beside it.
        return opened(input.beside.swap_remove(idx), path, spot, read_as, inside);
    }
    match member_at(input, path, spot.is_some())? {
        At::Member(member) => opened(member, path, spot, read_as, inside),
        // Of a member as a whole its entry in the container's list is shown; media are named as such.
        At::Listed { container, byte, len, head, size } => match media::of(&head) {
            Some(media) => Ok(Shown::Nothing(Why::Media { media, byte: None, len: size })),
            None => hex::view(&Source::new(container)?, byte, len),
        },
        At::NotThere => Ok(Shown::Nothing(Why::NotThere)),
        At::Packed(why) => Ok(Shown::Nothing(Why::NotUnpacked(why))),
    }
}

fn opened(
    mut input: Input,
    path: &Text,
    spot: Option<&Spot>,
    read_as: ReadAs<'_>,
    inside: &mut Vec<String>,
) -> Result<Shown, Refusal> {
    inside.push(path.to_string());
    let beginning = head(&mut input)?;
    let sample = Sample { name: plain_name(&input.name), head: &beginning };
    let reader = crate::recognise(&sample).map_or("", |reader| reader.name);
    let whole = Spot::Byte { byte: 0, len: input.len };
    // An index is of the file received, not of one inside.
    at(input, spot.unwrap_or(&whole), ReadAs { reader, ..read_as }, None, inside)
}
