//! What each account has that another may have too: identifiers, devices, the person of its grounds, a pair of lines;
//! which of that many share, so that it joins nobody; and which accounts are therefore compared.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::tables::{Access, Origin, SelectorKind, Stated};
use tutela_model::words::Words as _;
use tutela_model::{RowRef, Text};

use super::nickname::{Nickname, Nicknames};
use crate::facts::{CaseFacts, HeldUs, Identifier, PersonKey, identifier};
use crate::grounds::{HUB_PERSONS, STATED, TWO_LINES, VERIFIED, View, often};
use crate::linkage::scale::millibans;
use crate::usage::AccountKey;

/// What more accounts than this share joins nobody: it is named and left out.
pub const HUB_ACCOUNTS: usize = 5;

/// What names, dates of birth and pages of a profile say at most, together.
pub const PROFILE_AT_MOST: i32 = 1000;

/// How many accounts one person is expected to have: so many do not show that others share a value too.
const OWN: u64 = 3;

/// What stands against the counts of the operation, which is no sample of all accounts: so many accounts of which so
/// many, in hundredths, have any one value. One in 20,000 for what ties, one in a thousand for what is typed in.
const TYING_EXPECTED: (u64, u64) = (5000, 25);
const PROFILE_EXPECTED: (u64, u64) = (200, 20);

/// log10 of how often two accounts of one person share a value of a kind that both have: every other time.
const SAME_PERSON: i32 = -301;

/// Evidence that follows from one thing counts once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// E-mail addresses and telephone numbers.
    Contact,
    /// Telephone numbers, where no record has them together with the e-mail address.
    SecondContact,
    /// Devices and what is stored on them: device, cookie, network card, SIM, camera.
    Device,
    /// Tax codes.
    Document,
    /// Lines, and the times of their use.
    Line,
    /// Nicknames.
    Nickname,
    /// Bank accounts, cards, wallets.
    Payment,
    /// Grounds for one person from records of different kinds.
    Person,
    /// What is typed into profiles.
    Profile,
    /// A referral's own words.
    Referral,
    /// Use in two homes at once.
    Apart,
    /// Other devices at the same time on the same line.
    OtherDevice,
    /// Identities that platforms verified.
    Verified,
    /// What a sum may not exceed.
    Limit,
}

impl Group {
    /// The name that statements use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::SecondContact => "second_contact",
            Self::Device => "device",
            Self::Document => "document",
            Self::Line => "line",
            Self::Nickname => "nickname",
            Self::Payment => "payment",
            Self::Person => "person",
            Self::Profile => "profile",
            Self::Referral => "referral",
            Self::Apart => "apart",
            Self::OtherDevice => "other_device",
            Self::Verified => "verified",
            Self::Limit => "limit",
        }
    }

    /// The groups that can speak for one person, in the order of their bits.
    pub const FOR: [Self; 10] = [
        Self::Contact,
        Self::SecondContact,
        Self::Device,
        Self::Document,
        Self::Line,
        Self::Nickname,
        Self::Payment,
        Self::Person,
        Self::Profile,
        Self::Referral,
    ];

    /// The group as a bit.
    pub fn bit(self) -> u16 {
        Self::FOR.iter().position(|group| *group == self).map_or(0, |position| 1 << position)
    }

    /// The group of a kind of identifier; none for those that are compared in another way.
    fn of(kind: SelectorKind) -> Option<Self> {
        Some(match kind {
            SelectorKind::Email | SelectorKind::Phone => Self::Contact,
            SelectorKind::Imei
            | SelectorKind::Imsi
            | SelectorKind::Mac
            | SelectorKind::DeviceId
            | SelectorKind::Cookie
            | SelectorKind::UserHash
            | SelectorKind::CameraSerial => Self::Device,
            SelectorKind::Iban | SelectorKind::Wallet | SelectorKind::Card => Self::Payment,
            SelectorKind::TaxCode => Self::Document,
            SelectorKind::Name | SelectorKind::BirthDate | SelectorKind::Url => Self::Profile,
            SelectorKind::Nickname => return None,
        })
    }
}

/// Something that two accounts may have both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// An identifier.
    Identifier(Identifier),
    /// A device, as the log names it.
    Device(Text),
    /// The person of the account's grounds.
    Person(PersonKey),
    /// A fixed and a mobile line.
    Lines(u32, u32),
    /// A line of any kind: it makes two accounts worth comparing and says nothing itself.
    Line(u32),
    /// What is left of a nickname: likewise.
    Nickname(String),
}

/// One account's hold on it.
pub struct Item<'a> {
    /// In which group it counts.
    pub group: Group,
    /// What it says, by how this account has it.
    pub millibans: i32,
    /// Its rows.
    pub rows: Vec<&'a RowRef>,
    /// When it was the account's.
    pub held: Vec<HeldUs>,
    /// How many rows there are, when they are not listed.
    pub n_rows: u64,
}

/// What one account has.
pub struct Holding<'a> {
    /// The account.
    pub view: &'a View<'a>,
    /// Things, without those that many share.
    pub items: BTreeMap<Shared, Item<'a>>,
    /// Nicknames, each with its row.
    pub nicknames: Vec<Nickname>,
    /// Rows of the nicknames.
    pub nickname_rows: Vec<&'a RowRef>,
    /// Identities that the platform verified.
    pub verified: Vec<(&'a Identifier, &'a RowRef)>,
}

/// Something that too many accounts share.
pub struct Common {
    /// What.
    pub shared: Shared,
    /// How many accounts.
    pub n: u64,
    /// Some of its rows.
    pub rows: Vec<RowRef>,
}

/// All accounts with what they have.
pub struct Holdings<'a> {
    /// By number, in the order of the accounts.
    pub all: Vec<Holding<'a>>,
    /// How common nicknames are.
    pub nicknames: Nicknames,
    /// What is left out.
    pub common: Vec<Common>,
    /// Pairs that share something that few have, by numbers, lower first.
    pub pairs: BTreeSet<(u32, u32)>,
}

impl<'a> Holdings<'a> {
    /// Reads what the accounts have. The cost is that of reading it: what many share makes no pairs.
    pub fn of(views: &'a BTreeMap<AccountKey, View<'a>>, facts: &'a CaseFacts) -> Self {
        let mut all: Vec<Holding<'_>> = views.values().map(|view| Holding::of(view, facts)).collect();
        let nicknames = Nicknames::count(all.iter().map(|holding| holding.nicknames.as_slice()));
        let mut holders: BTreeMap<Shared, Vec<u32>> = BTreeMap::new();
        let mut kinds: BTreeMap<Option<SelectorKind>, u64> = BTreeMap::new();
        for (number, holding) in all.iter().enumerate() {
            let of_account: BTreeSet<Option<SelectorKind>> = holding.items.keys().map(kind).collect();
            of_account.into_iter().for_each(|kind| *kinds.entry(kind).or_default() += 1);
            let lines = holding.view.lines.iter().map(|(line, ..)| Shared::Line(*line));
            let cores = holding.nicknames.iter().flat_map(Nickname::cores).cloned().map(Shared::Nickname);
            let shared = holding.items.keys().cloned().chain(lines).chain(cores);
            for shared in shared.collect::<BTreeSet<_>>() {
                holders.entry(shared).or_default().push(number as u32);
            }
        }
        let (mut common, mut pairs) = (Vec::new(), BTreeSet::new());
        for (shared, numbers) in holders {
            let lines_of = |identifier: &Identifier| facts.lines_of.get(identifier).map_or(0, BTreeSet::len);
            let of_many =
                matches!(&shared, Shared::Identifier(identifier) if lines_of(identifier) > HUB_PERSONS);
            if numbers.len() > HUB_ACCOUNTS || (of_many && numbers.len() > 1) {
                let items = numbers.iter().filter_map(|number| all[*number as usize].items.remove(&shared));
                let rows: Vec<RowRef> = items.flat_map(|item| item.rows).take(24).cloned().collect();
                common.push(Common { shared, n: numbers.len() as u64, rows });
                continue;
            }
            let total = kinds.get(&kind(&shared)).copied().unwrap_or_default();
            for number in &numbers {
                if let Some(item) = all[*number as usize].items.get_mut(&shared) {
                    item.millibans = item.millibans.min(rarity(&shared, numbers.len() as u64, total));
                }
            }
            let typed_in =
                matches!(&shared, Shared::Identifier((kind, _)) if Group::of(*kind) == Some(Group::Profile));
            if !typed_in {
                let after = |(idx, a): (usize, &u32)| {
                    numbers[idx + 1..].iter().map(move |b| (*a, *b)).collect::<Vec<_>>()
                };
                pairs.extend(numbers.iter().enumerate().flat_map(after));
            }
        }
        Self { all, nicknames, common, pairs }
    }
}

fn kind(shared: &Shared) -> Option<SelectorKind> {
    match shared {
        Shared::Identifier((kind, _)) => Some(*kind),
        Shared::Device(_) => Some(SelectorKind::DeviceId),
        _ => None,
    }
}

/// What a value that `n` of `total` accounts have may say at most.
fn rarity(shared: &Shared, n: u64, total: u64) -> i32 {
    let (accounts, expected) = match shared {
        Shared::Identifier((kind, _)) if Group::of(*kind) == Some(Group::Profile) => PROFILE_EXPECTED,
        Shared::Identifier(_) | Shared::Device(_) => TYING_EXPECTED,
        // What a person's grounds and a pair of lines say is said where they are weighed.
        _ => return i32::MAX,
    };
    let others = n.saturating_sub(OWN);
    millibans((accounts + total) * 100, others * 100 + expected) + SAME_PERSON
}

impl<'a> Holding<'a> {
    fn of(view: &'a View<'a>, facts: &'a CaseFacts) -> Self {
        let mut holding = Self {
            view,
            items: BTreeMap::new(),
            nicknames: Vec::new(),
            nickname_rows: Vec::new(),
            verified: Vec::new(),
        };
        holding.add_selectors();
        // A program that is on several networks has one number on them. Whose rows say so, the comparison looks up.
        if view.peer.is_some() {
            let number = identifier(SelectorKind::UserHash, &view.key.account);
            holding.add(Shared::Identifier(number), Group::Device, VERIFIED, None, view.account.tally.n);
        }
        for (device, of_device) in &view.account.devices {
            holding.add(Shared::Device(device.clone()), Group::Device, VERIFIED, None, of_device.n);
        }
        holding.add_person();
        for (home, sim) in home_and_sim(view) {
            holding.add(Shared::Lines(home, sim), Group::Line, TWO_LINES, None, 0);
        }
        // A report's stand-in has no identifiers of its own that could tie it to anybody else.
        if facts.stands_for(&view.name).is_some() {
            holding.items.retain(|shared, _| !matches!(shared, Shared::Person(_)));
        }
        holding
    }

    fn add_selectors(&mut self) {
        for selector in self.view.selectors {
            let (kind, value) = &selector.identifier;
            if selector.verified == Stated::Yes
                && selector.origin == Origin::Stated
                && matches!(kind, SelectorKind::TaxCode | SelectorKind::Name)
            {
                self.verified.push((&selector.identifier, &selector.row));
            }
            // Nobody checks a nickname; of one that a text mentions, it is not known whose it is.
            if *kind == SelectorKind::Nickname && selector.origin == Origin::Stated {
                if let Some(nickname) = Nickname::of(value).filter(|new| !self.nicknames.contains(new)) {
                    self.nicknames.push(nickname);
                    self.nickname_rows.push(&selector.row);
                }
                continue;
            }
            let Some(group) = Group::of(*kind).filter(|_| selector.verified != Stated::No) else { continue };
            let mined = selector.origin != Origin::Stated;
            let millibans = match group {
                Group::Profile if mined => continue,
                Group::Profile => PROFILE_AT_MOST,
                _ if selector.verified == Stated::Yes && !mined => VERIFIED,
                _ => STATED / 2,
            };
            let shared = Shared::Identifier(selector.identifier.clone());
            self.add(shared, group, millibans, Some((&selector.row, selector.held)), 1);
        }
    }

    fn add_person(&mut self) {
        let grounds = &self.view.grounds;
        if let (Some(ground), false) = (grounds.first(), self.view.in_question()) {
            let strongest = grounds.iter().map(|ground| ground.millibans).max().unwrap_or_default();
            let group = SelectorKind::ALL.iter().find(|kind| kind.word() == ground.kind);
            let group = group.and_then(|kind| Group::of(*kind)).unwrap_or(Group::Line);
            self.add(Shared::Person(ground.person.clone()), group, strongest, None, 0);
            if let Some(item) = self.items.get_mut(&Shared::Person(ground.person.clone())) {
                item.rows = ground.rows.iter().collect();
                item.n_rows = ground.rows.len() as u64;
            }
        }
    }

    fn add(
        &mut self,
        shared: Shared,
        group: Group,
        millibans: i32,
        said: Option<(&'a RowRef, HeldUs)>,
        n_rows: u64,
    ) {
        let empty = || Item { group, millibans, rows: vec![], held: vec![], n_rows: 0 };
        let item = self.items.entry(shared).or_insert_with(empty);
        item.millibans = item.millibans.max(millibans);
        item.n_rows += n_rows;
        match said {
            Some((row, held)) => {
                item.rows.push(row);
                item.held.push(held);
            }
            None => item.held.push((i64::MIN, i64::MAX)),
        }
    }

    /// The devices that the account was used with, as far as records say.
    pub fn devices(&self) -> BTreeSet<Text> {
        let logged = self.view.account.devices.keys().map(|device| device.to_lowercase());
        let stated = self.view.selectors.iter().filter(|selector| selector.verified != Stated::No);
        let stated = stated.filter(|selector| selector.identifier.0 == SelectorKind::DeviceId);
        logged.chain(stated.map(|selector| selector.identifier.1.to_lowercase())).collect()
    }
}

/// A fixed line and a mobile line that the account was used through, both often.
fn home_and_sim(view: &View<'_>) -> Vec<(u32, u32)> {
    let used = |mobile: bool| {
        view.lines
            .iter()
            .filter(move |(_, _, support, _)| {
                (support.access == Some(Access::Mobile)) == mobile && often(support)
            })
            .map(|(line, _, _, _)| *line)
    };
    used(false).flat_map(|home| used(true).map(move |sim| (home, sim))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_more_accounts_share_than_one_person_has_says_less() {
        let email = Shared::Identifier((SelectorKind::Email, "x@example.org".into()));
        let said: Vec<i32> = (2..=5).map(|n| rarity(&email, n, 40)).collect();
        assert!(said[0] >= VERIFIED && said[1] >= VERIFIED, "{said:?}");
        assert!(said.is_sorted_by(|more, less| more >= less) && said[3] < said[1], "{said:?}");
        let name = Shared::Identifier((SelectorKind::Name, "zelmira quartovio".into()));
        assert!(rarity(&name, 2, 40) > rarity(&name, 5, 40));
    }
}
