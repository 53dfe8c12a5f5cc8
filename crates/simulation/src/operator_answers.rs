//! The four operators' answers: for each address that an account used, who held it around that time. Each operator
//! writes its own layout; delta writes local time and says UTC.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::clock::{Clock, day_first, iso_day, number};
use crate::connections::{Used, UsedLease};
use crate::names::TOWNS;
use crate::network::{Lease, LineId, Network, Pool};
use crate::world::{Person, World};
use crate::{Output, SimulationError};

/// Questions without a port that an operator answers for one line; each answer lists all lines behind the address.
const PORTLESS_QUESTIONS: usize = 2;
/// Rows of one workbook: a sheet ends at 1,048,576.
const WORKBOOK_ROWS: usize = 1_000_000;

/// A place in one epoch of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    group: u32,
    epoch: i32,
    place: u16,
}

/// What the operators are asked, collected while connections are generated.
#[derive(Debug, Default)]
pub struct Questions {
    asked: BTreeMap<Pool, Vec<Asked>>,
    prefixes: BTreeSet<LineId>,
}

impl Questions {
    /// Adds the leases that somebody used.
    pub fn add(&mut self, used: Used) {
        let mut n_portless: BTreeMap<LineId, usize> = BTreeMap::new();
        for lease in used.leases {
            let n = n_portless.entry(lease.line).or_default();
            let ask_all = lease.portless && lease.line.pool.plan().n_blocks > 1 && *n < PORTLESS_QUESTIONS;
            *n += usize::from(ask_all);
            self.add_lease(lease, ask_all);
        }
        self.prefixes.extend(used.prefixes);
    }

    /// The answer to one question: the address (and ports) in the lease's epoch and in those before and after; without
    /// a port, also every line that shared the address.
    fn add_lease(&mut self, lease: UsedLease, ask_all: bool) {
        let plan = lease.line.pool.plan();
        let asked = self.asked.entry(lease.line.pool).or_default();
        let group = lease.line.group;
        let around = if plan.n_places() == 1 { 0 } else { 1 };
        for epoch in lease.epoch - around..=lease.epoch + around {
            asked.push(Asked { group, epoch, place: lease.place });
        }
        if ask_all {
            let n_blocks = plan.n_blocks as u16;
            let first = lease.place / n_blocks * n_blocks;
            asked.extend((first..first + n_blocks).map(|place| Asked { group, epoch: lease.epoch, place }));
        }
    }

    /// Writes all answers; gives back the lines that stand in them.
    ///
    /// # Errors
    /// [`SimulationError::Write`] and [`SimulationError::Workbook`].
    pub fn answer(
        mut self,
        world: &World,
        output: &mut dyn Output,
    ) -> Result<BTreeSet<LineId>, SimulationError> {
        let mut seen = BTreeSet::new();
        self.answer_alfanet(world, output, &mut seen)?;
        self.answer_borea(world, output, &mut seen)?;
        self.answer_cometa(world, output, &mut seen)?;
        self.answer_delta(world, output, &mut seen)?;
        Ok(seen)
    }

    /// Hands over each row of a pool's answer, and notes its line.
    fn each_row(
        &mut self,
        world: &World,
        pool: Pool,
        seen: &mut BTreeSet<LineId>,
        mut row: impl FnMut(&Row<'_>) -> Result<(), SimulationError>,
    ) -> Result<(), SimulationError> {
        let mut asked = self.asked.remove(&pool).unwrap_or_default();
        asked.sort_unstable();
        asked.dedup();
        for of_group in asked.chunk_by(|a, b| a.group == b.group) {
            let mut subscribers: BTreeMap<u16, Person> = BTreeMap::new();
            for of_epoch in of_group.chunk_by(|a, b| a.epoch == b.epoch) {
                let Asked { group, epoch, .. } = of_epoch[0];
                let slots = slots(&world.network, pool, group, epoch);
                for asked in of_epoch {
                    let Some(slot) = slots[usize::from(asked.place)] else { continue };
                    let line = LineId { pool, group, slot };
                    let subscriber = subscribers.entry(slot).or_insert_with(|| {
                        seen.insert(line);
                        world.subscriber(line)
                    });
                    let lease = world.network.lease(line, epoch, asked.place);
                    row(&Row { line, lease, subscriber })?;
                }
            }
        }
        Ok(())
    }

    fn answer_alfanet(
        &mut self,
        world: &World,
        output: &mut dyn Output,
        seen: &mut BTreeSet<LineId>,
    ) -> Result<(), SimulationError> {
        const HEADER: &str = "IP;INIZIO;FINE;UTENZA;TIPO;INTESTATARIO;CODICE_FISCALE;DATA_NASCITA;INDIRIZZO;COMUNE;\
            PROV;ATTIVA_DAL;EMAIL_CONTATTO;TEL_CONTATTO\n";
        let mut answer = Answer::begin(output, "operators/alfanet-risposta.csv", HEADER.as_bytes())?;
        for pool in [Pool::AlfanetFixed, Pool::AlfanetHotspot] {
            self.each_row(world, pool, seen, |row| {
                let address = row.address();
                answer.row(|clock, out| alfanet(clock, &address, row, out))
            })?;
        }
        for line in &self.prefixes {
            seen.insert(*line);
            let subscriber = world.subscriber(*line);
            for (prefix, lease) in world.network.prefixes(*line) {
                let row = Row { line: *line, lease, subscriber: &subscriber };
                answer.row(|clock, out| alfanet(clock, &format!("{prefix}/56"), &row, out))?;
            }
        }
        answer.finish(b"")
    }

    fn answer_borea(
        &mut self,
        world: &World,
        output: &mut dyn Output,
        seen: &mut BTreeSet<LineId>,
    ) -> Result<(), SimulationError> {
        let header = latin_1(
            "Borea - Risposta alla richiesta dell'Autorità n. 118/2026\n\
             Indirizzo IP\tPorte\tDal\tAl\tLinea\tTitolare\tCod. Fiscale\tNato il\tRecapito\tComune\tProvincia\tE-mail\tTelefono\n",
        );
        let mut answer = Answer::begin(output, "operators/borea-risposta.tsv", &header)?;
        let mut text = Vec::new();
        for pool in [Pool::BoreaFixed, Pool::BoreaShared] {
            self.each_row(world, pool, seen, |row| {
                answer.row(|clock, out| {
                    text.clear();
                    borea(clock, row, &mut text);
                    let text = std::str::from_utf8(&text).expect("the row is made of text");
                    out.extend(text.chars().map(to_latin_1));
                })
            })?;
        }
        let footer = format!("Righe estratte: {}\n", answer.n_rows);
        answer.finish(footer.as_bytes())
    }

    fn answer_cometa(
        &mut self,
        world: &World,
        output: &mut dyn Output,
        seen: &mut BTreeSet<LineId>,
    ) -> Result<(), SimulationError> {
        let mut sheet = Cometa::begin()?;
        self.each_row(world, Pool::CometaMobile, seen, |row| {
            if sheet.n_rows == WORKBOOK_ROWS {
                let next = Cometa::begin_next(sheet.number)?;
                std::mem::replace(&mut sheet, next).finish(output)?;
            }
            sheet.row(row)
        })?;
        sheet.finish(output)
    }

    fn answer_delta(
        &mut self,
        world: &World,
        output: &mut dyn Output,
        seen: &mut BTreeSet<LineId>,
    ) -> Result<(), SimulationError> {
        const HEADER: &str = "\"prefix\",\"start\",\"end\",\"customer\",\"name\",\"tax code\",\"birth date\",\
            \"installation address\",\"city\",\"province\",\"contact email\"\n";
        let mut answer = Answer::begin(output, "operators/delta-risposta.csv", HEADER.as_bytes())?;
        self.each_row(world, Pool::DeltaFixed, seen, |row| answer.row(|clock, out| delta(clock, row, out)))?;
        answer.finish(b"")
    }
}

/// One row of an answer: a line held an address, and whose line it is.
struct Row<'r> {
    line: LineId,
    lease: Lease,
    subscriber: &'r Person,
}

impl Row<'_> {
    fn address(&self) -> String {
        self.line.pool.plan().address(self.line.group, self.lease.place).to_string()
    }
}

/// The line that holds each place of a group in an epoch, by position.
fn slots(network: &Network, pool: Pool, group: u32, epoch: i32) -> Vec<Option<u16>> {
    let mut slots = vec![None; pool.plan().n_places() as usize];
    for (slot, place) in network.places(pool, group, epoch).into_iter().enumerate() {
        slots[usize::from(place)] = Some(slot as u16);
    }
    slots
}

/// A text file while it is written.
struct Answer {
    out: Box<dyn Write>,
    file: &'static str,
    clock: Clock,
    line: Vec<u8>,
    n_rows: u64,
}

impl Answer {
    fn begin(output: &mut dyn Output, file: &'static str, header: &[u8]) -> Result<Self, SimulationError> {
        let mut out = crate::begin(output, file)?;
        out.write_all(header).map_err(SimulationError::writing(file))?;
        Ok(Self { out, file, clock: Clock::new(), line: Vec::with_capacity(512), n_rows: 0 })
    }

    fn row(&mut self, write: impl FnOnce(&Clock, &mut Vec<u8>)) -> Result<(), SimulationError> {
        self.line.clear();
        write(&self.clock, &mut self.line);
        self.line.push(b'\n');
        self.n_rows += 1;
        self.out.write_all(&self.line).map_err(SimulationError::writing(self.file))
    }

    fn finish(mut self, footer: &[u8]) -> Result<(), SimulationError> {
        self.out
            .write_all(footer)
            .and_then(|()| self.out.flush())
            .map_err(SimulationError::writing(self.file))
    }
}

fn alfanet(clock: &Clock, address: &str, row: &Row<'_>, out: &mut Vec<u8>) {
    let Row { line, lease, subscriber } = row;
    let (town, province) = TOWNS[subscriber.town];
    out.extend_from_slice(address.as_bytes());
    out.push(b';');
    clock.rome_offset(lease.from_s, out);
    out.push(b';');
    if let Some(until_s) = lease.ended_s() {
        clock.rome_offset(until_s, out);
    }
    let access = match line.access() {
        "business" => "AZIENDA",
        "hotspot" => "HOTSPOT",
        _ => "FISSO",
    };
    for cell in [line.number().as_str(), access, &subscriber.name, &subscriber.tax_code] {
        out.push(b';');
        out.extend_from_slice(cell.as_bytes());
    }
    out.push(b';');
    if let Some(birth) = subscriber.birth {
        day_first(birth, out);
    }
    for cell in [subscriber.street.as_str(), town, province] {
        out.push(b';');
        out.extend_from_slice(cell.as_bytes());
    }
    out.push(b';');
    day_first(subscriber.active_from, out);
    for cell in [&subscriber.email, &subscriber.phone] {
        out.push(b';');
        out.extend_from_slice(cell.as_bytes());
    }
}

fn borea(clock: &Clock, row: &Row<'_>, out: &mut Vec<u8>) {
    let Row { line, lease, subscriber } = row;
    let (town, province) = TOWNS[subscriber.town];
    out.extend_from_slice(row.address().as_bytes());
    out.push(b'\t');
    match line.pool.plan().ports(lease.place) {
        Some((low, high)) => {
            number(u64::from(low), out);
            out.push(b'-');
            number(u64::from(high), out);
        }
        None => out.push(b'*'),
    }
    out.push(b'\t');
    clock.rome_day_first(lease.from_s, out);
    out.push(b'\t');
    if let Some(until_s) = lease.ended_s() {
        clock.rome_day_first(until_s, out);
    }
    for cell in [line.number().as_str(), &subscriber.name, &subscriber.tax_code] {
        out.push(b'\t');
        out.extend_from_slice(cell.as_bytes());
    }
    out.push(b'\t');
    if let Some(birth) = subscriber.birth {
        day_first(birth, out);
    }
    for cell in [subscriber.street.as_str(), town, province, &subscriber.email, &subscriber.phone] {
        out.push(b'\t');
        out.extend_from_slice(cell.as_bytes());
    }
}

fn delta(clock: &Clock, row: &Row<'_>, out: &mut Vec<u8>) {
    let Row { line, lease, subscriber } = row;
    let (town, province) = TOWNS[subscriber.town];
    out.push(b'"');
    out.extend_from_slice(row.address().as_bytes());
    out.extend_from_slice(b"\",\"");
    clock.rome_said_utc(lease.from_s, out);
    out.extend_from_slice(b"\",\"");
    if let Some(until_s) = lease.ended_s() {
        clock.rome_said_utc(until_s, out);
    }
    for cell in [line.number().as_str(), &subscriber.name, &subscriber.tax_code] {
        out.extend_from_slice(b"\",\"");
        out.extend_from_slice(cell.as_bytes());
    }
    out.extend_from_slice(b"\",\"");
    if let Some(birth) = subscriber.birth {
        iso_day(birth, out);
    }
    for cell in [subscriber.street.as_str(), town, province, &subscriber.email] {
        out.extend_from_slice(b"\",\"");
        out.extend_from_slice(cell.as_bytes());
    }
    out.push(b'"');
}

fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(to_latin_1).collect()
}

fn to_latin_1(letter: char) -> u8 {
    u8::try_from(letter).expect("simulated names have letters of Latin-1 only")
}

/// The workbook of cometa while it is written, row by row.
struct Cometa {
    workbook: Workbook,
    time: Format,
    date: Format,
    n_rows: usize,
    /// 1 for the first workbook.
    number: u32,
}

impl Cometa {
    /// Rows above the first one of data.
    const HEADER_ROWS: u32 = 3;

    fn begin() -> Result<Self, SimulationError> {
        Self::begin_next(0)
    }

    fn begin_next(previous: u32) -> Result<Self, SimulationError> {
        const HEADER: [&str; 14] = [
            "MSISDN",
            "IP pubblico",
            "Porta da",
            "Porta a",
            "Inizio (UTC)",
            "Fine (UTC)",
            "Utenti per IP",
            "Intestatario",
            "CF",
            "Nascita",
            "Residenza",
            "Comune",
            "PR",
            "Email",
        ];
        let mut workbook = Workbook::new();
        // A fixed date of creation, so that the same seed gives the same bytes.
        let created = ExcelDateTime::from_ymd(2026, 8, 5)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let title = Format::new().set_bold().set_align(FormatAlign::Center);
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name("Risposta")?;
        sheet.merge_range(0, 0, 0, 13, "Cometa Mobile - Risposta a richiesta di dati di traffico", &title)?;
        sheet.merge_range(
            1,
            0,
            1,
            13,
            "Orari in UTC - una riga per assegnazione di porte",
            &Format::new(),
        )?;
        for (column, name) in HEADER.into_iter().enumerate() {
            sheet.write_string(2, column as u16, name)?;
        }
        Ok(Self {
            workbook,
            time: Format::new().set_num_format("dd/mm/yyyy hh:mm:ss"),
            date: Format::new().set_num_format("dd/mm/yyyy"),
            n_rows: 0,
            number: previous + 1,
        })
    }

    fn row(&mut self, row: &Row<'_>) -> Result<(), SimulationError> {
        let at = Self::HEADER_ROWS + self.n_rows as u32;
        self.n_rows += 1;
        let (time, date) = (&self.time, &self.date);
        Ok(write_cometa_row(self.workbook.worksheet_from_index(0)?, at, row, time, date)?)
    }

    fn finish(mut self, output: &mut dyn Output) -> Result<(), SimulationError> {
        let notes = self.workbook.add_worksheet();
        notes.set_name("Note interne")?.set_hidden(true);
        notes.write_string(
            0,
            0,
            "Uso interno: estrazione a cura dell'ufficio, non fa parte della risposta",
        )?;
        let bytes = self.workbook.save_to_buffer()?;
        let file = match self.number {
            1 => "operators/cometa-risposta.xlsx".to_owned(),
            number => format!("operators/cometa-risposta-{number}.xlsx"),
        };
        crate::write_whole(output, &file, &bytes)
    }
}

fn write_cometa_row(
    sheet: &mut Worksheet,
    at: u32,
    row: &Row<'_>,
    time: &Format,
    date: &Format,
) -> Result<(), XlsxError> {
    let Row { line, lease, subscriber } = row;
    let plan = line.pool.plan();
    let (town, province) = TOWNS[subscriber.town];
    let (low, high) = plan.ports(lease.place).unwrap_or((1024, u16::MAX));
    let phone = line.phone();
    sheet.write_string(at, 0, format!("{} {} {}", &phone[..3], &phone[3..6], &phone[6..]))?;
    sheet.write_string(at, 1, row.address())?;
    sheet.write_number(at, 2, low)?;
    sheet.write_number(at, 3, high)?;
    sheet.write_datetime_with_format(at, 4, ExcelDateTime::from_timestamp(lease.from_s)?, time)?;
    if let Some(until_s) = lease.ended_s() {
        sheet.write_datetime_with_format(at, 5, ExcelDateTime::from_timestamp(until_s)?, time)?;
    }
    sheet.write_number(at, 6, plan.n_blocks)?;
    sheet.write_string(at, 7, &subscriber.name)?;
    sheet.write_string(at, 8, &subscriber.tax_code)?;
    if let Some(birth) = subscriber.birth {
        let day = ExcelDateTime::from_ymd(birth.year() as u16, birth.month() as u8, birth.day() as u8)?;
        sheet.write_datetime_with_format(at, 9, day, date)?;
    }
    for (column, cell) in
        [subscriber.street.as_str(), town, province, &subscriber.email].into_iter().enumerate()
    {
        sheet.write_string(at, 10 + column as u16, cell)?;
    }
    Ok(())
}
