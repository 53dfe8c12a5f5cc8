//! The four operators' answers: for each address that an account used, who held it around that time. Each operator
//! writes its own layout; delta writes local time and says UTC. Alfanet and delta say in which role they name somebody,
//! and so that an address is where the bills go; cometa says it once for all in a letter, borea never.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::clock::{ANSWER_S, Clock, day_first, iso_day, number};
use crate::connections::{Epochs, Used};
use crate::faults::Injection;
use crate::names::TOWNS;
use crate::network::{Division, Held, Lease, LineId, Operator, Pool};
use crate::world::{Person, World};
use crate::{Output, SimulationError};

/// Rows of one workbook: a sheet ends at 1,048,576.
const WORKBOOK_ROWS: usize = 1_000_000;

/// What the operators are asked, collected while connections are generated: lines and epochs only. Which places are
/// meant, and who held them, is found group by group when the answers are written.
#[derive(Debug, Default)]
pub struct Questions {
    asked: BTreeMap<Pool, Vec<(LineId, Epochs)>>,
    prefixes: BTreeSet<LineId>,
}

impl Questions {
    /// Adds the leases that somebody used.
    pub fn add(&mut self, used: Used) {
        for (line, epochs) in used.lines {
            self.asked.entry(line.pool).or_default().push((line, epochs));
        }
        self.prefixes.extend(used.prefixes);
    }

    /// Writes all answers; gives back the lines that stand in them, and how many rows there are.
    ///
    /// # Errors
    /// [`SimulationError::Write`] and [`SimulationError::Workbook`].
    pub fn answer(
        mut self,
        world: &World,
        injection: &mut Injection,
        output: &mut dyn Output,
    ) -> Result<(BTreeSet<LineId>, u64), SimulationError> {
        let mut seen = BTreeSet::new();
        let mut n_rows = self.answer_alfanet(world, injection, output, &mut seen)?;
        n_rows += self.answer_borea(world, injection, output, &mut seen)?;
        n_rows += self.answer_cometa(world, injection, output, &mut seen)?;
        n_rows += self.answer_delta(world, injection, output, &mut seen)?;
        Ok((seen, n_rows))
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
        asked.sort_unstable_by_key(|(line, _)| *line);
        let division = world.network.division(pool);
        for of_group in asked.chunk_by(|(a, _), (b, _)| a.group == b.group) {
            let group = of_group[0].0.group;
            let mut subscribers: BTreeMap<u16, Person> = BTreeMap::new();
            let (places, asked) = asked_places(world, &division, of_group);
            for (epoch, place) in asked {
                let Some(slot) = places[&epoch].iter().position(|held| *held == place) else { continue };
                let line = LineId { pool, group, slot: slot as u16 };
                let subscriber = subscribers.entry(line.slot).or_insert_with(|| {
                    seen.insert(line);
                    world.subscriber(line)
                });
                let lease = world.network.lease(line, epoch, place);
                // The lease after the last may begin after the answer.
                if lease.from_s >= ANSWER_S {
                    continue;
                }
                for held in world.network.held(line, epoch, &lease) {
                    row(Row::new(line, division.address(group, place).to_string(), lease, held, subscriber))?;
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
    ) -> Result<u64, SimulationError> {
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
                let held = Held { ports: None, from_s: lease.from_s };
                let row = Row::new(*line, format!("{prefix}/56"), lease, held, &subscriber);
                answer.row(row, injection)?;
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
    ) -> Result<u64, SimulationError> {
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
    ) -> Result<u64, SimulationError> {
        let n_sharing = world.network.division(Pool::CometaMobile).n_sharing;
        let mut sheet = Cometa::begin_next(0, n_sharing)?;
        injection.begin_answer(Operator::Cometa, &sheet.file);
        self.each_row(world, Pool::CometaMobile, seen, |row| {
            if sheet.n_rows == WORKBOOK_ROWS {
                let next = Cometa::begin_next(sheet.number, n_sharing)?;
                injection.begin_answer(Operator::Cometa, &next.file);
                std::mem::replace(&mut sheet, next).finish(output)?;
            }
            sheet.row(row, injection)
        })?;
        let n_rows = u64::from(sheet.number - 1) * WORKBOOK_ROWS as u64 + sheet.n_rows as u64;
        sheet.finish(output)?;
        Ok(n_rows)
    }

    fn answer_delta(
        &mut self,
        world: &World,
        injection: &mut Injection,
        output: &mut dyn Output,
        seen: &mut BTreeSet<LineId>,
    ) -> Result<u64, SimulationError> {
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
    fn new(line: LineId, address: String, lease: Lease, held: Held, subscriber: &'r Person) -> Self {
        Self {
            line,
            address,
            ports: held.ports,
            from_s: held.from_s,
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

/// The places of a group by epoch and position, and what is asked of them: the address (and ports) of each lease that
/// was used, in its epoch and in those before and after; without a port, also every line that shared the address.
#[expect(clippy::type_complexity, reason = "two parts of one answer, used once")]
fn asked_places(
    world: &World,
    division: &Division,
    of_group: &[(LineId, Epochs)],
) -> (BTreeMap<i32, Vec<u16>>, BTreeSet<(i32, u16)>) {
    let LineId { pool, group, .. } = of_group[0].0;
    let around = i32::from(!division.is_for_good());
    let mut places: BTreeMap<i32, Vec<u16>> = BTreeMap::new();
    let mut asked = BTreeSet::new();
    for (line, epochs) in of_group {
        for epoch in epochs.used() {
            for near in epoch - around..=epoch + around {
                places.entry(near).or_insert_with(|| world.network.places(pool, group, near));
            }
            let place = places[&epoch][usize::from(line.slot)];
            asked.extend((epoch - around..=epoch + around).map(|epoch| (epoch, place)));
            if epochs.is_portless(epoch) {
                let n_sharing = division.n_sharing as u16;
                let first = place / n_sharing * n_sharing;
                asked.extend((first..first + n_sharing).map(|place| (epoch, place)));
            }
        }
    }
    (places, asked)
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
        injection.cut((self.file, self.n_head + self.n_rows + 1), &mut self.line);
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

    /// Ends the file; gives back how many rows were written.
    fn finish(mut self, footer: &[u8], injection: &mut Injection) -> Result<u64, SimulationError> {
        self.put(footer)?;
        if let Some(whole) = self.held.take() {
            self.put(&whole[..injection.truncate(self.file, &whole)])?;
        }
        self.out.flush().map_err(SimulationError::writing(self.file))?;
        Ok(self.n_rows)
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
    n_sharing: u32,
    /// 1 for the first workbook.
    number: u32,
    file: String,
}

impl Cometa {
    /// Rows above the first one of data.
    const HEADER_ROWS: u32 = 3;

    /// Begins the workbook after number `previous`.
    fn begin_next(previous: u32, n_sharing: u32) -> Result<Self, SimulationError> {
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
            n_sharing,
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
        let formats = (&self.time, &self.date);
        let sheet = self.workbook.worksheet_from_index(0)?;
        Ok(write_cometa_row(sheet, at, row, self.n_sharing, formats)?)
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
    n_sharing: u32,
    (time, date): (&Format, &Format),
) -> Result<(), XlsxError> {
    let Row { line, subscriber, street, .. } = row;
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
    sheet.write_number(at, 6, n_sharing)?;
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
