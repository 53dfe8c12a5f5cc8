//! A file of Shareaza's library.

use tutela_model::Refusal;
use tutela_model::field::AddressSaid;
use tutela_model::tables::{Contact, PeerContact, SharedFile, SharingNetwork, Stated};

use super::archive::{Archive, Tri, filetime};
use super::{Above, PROGRAM};
use crate::artefact::{Counters, Flaw, Remarks, Said, Span, Telling, file_of, hex};

/// A record as far as it is read.
pub(super) struct Entry {
    span: Span,
    name: String,
    size: Option<u64>,
    shared: Tri,
    /// Each with its kind, the most telling first.
    hashes: Vec<String>,
    counters: Counters,
    remarks: Remarks,
    /// Uploads that were begun.
    n_uploads: Option<u64>,
    sources: Vec<Source>,
}

/// Somewhere that the file could be had.
struct Source {
    url: String,
    seen: Option<Said>,
    span: Span,
}

impl Entry {
    pub fn begin(archive: &Archive<'_>) -> Self {
        Self {
            span: Span { at: archive.cursor.at, len: 0 },
            name: String::new(),
            size: None,
            shared: Tri::Unknown,
            hashes: Vec::new(),
            counters: Counters::default(),
            remarks: Remarks::default(),
            n_uploads: None,
            sources: Vec::new(),
        }
    }

    pub fn end(&mut self, archive: &Archive<'_>) {
        self.span = Span::between(self.span.at, archive.cursor.at);
    }

    /// Reads the record in its order; each version added to it.
    pub fn fill(&mut self, archive: &mut Archive<'_>) -> Result<(), Flaw> {
        let version = archive.version;
        self.name = archive.text("a file's name")?;
        archive.cursor.u32("a file's index")?;
        self.size = Some(if version >= 17 {
            archive.cursor.u64("a file's size")?
        } else {
            archive.cursor.u32("a file's size")?.into()
        });
        if let Some(time) = filetime(archive.cursor.said_u64("when the file was last written")?) {
            self.remarks.push("file last written", time);
        }
        self.shared = archive.tri("whether the file is shared")?;
        if version >= 21 && archive.cursor.u64("a virtual size")? != 0 {
            archive.cursor.u64("a virtual beginning")?;
        }
        self.hash(archive)?;
        self.metadata(archive)?;
        let hits = archive.cursor.said_u32("how often searches of others met the file")?;
        let uploads = archive.cursor.said_u32("how many uploads were begun")?;
        self.counters.push("hits", hits.value, hits.span);
        self.counters.push("uploads", uploads.value, uploads.span);
        self.n_uploads = Some(uploads.value);
        if version >= 14 {
            archive.flag("whether there is a preview")?;
        }
        if version >= 20 && archive.flag("whether the file is marked as bogus")? {
            self.remarks.push("marked as bogus", "yes");
        }
        if version >= 2 {
            self.sources(archive)?;
        }
        Ok(())
    }

    fn hash(&mut self, archive: &mut Archive<'_>) -> Result<(), Flaw> {
        let kinds = [("sha1", 20, 1), ("tth", 24, 8), ("md5", 16, 11), ("ed2k", 16, 11), ("btih", 20, 26)];
        for (kind, len, since) in kinds {
            if archive.version >= since
                && let Some(hash) = archive.hash(len, "a file's hash")?
            {
                self.hashes.push(format!("{kind}:{}", hex(hash)));
            }
        }
        if archive.version >= 4 {
            archive.tri("whether the file was verified")?;
        }
        Ok(())
    }

    fn metadata(&mut self, archive: &mut Archive<'_>) -> Result<(), Flaw> {
        let version = archive.version;
        let schema = archive.text("the schema of a file's metadata")?;
        let mut is_automatic = true;
        if !schema.is_empty() {
            if version < 27 {
                is_automatic = archive.flag("whether metadata was taken from the file")?;
                if !is_automatic {
                    archive.cursor.u64("when metadata was written")?;
                }
            }
            archive.element(0)?;
        }
        if version < 13 {
            return Ok(());
        }
        let rating = archive.cursor.u32("a file's rating")?;
        let comments = archive.text("comments on a file")?;
        if rating != 0 {
            self.remarks.push("rating", rating);
        }
        if !comments.is_empty() {
            self.remarks.push("comments", &comments);
        }
        if version >= 16 {
            let tags = archive.text("tags of a file")?;
            if !tags.is_empty() {
                self.remarks.push("shared under", tags);
            }
        }
        if version >= 27 {
            archive.flag("whether metadata was taken from the file")?;
            archive.cursor.u64("when metadata was written")?;
        } else if !schema.is_empty() && is_automatic && (rating != 0 || !comments.is_empty()) {
            archive.cursor.u64("when metadata was written")?;
        }
        Ok(())
    }

    fn sources(&mut self, archive: &mut Archive<'_>) -> Result<(), Flaw> {
        for _ in 0..archive.count("the number of sources of a file")? {
            let at = archive.cursor.at;
            let url = archive.text("a source's address")?;
            let seen = match archive.version {
                10.. => Some(archive.cursor.said_u64("when a source was seen")?),
                _ => {
                    archive.cursor.u32("when a source was seen")?;
                    None
                }
            };
            self.sources.push(Source { url, seen, span: Span::between(at, archive.cursor.at) });
        }
        Ok(())
    }

    /// Hands on the file and those of its sources that have an address. The record has begun.
    pub fn tell(self, above: Option<Above<'_>>, telling: &mut Telling<'_>) -> Result<(), Refusal> {
        let Self { span, name, size, shared, mut hashes, counters, mut remarks, n_uploads, sources } = self;
        let by_folder = above.map_or(Tri::Unknown, |above| above.shared);
        let said_by = if shared == Tri::Unknown { by_folder } else { shared };
        let word = |tri: Tri| match tri {
            Tri::Yes => "yes",
            Tri::No => "no",
            Tri::Unknown => "not said",
        };
        remarks
            .push("shared", format_args!("by the file {}, by its folders {}", word(shared), word(by_folder)));
        if above.is_none() {
            remarks.push("folder", "none: the library keeps the file without one");
        }
        for source in sources.iter().take(8) {
            remarks.push("source", &source.url);
        }
        let path = above.map(|above| format!("{}\\{name}", above.path));
        let file_hash = match hashes.is_empty() {
            true => format!("unnumbered:{}", path.as_deref().unwrap_or(&name)),
            false => hashes.remove(0),
        };
        telling.row(SharedFile {
            file_name: (!name.is_empty()).then(|| name.as_str().into()),
            file_size: size,
            path: path.map(Into::into),
            offered: match said_by {
                Tri::Yes => Stated::Yes,
                Tri::No => Stated::No,
                Tri::Unknown => Stated::Unknown,
            },
            n_accepted: n_uploads,
            counters_said: counters.text(),
            more_hashes: (!hashes.is_empty()).then(|| hashes.join(" ").into()),
            text: remarks.text(),
            ..file_of(SharingNetwork::Gnutella, PROGRAM, file_hash.as_str().into(), span)
        })?;
        for source in &sources {
            if let Some((address, port)) = host(&source.url) {
                telling.row(PeerContact {
                    network: SharingNetwork::Gnutella,
                    program: PROGRAM.into(),
                    contact: Contact::Source,
                    peer: None,
                    peer_name: None,
                    address: Some(address),
                    port,
                    file_hash: Some(file_hash.as_str().into()),
                    bytes_sent: None,
                    bytes_received: None,
                    last_seen: source.seen.and_then(filetime),
                    counters_said: None,
                    place: source.span.spot(),
                })?;
            }
        }
        Ok(())
    }
}

/// The address and port that a source's URL names: `http://192.0.2.7:6346/…`.
fn host(url: &str) -> Option<(AddressSaid, Option<u16>)> {
    let after = url.split_once("://")?.1;
    let authority = after.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    let (host, port) = match host.strip_prefix('[') {
        Some(v6) => v6.split_once(']').map(|(host, rest)| (host, rest.strip_prefix(':')))?,
        None => host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port))),
    };
    let port = port.and_then(|port| port.parse().ok()).filter(|port| *port != 0);
    Some((AddressSaid::parse(host).ok()?, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_with_an_address_has_a_host() {
        for (url, found) in [
            ("http://192.0.2.7:6346/uri-res/N2R?urn:sha1:AA", Some(("192.0.2.7", Some(6346)))),
            ("ed2kftp://77@192.0.2.7:4662/aa/", Some(("192.0.2.7", Some(4662)))),
            ("http://[2001:db8::7]:80/", Some(("2001:db8::7", Some(80)))),
            ("http://example.org/", None),
            ("file 1.bin", None),
        ] {
            let host = host(url);
            let host = host.as_ref().map(|(address, port)| (address.said.as_str(), *port));
            assert_eq!(host, found, "{url}");
        }
    }
}
