//! A record of the master file table: its names, times and streams, from the attributes that `ntfs-core` parses.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use ntfs_core::attribute::{Attribute, AttributeBody, parse_attributes};
use ntfs_core::record::MftRecordHeader;
use ntfs_core::{FileName, StandardInformation, decode_runlist};

use crate::entry::{Run, Stamp, Times, Why};
use crate::image::{Fault, u32_at};
use crate::pieces::push;

/// Types of attributes.
pub(super) const STANDARD: u32 = 0x10;
/// The list of attributes that lie in other records.
pub(super) const LIST: u32 = 0x20;
const NAME: u32 = 0x30;
/// The bytes of a file or stream.
pub(super) const DATA: u32 = 0x80;
/// The root of an index.
pub(super) const INDEX: u32 = 0x90;
const REPARSE: u32 = 0xc0;

/// A short name of DOS beside a long one.
const DOS: u8 = 2;

/// A record that was read, with its update sequence undone.
pub(super) struct Record {
    pub(super) bytes: Vec<u8>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) sequence: u16,
    pub(super) in_use: bool,
    pub(super) is_folder: bool,
    /// Whether it is the first record of its file, and not one that holds what did not fit.
    pub(super) is_base: bool,
    /// The first record of its file, when it is not that itself.
    pub(super) base: u64,
    pub(super) has_list: bool,
    /// Its names, but for short ones beside long ones.
    pub(super) names: Vec<FileName>,
}

impl Record {
    /// Parses a record whose update sequence was undone.
    pub(super) fn parse(bytes: Vec<u8>) -> io::Result<Self> {
        let header = MftRecordHeader::parse(&bytes).map_err(damaged)?;
        let attributes =
            parse_attributes(&bytes, usize::from(header.first_attribute_offset)).map_err(damaged)?;
        Ok(Self {
            sequence: header.sequence_number,
            in_use: header.is_in_use(),
            is_folder: header.is_directory(),
            is_base: header.is_base_record(),
            base: header.base_record & 0xffff_ffff_ffff,
            has_list: attributes.iter().any(|attribute| attribute.type_code == LIST),
            names: names(&bytes, &attributes),
            attributes,
            bytes,
        })
    }
}

/// What `ntfs-core` found wrong.
pub(super) fn damaged(error: ntfs_core::error::NtfsError) -> io::Error {
    Fault::error(Why::Damaged, "what the format allows", error.to_string())
}

fn names(bytes: &[u8], attributes: &[Attribute]) -> Vec<FileName> {
    let of_name = attributes.iter().filter(|attribute| attribute.type_code == NAME);
    let all: Vec<FileName> =
        of_name.filter_map(|name| FileName::parse(name.resident_content(bytes)?).ok()).collect();
    let long = all.iter().any(|name| name.namespace != DOS);
    all.into_iter().filter(|name| !long || name.namespace != DOS).collect()
}

/// A file: what its records say together.
pub(super) struct File {
    pub(super) in_use: bool,
    /// Whether it says nothing at all: it was never used.
    pub(super) is_blank: bool,
    pub(super) is_folder: bool,
    /// A link to another place: what it leads to is not followed.
    pub(super) is_link: bool,
    /// Why the bytes of the file are not where a file has its bytes.
    pub(super) elsewhere: Option<&'static str>,
    pub(super) names: Vec<FileName>,
    pub(super) times: Times,
    pub(super) streams: Vec<Stream>,
    /// The number of the attribute that is the index of names.
    pub(super) index: Option<u16>,
    /// What of its records is missing.
    pub(super) fault: Option<String>,
}

/// A stream of a file.
pub(super) struct Stream {
    /// The type of its attribute: that of bytes, or that of an index which is no folder's.
    pub(super) kind: u32,
    /// The number of its attribute in the record.
    pub(super) id: u16,
    /// None for the file's own bytes.
    pub(super) name: Option<String>,
    pub(super) bytes: Bytes,
}

/// Where the bytes of a stream are.
pub(super) enum Bytes {
    /// In the record.
    Resident(Vec<u8>),
    /// In clusters.
    Held(Held),
}

impl Bytes {
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Resident(bytes) => bytes.len() as u64,
            Self::Held(held) => held.size,
        }
    }
}

/// Bytes in clusters.
pub(super) struct Held {
    /// Where they lie in the image, holes among them.
    pub(super) runs: Vec<Run>,
    pub(super) size: u64,
    /// How many of them were written; the rest reads as zeros.
    pub(super) valid: u64,
    /// Bytes that are packed together; zero when they are not packed.
    pub(super) unit: u64,
    pub(super) encrypted: bool,
    /// What is wrong with the list of runs.
    pub(super) fault: Option<String>,
}

/// The geometry that runs need: offset of the volume in the image, bytes of a cluster, bytes of the volume.
#[derive(Clone, Copy)]
pub(super) struct Geometry {
    pub(super) base: u64,
    pub(super) cluster: u64,
    pub(super) size: u64,
}

/// Puts a file together from its records, the first of them first.
pub(super) fn file(records: &[Record], geometry: Geometry, fault: Option<String>) -> File {
    let first = &records[0];
    let all = || {
        records.iter().flat_map(|record| record.attributes.iter().map(move |attribute| (record, attribute)))
    };
    let content = |kind: u32| {
        all()
            .find(|(_, attribute)| attribute.type_code == kind)
            .and_then(|(record, attribute)| attribute.resident_content(&record.bytes))
    };
    let standard = content(STANDARD).and_then(|content| StandardInformation::parse(content).ok());
    let times = standard.as_ref().map_or_else(Times::default, |standard| Times {
        created: stamp(standard.created.0),
        modified: stamp(standard.modified.0),
        accessed: stamp(standard.accessed.0),
        changed: stamp(standard.mft_modified.0),
    });
    let attributes = standard.as_ref().map_or(0, |standard| standard.file_attributes);
    let tag = content(REPARSE).map(|content| u32_at(content, 0));
    let mut told = BTreeSet::new();
    let mut names: Vec<FileName> = records.iter().flat_map(|record| &record.names).cloned().collect();
    names.retain(|name| told.insert((name.parent.record_number, name.parent.sequence, name.name.clone())));
    let long = names.iter().any(|name| name.namespace != DOS);
    names.retain(|name| !long || name.namespace != DOS);
    File {
        in_use: first.in_use,
        is_blank: first.attributes.is_empty(),
        is_folder: first.is_folder,
        is_link: matches!(tag, Some(0xa000_000c | 0xa000_0003)),
        elsewhere: elsewhere(tag, attributes),
        names,
        times,
        streams: streams(records, geometry),
        index: all()
            .find(|(_, attribute)| attribute.type_code == INDEX && attribute.name.as_deref() == Some("$I30"))
            .map(|(_, attribute)| attribute.attribute_id),
        fault,
    }
}

/// Why a file's bytes are not those that it has: its reparse point or its attributes say so.
fn elsewhere(tag: Option<u32>, attributes: u32) -> Option<&'static str> {
    /// `FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS`.
    const RECALL: u32 = 0x0040_0000;
    match tag {
        Some(0x8000_0017) => Some("bytes that Windows packed into the stream WofCompressedData"),
        Some(0x8000_0013) => Some("bytes that Windows keeps once for many files (deduplication)"),
        _ if attributes & RECALL != 0 => Some("bytes that are not on this disk but with a service"),
        _ => None,
    }
}

/// The streams of a file, in the order of their first attributes; pieces of one are joined in their order.
fn streams(records: &[Record], geometry: Geometry) -> Vec<Stream> {
    let mut pieces: Vec<(u64, &Record, &Attribute)> = Vec::new();
    for record in records {
        for attribute in &record.attributes {
            let own_index = attribute.type_code == INDEX && attribute.name.as_deref() != Some("$I30");
            if attribute.type_code != DATA && !own_index {
                continue;
            }
            let start = match attribute.body {
                AttributeBody::NonResident { start_vcn, .. } => start_vcn,
                AttributeBody::Resident { .. } => 0,
            };
            pieces.push((start, record, attribute));
        }
    }
    // In the order of their first attributes; a map finds those of one stream.
    let mut of_streams: Vec<Vec<(u64, &Record, &Attribute)>> = Vec::new();
    let mut places: BTreeMap<(u32, Option<&str>), usize> = BTreeMap::new();
    for piece in pieces {
        let key = (piece.2.type_code, piece.2.name.as_deref());
        let place = *places.entry(key).or_insert(of_streams.len());
        if place == of_streams.len() {
            of_streams.push(Vec::new());
        }
        of_streams[place].push(piece);
    }
    let stream = |mut of_one: Vec<(u64, &Record, &Attribute)>| {
        of_one.sort_by_key(|(start, _, _)| *start);
        let (_, record, attribute) = of_one[0];
        let bytes = match attribute.resident_content(&record.bytes) {
            Some(bytes) => Bytes::Resident(bytes.to_vec()),
            None => Bytes::Held(held(&of_one, geometry)),
        };
        let (kind, id, name) = (attribute.type_code, attribute.attribute_id, attribute.name.clone());
        Stream { kind, id, name, bytes }
    };
    of_streams.into_iter().map(stream).collect()
}

/// Joins the pieces of a stream.
fn held(pieces: &[(u64, &Record, &Attribute)], geometry: Geometry) -> Held {
    let attribute = pieces[0].2;
    let (size, valid) = match attribute.body {
        AttributeBody::NonResident { real_size, initialized_size, .. } => (real_size, initialized_size),
        AttributeBody::Resident { .. } => (0, 0),
    };
    let unit = match attribute.compression_unit() {
        // Sixteen clusters of at most 4 KiB are what Windows writes.
        unit if attribute.is_compressed() && unit > 0 => {
            geometry.cluster.saturating_mul(1_u64.checked_shl(u32::from(unit)).unwrap_or(u64::MAX))
        }
        _ => 0,
    };
    let mut held =
        Held { runs: Vec::new(), size, valid, unit, encrypted: attribute.is_encrypted(), fault: None };
    let mut next = 0_u64;
    for (start, record, attribute) in pieces {
        if *start != next {
            held.fault = Some(format!("cluster {next} of the file followed by cluster {start}"));
            break;
        }
        match runs(record, attribute, geometry, &mut held.runs) {
            Ok(clusters) => next = next.saturating_add(clusters),
            Err(error) => {
                held.fault = Some(Fault::of(&error).found);
                break;
            }
        }
    }
    held
}

/// The runs of an attribute.
pub(super) fn runs_of(record: &Record, attribute: &Attribute, geometry: Geometry) -> io::Result<Vec<Run>> {
    let mut found = Vec::new();
    runs(record, attribute, geometry, &mut found).map(|_| found)
}

/// Adds the runs of an attribute; gives how many clusters they are.
fn runs(record: &Record, attribute: &Attribute, geometry: Geometry, into: &mut Vec<Run>) -> io::Result<u64> {
    let AttributeBody::NonResident { runs_offset, .. } = attribute.body else { return Ok(0) };
    let start = attribute.offset + usize::from(runs_offset);
    let end = attribute.offset + attribute.length as usize;
    let list = record.bytes.get(start..end).unwrap_or_default();
    let mut clusters = 0_u64;
    let outside = || Fault::error(Why::Damaged, "runs within the volume", "runs outside of it");
    for run in decode_runlist(list).map_err(damaged)? {
        let length = run.length.checked_mul(geometry.cluster).ok_or_else(outside)?;
        let offset =
            run.lcn.map(|cluster| cluster.checked_mul(geometry.cluster).ok_or_else(outside)).transpose()?;
        if let Some(offset) = offset
            && offset.checked_add(length).is_none_or(|end| {
                end > geometry.size.checked_next_multiple_of(geometry.cluster).unwrap_or(u64::MAX)
            })
        {
            return Err(outside());
        }
        if !push(into, offset.map(|offset| geometry.base.saturating_add(offset)), length) {
            return Err(Fault::error(Why::Limit, "fewer pieces", "more than are read"));
        }
        clusters = clusters.saturating_add(run.length);
    }
    Ok(clusters)
}

/// Hundreds of nanoseconds since 1601 as a time; none for zero.
pub(crate) fn stamp(filetime: u64) -> Option<Stamp> {
    const FROM_1601_TO_1970_US: i64 = 11_644_473_600_000_000;
    let at_us = i64::try_from(filetime / 10).ok()? - FROM_1601_TO_1970_US;
    (filetime != 0).then_some(Stamp { at_us, width_us: 1, local: false })
}
