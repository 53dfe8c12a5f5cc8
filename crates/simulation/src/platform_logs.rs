//! The three platforms' logs, each in its own layout, with a few rows that somebody typed wrong.

use std::io::Write;
use std::net::IpAddr;

use crate::accounts::{Account, Platform};
use crate::clock::{Clock, number};
use crate::connections::{Connection, Event};
use crate::{Output, SimulationError};

/// A row that cannot be read, on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file's name.
    pub file: String,
    /// The line in the file, from 1; 0 for the whole file.
    pub line: u64,
    /// What is wrong with it.
    pub what: &'static str,
}

/// A mistyped cell: its column, what stands there, and what is wrong with it.
type Mistyped = (usize, &'static str, &'static str);

const AGORACHAT_FAULTS: &[Mistyped] = &[
    (2, "198.18.4O.7", "a letter in the address"),
    (3, "70000", "a port above 65535"),
    (0, "", "no account"),
    (4, "2026-02-31T10:00:00Z", "a day that does not exist"),
];
const FOTOBOX_FAULTS: &[Mistyped] = &[
    (2, "198.18.300.9:4100", "a number above 255 in the address"),
    (3, "31/04/2026 12:00:00", "a day that does not exist"),
    (0, "", "no account"),
];
const LUMIGRAM_FAULTS: &[Mistyped] = &[
    (3, "198.18.12,7", "a comma in the address"),
    (1, "17715O0000000", "a letter in the time"),
    (4, "70000", "a port above 65535"),
];

/// The logs while they are written.
pub struct PlatformLogs {
    clock: Clock,
    agorachat: Log,
    fotobox: Log,
    lumigram: Log,
    row: Vec<u8>,
}

/// One log while it is written.
struct Log {
    out: Box<dyn Write>,
    file: &'static str,
    separator: u8,
    line_end: &'static [u8],
    n_lines: u64,
    n_rows: u64,
    mistyped: &'static [Mistyped],
    fault_every: u64,
    faults: Vec<Fault>,
}

impl PlatformLogs {
    /// Begins the files. `n_expected` is about how many rows each log will have: faults are spread over it.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn begin(output: &mut dyn Output, n_expected: u64) -> Result<Self, SimulationError> {
        let mut log = |file, separator, line_end, mistyped: &'static [Mistyped], head: &[u8]| {
            let mut out = crate::begin(output, &format!("platforms/{file}"))?;
            out.write_all(head).map_err(SimulationError::writing(file))?;
            let n_lines = head.iter().filter(|byte| **byte == b'\n').count() as u64;
            let fault_every = (n_expected / (mistyped.len() as u64 + 1)).max(2);
            Ok::<_, SimulationError>(Log {
                out,
                file,
                separator,
                line_end,
                n_lines,
                n_rows: 0,
                mistyped,
                fault_every,
                faults: vec![],
            })
        };
        Ok(Self {
            clock: Clock::new(),
            agorachat: log(
                "agorachat-connections.csv",
                b',',
                b"\n",
                AGORACHAT_FAULTS,
                b"user_id,event,ip_address,source_port,timestamp,device_id,user_agent,proxy_flag\n",
            )?,
            fotobox: log(
                "fotobox-accessi.csv",
                b';',
                b"\r\n",
                FOTOBOX_FAULTS,
                "\u{feff}Fotobox - Accessi utente - Estrazione n. 2026/0418;;;;\r\n\
                 Utente;Operazione;Indirizzo;Data;Dispositivo\r\n"
                    .as_bytes(),
            )?,
            lumigram: log(
                "lumigram-sessions.tsv",
                b'\t',
                b"\n",
                LUMIGRAM_FAULTS,
                b"account\tsession_start_ms\tsession_end_ms\tclient_ip\tclient_port\tdevice\tclient\n",
            )?,
            row: Vec::with_capacity(256),
        })
    }

    /// Writes a connection; gives back its file and line.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn write(
        &mut self,
        connection: &Connection,
        account: &Account,
        devices: &[String; 3],
    ) -> Result<(&'static str, u64), SimulationError> {
        let device = connection.device.map_or("", |device| devices[device].as_str());
        self.row.clear();
        let log = match account.platform {
            Platform::Agorachat => {
                agorachat(&self.clock, connection, &account.id, device, &mut self.row);
                &mut self.agorachat
            }
            Platform::Fotobox => {
                fotobox(&self.clock, connection, &account.id, device, &mut self.row);
                &mut self.fotobox
            }
            Platform::Lumigram => {
                lumigram(connection, &account.id, device, &mut self.row);
                &mut self.lumigram
            }
        };
        log.write(&self.row)?;
        let place = (log.file, log.n_lines);
        log.write_fault_when_due(&self.row)?;
        Ok(place)
    }

    /// Where the account's next row will stand; `None` when a mistyped copy will follow it, because a fault in the row
    /// would then stand in two.
    #[must_use]
    pub fn next_place(&self, account: &Account) -> Option<(&'static str, u64)> {
        let log = match account.platform {
            Platform::Agorachat => &self.agorachat,
            Platform::Fotobox => &self.fotobox,
            Platform::Lumigram => &self.lumigram,
        };
        (!log.is_fault_due(log.n_rows + 1)).then_some((log.file, log.n_lines + 1))
    }

    /// Ends the files; gives back the rows that were mistyped.
    ///
    /// # Errors
    /// [`SimulationError::Write`].
    pub fn finish(mut self) -> Result<Vec<Fault>, SimulationError> {
        let footer = format!("Totale righe: {};;;;", self.fotobox.n_rows);
        self.fotobox.write(footer.as_bytes())?;
        let mut faults = Vec::new();
        for mut log in [self.agorachat, self.fotobox, self.lumigram] {
            log.out.flush().map_err(SimulationError::writing(log.file))?;
            faults.append(&mut log.faults);
        }
        Ok(faults)
    }
}

impl Log {
    fn write(&mut self, row: &[u8]) -> Result<(), SimulationError> {
        self.n_lines += 1;
        self.n_rows += 1;
        self.out
            .write_all(row)
            .and_then(|()| self.out.write_all(self.line_end))
            .map_err(SimulationError::writing(self.file))
    }

    /// Whether a mistyped row follows when so many rows stand in the log.
    fn is_fault_due(&self, n_rows: u64) -> bool {
        let n_before = self.faults.len();
        n_before < self.mistyped.len() && n_rows / self.fault_every > n_before as u64
    }

    /// Repeats a row with one cell mistyped, at even distances.
    fn write_fault_when_due(&mut self, row: &[u8]) -> Result<(), SimulationError> {
        let Some((column, typed, what)) = self.mistyped.get(self.faults.len()) else { return Ok(()) };
        if !self.is_fault_due(self.n_rows) {
            return Ok(());
        }
        let cells: Vec<&[u8]> = row
            .split(|byte| *byte == self.separator)
            .enumerate()
            .map(|(idx, cell)| if idx == *column { typed.as_bytes() } else { cell })
            .collect();
        self.write(&cells.join(&self.separator))?;
        self.faults.push(Fault { file: self.file.to_owned(), line: self.n_lines, what });
        Ok(())
    }
}

fn agorachat(clock: &Clock, connection: &Connection, account: &str, device: &str, row: &mut Vec<u8>) {
    row.extend_from_slice(account.as_bytes());
    row.push(b',');
    row.extend_from_slice(match connection.event {
        Event::Login => b"LOGIN",
        Event::Registration => b"REGISTER",
        Event::Upload => b"UPLOAD",
        Event::Message => b"MESSAGE",
        Event::Purchase => b"PURCHASE",
        Event::Other => b"OTHER",
    });
    row.push(b',');
    address(connection.address, row);
    row.push(b',');
    port(connection.port, row);
    row.push(b',');
    clock.utc(connection.said_ms.div_euclid(1000), row);
    row.push(b',');
    row.extend_from_slice(device.as_bytes());
    row.push(b',');
    row.extend_from_slice(match (connection.device, connection.detail % 8) {
        (None, _) => b"" as &[u8],
        (Some(1), _) => b"AgoraChat Web/5.2 (desktop)",
        (Some(_), 0) => b"\"AgoraChat/5.1 (Android 15, it-IT)\"",
        (Some(_), _) => b"AgoraChat/5.2 (Android 15)",
    });
    row.extend_from_slice(match connection.proxy {
        Some(true) => b",Y",
        Some(false) => b",N",
        None => b"," as &[u8],
    });
}

fn fotobox(clock: &Clock, connection: &Connection, account: &str, device: &str, row: &mut Vec<u8>) {
    row.extend_from_slice(account.as_bytes());
    row.extend_from_slice(match connection.event {
        Event::Login => b";accesso;" as &[u8],
        Event::Registration => b";registrazione;",
        Event::Upload => b";caricamento;",
        Event::Message => b";messaggio;",
        Event::Purchase | Event::Other => b";altro;",
    });
    let brackets = connection.address.is_ipv6() && connection.port.is_some();
    if brackets {
        row.push(b'[');
    }
    address(connection.address, row);
    if brackets {
        row.push(b']');
    }
    if connection.port.is_some() {
        row.push(b':');
        port(connection.port, row);
    }
    row.push(b';');
    clock.rome_day_first(connection.said_ms.div_euclid(1000), row);
    row.push(b';');
    row.extend_from_slice(device.as_bytes());
}

fn lumigram(connection: &Connection, account: &str, device: &str, row: &mut Vec<u8>) {
    let start_ms = connection.said_ms as u64;
    row.extend_from_slice(account.as_bytes());
    row.push(b'\t');
    number(start_ms, row);
    row.push(b'\t');
    number(start_ms + 60_000 + u64::from(connection.detail % 3_600_000), row);
    row.push(b'\t');
    address(connection.address, row);
    row.push(b'\t');
    port(connection.port, row);
    row.push(b'\t');
    row.extend_from_slice(device.as_bytes());
    row.extend_from_slice(match connection.device {
        Some(1) => b"\tLumigram Web",
        Some(_) => b"\tLumigram for Android 9.1",
        None => b"\t" as &[u8],
    });
}

/// Appends an address, IPv6 in its canonical form (RFC 5952).
pub fn address(address: IpAddr, row: &mut Vec<u8>) {
    match address {
        IpAddr::V4(v4) => {
            for (idx, octet) in v4.octets().into_iter().enumerate() {
                if idx > 0 {
                    row.push(b'.');
                }
                number(u64::from(octet), row);
            }
        }
        IpAddr::V6(v6) => write!(row, "{v6}").expect("a vector takes all bytes"),
    }
}

fn port(port: Option<u16>, row: &mut Vec<u8>) {
    if let Some(port) = port {
        number(u64::from(port), row);
    }
}
