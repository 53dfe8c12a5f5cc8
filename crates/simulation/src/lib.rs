//! Made-up operations with known truth: source files in the formats that units receive, from invented people and
//! networks. The same scenario, seed and size give the same bytes on every machine.
//!
//! Reads nothing but its arguments; where the files go is the caller's choice ([`Output`]).

mod platform_connections;
mod sharing_network;

mod sharing;

mod accounts;
mod connections;
mod network;
mod world;

pub mod faults;

mod lists;
mod operator_answers;
mod platform_logs;
mod referrals;
mod truth;

mod clock;
mod names;
mod rng;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;

use faults::Faults;

/// A made-up operation.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    simulate: fn(u64, Extent, &Faults, &mut dyn Output) -> Result<Summary, SimulationError>,
}

/// How large an operation is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// 1 is the operation as the press told it; people, lines and lists are in proportion.
    pub size: f64,
    /// Connections in all, or sightings; none for as many as the size has.
    pub n_connections: Option<u32>,
    /// Whether telephones of partners and teenagers, and some of their addresses, are those of whoever holds the home
    /// line: nothing in the records tells such people apart.
    pub family_contracts: bool,
}

impl From<f64> for Extent {
    fn from(size: f64) -> Self {
        Self { size, n_connections: None, family_contracts: false }
    }
}

/// Every scenario.
pub static SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "platform-connections",
        about: "Platforms report accounts: 117,000 connections and four operators' answers lead to 26 people and past \
                thousands of others",
        simulate: platform_connections::simulate,
    },
    Scenario {
        name: "sharing-network",
        about: "Observers of sharing networks saw five million times which peers had which files: from them to 8 people \
                in 6 provinces of one region",
        simulate: sharing_network::simulate,
    },
];

/// Where simulated files go.
pub trait Output {
    /// Begins the file at a path with `/` between folders. Several files are open at one time.
    ///
    /// # Errors
    /// What the storage says.
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write>>;
}

/// What was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The scenario's name.
    pub scenario: &'static str,
    /// The seed.
    pub seed: u64,
    /// The size.
    pub size: f64,
    /// Connections in the logs and address events in the referrals, without mistyped rows; of a sharing network the
    /// sightings of peers whose people the truth knows.
    pub connections: u64,
    /// Sightings of a sharing network, without rows that are wrong on purpose.
    pub sightings: u64,
    /// Numbers of peers among them.
    pub peers: u64,
    /// Those of them that are in the referrals.
    pub referral_events: u64,
    /// People to be found.
    pub users: u32,
    /// Those of them with precedents.
    pub with_precedents: u32,
    /// People in the operators' answers who did nothing and live with nobody who did.
    pub bystanders: u32,
    /// All people of the truth.
    pub persons: u32,
    /// Their lines: those that stand in the answers, and those of the people sought.
    pub lines: u32,
    /// Rows of the answers.
    pub lease_rows: u64,
    /// Accounts of the people sought; of a sharing network the numbers of the region's peers.
    pub accounts: u64,
    /// Wrong rows in the logs and exports, which every operation has.
    pub faults: u32,
    /// Faults that were asked for and made.
    pub injected: u64,
}

/// Why nothing, or not everything, was made.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// No scenario has the name.
    #[error("no such scenario: {0}\nhint: the scenarios are {names}", names = names())]
    UnknownScenario(String),
    /// Not a positive number.
    #[error("the size must be a number above 0: {0}\nhint: 1 is the operation as it was, 0.1 a tenth of it")]
    Size(f64),
    /// No fault has the name.
    #[error("no such fault: {0}\nhint: the faults are {names}, or all", names = fault_names())]
    UnknownFault(String),
    /// Not a share.
    #[error("the rate of a fault must be a number above 0, up to 1: {0}")]
    Rate(String),
    /// The fault befalls a whole file, which has no rate.
    #[error("this fault befalls one whole file and takes no rate: {0}")]
    RateOfFile(String),
    /// The made-up address ranges are used up.
    #[error(
        "the size is too large for the made-up addresses of the operator: {0}\nhint: use a size up to 1000"
    )]
    SizeTooLarge(&'static str),
    /// A file could not be written.
    #[error("could not write the file: {path}")]
    Write {
        /// The file's path in the output.
        path: String,
        /// What the storage said.
        source: io::Error,
    },
    /// The workbook could not be made.
    #[error("could not make the workbook of an operator's answer")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A Parquet file could not be encoded.
    #[error("could not make the Parquet file of an observer")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Its columns could not be put together.
    #[error("could not make the rows of an observer's Parquet file")]
    Columns(#[from] arrow_schema::ArrowError),
}

impl SimulationError {
    fn writing(path: &str) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Write { path: path.to_owned(), source }
    }
}

/// Makes a scenario. Size 1 is the operation as the press told it; other sizes are in proportion.
///
/// # Errors
/// See [`SimulationError`]; files that were begun stay.
pub fn simulate(
    scenario: &str,
    seed: u64,
    size: f64,
    output: &mut dyn Output,
) -> Result<Summary, SimulationError> {
    simulate_with(scenario, seed, size, &Faults::default(), output)
}

/// As [`simulate`], with faults: the same files but for what `truth/faults.csv` names.
///
/// # Errors
/// See [`SimulationError`]; files that were begun stay.
pub fn simulate_with(
    scenario: &str,
    seed: u64,
    extent: impl Into<Extent>,
    faults: &Faults,
    output: &mut dyn Output,
) -> Result<Summary, SimulationError> {
    let found = SCENARIOS.iter().find(|known| known.name == scenario);
    let found = found.ok_or_else(|| SimulationError::UnknownScenario(scenario.to_owned()))?;
    let extent = extent.into();
    let size = extent.size;
    if !(size.is_finite() && size > 0.0) {
        return Err(SimulationError::Size(size));
    }
    (found.simulate)(seed, extent, faults, output)
}

/// Keeps simulated files in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Rc<RefCell<Vec<u8>>>>,
}

impl Memory {
    /// All files, by path.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.files.iter().map(|(path, bytes)| (path.clone(), bytes.borrow().clone())).collect()
    }
}

impl Output for Memory {
    fn file(&mut self, path: &str) -> io::Result<Box<dyn Write>> {
        let bytes = Rc::new(RefCell::new(Vec::new()));
        self.files.insert(path.to_owned(), Rc::clone(&bytes));
        Ok(Box::new(InMemory(bytes)))
    }
}

struct InMemory(Rc<RefCell<Vec<u8>>>);

impl Write for InMemory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn names() -> String {
    SCENARIOS.iter().map(|known| known.name).collect::<Vec<_>>().join(", ")
}

fn fault_names() -> String {
    faults::FAULTS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn begin(output: &mut dyn Output, path: &str) -> Result<Box<dyn Write>, SimulationError> {
    output.file(path).map_err(SimulationError::writing(path))
}

fn write_whole(output: &mut dyn Output, path: &str, bytes: &[u8]) -> Result<(), SimulationError> {
    let mut out = begin(output, path)?;
    out.write_all(bytes).and_then(|()| out.flush()).map_err(SimulationError::writing(path))
}
