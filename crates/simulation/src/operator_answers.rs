//! The four operators' answers: for each address that an account used, who held it around that time. Each operator
//! writes its own layout; delta writes local time and says UTC. Alfanet and delta say in which role they name somebody,
//! and so that an address is where the bills go; cometa says it once for all in a letter, borea never.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::clock::{Clock, day_first, iso_day, number};
use crate::connections::{Used, UsedLease};
use crate::faults::Injection;
use crate::names::TOWNS;
use crate::network::{Lease, LineId, Network, Operator, Pool};
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
        injection: &mut Injection,
        output: &mut dyn Output,
    ) -> Result<BTreeSet<LineId>, SimulationError> {
        let mut seen = BTreeSet::new();
        self.answer_alfanet(world, injection, output, &mut seen)?;
        self.answer_borea(world, injection, output, &mut seen)?;
        self.answer_cometa(world, injection, output, &mut seen)?;
        self.answer_delta(world, injection, output, &mut seen)?;
        Ok(seen)
    }

    /// Hands over each row of a pool's answer, and notes its line.
    fn each_row(
        &mut self,
        world: &World,
        pool: Pool,
        seen: &mut BTreeSet<LineId>,
        mut row: impl FnMut(Row<'_>) -> Result<(), SimulationError>,
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
                    row(Row::new(line, lease, subscriber))?;
                }
            }
        }
        Ok(())
    }

    fn answer_alfanet(
        &mut self,
        world: &World,
        injection: &mut Injection,
        output: &mut dyn Output,
        seen: &mut BTreeSet<LineId>,
    ) -> Result<(), SimulationError> {
        const HEADER: &str = "IP;INIZIO;FINE;UTENZA;TIPO;INTESTATARIO;CODICE_FISCALE;DATA_NASCITA;INDIRIZZO;COMUNE;\
            PROV;ATTIVA_DAL;EMAIL_CONTATTO;TEL_CONTATTO;RUOLO\n";
        let file = "alfanet-risposta.csv";
        let mut answer =
            Answer::begin(output, injection, (Operator::Alfanet, file), HEADER.as_bytes(), alfanet)?;
        for pool in [Pool::AlfanetFixed, Pool::AlfanetHotspot] {
            self.each_row(world, pool, seen, |row| answer.row(row, injection))?;
        }
        for line in &self.prefixes {
            seen.insert(*line);
            let subscriber = world.subscriber(*line);
            for (prefix, lease) in world.network.prefixes(*line) {
                let row = Row::new(*line, lease, &subscriber);
                answer.row(Row { address: format!("{prefix}/56"), ..row }, injection)?;
            }
        }
        answer.finish(b"", injection)
    }

    fn answer_borea(
        &mut self,
        world: &World,
        injection: &mut Injection,
        output: &mut dyn Output,
        seen: &mut BTreeSet<LineId>,
    ) -> Result<(), SimulationError> {
        let header = latin_1(
            "Borea - Risposta alla richiesta dell'Autorità n. 118/2026\n\
             Indirizzo IP\tPorte\tDal\tAl\tLinea\tTitolare\tCod. Fiscale\tNato il\tRecapito\tComune\tProvincia\tE-mail\tTelefono\n",
        );
        let file = "borea-risposta.tsv";
        let mut answer = Answer::begin(output, injection, (Operator::Borea, file), &header, borea)?;
        for pool in [Pool::BoreaFixed, Pool::BoreaShared] {
            self.each_row(world, pool, seen, |row| answer.row(row, injection))?;
        }
        let footer = format!("Righe estratte: {}\n", answer.n_rows);
        answer.finish(footer.as_bytes(), injection)
    }

    fn answer_cometa(
        &mut self,
        world: &World,
        injection: &mut Injection,
        output: &mut dyn Output,
        seen: &mut BTreeSet<LineId>,
    ) -> Result<(), SimulationError> {
        let mut sheet = Cometa::begin_next(0)?;
        injection.begin_answer(Operator::Cometa, &sheet.file);
        self.each_row(world, Pool::CometaMobile, seen, |row| {
            if sheet.n_rows == WORKBOOK_ROWS {
                let next = Cometa::begin_next(sheet.number)?;
                injection.begin_answer(Operator::Cometa, &next.file);
                std::mem::replace(&mut sheet, next).finish(output)?;
            }
            sheet.row(row, injection)
        })?;
        sheet.finish(output)
    }

    fn answer_delta(
        &mut self,
        world: &World,
        injection: &mut Injection,
        output: &mut dyn Output,
        seen: &mut BTreeSet<LineId>,
    ) -> Result<(), SimulationError> {
        const HEADER: &str = "\"prefix\",\"start\",\"end\",\"customer\",\"name\",\"tax code\",\"birth date\",\
            \"installation address\",\"city\",\"province\",\"contact email\",\"role\"\n";
        let file = "delta-risposta.csv";
        let mut answer = Answer::begin(output, injection, (Operator::Delta, file), HEADER.as_bytes(), delta)?;
        self.each_row(world, Pool::DeltaFixed, seen, |row| answer.row(row, injection))?;
        answer.finish(b"", injection)
    }
}

/// One row of an answer: a line held an address, and whose line it is.
pub struct Row<'r> {
    /// The line.
    pub line: LineId,
    /// The address or prefix that it held.
    pub address: String,
    /// First and last port of its share; `None` when it held the whole address.
    pub ports: Option<(u16, u16)>,
    /// From when, seconds.
    pub from_s: i64,
    /// Until when, exclusive, seconds; `None` when it had not ended.
    pub until_s: Option<i64>,
    /// Street and house number.
    pub street: Cow<'r, str>,
    subscriber: &'r Person,
}

impl<'r> Row<'r> {
    fn new(line: LineId, lease: Lease, subscriber: &'r Person) -> Self {
        let plan = line.pool.plan();
        Self {
            line,
            address: plan.address(line.group, lease.place).to_string(),
            ports: plan.ports(lease.place),
            from_s: lease.from_s,
            until_s: lease.ended_s(),
            street: Cow::Borrowed(&subscriber.street),
            subscriber,
        }
    }

    /// Whether the address is where the bills go.
    fn is_billing(&self) -> bool {
        self.street != self.subscriber.street
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

/// How an operator writes a row.
type Layout = fn(&Clock, &Row<'_>, &mut Vec<u8>);

/// A text file while it is written.
struct Answer {
    out: Box<dyn Write>,
    file: &'static str,
    layout: Layout,
    clock: Clock,
    line: Vec<u8>,
    n_rows: u64,
    n_head: u64,
    /// The whole file, when its end will be cut off.
    held: Option<Vec<u8>>,
}

impl Answer {
    fn begin(
        output: &mut dyn Output,
        injection: &mut Injection,
        (operator, file): (Operator, &'static str),
        header: &[u8],
        layout: Layout,
    ) -> Result<Self, SimulationError> {
        let out = crate::begin(output, &format!("operators/{file}"))?;
        injection.begin_answer(operator, file);
        let n_head = header.iter().filter(|byte| **byte == b'\n').count() as u64;
        let held = injection.truncates(operator).then(Vec::new);
        let line = Vec::with_capacity(512);
        let mut answer = Self { out, file, layout, clock: Clock::new(), line, n_rows: 0, n_head, held };
        answer.put(header)?;
        Ok(answer)
    }

    fn row(&mut self, mut row: Row<'_>, injection: &mut Injection) -> Result<(), SimulationError> {
        injection.lease((self.file, self.n_head + self.n_rows + 1), &mut row);
        self.line.clear();
        (self.layout)(&self.clock, &row, &mut self.line);
        self.line.push(b'\n');
        let mut line = std::mem::take(&mut self.line);
        self.n_rows += 1;
        self.put(&line)?;
        if injection.repeats((self.file, self.n_head + self.n_rows + 1)) {
            self.n_rows += 1;
            self.put(&line)?;
        }
        std::mem::swap(&mut self.line, &mut line);
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), SimulationError> {
        match &mut self.held {
            Some(held) => held.extend_from_slice(bytes),
            None => self.out.write_all(bytes).map_err(SimulationError::writing(self.file))?,
        }
        Ok(())
    }

    fn finish(mut self, footer: &[u8], injection: &mut Injection) -> Result<(), SimulationError> {
        self.put(footer)?;
        if let Some(whole) = self.held.take() {
            self.put(&whole[..injection.truncate(self.file, &whole)])?;
        }
        self.out.flush().map_err(SimulationError::writing(self.file))
    }
}

fn alfanet(clock: &Clock, row: &Row<'_>, out: &mut Vec<u8>) {
    let Row { line, subscriber, street, .. } = row;
    let (town, province) = TOWNS[subscriber.town];
    out.extend_from_slice(row.address.as_bytes());
    out.push(b';');
    clock.rome_offset(row.from_s, out);
    out.push(b';');
    if let Some(until_s) = row.until_s {
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
    for cell in [street, town, province] {
        out.push(b';');
        out.extend_from_slice(cell.as_bytes());
    }
    out.push(b';');
    day_first(subscriber.active_from, out);
    let role = match access {
        _ if row.is_billing() => "PAGANTE",
        "FISSO" => "IMPIANTO",
        _ => "CONTRAENTE",
    };
    for cell in [subscriber.email.as_str(), &subscriber.phone, role] {
        out.push(b';');
        out.extend_from_slice(cell.as_bytes());
    }
}

/// In Latin-1.
fn borea(clock: &Clock, row: &Row<'_>, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    borea_text(clock, row, &mut text);
    let text = std::str::from_utf8(&text).expect("the row is made of text");
    out.extend(text.chars().map(to_latin_1));
}

fn borea_text(clock: &Clock, row: &Row<'_>, out: &mut Vec<u8>) {
    let Row { line, subscriber, street, .. } = row;
    let (town, province) = TOWNS[subscriber.town];
    out.extend_from_slice(row.address.as_bytes());
    out.push(b'\t');
    match row.ports {
        Some((low, high)) => {
            number(u64::from(low), out);
            out.push(b'-');
            number(u64::from(high), out);
        }
        None => out.push(b'*'),
    }
    out.push(b'\t');
    clock.rome_day_first(row.from_s, out);
    out.push(b'\t');
    if let Some(until_s) = row.until_s {
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
    for cell in [street, town, province, &subscriber.email, &subscriber.phone] {
        out.push(b'\t');
        out.extend_from_slice(cell.as_bytes());
    }
}

fn delta(clock: &Clock, row: &Row<'_>, out: &mut Vec<u8>) {
    let Row { line, subscriber, street, .. } = row;
    let (town, province) = TOWNS[subscriber.town];
    out.push(b'"');
    out.extend_from_slice(row.address.as_bytes());
    out.extend_from_slice(b"\",\"");
    clock.rome_said_utc(row.from_s, out);
    out.extend_from_slice(b"\",\"");
    if let Some(until_s) = row.until_s {
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
    let role = if row.is_billing() { "bill payer" } else { "contract holder" };
    for cell in [street, town, province, &subscriber.email, role] {
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
    file: String,
}

impl Cometa {
    /// Rows above the first one of data.
    const HEADER_ROWS: u32 = 3;

    /// Begins the workbook after number `previous`.
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
            file: match previous {
                0 => "cometa-risposta.xlsx".to_owned(),
                _ => format!("cometa-risposta-{}.xlsx", previous + 1),
            },
        })
    }

    fn row(&mut self, mut row: Row<'_>, injection: &mut Injection) -> Result<(), SimulationError> {
        let place = |sheet: &Self| u64::from(Self::HEADER_ROWS) + sheet.n_rows as u64 + 1;
        injection.lease((&self.file, place(self)), &mut row);
        self.put(&row)?;
        if injection.repeats((&self.file, place(self))) {
            self.put(&row)?;
        }
        Ok(())
    }

    fn put(&mut self, row: &Row<'_>) -> Result<(), SimulationError> {
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
        crate::write_whole(output, &format!("operators/{}", self.file), &bytes)
    }
}

fn write_cometa_row(
    sheet: &mut Worksheet,
    at: u32,
    row: &Row<'_>,
    time: &Format,
    date: &Format,
) -> Result<(), XlsxError> {
    let Row { line, subscriber, street, .. } = row;
    let plan = line.pool.plan();
    let (town, province) = TOWNS[subscriber.town];
    let (low, high) = row.ports.unwrap_or((1024, u16::MAX));
    let phone = line.phone();
    sheet.write_string(at, 0, format!("{} {} {}", &phone[..3], &phone[3..6], &phone[6..]))?;
    sheet.write_string(at, 1, &row.address)?;
    sheet.write_number(at, 2, low)?;
    sheet.write_number(at, 3, high)?;
    sheet.write_datetime_with_format(at, 4, ExcelDateTime::from_timestamp(row.from_s)?, time)?;
    if let Some(until_s) = row.until_s {
        sheet.write_datetime_with_format(at, 5, ExcelDateTime::from_timestamp(until_s)?, time)?;
    }
    sheet.write_number(at, 6, plan.n_blocks)?;
    sheet.write_string(at, 7, &subscriber.name)?;
    sheet.write_string(at, 8, &subscriber.tax_code)?;
    if let Some(birth) = subscriber.birth {
        let day = ExcelDateTime::from_ymd(birth.year() as u16, birth.month() as u8, birth.day() as u8)?;
        sheet.write_datetime_with_format(at, 9, day, date)?;
    }
    for (column, cell) in [street, town, province, &subscriber.email].into_iter().enumerate() {
        sheet.write_string(at, 10 + column as u16, cell)?;
    }
    Ok(())
}
