//! Which questions the open connections of accounts ask, and of whom: drafts of requests. Nothing here is stored; what is
//! asked comes back as a table and is checked by `answer_check`.
//!
//! Each question is copied from a row of `connection`, or of `sighting` for a peer. Of each account, address and day
//! the connection that tells most is asked first: one that no answer covers before one that a doubtful answer covers,
//! one with a port before one without.
//! A request holds at most [`MOST`] questions, those of distinct accounts and days first, because leases follow days.
//! Exits, VPNs, data centres, campuses and hotspots are not asked about here: nobody there can name a line.
//! Of a peer's sightings that no answer covers only the few are asked about that `next_steps` names; nobody is asked for the
//! port of a sighting, and without one a shared address is not asked about.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::address::Address;
use tutela_model::place::Digest;
use tutela_model::table::{TablesError, all_rows};
use tutela_model::tables::{Request, Sighting};
use tutela_model::time::DAY_US;
use tutela_model::{Decisions, Table, Tables, Text};

use crate::lease_index::LeaseIndex;
use crate::picks::Pick;
use crate::sharing::Means;
use crate::usage::{self, AccountKey, Counts, Covered, Fallen, Named, Open, Rules};
use crate::zone_shift::{self, Clock};
use crate::{answer_check, next_steps};

/// The most questions of one request: a look-up by hand of more is where errors come from.
pub const MOST: usize = 500;

/// Who is asked when nobody knows who holds an address: the officer looks the registry up.
pub const UNKNOWN: &str = "unknown";

/// What is to be asked.
pub struct Wanted<'a> {
    /// The accounts, `platform/account`, and peers, `network/peer`.
    pub accounts: &'a BTreeSet<String>,
    /// The one holder to ask; all when none is named.
    pub of: Option<&'a str>,
    /// Control questions in each request to an operator.
    pub controls: usize,
    /// Whether connections that were asked about before are asked about again.
    pub again: bool,
}

/// A request that is not sent yet.
#[derive(Debug)]
pub struct Draft {
    /// `R-001`, counted on from the requests kept.
    pub reference: String,
    /// The operator or platform, or [`UNKNOWN`].
    pub of: String,
    /// Whether it is a platform, which is asked for ports.
    pub is_platform: bool,
    /// The questions, in an order that says nothing about them.
    pub questions: Vec<Question>,
    /// How many open connections of other days, addresses and accounts had no room.
    pub n_left_out: usize,
    /// How many of the questions are control questions.
    pub n_controls: usize,
}

/// A question, copied from a row.
#[derive(Clone, Debug)]
pub struct Question {
    /// The account, for its platform only.
    pub account: Text,
    /// The address, as the record wrote it.
    pub address: Text,
    /// The port.
    pub port: Option<u16>,
    /// The instant, to the second: seconds since 1970 in UTC.
    pub at_s: i64,
    /// The time, as the record wrote it.
    pub at_said: Text,
    /// The file received that holds the row.
    pub source: Digest,
    /// The row's spot in it.
    pub place: Text,
    /// The earlier question that this one asks again.
    pub repeat_of: Option<String>,
    /// The line that an earlier answer named, where this is a control question.
    pub control_line: Option<String>,
    /// The answers that knew the address before.
    pub known_from: Vec<Digest>,
}

/// Drafts the requests that the open connections of accounts ask for, one for each holder. Sightings are looked up by the
/// runs on the shelf of `means`, where these count them all.
///
/// # Errors
/// A stored table could not be read.
pub fn drafts(
    tables: &dyn Tables,
    means: &Means<'_>,
    decisions: &Decisions,
    wanted: &Wanted<'_>,
) -> Result<Vec<Draft>, TablesError> {
    let key = |name: &String| {
        let (platform, account) = name.split_once('/')?;
        Some((AccountKey { platform: platform.into(), account: account.into() }, None))
    };
    let named = Named { keys: wanted.accounts.iter().filter_map(key).collect(), ..Named::default() };
    let index = LeaseIndex::read(tables, &|_, at_us| at_us)?;
    let mut peers = usage::select(tables, means, &Covered::of(index.prefixes()), named)?;
    peers.read(tables, means)?;
    let zones = zone_shift::run_from(tables, decisions, index, peers, &mut Counts::default())?;
    let checks = answer_check::run(tables, &zones.index, decisions)?;
    let earlier: Vec<Request> = all_rows::<Request>(tables)?.into_iter().map(|(_, asked)| asked).collect();
    let mut gathered = Gathered::new(wanted, &zones.index, &earlier);
    let rules = Rules { clocks: &zones.clocks, doubts: &zones.doubts, aside: &checks.aside };
    // What an answer in question says is no answer that is known.
    let in_question = |lease: u32| {
        let answer = &zones.index.answers[zones.index.held(lease).answer as usize];
        matches!(rules.clocks.get(&answer.source), Some(Clock::Blocked(_)))
    };
    let parts = tables.parts(&Sighting::INFO);
    for (key, peer) in usage::peers(tables, &zones.index, &rules, &zones.peers)? {
        if wanted.accounts.contains(&key.name()) {
            let spot = |pick: Pick| (parts[pick.row.0 as usize].source, pick.row.1);
            gathered.picks.extend(next_steps::picks(&peer).into_iter().map(spot));
        }
    }
    usage::each(tables, &zones.index, &rules, &zones.peers, &mut |fallen| {
        if !fallen.on.is_ok_and(|(_, lease)| in_question(lease)) {
            gathered.add(&fallen);
        }
    })?;
    let mut number = earlier.iter().filter_map(|asked| asked.request.strip_prefix("R-")?.parse().ok()).max();
    let mut drafts = Vec::new();
    for ((is_platform, of), open) in std::mem::take(&mut gathered.open) {
        let next = number.unwrap_or(0_u32) + 1;
        number = Some(next);
        drafts.push(gathered.draft(format!("R-{next:03}"), of, is_platform, open));
    }
    Ok(drafts)
}

/// An open connection: how little it tells, least first, and the question.
type Candidate = (u8, bool, i64, Question);

/// Account, day and address of a candidate.
type Spot = (String, i64, Address);

/// What one pass over the connections gathers.
struct Gathered<'a> {
    wanted: &'a Wanted<'a>,
    index: &'a LeaseIndex,
    earlier: &'a [Request],
    /// Whom an address and a day were asked of.
    asked: BTreeSet<(&'a str, Address, i64)>,
    /// Open connections by holder, of each spot the one that tells most. Operators come before platforms.
    open: BTreeMap<(bool, String), BTreeMap<Spot, Candidate>>,
    /// The sightings that are asked about where no answer covers them: file received and spot.
    picks: BTreeSet<(Digest, Text)>,
    /// By operator, attributed connections: one of each line and session, those of the accounts wanted first.
    settled: BTreeMap<Text, BTreeMap<(bool, u32, u32), Question>>,
}

impl<'a> Gathered<'a> {
    fn new(wanted: &'a Wanted<'a>, index: &'a LeaseIndex, earlier: &'a [Request]) -> Self {
        let plain = |asked: &&Request| asked.control_line.is_none() && !wanted.again;
        let asked = earlier.iter().filter(plain);
        let asked = asked.map(|asked| (&*asked.of, asked.address.address, day(asked.at.at_us))).collect();
        let (picks, open, settled) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        Self { wanted, index, earlier, asked, open, picks, settled }
    }

    fn add(&mut self, fallen: &Fallen<'_>) {
        // A time that is not known to the second would be made more precise than it is.
        let Some((low_us, _)) = fallen.when.filter(|(low_us, high_us)| high_us - low_us < 1_000_000) else {
            return;
        };
        let account = format!("{}/{}", fallen.platform, fallen.account);
        let is_wanted = self.wanted.accounts.contains(&account);
        match fallen.on {
            Ok((line, lease)) if self.wanted.controls > 0 => {
                let operator = &self.index.lines[line as usize].operator;
                let session = self.index.held(lease).session;
                let of_operator = self.settled.entry(operator.clone()).or_default();
                let settled = of_operator.entry((!is_wanted, line, session));
                settled.or_insert_with(|| Question {
                    control_line: Some(self.index.lines[line as usize].name()),
                    ..question(fallen, low_us, self.index)
                });
            }
            Err(open) if is_wanted && self.is_asked_about(open, fallen) => {
                let Some((rank, holder)) = self.holder(open, fallen) else { return };
                if self.asked.contains(&(holder.1.as_str(), fallen.address, day(low_us))) {
                    return;
                }
                let spot = (account, day(low_us), fallen.address);
                let candidate = (rank, fallen.port.is_none(), low_us);
                let best = self.open.entry(holder).or_default().entry(spot);
                let best = best.or_insert_with(|| {
                    (rank, candidate.1, candidate.2, question(fallen, low_us, self.index))
                });
                if candidate < (best.0, best.1, best.2) {
                    *best = (rank, candidate.1, candidate.2, question(fallen, low_us, self.index));
                }
            }
            _ => {}
        }
    }

    /// Whether this is a question to ask: of a peer's sightings, few are.
    fn is_asked_about(&self, open: Open, fallen: &Fallen<'_>) -> bool {
        match open {
            _ if !fallen.is_peer => true,
            Open::PortMissing => false,
            Open::NotAsked | Open::NobodyThen => self.picks.contains(&(fallen.source, fallen.place.into())),
            _ => true,
        }
    }

    /// Who can answer for an open connection, and how little the answer would tell.
    fn holder(&self, open: Open, fallen: &Fallen<'_>) -> Option<(u8, (bool, String))> {
        let rank = match open {
            Open::NotAsked | Open::PortMissing | Open::PortOutsidePlan => 0,
            Open::NobodyThen => 1,
            Open::SeveralLines | Open::ClockInQuestion | Open::AnswerInQuestion => 2,
            Open::Unstable | Open::NearChange => 3,
            Open::NoTime | Open::TorExit | Open::Vpn | Open::Hosting | Open::Campus | Open::Hotspot => {
                return None;
            }
            Open::SelfReported | Open::ThirdParty | Open::BasisUnknown => return None,
        };
        let holder = match open {
            Open::PortMissing => (true, fallen.platform.to_owned()),
            _ => {
                let known = operator_of(self.index, fallen.address);
                let holder = known.or_else(|| fallen.label.clone());
                (false, holder.map_or_else(|| UNKNOWN.to_owned(), |holder| holder.to_string()))
            }
        };
        self.wanted.of.is_none_or(|of| of == holder.1).then_some((rank, holder))
    }

    fn draft(
        &self,
        reference: String,
        of: String,
        is_platform: bool,
        open: BTreeMap<Spot, Candidate>,
    ) -> Draft {
        let controls = if is_platform { Vec::new() } else { self.controls(&reference, &of) };
        let (n_open, n_controls) = (open.len(), controls.len());
        let mut by_day: BTreeMap<(String, i64), Vec<Candidate>> = BTreeMap::new();
        for ((account, day, _), candidate) in open {
            by_day.entry((account, day)).or_default().push(candidate);
        }
        let mut ordered: Vec<(usize, Candidate)> = Vec::new();
        for mut of_day in by_day.into_values() {
            of_day.sort_by(|a, b| order(a).cmp(&order(b)));
            ordered.extend(of_day.into_iter().enumerate());
        }
        ordered.sort_by(|(turn_a, a), (turn_b, b)| (turn_a, order(a)).cmp(&(turn_b, order(b))));
        // Room for the control questions, and for one that is repeated.
        ordered.truncate(MOST.saturating_sub(n_controls + 1));
        let n_asked = ordered.len();
        let mut questions: Vec<Question> =
            ordered.into_iter().map(|(_, (_, _, _, question))| question).collect();
        questions.extend(controls);
        questions.sort_by_key(|question| draw(&reference, question));
        if !is_platform {
            self.repeat(&reference, &of, &mut questions);
        }
        Draft { reference, of, is_platform, questions, n_left_out: n_open - n_asked, n_controls }
    }

    /// Connections whose line is known: those of the accounts wanted before others, and those not used so far before
    /// those that were.
    fn controls(&self, reference: &str, of: &str) -> Vec<Question> {
        let used: BTreeSet<(&str, &str)> = self
            .earlier
            .iter()
            .filter(|asked| asked.control_line.is_some())
            .map(|asked| (&*asked.from_source, &*asked.from_place))
            .collect();
        let of_operator = self.settled.get(of).into_iter().flatten();
        let mut settled: Vec<_> = of_operator
            .map(|((is_other, ..), question)| {
                let was_used = used.contains(&(question.source.hex().as_str(), &*question.place));
                (was_used, *is_other, draw(reference, question), question)
            })
            .collect();
        settled.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
        settled.into_iter().take(self.wanted.controls).map(|(.., question)| question.clone()).collect()
    }

    /// Adds a question that was asked before: of an earlier request to the same holder, else of this one.
    fn repeat(&self, reference: &str, of: &str, questions: &mut Vec<Question>) {
        let earlier = self
            .earlier
            .iter()
            .filter(|asked| *asked.of == *of && asked.control_line.is_none() && asked.repeat_of.is_none());
        let earlier = earlier.filter_map(|asked| {
            let again = Question {
                account: Text::default(),
                address: asked.address.said.clone(),
                port: asked.port,
                at_s: asked.at.at_us.div_euclid(1_000_000),
                at_said: asked.at_in_record.clone().unwrap_or_default(),
                source: asked.from_source.parse().ok()?,
                place: asked.from_place.clone(),
                repeat_of: Some(format!("{}/{}", asked.request, asked.item?)),
                control_line: None,
                known_from: known_from(self.index, asked.address.address),
            };
            // Only what was answered already can be answered otherwise.
            let is_open = answer_check::leases_at(self.index, asked.address.address, asked).is_empty();
            Some(((is_open, draw(reference, &again)), again))
        });
        if let Some((_, again)) = earlier.min_by(|a, b| a.0.cmp(&b.0)) {
            // Its place among the others is drawn like theirs.
            questions.push(again);
            questions.sort_by_key(|question| draw(reference, question));
            return;
        }
        let first = questions.iter().position(|question| question.control_line.is_none());
        if let (Some(first), true) = (first, questions.len() > 2) {
            // Behind the question that it repeats, and not next to it.
            let drawn = usize::from(draw(reference, &questions[first]).0[0]);
            let room = questions.len() - first - 1;
            let at = questions.len() - if room == 0 { 0 } else { drawn % room };
            let repeat_of = Some(format!("{reference}/{}", first + 1));
            questions.insert(at, Question { repeat_of, ..questions[first].clone() });
        }
    }
}

/// How little a candidate tells, and then its row, so that nothing depends on the order of files.
fn order((rank, no_port, at_us, question): &Candidate) -> (u8, bool, i64, Digest, &Text) {
    (*rank, *no_port, *at_us, question.source, &question.place)
}

/// A position that says nothing about a question and is the same in every derivation.
fn draw(reference: &str, question: &Question) -> Digest {
    Digest::of(format!("{reference}\n{}\n{}", question.source.hex(), question.place).as_bytes())
}

fn question(fallen: &Fallen<'_>, at_us: i64, index: &LeaseIndex) -> Question {
    Question {
        account: fallen.account.into(),
        address: fallen.address_said.into(),
        port: fallen.port,
        at_s: at_us.div_euclid(1_000_000),
        at_said: fallen.at_said.into(),
        source: fallen.source,
        place: fallen.place.into(),
        repeat_of: None,
        control_line: None,
        known_from: known_from(index, fallen.address),
    }
}

/// The day in UTC, counted since 1970.
fn day(at_us: i64) -> i64 {
    at_us.div_euclid(DAY_US)
}

/// The answers that know an address.
fn known_from(index: &LeaseIndex, address: Address) -> Vec<Digest> {
    index.answers_knowing(address).into_iter().map(|answer| index.answers[answer].source).collect()
}

/// The operator whose answers have leases of an address, at whatever time; the first by name of several.
fn operator_of(index: &LeaseIndex, address: Address) -> Option<Text> {
    let mut leases = Vec::new();
    index.at(address, None, (i64::MIN / 2, i64::MAX / 2), &mut leases);
    let operators = leases.into_iter().map(|lease| &index.lines[index.held(lease).line as usize].operator);
    operators.min().cloned()
}
