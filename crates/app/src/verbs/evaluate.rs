//! `tutela evaluate`: compares leads and attributions with the truth of a made-up operation. It judges the analyses;
//! it never feeds them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tutela_model::finding::PersonStatus;
use tutela_model::{Finding, Lead, Phrase};

use crate::ending::{Doing as _, Exit, Failure};
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::talk::{path_text, phrase};

/// Options of `evaluate`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The truth: the folder truth/ that simulate wrote, or the folder that holds it
    #[arg(long, value_name = "DIR")]
    pub truth: PathBuf,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let truth = Truth::read(&args.truth)?;
    let mut operation = Operation::open(run)?;
    let derived = operation.fresh(run)?;
    let attribution = derived.findings.get("attribution").map(Vec::as_slice).unwrap_or_default();
    let evaluation = evaluate(&truth, &derived.leads, attribution);
    match run.format {
        Format::Text => run.data(|out| write_text(out, run, &evaluation))?,
        _ => run.json(&serde_json::to_value(&evaluation)?)?,
    }
    Ok(Exit::Done)
}

#[derive(Deserialize)]
struct PersonRow {
    person: String,
    name: String,
    role: String,
}

#[derive(Deserialize)]
struct AccountRow {
    platform: String,
    account: String,
    person: String,
}

#[derive(Deserialize)]
struct LineRow {
    operator: String,
    line: String,
    subscriber_person: String,
}

#[derive(Deserialize)]
struct ConnectionRow {
    platform: String,
    account: String,
    operator: String,
    line: String,
}

#[derive(Deserialize)]
struct UserRow {
    person: String,
    precedent: String,
}

/// What really was, as `simulate` wrote it.
#[derive(Debug, Default)]
pub struct Truth {
    /// Name and role of each person.
    persons: BTreeMap<String, (String, String)>,
    /// Who used each account, `platform/account`: two persons when it was shared.
    users_of: BTreeMap<String, BTreeSet<String>>,
    /// Who each line, `operator/line`, is registered to.
    subscriber_of: BTreeMap<String, String>,
    /// How many connections each account really made from each line; those from no operator's line are not in it.
    connections: BTreeMap<(String, String), u64>,
    /// Who has precedents; none when the truth does not say.
    precedents: Option<BTreeSet<String>>,
}

impl Truth {
    /// Reads a folder of truth.
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let inner = folder.join("truth");
        let folder = if inner.join("persons.csv").is_file() { inner } else { folder.to_owned() };
        if !folder.join("persons.csv").is_file() {
            let what = phrase!("truth.none", folder = path_text(&folder));
            return Err(Failure::new(Exit::Failed, what).hint(phrase!("truth.none.hint")).into());
        }
        let mut truth = Self::default();
        each(&folder.join("persons.csv"), |row: PersonRow| {
            truth.persons.insert(row.person, (row.name, row.role));
        })?;
        each(&folder.join("accounts.csv"), |row: AccountRow| {
            truth.users_of.entry(format!("{}/{}", row.platform, row.account)).or_default().insert(row.person);
        })?;
        each(&folder.join("lines.csv"), |row: LineRow| {
            truth.subscriber_of.insert(format!("{}/{}", row.operator, row.line), row.subscriber_person);
        })?;
        each(&folder.join("connections.csv"), |row: ConnectionRow| {
            if !row.line.is_empty() {
                let account = format!("{}/{}", row.platform, row.account);
                *truth.connections.entry((account, format!("{}/{}", row.operator, row.line))).or_default() +=
                    1;
            }
        })?;
        let users = folder.join("people.csv");
        if users.is_file() {
            let mut with = BTreeSet::new();
            each(&users, |row: UserRow| {
                if row.precedent == "yes" {
                    with.insert(row.person);
                }
            })?;
            truth.precedents = Some(with);
        }
        Ok(truth)
    }

    fn is_user(&self, person: &str) -> bool {
        self.persons.get(person).is_some_and(|(_, role)| role == "user")
    }

    fn users(&self) -> impl Iterator<Item = &String> {
        self.persons.keys().filter(|person| self.is_user(person))
    }

    fn knows(&self, lead: &Lead) -> bool {
        lead.accounts.iter().any(|account| self.users_of.contains_key(account))
    }

    /// The persons that could have used all accounts of a lead: none when it joins accounts of different persons.
    fn owners(&self, lead: &Lead) -> BTreeSet<String> {
        let mut known = lead.accounts.iter().filter_map(|account| self.users_of.get(account));
        let first = known.next().cloned().unwrap_or_default();
        known.fold(first, |owners, users| owners.intersection(users).cloned().collect())
    }

    /// The person with most accounts of a lead; the first by number when several have as many.
    fn majority(&self, lead: &Lead) -> Option<&str> {
        let mut n_accounts: BTreeMap<&str, u32> = BTreeMap::new();
        for person in lead.accounts.iter().filter_map(|account| self.users_of.get(account)).flatten() {
            *n_accounts.entry(person).or_default() += 1;
        }
        let most = n_accounts.values().max()?;
        n_accounts.iter().find(|(_, n)| *n == most).map(|(person, _)| *person)
    }

    /// The persons that a lead names: those of that name; when nobody has it, because an operator mistyped it, those
    /// that its lines are registered to.
    fn named(&self, lead: &Lead) -> BTreeSet<String> {
        let Some(name_said) = &lead.name_said else { return BTreeSet::new() };
        let wanted = name_key(name_said);
        let by_name: BTreeSet<String> = self
            .persons
            .iter()
            .filter(|(_, (name, _))| name_key(name) == wanted)
            .map(|(person, _)| person.clone())
            .collect();
        if by_name.is_empty() {
            lead.lines.iter().filter_map(|line| self.subscriber_of.get(line)).cloned().collect()
        } else {
            by_name
        }
    }
}

/// Hands each row of a CSV file of the truth to `take`.
fn each<T: for<'a> Deserialize<'a>>(path: &Path, mut take: impl FnMut(T)) -> anyhow::Result<()> {
    let place = || phrase!("cannot.read", path = path_text(path));
    let mut reader = csv::Reader::from_path(path).doing(place)?;
    for row in reader.deserialize() {
        take(row.doing(place)?);
    }
    Ok(())
}

/// Two names are the same when they have the same words in any order and case: operators write the surname first.
fn name_key(name: &str) -> Vec<String> {
    let mut words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.sort();
    words
}

/// How leads and attributions compare with the truth.
#[derive(Debug, Serialize)]
pub struct Evaluation {
    schema: &'static str,
    users_total: usize,
    identified: usize,
    candidate: usize,
    unattributed: usize,
    missed: usize,
    leads: usize,
    leads_identified: usize,
    /// Leads on accounts that the truth does not know, such as a report whose account is not stated.
    leads_unknown: usize,
    /// Leads with the status identified that name the wrong person: must be none.
    bystanders_identified: Vec<WrongName>,
    /// Leads that join accounts of different persons.
    merged_leads: Vec<Merged>,
    /// Persons whose accounts are spread over several leads.
    split_persons: Vec<Split>,
    precedents_total: Option<usize>,
    precedents_right: usize,
    precedents_wrong: usize,
    precedents_missed: usize,
    persons: Vec<PersonResult>,
    attribution: Attribution,
}

/// A lead that names a person who did not use its accounts.
#[derive(Debug, Serialize)]
struct WrongName {
    lead: String,
    name_said: Option<String>,
    /// `not_a_user`, `another_user`, or `nobody` when the name fits no person.
    named: &'static str,
    accounts_used_by: BTreeSet<String>,
}

#[derive(Debug, Serialize)]
struct Merged {
    lead: String,
    persons: BTreeSet<String>,
}

#[derive(Debug, Serialize)]
struct Split {
    person: String,
    leads: Vec<String>,
}

/// What became of one user.
#[derive(Debug, Serialize)]
struct PersonResult {
    person: String,
    name: String,
    status: &'static str,
    leads: Vec<String>,
}

/// Connections attributed to lines, against the truth.
#[derive(Debug, Default, Serialize)]
struct Attribution {
    /// Pairs of account and line that the findings state, and how many of them are true.
    pairs_found: u64,
    pairs_right: u64,
    pairs_true: u64,
    /// Connections: found in the findings, found and true, true.
    connections_found: u64,
    connections_right: u64,
    connections_true: u64,
    precision: Option<f64>,
    recall: Option<f64>,
    calibration: Vec<Calibration>,
}

/// Of the connections whose stated probability lies in a stretch, how many really came from the line.
#[derive(Debug, Serialize)]
struct Calibration {
    posterior_from: f64,
    posterior_to: f64,
    connections: u64,
    mean_posterior: f64,
    share_right: f64,
}

fn evaluate(truth: &Truth, leads: &[Lead], attribution: &[Finding]) -> Evaluation {
    let persons = person_results(truth, leads);
    let count = |status| persons.iter().filter(|person| person.status == status).count();
    let identified = || leads.iter().filter(|lead| lead.status == PersonStatus::Identified);
    let precedents = Precedents::of(truth, leads);
    Evaluation {
        schema: "tutela.evaluation/1",
        users_total: persons.len(),
        identified: count("identified"),
        candidate: count("candidate"),
        unattributed: count("unattributed"),
        missed: count("missed"),
        leads: leads.len(),
        leads_identified: identified().count(),
        leads_unknown: leads.iter().filter(|lead| !truth.knows(lead)).count(),
        bystanders_identified: identified().filter_map(|lead| wrong_name(truth, lead)).collect(),
        merged_leads: leads.iter().filter_map(|lead| merged(truth, lead)).collect(),
        split_persons: split(truth, leads),
        precedents_total: truth.precedents.as_ref().map(BTreeSet::len),
        precedents_right: precedents.right,
        precedents_wrong: precedents.wrong,
        precedents_missed: precedents.missed,
        attribution: attributed(truth, attribution),
        persons,
    }
}

/// The best that the leads say of each user. A lead on an account that two people share speaks of both, but only the
/// one that it names is identified by it.
fn person_results(truth: &Truth, leads: &[Lead]) -> Vec<PersonResult> {
    let mut best: BTreeMap<&str, (Option<PersonStatus>, Vec<String>)> =
        truth.users().map(|person| (person.as_str(), (None, Vec::new()))).collect();
    for lead in leads {
        let named = truth.named(lead);
        for person in truth.owners(lead) {
            let Some((status, ids)) = best.get_mut(person.as_str()) else { continue };
            let says = match lead.status {
                PersonStatus::Identified if !named.contains(&person) => PersonStatus::Candidate,
                status => status,
            };
            *status = Some(status.map_or(says, |status| status.min(says)));
            ids.push(lead.lead.clone());
        }
    }
    best.into_iter()
        .map(|(person, (status, leads))| PersonResult {
            person: person.to_owned(),
            name: truth.persons[person].0.clone(),
            status: match status {
                Some(PersonStatus::Identified) => "identified",
                Some(PersonStatus::Candidate) => "candidate",
                Some(PersonStatus::Unattributed) => "unattributed",
                None => "missed",
            },
            leads,
        })
        .collect()
}

/// Whether an identified lead names somebody else than the person who used its accounts.
fn wrong_name(truth: &Truth, lead: &Lead) -> Option<WrongName> {
    let owners = truth.owners(lead);
    let named = truth.named(lead);
    if named.iter().any(|person| owners.contains(person) && truth.is_user(person)) {
        return None;
    }
    let named = if named.is_empty() {
        "nobody"
    } else if named.iter().any(|person| truth.is_user(person)) {
        "another_user"
    } else {
        "not_a_user"
    };
    let accounts_used_by =
        lead.accounts.iter().filter_map(|account| truth.users_of.get(account)).flatten().cloned().collect();
    Some(WrongName { lead: lead.lead.clone(), name_said: lead.name_said.clone(), named, accounts_used_by })
}

fn merged(truth: &Truth, lead: &Lead) -> Option<Merged> {
    let persons: BTreeSet<String> =
        lead.accounts.iter().filter_map(|account| truth.users_of.get(account)).flatten().cloned().collect();
    (!persons.is_empty() && truth.owners(lead).is_empty())
        .then(|| Merged { lead: lead.lead.clone(), persons })
}

fn split(truth: &Truth, leads: &[Lead]) -> Vec<Split> {
    let mut leads_of: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for lead in leads {
        if let Some(person) = truth.majority(lead) {
            leads_of.entry(person).or_default().push(lead.lead.clone());
        }
    }
    leads_of
        .into_iter()
        .filter(|(_, leads)| leads.len() > 1)
        .map(|(person, leads)| Split { person: person.to_owned(), leads })
        .collect()
}

/// Precedents on leads: on the right person, on a wrong one, and those that no lead shows.
struct Precedents {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Precedents {
    fn of(truth: &Truth, leads: &[Lead]) -> Self {
        let Some(with) = &truth.precedents else { return Self { right: 0, wrong: 0, missed: 0 } };
        let mut shown = BTreeSet::new();
        let mut wrong = 0;
        // Of a lead on accounts that the truth does not know, nobody can say whose precedent it should show.
        for lead in leads.iter().filter(|lead| lead.precedents > 0 && truth.knows(lead)) {
            let right: Vec<String> = truth.owners(lead).intersection(with).cloned().collect();
            wrong += usize::from(right.is_empty());
            shown.extend(right);
        }
        let users: BTreeSet<_> = with.iter().filter(|person| truth.is_user(person)).collect();
        Self {
            right: shown.len(),
            wrong,
            missed: users.iter().filter(|person| !shown.contains(**person)).count(),
        }
    }
}

/// Upper ends of the stretches in which stated probabilities are checked.
const STRETCHES: [f64; 5] = [0.5, 0.9, 0.99, 0.999, 1.0];

fn attributed(truth: &Truth, findings: &[Finding]) -> Attribution {
    let mut result = Attribution {
        pairs_true: truth.connections.len() as u64,
        connections_true: truth.connections.values().sum(),
        ..Attribution::default()
    };
    let mut stretches = [(0_u64, 0.0_f64, 0_u64); STRETCHES.len()];
    for finding in findings.iter().filter(|finding| finding.statement.values.contains_key("posterior")) {
        let account = format!("{}/{}", finding.text("platform"), finding.text("account"));
        let line = format!("{}/{}", finding.text("operator"), finding.text("line"));
        let found = finding.number("connections").unsigned_abs();
        let right = truth.connections.get(&(account, line)).map_or(0, |n_true| found.min(*n_true));
        result.pairs_found += 1;
        result.pairs_right += u64::from(right > 0);
        result.connections_found += found;
        result.connections_right += right;
        let posterior = finding.statement.values["posterior"].as_f64().unwrap_or_default();
        let stretch = STRETCHES.iter().position(|to| posterior <= *to).unwrap_or(STRETCHES.len() - 1);
        let (n, sum, n_right) = &mut stretches[stretch];
        *n += found;
        *sum += posterior * found as f64;
        *n_right += right;
    }
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    result.precision = share(result.connections_right, result.connections_found);
    result.recall = share(result.connections_right, result.connections_true);
    for (idx, (n, sum, n_right)) in stretches.into_iter().enumerate().filter(|(_, (n, ..))| *n > 0) {
        result.calibration.push(Calibration {
            posterior_from: if idx == 0 { 0.0 } else { STRETCHES[idx - 1] },
            posterior_to: STRETCHES[idx],
            connections: n,
            mean_posterior: sum / n as f64,
            share_right: n_right as f64 / n as f64,
        });
    }
    result
}

/// States and posteriors are words of the data, and stay as the findings have them.
fn write_text(out: &mut dyn Write, run: &Run, evaluation: &Evaluation) -> anyhow::Result<()> {
    let Evaluation { users_total, identified, candidate, unattributed, missed, .. } = evaluation;
    let label = |what: Phrase| format!("{:<22}", run.word(what));
    writeln!(out, "{} {users_total}", label(phrase!("evaluate.users")))?;
    writeln!(out, "  identified           {identified}")?;
    writeln!(out, "  candidate            {candidate}")?;
    writeln!(out, "  unattributed         {unattributed}")?;
    writeln!(out, "  missed               {missed}")?;
    writeln!(out, "{} {}", label(phrase!("evaluate.leads")), evaluation.leads)?;
    writeln!(out, "{} {}", label(phrase!("evaluate.unknown")), evaluation.leads_unknown)?;
    writeln!(out, "{} {}", label(phrase!("evaluate.bystanders")), evaluation.bystanders_identified.len())?;
    for wrong in &evaluation.bystanders_identified {
        let name = wrong.name_said.as_deref().unwrap_or("-");
        let lead = wrong.lead.as_str();
        let names = phrase!("evaluate.names", lead = lead, name = name, named = wrong.named);
        writeln!(out, "  {}", run.word(names))?;
    }
    writeln!(out, "{} {}", label(phrase!("evaluate.merged")), evaluation.merged_leads.len())?;
    for Merged { lead, persons } in &evaluation.merged_leads {
        let persons: Vec<&str> = persons.iter().map(String::as_str).collect();
        let joins = phrase!("evaluate.joins", lead = lead.as_str(), persons = persons);
        writeln!(out, "  {}", run.word(joins))?;
    }
    writeln!(out, "{} {}", label(phrase!("evaluate.split")), evaluation.split_persons.len())?;
    let precedents = match evaluation.precedents_total {
        Some(total) => phrase!(
            "evaluate.precedents.of",
            total = total,
            right = evaluation.precedents_right,
            wrong = evaluation.precedents_wrong,
            missed = evaluation.precedents_missed
        ),
        None => phrase!("evaluate.precedents.unsaid"),
    };
    writeln!(out, "{} {}", label(phrase!("evaluate.precedents")), run.word(precedents))?;
    write_attribution(out, run, &evaluation.attribution)?;
    writeln!(out, "{}", run.word(phrase!("evaluate.not_identified")))?;
    for person in evaluation.persons.iter().filter(|person| person.status != "identified") {
        writeln!(out, "  {} {} ({}) {}", person.person, person.name, person.status, person.leads.join(" "))?;
    }
    Ok(())
}

fn write_attribution(out: &mut dyn Write, run: &Run, attribution: &Attribution) -> anyhow::Result<()> {
    let label = |what: Phrase| format!("{:<22}", run.word(what));
    let percent =
        |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{:.2} %", share * 100.0));
    writeln!(out, "{} {}", label(phrase!("evaluate.connections")), attribution.connections_found)?;
    writeln!(out, "{} {}", label(phrase!("evaluate.precision")), percent(attribution.precision))?;
    writeln!(out, "{} {}", label(phrase!("evaluate.recall")), percent(attribution.recall))?;
    for stretch in &attribution.calibration {
        let stretch = phrase!(
            "evaluate.stretch",
            from = format!("{:.3}", stretch.posterior_from),
            to = format!("{:.3}", stretch.posterior_to),
            n = stretch.connections,
            stated = format!("{:.4}", stretch.mean_posterior),
            right = format!("{:.4}", stretch.share_right)
        );
        writeln!(out, "  {}", run.word(stretch))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn truth() -> Truth {
        let person = |id: &str, name: &str, role: &str| (id.to_owned(), (name.to_owned(), role.to_owned()));
        let used = |account: &str, by: &[&str]| {
            (account.to_owned(), by.iter().map(|person| (*person).to_owned()).collect())
        };
        Truth {
            persons: [
                person("P1", "Nadia Verdelli", "user"),
                person("P2", "Ugo Brennari", "user"),
                person("P3", "Ida Brennari", "bystander"),
            ]
            .into(),
            users_of: [used("x/a", &["P1"]), used("x/b", &["P2"]), used("x/s", &["P1", "P2"])].into(),
            subscriber_of: [("o/1".to_owned(), "P3".to_owned())].into(),
            connections: [(("x/a".to_owned(), "o/1".to_owned()), 10)].into(),
            precedents: Some(["P1".to_owned()].into()),
        }
    }

    fn lead(id: &str, accounts: &[&str], name_said: Option<&str>, precedents: u32) -> Lead {
        serde_json::from_value(json!({
            "lead": id, "rank": 1, "person_id": id, "name_said": name_said,
            "status": if name_said.is_some() { "identified" } else { "candidate" },
            "missing": [], "lines": ["o/1"], "subscribers": [null], "accounts": accounts, "peers": [],
            "handles": [], "exhibits": [], "province": null, "strength": 0, "propositions": [], "band": "low",
            "act_by": null, "factors": [], "precedents": precedents, "findings": [], "alternatives": [],
            "next_steps": [],
        }))
        .expect("a lead")
    }

    #[test]
    fn a_right_name_counts_and_operators_may_write_the_surname_first() {
        let evaluation = evaluate(&truth(), &[lead("L-001", &["x/a"], Some("VERDELLI NADIA"), 1)], &[]);
        assert_eq!((evaluation.users_total, evaluation.identified, evaluation.missed), (2, 1, 1));
        assert!(evaluation.bystanders_identified.is_empty());
        assert_eq!((evaluation.precedents_right, evaluation.precedents_wrong), (1, 0));
    }

    #[test]
    fn naming_a_bystander_or_another_user_or_nobody_is_counted() {
        for (name, named) in [
            ("Ida Brennari", "not_a_user"),
            ("Ugo Brennari", "another_user"),
            ("Nadia Verdeli", "not_a_user"),
        ] {
            let evaluation = evaluate(&truth(), &[lead("L-001", &["x/a"], Some(name), 0)], &[]);
            assert_eq!(evaluation.bystanders_identified.len(), 1, "{name}");
            assert_eq!(evaluation.bystanders_identified[0].named, named, "{name}");
            assert_eq!((evaluation.identified, evaluation.candidate), (0, 1), "{name}");
        }
    }

    #[test]
    fn joining_two_people_is_counted_but_an_account_that_they_share_joins_nobody() {
        let joined = |accounts: &[&str]| {
            evaluate(&truth(), &[lead("L-001", accounts, None, 0)], &[]).merged_leads.len()
        };
        assert_eq!(joined(&["x/a", "x/b"]), 1);
        assert_eq!(joined(&["x/a", "x/s"]), 0);
        assert_eq!(joined(&["x/s"]), 0);
    }

    #[test]
    fn a_precedent_on_the_wrong_lead_is_wrong_and_the_right_person_lacks_it() {
        let leads = [lead("L-001", &["x/b"], None, 1), lead("L-002", &["x/a"], None, 0)];
        let evaluation = evaluate(&truth(), &leads, &[]);
        let Evaluation { precedents_right, precedents_wrong, precedents_missed, .. } = evaluation;
        assert_eq!((precedents_right, precedents_wrong, precedents_missed), (0, 1, 1));
    }

    #[test]
    fn attribution_counts_what_is_found_beyond_the_truth_against_precision() {
        let statement = |line: &str, connections: u64| {
            let values = json!({"platform": "x", "account": "a", "operator": "o", "line": line,
                "connections": connections, "posterior": 0.95});
            let values = serde_json::from_value(values).expect("values");
            Finding::new("attribution", line, Phrase { key: "k".to_owned(), values })
        };
        let found = attributed(&truth(), &[statement("1", 8), statement("2", 2)]);
        assert_eq!((found.pairs_found, found.pairs_right), (2, 1));
        assert_eq!((found.precision, found.recall), (Some(0.8), Some(0.8)));
        assert_eq!(found.calibration.len(), 1);
        assert!((found.calibration[0].share_right - 0.8).abs() < 1e-9);
    }
}
