//! What findings and leads say between two things, read from the values that their statements name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use tutela_model::tables::SelectorKind;
use tutela_model::words::Words as _;
use tutela_model::{Finding, Lead, Strength};

use crate::Dossier;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A lead.
    Lead,
    /// An account of a platform.
    Account,
    /// Whom a referral reports, of whom it names no account.
    Referral,
    /// A line of an operator: whose it is, not who used it.
    Line,
    /// In whose name one line is registered.
    Subscriber,
    /// A device, or an identifier of one.
    Device,
    /// An e-mail address, a telephone number or another identifier.
    Selector,
    /// A seized thing.
    Exhibit,
    /// An installation of a file-sharing program.
    Peer,
    /// The name of somebody in a chat.
    Handle,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Lead,
        Self::Account,
        Self::Referral,
        Self::Line,
        Self::Subscriber,
        Self::Device,
        Self::Selector,
        Self::Exhibit,
        Self::Peer,
        Self::Handle,
    ];

    /// Its word, in data.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Account => "account",
            Self::Referral => "referral",
            Self::Line => "line",
            Self::Subscriber => "subscriber",
            Self::Device => "device",
            Self::Selector => "selector",
            Self::Exhibit => "exhibit",
            Self::Peer => "peer",
            Self::Handle => "handle",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Which node: `account:agorachat/10005057`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// What it is.
    pub kind: Kind,
    /// Which of its kind.
    pub name: String,
}

impl NodeId {
    fn new(kind: Kind, name: &str) -> Self {
        Self { kind, name: name.to_owned() }
    }

    /// An account, or whom a referral reports.
    fn account(name: &str) -> Self {
        let is_of_referral = name.rsplit('/').next().is_some_and(|name| name.starts_with("report-"));
        Self::new(if is_of_referral { Kind::Referral } else { Kind::Account }, name)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.word(), self.name)
    }
}

/// A text that names no node.
#[derive(Debug, thiserror::Error)]
#[error("not a node of a graph: {0}")]
pub struct NotANode(String);

impl FromStr for NodeId {
    type Err = NotANode;

    fn from_str(text: &str) -> Result<Self, NotANode> {
        let bad = || NotANode(text.to_owned());
        let (kind, name) = text.split_once(':').ok_or_else(bad)?;
        Ok(Self::new(Kind::from_word(kind).ok_or_else(bad)?, name))
    }
}

/// Why nothing is joined through a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weak {
    /// `common`: an analysis found that many share it; `many`: it hangs together with many; `hotspot`: a public access.
    pub why: &'static str,
    /// How many share it, where that is known.
    pub n: Option<u64>,
}

/// From so many neighbours on a line, a device or an identifier is what many share. A person has fewer accounts, and what
/// is rather shown too little is said with its number.
const MANY: usize = 10;

/// The analyses whose findings say something between two things. Others speak of one thing, or of many.
const BETWEEN: [&str; 6] =
    ["attribution", "shared_address", "identity", "same_user", "device_links", "sharing"];

/// Identifiers that are of a device.
const DEVICE: [&str; 6] = ["device", "device_id", "imei", "imsi", "mac", "camera"];

/// What is between two nodes.
pub(super) struct Link {
    pub ends: (NodeId, NodeId),
    pub kind: String,
    pub strength: Option<Strength>,
    pub sources: BTreeSet<String>,
    pub findings: BTreeSet<String>,
}

/// Everything that is between two nodes.
#[derive(Default)]
pub(super) struct Links {
    links: BTreeMap<(NodeId, NodeId, String), Link>,
    beside: BTreeMap<NodeId, BTreeMap<NodeId, Option<Strength>>>,
    labels: BTreeMap<NodeId, String>,
    common: BTreeMap<NodeId, Weak>,
}

impl Links {
    pub fn of(dossier: &Dossier<'_>) -> Self {
        let mut links = Self::default();
        dossier.leads.iter().for_each(|lead| links.lead(lead));
        let between =
            dossier.findings.values().filter(|finding| BETWEEN.contains(&finding.analysis.as_str()));
        between.for_each(|finding| links.finding(finding));
        links
    }

    pub fn has(&self, id: &NodeId) -> bool {
        self.beside.contains_key(id)
    }

    pub fn all(&self) -> impl Iterator<Item = &Link> {
        self.links.values()
    }

    /// What hangs together with a node, each with the highest strength between them.
    pub fn neighbours(&self, id: &NodeId) -> Vec<(&NodeId, Option<Strength>)> {
        let beside = self.beside.get(id).into_iter().flatten();
        beside.map(|(other, strength)| (other, *strength)).collect()
    }

    pub fn label(&self, id: &NodeId) -> String {
        self.labels.get(id).unwrap_or(&id.name).clone()
    }

    pub fn weak(&self, id: &NodeId) -> Option<Weak> {
        if let Some(weak) = self.common.get(id) {
            return Some(weak.clone());
        }
        let is_shared = matches!(id.kind, Kind::Line | Kind::Device | Kind::Selector | Kind::Handle);
        // A lead holds what its accounts hang together with, and is none who shares it.
        let shares = |kind: Kind| kind != Kind::Lead && kind != Kind::Subscriber;
        let n = self.neighbours(id).iter().filter(|(other, _)| shares(other.kind)).count();
        (is_shared && n >= MANY).then_some(Weak { why: "many", n: Some(n as u64) })
    }

    fn lead(&mut self, lead: &Lead) {
        let id = NodeId::new(Kind::Lead, &lead.lead);
        let accounts = lead.accounts.iter().map(|name| NodeId::account(name));
        let named = |kind: Kind, names: &[String]| -> Vec<NodeId> {
            names.iter().map(|name| NodeId::new(kind, name)).collect()
        };
        let others = accounts
            .chain(named(Kind::Line, &lead.lines))
            .chain(named(Kind::Peer, &lead.peers))
            .chain(named(Kind::Handle, &lead.handles))
            .chain(named(Kind::Exhibit, &lead.exhibits));
        for other in others {
            self.add(&id, &other, "lead", None, None);
        }
        for (line, name) in lead.lines.iter().zip(&lead.subscribers) {
            let Some(name) = name else { continue };
            let subscriber = NodeId::new(Kind::Subscriber, line);
            self.labels.insert(subscriber.clone(), name.clone());
            self.add(&NodeId::new(Kind::Line, line), &subscriber, "registered", None, None);
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let named = Named { finding };
        if finding.statement.key == "same_user.common" {
            if let Some(shared) = named.identifier(finding.text("kind"), finding.text("value")) {
                let n = finding.statement.values.get("n").and_then(Value::as_u64);
                self.common.insert(shared, Weak { why: "common", n });
            }
            return;
        }
        // What speaks against joins nothing.
        if finding.strength.is_some_and(|strength| strength.0 <= 0) {
            return;
        }
        let lines = named.lines();
        if finding.text("access") == "hotspot" {
            let hotspot = Weak { why: "hotspot", n: None };
            self.common.extend(lines.iter().map(|line| (line.clone(), hotspot.clone())));
        }
        let mut things = named.things();
        let Some(subject) = things.first().cloned() else { return };
        things.remove(0);
        // Of lines of a set one is meant, and which does not follow: the strength is that of the set.
        let of_line = finding.strength.filter(|_| lines.len() == 1);
        let shared = named.identifier(finding.text("kind"), finding.text("value"));
        for thing in &things {
            self.add(&subject, thing, &finding.analysis, finding.strength, Some(finding));
        }
        for line in &lines {
            self.add(&subject, line, &finding.analysis, of_line, Some(finding));
            if let Some(shared) = &shared {
                self.add(shared, line, &finding.analysis, None, Some(finding));
            }
        }
        if let Some(shared) = &shared {
            let all = std::iter::once(&subject).chain(&things);
            all.for_each(|thing| self.add(thing, shared, &finding.analysis, None, Some(finding)));
        }
        for shared in named.shared() {
            for account in [Some(&subject), things.first()].into_iter().flatten() {
                self.add(account, &shared, &finding.analysis, None, Some(finding));
            }
        }
    }

    fn add(
        &mut self,
        a: &NodeId,
        b: &NodeId,
        kind: &str,
        strength: Option<Strength>,
        finding: Option<&Finding>,
    ) {
        if a == b {
            return;
        }
        let (a, b) = if a < b { (a, b) } else { (b, a) };
        let link = self.links.entry((a.clone(), b.clone(), kind.to_owned())).or_insert_with(|| Link {
            ends: (a.clone(), b.clone()),
            kind: kind.to_owned(),
            strength: None,
            sources: BTreeSet::new(),
            findings: BTreeSet::new(),
        });
        link.strength = link.strength.max(strength);
        if let Some(finding) = finding {
            link.findings.insert(finding.id.clone());
            link.sources.extend(finding.rows.iter().map(|row| row.source.clone()));
        }
        for (one, other) in [(a, b), (b, a)] {
            let best = self.beside.entry(one.clone()).or_default().entry(other.clone()).or_default();
            *best = (*best).max(strength);
        }
    }
}

/// What a finding's statement names.
struct Named<'f> {
    finding: &'f Finding,
}

impl Named<'_> {
    fn texts(&self, name: &str) -> Vec<&str> {
        match self.finding.statement.values.get(name) {
            Some(Value::String(text)) if !text.is_empty() => vec![text],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Accounts, peers, exhibits and handles, the one that the finding is about first.
    fn things(&self) -> Vec<NodeId> {
        let platform = self.finding.text("platform");
        let account = |name: &str| match (platform, name.contains('/')) {
            ("", _) | (_, true) => NodeId::account(name),
            (platform, false) => NodeId::account(&format!("{platform}/{name}")),
        };
        let is_of_devices = self.finding.analysis == "device_links";
        let mut things: Vec<NodeId> = self.texts("account").into_iter().map(account).collect();
        things.extend(self.texts("peer").into_iter().map(|name| NodeId::new(Kind::Peer, name)));
        things.extend(self.texts("handle").into_iter().map(|name| NodeId::new(Kind::Handle, name)));
        let exhibits = self.texts("exhibit").into_iter().chain(self.texts("exhibits"));
        things.extend(exhibits.map(|name| NodeId::new(Kind::Exhibit, name)));
        things.extend(self.texts("other").into_iter().map(|name| match is_of_devices {
            true => NodeId::new(Kind::Exhibit, name),
            false => NodeId::account(name),
        }));
        things
    }

    fn lines(&self) -> Vec<NodeId> {
        let operator = self.finding.text("operator");
        let names =
            ["line", "used_line", "other_line", "lines"].into_iter().flat_map(|name| self.texts(name));
        let full = |name: &str| match name.contains('/') || operator.is_empty() {
            true => name.to_owned(),
            false => format!("{operator}/{name}"),
        };
        let names: BTreeSet<String> = names.map(full).collect();
        names.iter().map(|name| NodeId::new(Kind::Line, name)).collect()
    }

    /// An identifier; none for what is none: a person, a line, a use in two homes.
    fn identifier(&self, kind: &str, value: &str) -> Option<NodeId> {
        if value.is_empty() || (kind != "device" && SelectorKind::from_word(kind).is_none()) {
            return None;
        }
        let node = if DEVICE.contains(&kind) { Kind::Device } else { Kind::Selector };
        Some(NodeId::new(node, &format!("{kind} {value}")))
    }

    /// What two accounts share, step by step.
    fn shared(&self) -> Vec<NodeId> {
        let Some(Value::Array(steps)) = self.finding.statement.values.get("waterfall") else {
            return Vec::new();
        };
        let text = |step: &Value, name: &str| step[name].as_str().unwrap_or_default().to_owned();
        // What weighs against is nothing that they share.
        let is_shared = |step: &&Value| step["millibans"].as_i64().is_some_and(|millibans| millibans >= 0);
        let shared = steps.iter().filter(is_shared);
        shared.filter_map(|step| self.identifier(&text(step, "kind"), &text(step, "value"))).collect()
    }
}
