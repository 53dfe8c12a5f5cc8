//! The verbs of the command line, one a file, each with its own options.

pub mod access;
pub mod analyse;
pub mod ask;
pub mod authority;
pub mod completions;
pub mod custody;
pub mod decide;
pub mod demo;
pub mod doctor;
pub mod erase;
pub mod evaluate;
pub mod exhibit;
pub mod explain;
pub mod export;
pub mod findings;
pub mod grade;
pub mod hash;
pub mod import;
pub mod init;
pub mod leads;
pub mod ledger;
pub mod link;
pub mod lists;
pub mod man;
pub mod officer;
pub mod problems;
pub mod profile;
pub mod rebuild;
pub mod referrals;
pub mod report;
pub mod rules;
pub mod selftest;
pub mod serve;
pub mod simulate;
pub mod sources;
pub mod sql;
pub mod status;
pub mod table;
pub mod team;
pub mod triage;
pub mod witness;
pub mod worker;

use crate::cli::Verb;
use crate::ending::Exit;
use crate::run::Run;

/// Runs a verb.
pub fn run(run: &Run, verb: Verb) -> anyhow::Result<Exit> {
    match verb {
        Verb::Demo(args) => demo::run(run, &args),
        Verb::Init(args) => init::run(run, &args),
        Verb::Authority(args) => authority::run(run, &args),
        Verb::Officer(args) => officer::run(run, &args),
        Verb::Rules(args) => rules::run(run, &args),
        Verb::Custody(args) => custody::run(run, &args),
        Verb::Erase(args) => erase::run(run, &args),
        Verb::Access(args) => access::run(run, &args),
        Verb::Witness(args) => witness::run(run, &args),
        Verb::Import(args) => import::run(run, &args),
        Verb::Status(args) => status::run(run, &args),
        Verb::Problems(args) => problems::run(run, &args),
        Verb::Sources(args) => sources::run(run, &args),
        Verb::Profile(args) => profile::run(run, &args),
        Verb::Analyse(args) => analyse::run(run, &args),
        Verb::Leads(args) => leads::run(run, &args),
        Verb::Explain(args) => explain::run(run, &args),
        Verb::Findings(args) => findings::run(run, &args),
        Verb::Ask(args) => ask::run(run, &args),
        Verb::Table(args) => table::run(run, &args),
        Verb::Sql(args) => sql::run(run, &args),
        Verb::Decide(args) => decide::run(run, &args),
        Verb::Referrals(args) => referrals::run(run, &args),
        Verb::Exhibit(args) => exhibit::run(run, &args),
        Verb::Grade(args) => grade::run(run, &args),
        Verb::Report(args) => report::run(run, &args),
        Verb::Export(args) => export::run(run, &args),
        Verb::Ledger(args) => ledger::run(run, &args),
        Verb::Rebuild(args) => rebuild::run(run, &args),
        Verb::Simulate(args) => simulate::run(run, &args),
        Verb::Evaluate(args) => evaluate::run(run, &args),
        Verb::Selftest(args) => selftest::run(run, &args),
        Verb::Serve(args) => serve::run(run, &args),
        Verb::Team(args) => team::run(run, &args),
        Verb::Hash(args) => hash::run(run, &args),
        Verb::Link(args) => link::run(run, &args),
        Verb::Lists(args) => lists::run(run, &args),
        Verb::Doctor(args) => doctor::run(run, &args),
        Verb::Completions(args) => completions::run(run, &args),
        Verb::Man(args) => man::run(run, &args),
        Verb::Triage(args) => triage::run(run, &args),
        Verb::Worker(args) => worker::run(run, &args),
        Verb::TriageExhibit(args) => crate::triage::child::run(&args),
        Verb::ReadExhibit(args) => crate::exhibit::child::run(&args),
        Verb::ReadFilm(args) => crate::exhibit::film::run(&args),
    }
}
