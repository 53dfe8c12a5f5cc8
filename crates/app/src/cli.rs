//! What the command line accepts: the global options and the list of verbs. Each verb's own options stand in its file.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use tutela_model::Date;

use crate::ending::{Exit, Failure};
use crate::talk::phrase;
use crate::verbs;

/// From lawfully obtained records to ranked leads with their evidence.
///
/// Without --op, the operation is the nearest parent folder that holds operation.toml.
/// Data goes to stdout, talk to stderr.
#[derive(Parser, Debug)]
#[command(name = "tutela", version, max_term_width = 100, after_help = EXIT_CODES, subcommand_required = true)]
#[command(disable_help_flag = true, disable_version_flag = true)]
pub struct Cli {
    /// Print version
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
    /// Options of every verb.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

const EXIT_CODES: &str = "Exit codes: 0 done · 1 failed · 2 wrong usage · 3 done, with problems kept aside · \
4 integrity failure · 5 no valid legal basis · 6 locked by another process · 130 stopped";

/// Options of every verb.
#[derive(Args, Debug)]
#[command(next_help_heading = "Options of every verb")]
pub struct Globals {
    /// The operation's folder [default: the nearest parent that holds operation.toml]
    #[arg(long, global = true, value_name = "DIR")]
    pub op: Option<PathBuf>,
    /// Language of talk, statements and reports [default: from TUTELA_LANG, LC_ALL, LC_MESSAGES, LANG]
    #[arg(long, global = true, value_name = "it|en")]
    pub lang: Option<Language>,
    /// Write data as one JSON document
    #[arg(long, global = true, conflicts_with_all = ["jsonl", "csv"])]
    pub json: bool,
    /// Write data as one JSON object a line
    #[arg(long, global = true, conflicts_with = "csv")]
    pub jsonl: bool,
    /// Write data as CSV
    #[arg(long, global = true)]
    pub csv: bool,
    /// Write data here instead of to stdout (for verbs that make several files: the folder)
    #[arg(short, long, global = true, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Threads to use [default: as many as the machine has]
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Memory to use, such as 400M or 2G: at this limit import goes on from disk, and analyses end with a message
    /// [default: 256M for import, none for analyses]
    #[arg(long, global = true, value_name = "SIZE", value_parser = size)]
    pub memory_limit: Option<u64>,
    /// Who acts, for the ledger [default: from TUTELA_OFFICER, else the machine's user name]
    #[arg(long, global = true, value_name = "NAME")]
    pub officer: Option<String>,
    /// The key to sign with, a file that officer new made [default: from TUTELA_KEY]
    #[arg(long, global = true, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The second person, for acts that two do together
    #[arg(long, global = true, value_name = "NAME")]
    pub second: Option<String>,
    /// The second person's key
    #[arg(long, global = true, value_name = "FILE")]
    pub second_key: Option<PathBuf>,
    /// Why personal data is consulted or handed out, for the logs
    #[arg(long, global = true, value_name = "TEXT")]
    pub why: Option<String>,
    /// Take the passphrase of a key from the first line of stdin, for a service or a script
    #[arg(long, global = true)]
    pub passphrase_stdin: bool,
    /// Never ask a question
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Say only warnings and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Colour; NO_COLOR is heeded
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = false)]
    pub color: Colour,
    /// Print help (see more with '--help')
    #[arg(short, long, global = true, action = ArgAction::Help)]
    #[arg(long_help = "Print help (see a summary with '-h')")]
    help: Option<bool>,
}

/// A language, as `--lang` takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Italian
    It,
    /// English
    En,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Make a made-up operation, run the main job on it, print the leads, serve the web app
    Demo(verbs::demo::Args),
    /// Create an operation with its legal basis
    Init(verbs::init::Args),
    /// Legal authorities: what may be received, until when
    #[command(subcommand, visible_alias = "basis")]
    Authority(verbs::authority::Args),
    /// Keys of one's own, and the officers of the operation
    #[command(subcommand)]
    Officer(verbs::officer::Args),
    /// What the operation demands: signatures, two persons, four eyes, reasons
    Rules(verbs::rules::Args),
    /// Receive files: digest, custody, rows, problems
    Import(verbs::import::Args),
    /// What is in the operation
    Status(verbs::status::Args),
    /// What could not be read, with its place
    Problems(verbs::problems::Args),
    /// The sources that the program can read
    Sources(verbs::sources::Args),
    /// Mapping profiles: layouts of operators and platforms
    #[command(subcommand)]
    Profile(verbs::profile::Args),
    /// Run the analyses that are out of date
    Analyse(verbs::analyse::Args),
    /// Count sightings for an analysis that runs on another machine
    Worker(verbs::worker::Args),
    /// Serve the web app to this machine, or to a team
    Serve(verbs::serve::Args),
    /// Accounts of a server that several officers share
    Team(verbs::team::Args),
    /// The ranked leads
    Leads(verbs::leads::Args),
    /// One lead's full reasoning
    Explain(verbs::explain::Args),
    /// All findings
    Findings(verbs::findings::Args),
    /// Write requests to operators and platforms for what leads leave open
    Ask(verbs::ask::Args),
    /// Rows of a table
    Table(verbs::table::Args),
    /// Read-only SQL over all tables
    Sql(verbs::sql::Args),
    /// Record a human decision on a finding, a lead or another explanation
    Decide(verbs::decide::Args),
    /// The referrals, and what is done with them: who works on one, how soon, with which other
    Referrals(verbs::referrals::Args),
    /// Seized devices: add, process, list
    #[command(subcommand)]
    Exhibit(verbs::exhibit::Args),
    /// A first look at a device by samples, against lists of known files
    Triage(verbs::triage::Args),
    /// Give a file of an exhibit its category by its hash, or print the grades
    Grade(verbs::grade::Args),
    /// Write the report and one package per office
    Report(verbs::report::Args),
    /// The chain of custody of an exhibit, and acts in it
    Custody(verbs::custody::Args),
    /// Erase by law: a file received, or the particulars of an entry
    #[command(subcommand)]
    Erase(verbs::erase::Args),
    /// The access log: who consulted personal data, when and why
    #[command(subcommand)]
    Access(verbs::access::Args),
    /// Write an interchange format
    Export(verbs::export::Args),
    /// Cosign the checkpoint of another unit as its witness
    Witness(verbs::witness::Args),
    /// Integrity: verify, read, prove, sign
    #[command(subcommand)]
    Ledger(verbs::ledger::Args),
    /// Derive everything again from ground state
    Rebuild(verbs::rebuild::Args),
    /// Write made-up source files with known truth
    Simulate(verbs::simulate::Args),
    /// Compare the leads with the truth of a made-up operation
    Evaluate(verbs::evaluate::Args),
    /// Validate the method on made-up operations
    Selftest(verbs::selftest::Args),
    /// Find the records of a table that are of the same person
    Link(verbs::link::Args),
    /// Lists of known files: build an index, inspect it, withdraw, compare, look files up
    #[command(subcommand)]
    Lists(verbs::lists::Args),
    /// Digests of all files of a folder or a disk
    Hash(verbs::hash::Args),
    /// Check the environment
    Doctor(verbs::doctor::Args),
    /// Write shell completions
    Completions(verbs::completions::Args),
    /// Write manual pages
    Man(verbs::man::Args),
    /// Read an exhibit without rights, for the program itself
    #[command(hide = true)]
    ReadExhibit(crate::exhibit::child::Args),
    /// Read a film without rights, for the program itself
    #[command(hide = true)]
    ReadFilm(crate::exhibit::film::Args),
    /// Look at a device without rights, for the program itself
    #[command(hide = true)]
    TriageExhibit(crate::triage::child::Args),
}

/// Reads a size such as `400M`, in bytes; K, M and G are powers of 1024.
pub fn size(text: &str) -> Result<u64, Failure> {
    let bad = || Failure::new(Exit::Usage, phrase!("expected.size", found = text));
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => return Err(bad()),
    };
    digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|bytes| *bytes > 0).ok_or_else(bad)
}

/// Refuses an option whose value is empty.
///
/// # Errors
/// It is empty, or blanks only.
pub fn given(option: &str, value: &str) -> Result<(), Failure> {
    let empty = value.trim().is_empty();
    if empty { Err(Failure::new(Exit::Usage, phrase!("empty", option = option))) } else { Ok(()) }
}

/// Reads a date such as `2026-12-31`.
pub fn date(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|_| Failure::new(Exit::Usage, phrase!("expected.date", found = text)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_are_read_with_their_unit() {
        assert_eq!(size("400M"), Ok(400 << 20));
        assert_eq!(size("2GiB"), Ok(2 << 30));
        assert_eq!(size("12"), Ok(12));
        for text in ["", "M", "0", "4X", "99999999999999999999G", "1.5G"] {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
