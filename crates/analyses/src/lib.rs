//! Tables in, findings and leads out. One file per analysis; nothing here reads a disk, a clock or a setting of the
//! machine, so the same rows and decisions give the same bytes everywhere.

pub mod answer_check;
pub mod zone_shift;

pub mod attribution;
pub mod coverage;
pub mod shared_address;

pub mod same_user;

pub mod linkage;

pub mod identity;

pub mod device_links;
pub mod known_files;
pub mod produced;
pub mod sharing;
pub mod sharing_grade;

pub mod priority;

pub mod gates;
pub mod next_steps;
pub mod questions;

pub mod interval_join;

pub mod lineage;
pub mod strongest_path;
pub mod what_if;

mod alternatives;
mod areas;
mod devices;
mod facts;
mod grounds;
mod information;
mod leads;
mod lease_index;
mod nat_plan;
mod networks;
mod picks;
mod usage;
mod varint;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use tutela_model::place::Digest;
use tutela_model::table::TablesError;
use tutela_model::{Decisions, Finding, Lead, Statement, Tables, Text};

use self::devices::Devices;
use self::leads::{OfDevices, Sightings};
use self::lease_index::LeaseIndex;
use self::usage::{Counts, Found, Rules, Selected};

/// An analysis, for the method annex of the report and the help of the program.
#[derive(Clone, Copy)]
pub struct Analysis {
    /// The name of its file and of its findings.
    pub name: &'static str,
    /// Its source, whose `//!` headings are the method text.
    pub source: &'static str,
    /// The templates of its statements.
    pub statements: &'static [Statement],
}

/// The analyses, in the order in which they run: each may stand on findings of those before it.
pub static ANALYSES: &[Analysis] = &[
    Analysis {
        name: "zone_shift",
        source: include_str!("zone_shift.rs"),
        statements: zone_shift::STATEMENTS,
    },
    Analysis {
        name: "answer_check",
        source: include_str!("answer_check.rs"),
        statements: answer_check::STATEMENTS,
    },
    Analysis {
        name: "attribution",
        source: include_str!("attribution.rs"),
        statements: attribution::STATEMENTS,
    },
    Analysis { name: "coverage", source: include_str!("coverage.rs"), statements: coverage::STATEMENTS },
    Analysis {
        name: "shared_address",
        source: include_str!("shared_address.rs"),
        statements: shared_address::STATEMENTS,
    },
    Analysis { name: "same_user", source: include_str!("same_user.rs"), statements: same_user::STATEMENTS },
    Analysis { name: "identity", source: include_str!("identity.rs"), statements: identity::STATEMENTS },
    Analysis {
        name: "known_files",
        source: include_str!("known_files.rs"),
        statements: known_files::STATEMENTS,
    },
    Analysis {
        name: "sharing_grade",
        source: include_str!("sharing_grade.rs"),
        statements: sharing_grade::STATEMENTS,
    },
    Analysis { name: "sharing", source: include_str!("sharing.rs"), statements: sharing::STATEMENTS },
    Analysis { name: "produced", source: include_str!("produced.rs"), statements: produced::STATEMENTS },
    Analysis {
        name: "device_links",
        source: include_str!("device_links.rs"),
        statements: device_links::STATEMENTS,
    },
    Analysis { name: "priority", source: include_str!("priority.rs"), statements: priority::STATEMENTS },
    Analysis { name: "gates", source: include_str!("gates.rs"), statements: gates::STATEMENTS },
    Analysis {
        name: "next_steps",
        source: include_str!("next_steps.rs"),
        statements: next_steps::STATEMENTS,
    },
];

impl Analysis {
    /// The method text: the file's `//!` lines without the marks.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }
}

/// The digest of everything that decides what the analyses say: findings made with another one are out of date.
#[must_use]
pub fn version() -> Digest {
    let shared = [
        include_str!("lib.rs"),
        include_str!("alternatives.rs"),
        include_str!("areas.rs"),
        include_str!("facts.rs"),
        include_str!("grounds.rs"),
        include_str!("information.rs"),
        include_str!("leads.rs"),
        include_str!("interval_join/mod.rs"),
        include_str!("interval_join/directory.rs"),
        include_str!("interval_join/latest.rs"),
        include_str!("lease_index.rs"),
        include_str!("linkage/scale.rs"),
        include_str!("nat_plan.rs"),
        include_str!("networks.rs"),
        include_str!("picks.rs"),
        include_str!("usage/mod.rs"),
        include_str!("usage/tally.rs"),
        include_str!("usage/acts.rs"),
        include_str!("usage/columns.rs"),
        include_str!("usage/join.rs"),
        include_str!("usage/kept.rs"),
        include_str!("usage/peers.rs"),
        include_str!("usage/sample.rs"),
        include_str!("../data/retention.tsv"),
    ];
    let sources = ANALYSES
        .iter()
        .map(|analysis| analysis.source)
        .chain(shared)
        .chain(same_user::SOURCES.iter().copied())
        .chain(devices::SOURCES.iter().copied())
        .chain(sharing::SOURCES.iter().copied());
    Digest::of(sources.collect::<Vec<_>>().join("\0").as_bytes())
}

/// The templates of all analyses.
#[must_use]
pub fn statements() -> Vec<&'static [Statement]> {
    ANALYSES
        .iter()
        .map(|analysis| analysis.statements)
        .chain([alternatives::STATEMENTS, areas::STATEMENTS, words::STATEMENTS])
        .collect()
}

/// What all analyses say of an operation.
pub struct Derived {
    /// Findings by analysis, in the order of [`ANALYSES`].
    pub findings: Vec<(&'static str, Vec<Finding>)>,
    /// Leads by rank.
    pub leads: Vec<Lead>,
    /// What was counted, for a later run; empty where there is little.
    pub counted: Vec<u8>,
    /// What is on the shelf of runs, for a later run; empty where there are no sightings. It depends on the order in which
    /// sightings came, and the findings do not.
    pub shelf: Vec<u8>,
    /// The names of the files on the shelf that count.
    pub shelved: BTreeSet<String>,
}

/// Runs all analyses. `begin` is told the name of each before it runs.
///
/// # Errors
/// A stored table could not be read.
pub fn derive(
    tables: &dyn Tables,
    decisions: &Decisions,
    begin: &mut dyn FnMut(&'static str),
) -> Result<Derived, TablesError> {
    let shelf = sharing::MemoryShelf::default();
    derive_from(tables, decisions, &[], &sharing::Means::alone(&shelf), begin)
}

/// Runs all analyses; what an earlier run counted, as [`Derived::counted`] has it, is not counted again where it still
/// holds, and sightings go into runs on a shelf. The result is the same.
///
/// # Errors
/// A stored table could not be read.
pub fn derive_from(
    tables: &dyn Tables,
    decisions: &Decisions,
    kept: &[u8],
    means: &sharing::Means<'_>,
    begin: &mut dyn FnMut(&'static str),
) -> Result<Derived, TablesError> {
    let mut counts = Counts::read(kept);
    let devices = Devices::read(tables)?;
    let index = LeaseIndex::read(tables, &|_, at_us| at_us)?;
    begin("sharing");
    let (mut survey, sharing, peers) = sighted(tables, means, &devices, &index)?;
    begin("zone_shift");
    let zones = zone_shift::run_from(tables, decisions, index, peers, &mut counts)?;
    begin("answer_check");
    let checks = answer_check::run(tables, &zones.index, decisions)?;
    begin("attribution");
    let rules = Rules { clocks: &zones.clocks, doubts: &zones.doubts, aside: &checks.aside };
    let usage = usage::of(tables, zones.index, &rules, &zones.peers, &mut counts)?;
    let attribution = attribution::run(&usage, &zones.clocks, &checks.controlled);
    begin("shared_address");
    begin("same_user");
    let facts = facts::CaseFacts::read(tables, &usage)?;
    let views = grounds::views(&usage, &facts);
    let same_user = same_user::run(&views, &facts, &usage, decisions);
    begin("identity");
    let mut identity = identity::run(&usage, &facts, &attribution, &views, &same_user.sets);
    let provinces = areas::estimate(tables, &mut identity, &usage)?;
    let seen = Sightings { of_peers: usage::activities(&sharing), provinces };
    begin("known_files");
    let known_files = known_files::run(&devices);
    begin("sharing_grade");
    let sharing_grade = sharing_grade::run(&devices);
    begin("produced");
    let produced = produced::run(&devices);
    begin("device_links");
    let links = device_links::run(&devices, &identity.groups, &facts, &usage);
    begin("priority");
    let priority = priority::run(&identity.groups, &facts, &links.of_groups, &produced);
    begin("gates");
    let gates = gates::run(tables, &identity.groups, &usage, &facts)?;
    begin("next_steps");
    let next_steps = next_steps::run(&identity.groups, &usage, &facts, &zones.findings, (&devices, &links));
    let findings = &of_exhibits([&known_files, &sharing_grade], &produced.of_exhibits);
    let of_devices = &OfDevices { links: &links, findings };
    let leads = leads::ranked(&identity, &priority, &gates, &next_steps, (&usage, &seen), of_devices);
    Ok(Derived {
        findings: vec![
            ("zone_shift", zones.findings),
            ("answer_check", checks.findings),
            ("attribution", attribution),
            ("coverage", coverage::run(&usage)),
            ("shared_address", shared_address::run(&usage, &zones.clocks)),
            ("same_user", same_user.findings),
            ("identity", identity.findings),
            ("known_files", known_files),
            ("sharing_grade", sharing_grade),
            ("sharing", sharing),
            ("produced", produced.findings),
            ("device_links", links.findings),
            ("priority", priority.findings),
            ("gates", gates.findings),
            ("next_steps", next_steps.findings),
        ],
        leads,
        counted: counts.into_bytes(),
        shelf: survey.as_mut().map_or(Ok(Vec::new()), |survey| survey.save(means))?,
        shelved: survey.map(|survey| survey.files_kept()).unwrap_or_default(),
    })
}

/// Hands out the findings of `sharing` on all files and peers that [`derive_from`] does not tell one by one. `Break` ends
/// it.
///
/// # Errors
/// A stored table could not be read, or a run.
pub fn other_sightings(
    tables: &dyn Tables,
    means: &sharing::Means<'_>,
    each: &mut dyn FnMut(Finding) -> ControlFlow<()>,
) -> Result<(), TablesError> {
    let index = LeaseIndex::read(tables, &|_, at_us| at_us)?;
    match surveyed(tables, means, &Devices::read(tables)?, &index)? {
        Some(survey) => sharing::each_other(tables, &survey, means, each),
        None => Ok(()),
    }
}

/// All that sightings say, the findings on it, and the peers whose sightings are held against answers.
fn sighted(
    tables: &dyn Tables,
    means: &sharing::Means<'_>,
    devices: &Devices,
    index: &LeaseIndex,
) -> Result<(Option<sharing::Survey>, Vec<Finding>, Selected), TablesError> {
    let mut survey = surveyed(tables, means, devices, index)?;
    let findings = survey.as_mut().map_or(Ok(Vec::new()), |survey| sharing::run(tables, means, survey))?;
    let peers = selected(tables, means, survey.as_ref())?;
    Ok((survey, findings, peers))
}

/// All that sightings say, of the peers that answers cover and exhibits name in particular.
fn surveyed(
    tables: &dyn Tables,
    means: &sharing::Means<'_>,
    devices: &Devices,
    index: &LeaseIndex,
) -> Result<Option<sharing::Survey>, TablesError> {
    let numbers = devices.stated.user_hashes().cloned().collect();
    sharing::survey(tables, means, index.prefixes(), numbers)
}

/// The peers whose sightings are held against answers: those that an answer covers, those that exhibits name, and those
/// that lead.
fn selected(
    tables: &dyn Tables,
    means: &sharing::Means<'_>,
    survey: Option<&sharing::Survey>,
) -> Result<Selected, TablesError> {
    let Some(survey) = survey else { return Ok(Selected::default()) };
    let chosen = survey.chosen();
    let mut selected = Selected::of_survey(chosen.iter().map(|chosen| Found {
        peer: survey.rows(chosen.activity),
        rank: chosen.rank,
        is_named: chosen.is_named,
    }));
    selected.read(tables, means)?;
    Ok(selected)
}

/// By exhibit, the findings that sum it up: what lists know of it, what its programs shared, what may have been made there.
fn of_exhibits(
    findings: [&[Finding]; 2],
    produced: &BTreeMap<Text, Vec<String>>,
) -> BTreeMap<Text, Vec<String>> {
    const SUMS: [&str; 5] = [
        "known_files.exhibit",
        "known_files.exhibit_incomplete",
        "known_files.exhibit_untried",
        "known_files.not_read",
        "sharing_grade.client",
    ];
    let mut of_exhibits: BTreeMap<Text, Vec<String>> = BTreeMap::new();
    let sums = findings.into_iter().flatten().filter(|f| SUMS.contains(&f.statement.key.as_str()));
    for finding in sums.filter(|finding| !finding.text("exhibit").is_empty()) {
        of_exhibits.entry(finding.text("exhibit").into()).or_default().push(finding.id.clone());
    }
    for (exhibit, ids) in produced {
        of_exhibits.entry(exhibit.clone()).or_default().extend(ids.iter().cloned());
    }
    of_exhibits
}
