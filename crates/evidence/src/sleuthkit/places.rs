//! Where the bytes of files lie in the image, as `fiwalk` lists it in XML: one process for a whole image, where `icat` is
//! one for each file.
//!
//! ```text
//! <volume offset='1048576'>
//!   <fileobject>
//!     <parent_object><inode>11</inode></parent_object>
//!     <filesize>9000</filesize> <inode>12</inode> <meta_type>1</meta_type>     1: a file
//!     <byte_runs>
//!       <byte_run file_offset='0' fs_offset='1024' img_offset='1049600' len='4096'/>
//!       <byte_run file_offset='4096' fill='0' len='4904'/>                     a hole
//! ```
//!
//! A file's runs are taken only where they are all that is needed to read it: they follow each other from its first byte
//! to its last, and each is a stretch of the image or a hole. What lies in a record (`type='resident'`), is packed or of
//! a kind that is not known has no runs here, and `icat` reads it.
//!
//! `fiwalk` walks folders as `fls` does, so both lists are followed side by side. Where one has a file that the other has
//! not, it is looked for some thousand files ahead, by its record: a record's runs are the same wherever it is met.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::entry::Run;
use crate::pieces::{PIECES, cut};

/// Files that are looked ahead for one at most, and runs that are held of them.
const AHEAD: usize = 4096;
const MAX_HELD: usize = PIECES;

/// Bytes of an element's start, or of a text, at most: a name of 255 letters or a path, with every letter escaped.
const MAX_EVENT: usize = 1 << 20;

/// Follows the list.
pub struct Places<R> {
    /// None once the list has ended or is none.
    list: Option<Reader<Limited<R>>>,
    /// Offset of the volume that is listed.
    volume: Option<u64>,
    ahead: VecDeque<Object>,
    n_held: usize,
}

/// A file of the list.
struct Object {
    record: u64,
    size: u64,
    /// None where they are not all that is needed to read it.
    runs: Option<Vec<Run>>,
}

/// What comes next in the list.
enum Next {
    Volume(u64),
    Object(Object),
}

impl<R: BufRead> Places<R> {
    /// Of a list in XML.
    pub fn new(list: R) -> Self {
        let list = Some(Reader::from_reader(Limited { of: list, left: MAX_EVENT }));
        Self { list, volume: None, ahead: VecDeque::new(), n_held: 0 }
    }

    /// The runs of a record of the volume that begins at an offset, as long as its size; none where the list does not say
    /// them so that the bytes can be read there. Volumes and records are to be asked for in the order of `fls`.
    pub fn of(&mut self, volume: u64, record: u64, size: u64) -> Option<Vec<Run>> {
        while self.volume.is_none_or(|listed| listed < volume) {
            match self.next() {
                Some(Next::Volume(offset)) => {
                    (self.volume, self.n_held) = (Some(offset), 0);
                    self.ahead.clear();
                }
                Some(Next::Object(_)) => {}
                None => return None,
            }
        }
        if self.volume != Some(volume) {
            return None;
        }
        let mut idx = 0;
        loop {
            if idx == self.ahead.len() && !self.look_ahead() {
                return None;
            }
            if self.ahead[idx].record == record {
                break;
            }
            idx += 1;
        }
        let object = self.ahead.drain(..=idx).next_back().expect("it was found");
        self.n_held = self.ahead.iter().filter_map(|object| object.runs.as_ref()).map(Vec::len).sum();
        object.runs.filter(|_| object.size == size).map(|runs| cut(&runs, size))
    }

    /// Takes one file more of this volume. No where there is none, or too many are held.
    fn look_ahead(&mut self) -> bool {
        if self.ahead.len() >= AHEAD || self.n_held >= MAX_HELD {
            return false;
        }
        match self.next() {
            Some(Next::Object(object)) => {
                self.n_held += object.runs.as_ref().map_or(0, Vec::len);
                self.ahead.push_back(object);
                true
            }
            Some(Next::Volume(offset)) => {
                (self.volume, self.n_held) = (Some(offset), 0);
                self.ahead.clear();
                false
            }
            None => false,
        }
    }

    /// The next volume or file. What is no XML ends the list.
    fn next(&mut self) -> Option<Next> {
        let volume = self.volume;
        let next = self.list.as_mut().and_then(|list| next(list, volume));
        if next.is_none() {
            self.list = None;
        }
        next
    }
}

/// A file of which the list is being read.
#[derive(Default)]
struct Begun {
    record: Option<u64>,
    size: Option<u64>,
    kind: Option<u64>,
    /// None where one was not a stretch or a hole.
    runs: Option<Vec<Run>>,
    /// Where they end in the file.
    end: u64,
}

/// What `meta_type` says of a file.
const FILE: u64 = 1;

fn next<R: BufRead>(list: &mut Reader<Limited<R>>, mut volume: Option<u64>) -> Option<Next> {
    let mut buffer = Vec::new();
    let mut begun: Option<Begun> = None;
    // Names of the elements inside the file: what stands in `parent_object` is of another.
    let mut inside: Vec<String> = Vec::new();
    loop {
        buffer.clear();
        list.get_mut().left = MAX_EVENT;
        match list.read_event_into(&mut buffer).ok()? {
            Event::Start(start) if begun.is_some() => {
                let facet = start.try_get_attribute("facet").ok()?;
                // Newer versions list the place of the record too.
                let of_record = facet.is_some_and(|facet| &*facet.value != "data");
                inside.push(if of_record { String::new() } else { start.name().as_ref().to_owned() });
            }
            Event::Start(start) => match start.name().as_ref() {
                "volume" => {
                    volume = Some(number(&start, "offset")?);
                    return volume.map(Next::Volume);
                }
                "fileobject" => begun = Some(Begun { runs: Some(Vec::new()), ..Begun::default() }),
                _ => {}
            },
            Event::Empty(run) if run.name().as_ref() == "byte_run" => {
                if let (Some(begun), ["byte_runs"]) = (&mut begun, &names(&inside)[..]) {
                    begun.take(&run, volume);
                }
            }
            Event::Text(text) => {
                if let (Some(begun), [name]) = (&mut begun, &names(&inside)[..]) {
                    begun.said(name, &text);
                }
            }
            Event::End(_) if inside.pop().is_none() => {
                let Some(Begun { record, size, kind, runs, end }) = begun.take() else { continue };
                if let (Some(record), Some(size), Some(FILE)) = (record, size, kind) {
                    let runs = runs.filter(|_| end >= size);
                    return Some(Next::Object(Object { record, size, runs }));
                }
            }
            Event::Eof => return None,
            _ => {}
        }
        if inside.len() > 8 {
            return None;
        }
    }
}

fn names(inside: &[String]) -> Vec<&str> {
    inside.iter().map(String::as_str).collect()
}

impl Begun {
    /// An element that holds a number. What is said twice is taken the first time.
    fn said(&mut self, name: &str, text: &str) {
        let said = match name {
            "inode" => &mut self.record,
            "filesize" => &mut self.size,
            "meta_type" => &mut self.kind,
            // The records of a file that is packed say so.
            "compressed" => return self.runs = None,
            _ => return,
        };
        *said = said.or_else(|| text.parse().ok());
    }

    /// A run: one that is of a kind of its own, or does not follow the one before, makes the file one without runs.
    fn take(&mut self, run: &BytesStart<'_>, volume: Option<u64>) {
        let taken = self.runs.as_ref().is_some_and(|runs| runs.len() < PIECES);
        let plain = taken.then(|| plain(run, volume, self.end)).flatten();
        match (&mut self.runs, plain) {
            (Some(runs), Some(run)) => {
                self.end = self.end.saturating_add(run.length);
                runs.push(run);
            }
            _ => self.runs = None,
        }
    }
}

/// A run that is a stretch of the image or a hole, and begins where the one before ended.
fn plain(run: &BytesStart<'_>, volume: Option<u64>, at: u64) -> Option<Run> {
    let known: [&str; 5] = ["file_offset", "fs_offset", "img_offset", "fill", "len"];
    for attribute in run.attributes() {
        if !known.contains(&attribute.ok()?.key.as_ref()) {
            return None;
        }
    }
    let (begins, length) = (number(run, "file_offset")?, number(run, "len")?);
    if begins != at || length == 0 {
        return None;
    }
    match ["fs_offset", "img_offset"].map(|name| number(run, name)) {
        [None, None] if number(run, "fill") == Some(0) => Some(Run { offset: None, length }),
        [Some(in_volume), Some(offset)] => {
            let same = volume?.checked_add(in_volume) == Some(offset) && number(run, "fill").is_none();
            same.then_some(Run { offset: Some(offset), length })
        }
        _ => None,
    }
}

fn number(of: &BytesStart<'_>, name: &str) -> Option<u64> {
    let attribute = of.try_get_attribute(name).ok()??;
    attribute.value.parse().ok()
}

/// Bytes of which an event may take only so many.
struct Limited<R> {
    of: R,
    left: usize,
}

impl<R: BufRead> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.fill_buf()?.read(buffer)?;
        self.consume(taken);
        Ok(taken)
    }
}

impl<R: BufRead> BufRead for Limited<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other("an element is too long"));
        }
        let filled = self.of.fill_buf()?;
        Ok(&filled[..filled.len().min(self.left)])
    }

    fn consume(&mut self, taken: usize) {
        self.left -= taken.min(self.left);
        self.of.consume(taken);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str =
        "<?xml version='1.0' encoding='UTF-8'?>\n<dfxml version='1.0'>\n<!-- fs start: 1000 -->\n";

    fn file(record: u64, size: u64, runs: &str) -> String {
        format!(
            "<fileobject><parent_object><inode>2</inode></parent_object><filename>a &lt;b&gt;</filename>\
             <filesize>{size}</filesize><alloc>1</alloc><inode>{record}</inode><meta_type>1</meta_type>\
             <byte_runs>{runs}</byte_runs></fileobject>\n"
        )
    }

    fn stretch(at: u64, offset: u64, length: u64) -> String {
        let image = 1000 + offset;
        format!("<byte_run file_offset='{at}' fs_offset='{offset}' img_offset='{image}' len='{length}'/>")
    }

    fn run(offset: u64, length: u64) -> Run {
        Run { offset: Some(offset), length }
    }

    fn of(list: &str, asked: &[(u64, u64, u64)]) -> Vec<Option<Vec<Run>>> {
        let mut places = Places::new(list.as_bytes());
        asked.iter().map(|(volume, record, size)| places.of(*volume, *record, *size)).collect()
    }

    #[test]
    fn runs_are_those_of_the_record_and_the_last_ends_with_the_file() {
        let hole = "<byte_run file_offset='8' fill='0' len='100'/>";
        let list = [
            HEAD,
            "<volume offset='1000'><ftype>8192</ftype>",
            "<fileobject><inode>2</inode><filesize>9</filesize><meta_type>2</meta_type></fileobject>",
            &file(12, 10, &(stretch(0, 64, 8) + &stretch(8, 128, 8))),
            &file(13, 120, &(stretch(0, 256, 8) + hole + &stretch(108, 320, 12))),
            &file(14, 5, ""),
            "</volume><volume offset='9000'>",
            &file(12, 3, "<byte_run file_offset='0' fs_offset='0' img_offset='9000' len='3'/>"),
        ]
        .concat();
        let hole = Run { offset: None, length: 100 };
        assert_eq!(
            of(&list, &[(1000, 12, 10), (1000, 13, 120), (1000, 14, 5), (9000, 12, 3), (9000, 13, 3)]),
            [
                Some(vec![run(1064, 8), run(1128, 2)]),
                Some(vec![run(1256, 8), hole, run(1320, 12)]),
                None,
                Some(vec![run(9000, 3)]),
                None
            ]
        );
        // What the other list leaves out is passed over; what is asked for in another order or size is not there.
        assert_eq!(of(&list, &[(1000, 13, 120), (1000, 12, 10)])[1], None);
        assert_eq!(of(&list, &[(1000, 13, 119)]), [None]);
        assert_eq!(of(&list, &[(500, 12, 10), (9000, 12, 3)]), [None, Some(vec![run(9000, 3)])]);
    }

    #[test]
    fn a_file_that_its_runs_do_not_hold_has_none() {
        for runs in [
            "<byte_run file_offset='0' fs_offset='0' img_offset='1000' len='10' type='resident'/>".to_owned(),
            "<byte_run file_offset='0' fs_offset='0' img_offset='1000' uncompressed_len='10'/>".to_owned(),
            "<byte_run file_offset='0' unknown_flags='9'/>".to_owned(),
            "<byte_run file_offset='0' len='10'/>".to_owned(),
            "<byte_run file_offset='0' fill='1' len='10'/>".to_owned(),
            "<byte_run file_offset='0' fs_offset='0' img_offset='999' len='10'/>".to_owned(),
            "<byte_run file_offset='0' fs_offset='18446744073709551615' img_offset='999' len='10'/>"
                .to_owned(),
            stretch(0, 0, 9),
            stretch(1, 0, 10),
            stretch(0, 0, 4) + &stretch(5, 0, 6),
            stretch(0, 0, 10) + "<byte_run file_offset='10' unknown_flags='9'/>",
        ] {
            let list = [HEAD, "<volume offset='1000'>", &file(12, 10, &runs)].concat();
            assert_eq!(of(&list, &[(1000, 12, 10)]), [None], "{runs}");
        }
        // A newer version lists where the record lies beside where the bytes do.
        let both = stretch(0, 64, 10) + "</byte_runs><byte_runs facet='inode'><byte_run img_offset='1'/>";
        let list = [HEAD, "<volume offset='1000'>", &file(12, 10, &both)].concat();
        assert_eq!(of(&list, &[(1000, 12, 10)]), [Some(vec![run(1064, 10)])]);
    }

    #[test]
    fn a_list_is_followed_no_further_than_its_limits() {
        let others: String = (100..100 + AHEAD as u64 + 9).map(|n| file(n, 10, &stretch(0, 0, 10))).collect();
        let list = [HEAD, "<volume offset='1000'>", &others].concat();
        let last = 100 + AHEAD as u64 + 8;
        // One that is not there costs a look ahead, and those after it are still found.
        let found = of(&list, &[(1000, 7, 10), (1000, last, 10), (1000, 100, 10), (1000, last, 10)]);
        assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true, false]);

        let long = format!("<volume offset='1000'><fileobject><a>{}</a>", "x".repeat(MAX_EVENT + 1));
        let list = [HEAD, &long, &file(12, 10, &stretch(0, 0, 10))].concat();
        assert_eq!(of(&list, &[(1000, 12, 10)]), [None]);
    }

    proptest! {
        #[test]
        fn a_damaged_list_gives_runs_that_fit_their_file_or_none(at in any::<usize>(), byte in any::<u8>(), cut in any::<usize>()) {
            let runs = stretch(0, 64, 8) + &stretch(8, 128, 8);
            let list = [HEAD, "<volume offset='1000'>", &file(12, 10, &runs), &file(13, 16, &runs), "</volume>"].concat();
            let mut bytes = list.into_bytes();
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len() - cut % 40);
            let mut places = Places::new(&bytes[..]);
            for (record, size) in [(12, 10), (13, 16)] {
                let runs = places.of(1000, record, size);
                prop_assert!(runs.is_none_or(|runs| runs.iter().map(|run| run.length).sum::<u64>() == size));
            }
        }
    }
}
