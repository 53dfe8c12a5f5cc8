//! The exports of four observers while they are written, each in its own layout and all at one time: a file a day of the
//! two that see much, a file a week of the two that see little.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::GzBuilder;
use flate2::write::GzEncoder;

use super::files::hex;
use super::nexus::Nexus;
use super::sighting::{Basis, DAYS, FIRST_S, Network, Seen, Sighting};
use crate::clock::{Clock, DAY_S, iso_day, number};
use crate::platform_logs::address;
use crate::{Output, SimulationError};

/// Whoever saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Observer {
    /// Parquet, a file a day; no BitTorrent.
    Nexus,
    /// CSV, a file a day; every network.
    Vigil,
    /// CSV of its own kind, a file a week; Gnutella.
    Meridiana,
    /// JSON Lines, a file a week; BitTorrent.
    TorrentWatch,
}

impl Observer {
    /// Every observer.
    pub const ALL: [Self; 4] = [Self::Nexus, Self::Vigil, Self::Meridiana, Self::TorrentWatch];

    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nexus => "nexus_daily",
            Self::Vigil => "vigil_sightings",
            Self::Meridiana => "meridiana_riscontri",
            Self::TorrentWatch => "torrent_watch",
        }
    }

    /// Whether it was switched off on a day of the period.
    #[must_use]
    pub fn is_off(self, day: i64) -> bool {
        match self {
            Self::Nexus => false,
            Self::Vigil => matches!(day, 17 | 18),
            Self::Meridiana => matches!(day, 35..42),
            Self::TorrentWatch => day == 50,
        }
    }

    /// Who saw a peer of a network, by a hash, on a day; whoever was switched off is stood in for.
    #[must_use]
    pub fn of(network: Network, hash: u64, day: i64) -> Self {
        let part = hash & 0xFF;
        let observer = match network {
            Network::Bittorrent if part < 154 => Self::TorrentWatch,
            Network::Bittorrent => Self::Vigil,
            Network::Gnutella if part < 31 => Self::Meridiana,
            _ if (31..75).contains(&part) => Self::Vigil,
            _ => Self::Nexus,
        };
        match (observer.is_off(day), network) {
            (false, _) => observer,
            (true, Network::Bittorrent) if observer == Self::Vigil => Self::TorrentWatch,
            (true, Network::Bittorrent) => Self::Vigil,
            (true, _) => Self::Nexus,
        }
    }

    /// Another one that sees the network, if it was not switched off.
    #[must_use]
    pub fn beside(self, network: Network, day: i64) -> Option<Self> {
        let other = match (self, network) {
            (Self::Vigil, Network::Bittorrent) => Self::TorrentWatch,
            (Self::Vigil, _) => Self::Nexus,
            _ => Self::Vigil,
        };
        (!other.is_off(day)).then_some(other)
    }

    /// The number of the file that a day is in, and the first day of it.
    fn file(self, day: i64) -> (i64, i64) {
        match self {
            Self::Nexus | Self::Vigil => (day, day),
            // The period begins on a Sunday: the first week has one day.
            Self::Meridiana | Self::TorrentWatch => ((day + 6) / 7, ((day + 6) / 7 * 7 - 6).max(0)),
        }
    }
}

/// Where a row stands: the file's path in the output, and its line or, in Parquet, its row, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stands {
    /// The path.
    pub path: String,
    /// The line or row.
    pub line: u64,
}

/// The files of all observers.
pub struct Exports<'o> {
    output: &'o mut dyn Output,
    open: [Option<(i64, Open)>; 4],
    clock: Clock,
    row: Vec<u8>,
}

/// A file while it is written.
enum Open {
    Nexus { path: String, file: Box<Nexus> },
    Lines(Box<Lines>),
}

impl<'o> Exports<'o> {
    /// No file yet.
    pub fn new(output: &'o mut dyn Output) -> Self {
        let (open, clock) = ([const { None }; 4], Clock::new());
        Self { output, open, clock, row: Vec::with_capacity(512) }
    }

    /// Writes a sighting in the file of its observer and day; ends the file before it.
    ///
    /// # Errors
    /// [`SimulationError::Write`] and [`SimulationError::Parquet`].
    pub fn write(&mut self, observer: Observer, sighting: &Sighting) -> Result<(), SimulationError> {
        let day = (sighting.at_ms.div_euclid(1000) - FIRST_S).div_euclid(DAY_S).clamp(0, DAYS - 1);
        let (row, clock) = (&mut self.row, &self.clock);
        row.clear();
        match observer {
            Observer::Nexus => {}
            Observer::Vigil => vigil(clock, sighting, row),
            Observer::Meridiana => meridiana(clock, sighting, row),
            Observer::TorrentWatch => torrent_watch(sighting, row),
        }
        match self.file(observer, day)? {
            (Open::Nexus { file, .. }, _) => file.write(sighting),
            (Open::Lines(lines), row) => lines.write(row),
        }
    }

    /// Writes a row as it is, in the file of an observer of lines and a day.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn write_line(&mut self, observer: Observer, day: i64, row: &[u8]) -> Result<(), SimulationError> {
        match self.file(observer, day)? {
            (Open::Lines(lines), _) => lines.write(row),
            (Open::Nexus { .. }, _) => Ok(()),
        }
    }

    /// A row of vigil as it would be written, in place of what is in `row`.
    pub fn vigil_row(&mut self, sighting: &Sighting, row: &mut Vec<u8>) {
        row.clear();
        vigil(&self.clock, sighting, row);
    }

    /// Begins a file of vigil that is of no day.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn late(&mut self, path: &str) -> Result<Lines, SimulationError> {
        Lines::begin(self.output, path.to_owned(), Packed::zst, VIGIL)
    }

    /// Where the row written last by an observer stands.
    #[must_use]
    pub fn last(&self, observer: Observer) -> Stands {
        match &self.open[observer as usize] {
            Some((_, Open::Nexus { path, file })) => Stands { path: path.clone(), line: file.n_rows },
            Some((_, Open::Lines(lines))) => Stands { path: lines.path.clone(), line: lines.n_lines },
            None => Stands { path: String::new(), line: 0 },
        }
    }

    /// The open file of an observer and day, and the row that is about to be written.
    fn file(&mut self, observer: Observer, day: i64) -> Result<(&mut Open, &[u8]), SimulationError> {
        let (wanted, first) = observer.file(day);
        let slot = observer as usize;
        if self.open[slot].as_ref().is_none_or(|(number, _)| *number != wanted) {
            if let Some((_, before)) = self.open[slot].take() {
                before.finish()?;
            }
            let mut date = Vec::new();
            iso_day(crate::clock::day(FIRST_S + first * DAY_S), &mut date);
            let date = String::from_utf8_lossy(&date);
            self.open[slot] = Some((wanted, Open::begin(self.output, observer, &date)?));
        }
        match &mut self.open[slot] {
            Some((_, open)) => Ok((open, &self.row)),
            None => unreachable!("the file was opened"),
        }
    }

    /// Ends all files.
    ///
    /// # Errors
    /// [`SimulationError::Write`] and [`SimulationError::Parquet`].
    pub fn finish(self) -> Result<(), SimulationError> {
        self.open.into_iter().flatten().try_for_each(|(_, open)| open.finish())
    }
}

impl Open {
    fn begin(output: &mut dyn Output, observer: Observer, date: &str) -> Result<Self, SimulationError> {
        let path = |ending: &str| format!("sightings/{}-{date}.{ending}", observer.name());
        let (packed, ending, header): (Pack, _, _) = match observer {
            Observer::Nexus => {
                let path = path("parquet");
                return Ok(Self::Nexus { file: Box::new(Nexus::begin(output, path.clone())?), path });
            }
            Observer::Vigil => (Packed::zst, "csv.zst", VIGIL),
            Observer::Meridiana => (Packed::gz, "csv.gz", MERIDIANA),
            Observer::TorrentWatch => (Packed::gz, "jsonl.gz", ""),
        };
        Ok(Self::Lines(Box::new(Lines::begin(output, path(ending), packed, header)?)))
    }

    fn finish(self) -> Result<(), SimulationError> {
        match self {
            Self::Nexus { file, .. } => file.finish(),
            Self::Lines(lines) => lines.finish(),
        }
    }
}

/// A file of lines while it is written and packed.
pub struct Lines {
    path: String,
    packed: Packed,
    /// Lines so far, with the header.
    pub n_lines: u64,
}

/// How a file is packed.
type Pack = fn(Box<dyn Write>) -> io::Result<Packed>;

enum Packed {
    Zst(zstd::Encoder<'static, Box<dyn Write>>),
    Gz(GzEncoder<Box<dyn Write>>),
}

impl Packed {
    fn zst(out: Box<dyn Write>) -> io::Result<Self> {
        Ok(Self::Zst(zstd::Encoder::new(out, 1)?))
    }

    /// Without a time in its header, so that the same rows are the same bytes.
    fn gz(out: Box<dyn Write>) -> io::Result<Self> {
        Ok(Self::Gz(GzBuilder::new().mtime(0).write(out, flate2::Compression::fast())))
    }

    fn out(&mut self) -> &mut dyn Write {
        match self {
            Self::Zst(out) => out,
            Self::Gz(out) => out,
        }
    }
}

impl Lines {
    fn begin(
        output: &mut dyn Output,
        path: String,
        packed: Pack,
        header: &str,
    ) -> Result<Self, SimulationError> {
        let out = crate::begin(output, &path)?;
        let packed = packed(out).map_err(SimulationError::writing(&path))?;
        let mut lines = Self { path, packed, n_lines: 0 };
        if !header.is_empty() {
            lines.write(header.as_bytes())?;
        }
        Ok(lines)
    }

    /// Writes a line.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn write(&mut self, row: &[u8]) -> Result<(), SimulationError> {
        self.n_lines += 1;
        let out = self.packed.out();
        out.write_all(row).and_then(|()| out.write_all(b"\n")).map_err(SimulationError::writing(&self.path))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn finish(self) -> Result<(), SimulationError> {
        let out = match self.packed {
            Packed::Zst(out) => out.finish(),
            Packed::Gz(out) => out.finish(),
        };
        out.and_then(|mut out| out.flush()).map_err(SimulationError::writing(&self.path))
    }
}

const VIGIL: &str = "observed_at,net,ip,port,client_id,file_id,file_name,file_size,client,event,ip_from";

fn vigil(clock: &Clock, row: &Sighting, out: &mut Vec<u8>) {
    clock.utc_ms(row.at_ms, out);
    out.extend_from_slice(match row.network {
        Network::Ed2k => b",ED2K," as &[u8],
        Network::Gnutella => b",GNUTELLA,",
        Network::Ares => b",ARES,",
        Network::Bittorrent => b",BT,",
    });
    address(row.address, out);
    out.push(b',');
    if let Some(port) = row.port {
        number(u64::from(port), out);
    }
    out.push(b',');
    hex(row.number(), out);
    out.push(b',');
    match row.network {
        Network::Ed2k => hex(&row.file.ed2k(), out),
        Network::Gnutella | Network::Ares => hex(&row.file.sha1(), out),
        Network::Bittorrent => hex(&row.file.btih(), out),
    }
    out.push(b',');
    row.file.name(out);
    out.push(b',');
    number(row.file.size(), out);
    out.push(b',');
    out.extend_from_slice(row.client().as_bytes());
    out.extend_from_slice(match row.seen {
        Seen::Listed => b",SOURCE_LIST" as &[u8],
        Seen::Offered => b",OFFER",
        Seen::Downloaded => b",SINGLE_SOURCE_DOWNLOAD",
        Seen::Browse => b",BROWSE",
        Seen::Searched => b",SEARCH_HIT",
    });
    out.extend_from_slice(match row.basis {
        Basis::Connected => b",TCP" as &[u8],
        Basis::SelfReported => b",SELF",
        Basis::ThirdParty => b",RELAY",
    });
}

const MERIDIANA: &str = "Data;Ora;Indirizzo;GUID;URN;Nome file;Byte;Programma;Osservato";

/// In Windows-1252, of which only the letters without accents occur, but for one.
fn meridiana(clock: &Clock, row: &Sighting, out: &mut Vec<u8>) {
    let from = out.len();
    clock.rome_day_first(row.at_ms.div_euclid(1000), out);
    // The day and the time stand in two columns.
    if let Some(blank) = out[from..].iter().position(|byte| *byte == b' ') {
        out[from + blank] = b';';
    }
    out.push(b';');
    endpoint(row, out);
    out.push(b';');
    let from = out.len();
    hex(row.number(), out);
    out[from..].make_ascii_uppercase();
    out.extend_from_slice(b";urn:sha1:");
    base32(&row.file.sha1(), out);
    out.push(b';');
    row.file.name(out);
    out.push(b';');
    number(row.file.size(), out);
    out.push(b';');
    out.extend_from_slice(row.client().as_bytes());
    out.extend_from_slice(match row.seen {
        Seen::Listed => b";elencato" as &[u8],
        Seen::Offered => b";offerto",
        Seen::Downloaded => b";scaricato",
        Seen::Browse => b";sfogliato",
        // “Funzionalità di ricerca”, as the observer's program calls it.
        Seen::Searched => b";funzionalit\xE0 di ricerca",
    });
}

fn torrent_watch(row: &Sighting, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"ts\":");
    number(row.at_ms as u64, out);
    out.extend_from_slice(b",\"endpoint\":\"");
    endpoint(row, out);
    out.extend_from_slice(b"\",\"peer_id\":\"");
    hex(row.number(), out);
    out.extend_from_slice(b"\",\"infohash\":\"");
    out.extend_from_slice(BASE64.encode(row.file.btih()).as_bytes());
    out.extend_from_slice(b"\",\"name\":\"");
    row.file.name(out);
    out.extend_from_slice(b"\",\"length\":");
    number(row.file.size(), out);
    out.extend_from_slice(b",\"agent\":\"");
    out.extend_from_slice(row.client().as_bytes());
    out.extend_from_slice(match row.seen {
        Seen::Listed => b"\",\"how\":\"tracker\"}" as &[u8],
        Seen::Searched => b"\",\"how\":\"dht\"}",
        Seen::Offered | Seen::Browse => b"\",\"how\":\"handshake\"}",
        Seen::Downloaded => b"\",\"how\":\"piece\"}",
    });
}

/// Address and port in one; IPv6 in brackets where a port follows.
fn endpoint(row: &Sighting, out: &mut Vec<u8>) {
    let brackets = row.address.is_ipv6() && row.port.is_some();
    if brackets {
        out.push(b'[');
    }
    address(row.address, out);
    if brackets {
        out.push(b']');
    }
    if let Some(port) = row.port {
        out.push(b':');
        number(u64::from(port), out);
    }
}

/// Base32 (RFC 4648, section 6): 20 bytes are 32 letters.
fn base32(bytes: &[u8; 20], out: &mut Vec<u8>) {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for five in bytes.chunks_exact(5) {
        let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        out.extend((0..8).map(|letter| LETTERS[(bits >> (35 - 5 * letter) & 31) as usize]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_the_standard() {
        let mut out = Vec::new();
        base32(b"foobarfoobarfoobarfo", &mut out);
        // The examples of RFC 4648, section 10, begin so.
        assert_eq!(String::from_utf8_lossy(&out), "MZXW6YTBOJTG633CMFZGM33PMJQXEZTP");
    }

    #[test]
    fn the_weeks_of_the_period_begin_on_mondays() {
        let firsts: Vec<i64> = (0..DAYS).map(|day| Observer::Meridiana.file(day).1).collect();
        assert_eq!((firsts[0], firsts[1], firsts[7], firsts[8]), (0, 1, 1, 8));
        assert_eq!(crate::clock::day(FIRST_S + DAY_S).weekday(), jiff::civil::Weekday::Monday);
    }
}
