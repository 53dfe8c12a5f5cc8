//! What the records state about lines, accounts, people and referrals, indexed by what the analyses ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use arrow_array::cast::AsArray;
use arrow_array::{Array, StringArray};
use tutela_model::place::Digest;
use tutela_model::table::{Part, TablesError, all_rows};
use tutela_model::tables::{
    Origin, OwnerKind, Precedent, Referral, ReportedFile, ReportedPerson, ReportedRole, Selector,
    SelectorKind, Stated, Subscriber, SubscriberRole,
};
use tutela_model::{Date, RowRef, Table, Tables, Text};

use crate::usage::Usage;

/// An identifier: its kind, and its value in the form in which two of them are compared.
pub type Identifier = (SelectorKind, Text);

/// A line's registration: whom and where the answers name for it, in one role or put together from several.
#[derive(Clone, Debug)]
pub struct Registration {
    /// In which role the answer names the person, or the address where it names nobody.
    pub role: SubscriberRole,
    /// The registered person.
    pub person: Option<PersonKey>,
    /// The registered name, as the operator wrote it.
    pub name: Option<Text>,
    /// Date of birth.
    pub birth_date: Option<Date>,
    /// Address and municipality, folded for comparison: who shares it shares a household.
    pub household: Option<Text>,
    /// Province, two letters.
    pub province: Option<Text>,
    /// The row.
    pub row: RowRef,
}

impl Registration {
    /// Whether the line is the person's, or one of the household's where that is known.
    pub fn is_of(&self, person: &PersonKey, household: Option<&Text>) -> bool {
        let in_home = household.is_some() && self.household.as_ref() == household;
        in_home || self.person.as_ref() == Some(person)
    }
}

/// Who a record names: a tax code, or where the record has none a name with a date of birth. A name alone is nobody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonKey {
    /// A tax code, folded to capitals.
    TaxCode(Text),
    /// A folded name and a date of birth.
    NameAndBirth(Text, Date),
}

impl PersonKey {
    /// The person that a record names.
    pub fn of(tax_code: Option<&Text>, name: Option<&Text>, birth_date: Option<Date>) -> Option<Self> {
        match (tax_code, name, birth_date) {
            (Some(tax_code), _, _) => Some(Self::TaxCode(tax_code.to_uppercase().as_str().into())),
            (None, Some(name), Some(birth_date)) => Some(Self::NameAndBirth(folded(name), birth_date)),
            _ => None,
        }
    }

    /// A text that is the same for the same person in every derivation.
    pub fn text(&self) -> String {
        match self {
            Self::TaxCode(code) => code.to_string(),
            Self::NameAndBirth(name, birth_date) => format!("{name} {birth_date}"),
        }
    }
}

/// An identifier that a record gives an account.
#[derive(Clone, Debug)]
pub struct AccountSelector {
    /// The identifier.
    pub identifier: Identifier,
    /// Whether the platform checked it.
    pub verified: Stated,
    /// Whether a field states it or a text mentions it.
    pub origin: Origin,
    /// When it was the account's.
    pub held: HeldUs,
    /// The row.
    pub row: RowRef,
}

/// From when and until when an identifier was its owner's, microseconds UTC, both ends included; the ends of time where
/// the record does not say. Numbers and addresses are given to others later.
pub type HeldUs = (i64, i64);

/// Whether two owners had an identifier at the same time.
pub fn overlap(a: HeldUs, b: HeldUs) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}

fn held_us(selector: &Selector) -> HeldUs {
    let from_us = selector.from.as_ref().map_or(i64::MIN, |from| from.at_us);
    let until_us =
        selector.until.as_ref().map_or(i64::MAX, |until| until.at_us + until.precision.width_us() - 1);
    (from_us, until_us)
}

/// An account's part in a referral.
#[derive(Clone, Debug)]
pub struct Mention {
    /// The part.
    pub role: ReportedRole,
    /// Issuer and number of the referral.
    pub referral: (Text, Text),
    /// Access to children, as stated.
    pub access_to_children: Stated,
    /// An earlier conviction, as stated.
    pub convicted: Stated,
    /// Taken over by somebody else, as the platform says.
    pub compromised: Stated,
    /// The row.
    pub row: RowRef,
}

/// A referral with what hangs on it.
#[derive(Clone, Debug)]
pub struct ReferralFacts {
    /// The referral's own row.
    pub referral: Referral,
    /// Where it stands.
    pub row: RowRef,
    /// Victims named in it, with the age where stated.
    pub victims: Vec<(Option<u32>, RowRef)>,
    /// How many receivers it names, and their rows.
    pub recipients: Vec<RowRef>,
    /// Files described in it.
    pub files: Vec<(ReportedFile, RowRef)>,
}

/// All facts.
pub struct CaseFacts {
    /// Registrations by `operator/line`: several when a line changed hands, or when answers name several roles.
    registrations: BTreeMap<String, Vec<Registration>>,
    /// By `operator/line`, who and where the line is. None of a line whose registrations do not agree.
    occupants: BTreeMap<String, Registration>,
    /// Identifiers by `operator/line`.
    pub line_selectors: BTreeMap<String, BTreeMap<Identifier, RowRef>>,
    /// `operator/line` by identifier.
    pub lines_of: BTreeMap<Identifier, BTreeSet<String>>,
    /// When each of these identifiers was the line's, as often as the records say.
    pub line_held: BTreeMap<(Identifier, String), Vec<HeldUs>>,
    /// Identifiers by `platform/account`.
    pub account_selectors: BTreeMap<String, Vec<AccountSelector>>,
    /// Parts in referrals by `platform/account`.
    pub mentions: BTreeMap<String, Vec<Mention>>,
    /// Referrals by issuer and number.
    pub referrals: BTreeMap<(Text, Text), ReferralFacts>,
    /// By referral number, the accounts reported in it.
    pub reported_accounts: BTreeMap<Text, BTreeSet<String>>,
    /// Precedents, in the order of their rows.
    precedents: Vec<(Precedent, RowRef)>,
    /// Positions of precedents by the person whom they name.
    precedents_of: BTreeMap<PersonKey, Vec<usize>>,
}

impl CaseFacts {
    /// Reads the facts. Of lines, only those that an account used or shares an identifier with are kept.
    pub fn read(tables: &dyn Tables, usage: &Usage) -> Result<Self, TablesError> {
        let (mentions, referrals) = referrals(tables)?;
        let mut reported_accounts: BTreeMap<Text, BTreeSet<String>> = BTreeMap::new();
        for (account, mention) in
            mentions.iter().flat_map(|(account, all)| all.iter().map(move |one| (account, one)))
        {
            if mention.role == ReportedRole::Reported {
                reported_accounts.entry(mention.referral.1.clone()).or_default().insert(account.clone());
            }
        }
        let owners = selector_owners(tables)?;
        let account_selectors = account_selectors(tables, &owners)?;
        let asked: BTreeSet<&Identifier> =
            account_selectors.values().flatten().map(|selector| &selector.identifier).collect();
        let mut lines: BTreeSet<String> = usage
            .accounts
            .values()
            .flat_map(|account| account.lines.keys())
            .map(|line| usage.index.lines[*line as usize].name())
            .collect();
        let mut line_selectors: BTreeMap<String, BTreeMap<Identifier, RowRef>> = BTreeMap::new();
        let mut lines_of: BTreeMap<Identifier, BTreeSet<String>> = BTreeMap::new();
        let mut line_held: BTreeMap<(Identifier, String), Vec<HeldUs>> = BTreeMap::new();
        each_distinct::<Selector>(tables, &owners[&OwnerKind::Line], SELECTOR, &mut |source, selector| {
            if selector.owner_kind != OwnerKind::Line {
                return;
            }
            let identifier = identifier(selector.kind, &selector.value);
            if asked.contains(&identifier) {
                let held = line_held.entry((identifier.clone(), selector.owner.to_string())).or_default();
                if !held.contains(&held_us(&selector)) {
                    held.push(held_us(&selector));
                }
                lines_of.entry(identifier.clone()).or_default().insert(selector.owner.to_string());
                lines.insert(selector.owner.to_string());
            }
            let row = || RowRef::new(&Selector::INFO, source, &selector.place);
            let of_line = line_selectors.entry(selector.owner.to_string()).or_default();
            of_line.entry(identifier).or_insert_with(row);
        })?;
        line_selectors.retain(|line, _| lines.contains(line));
        let registrations = registrations(tables, &lines)?;
        let occupants =
            registrations.iter().filter_map(|(line, stated)| Some((line.clone(), occupant(stated)?)));
        let occupants = occupants.collect();
        let (precedents, precedents_of) = precedents(tables)?;
        Ok(Self {
            registrations,
            occupants,
            line_selectors,
            lines_of,
            line_held,
            account_selectors,
            mentions,
            referrals,
            reported_accounts,
            precedents,
            precedents_of,
        })
    }

    /// Whether a line had an identifier at some time of this stretch.
    pub fn line_had(&self, line: &str, identifier: &Identifier, held: HeldUs) -> bool {
        let of_line = self.line_held.get(&(identifier.clone(), line.to_owned()));
        of_line.is_some_and(|stretches| stretches.iter().any(|of_line| overlap(*of_line, held)))
    }

    /// Who and where a line is, when the records agree on it: of the roles that answers name, the one that comes closest
    /// to whoever uses the line, and never a payer.
    pub fn registration(&self, line: &str) -> Option<&Registration> {
        self.occupants.get(line)
    }

    /// Whether answers name different people for a line, each in another role: then nobody can tell whose the contacts
    /// are that stand beside them.
    pub fn names_several(&self, line: &str) -> bool {
        let stated = self.registrations.get(line).into_iter().flatten();
        stated.filter_map(|registration| registration.person.as_ref()).collect::<BTreeSet<_>>().len() > 1
    }

    /// The account that a stand-in stands for: `cybertip/report-N` holds what a referral says of addresses without
    /// saying whose they are, and where it reports one account only, they are that account's.
    pub fn stands_for(&self, stand_in: &str) -> Option<&String> {
        let accounts = self.reported_accounts.get(stand_in.strip_prefix("cybertip/report-")?)?;
        accounts.first().filter(|_| accounts.len() == 1)
    }

    /// Whether an account appears in referrals only as somebody harmed or written to: it is nobody's lead.
    pub fn only_harmed(&self, account: &str) -> bool {
        self.mentions.get(account).is_some_and(|mentions| {
            mentions
                .iter()
                .all(|mention| matches!(mention.role, ReportedRole::Victim | ReportedRole::IntendedRecipient))
        })
    }

    /// Precedents of a person: by tax code; where one side has none, by name and date of birth together. Never by
    /// name alone.
    pub fn precedents_of(
        &self,
        person: &PersonKey,
        name: Option<&Text>,
        birth_date: Option<Date>,
    ) -> impl Iterator<Item = &(Precedent, RowRef)> {
        let by_name = name.zip(birth_date).map(|(name, birth)| PersonKey::NameAndBirth(folded(name), birth));
        let of = |key| self.precedents_of.get(key).into_iter().flatten().copied();
        let positions: BTreeSet<usize> = of(person).chain(by_name.iter().flat_map(of)).collect();
        positions.into_iter().map(|position| &self.precedents[position])
    }
}

type Precedents = (Vec<(Precedent, RowRef)>, BTreeMap<PersonKey, Vec<usize>>);

fn precedents(tables: &dyn Tables) -> Result<Precedents, TablesError> {
    let (mut all, mut of): Precedents = Default::default();
    for (source, precedent) in all_rows::<Precedent>(tables)? {
        let person =
            PersonKey::of(precedent.tax_code.as_ref(), precedent.name.as_ref(), precedent.birth_date);
        if let Some(person) = person {
            of.entry(person).or_default().push(all.len());
            let row = RowRef::new(&Precedent::INFO, source, &precedent.place);
            all.push((precedent, row));
        }
    }
    Ok((all, of))
}

/// The columns that tell two selectors apart.
const SELECTOR: &[&str] =
    &["kind", "value", "owner_kind", "owner", "verified", "origin", "from_said", "until_said"];

/// Hands out the rows of these parts of a table that differ from the row before in one of the named columns, which
/// are text. An
/// operator repeats subscriber and contacts with each lease, and rows are sorted, so that repetitions are neighbours.
fn each_distinct<T: Table>(
    tables: &dyn Tables,
    parts: &[Part],
    columns: &[&str],
    each: &mut dyn FnMut(Digest, T),
) -> Result<(), TablesError> {
    for part in parts {
        tables.scan(&T::INFO, part, &[], &mut |batch| {
            let columns: Vec<&StringArray> = columns
                .iter()
                .map(|name| batch.column_by_name(name).expect("a column of the table").as_string())
                .collect();
            let same = |column: &StringArray, row_idx: usize| {
                column.is_valid(row_idx) == column.is_valid(row_idx - 1)
                    && column.value(row_idx) == column.value(row_idx - 1)
            };
            for row_idx in 0..batch.num_rows() {
                if row_idx == 0 || !columns.iter().all(|column| same(column, row_idx)) {
                    each(part.source, T::get(&batch, row_idx));
                }
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(())
}

/// The columns that tell two registrations of a line apart.
const SUBSCRIBER: &[&str] = &["operator", "line", "role", "name", "tax_code", "address_text"];

fn registrations(
    tables: &dyn Tables,
    lines: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<Registration>>, TablesError> {
    let mut registrations: BTreeMap<String, Vec<Registration>> = BTreeMap::new();
    each_distinct::<Subscriber>(tables, &tables.parts(&Subscriber::INFO), SUBSCRIBER, &mut |source, row| {
        let line = format!("{}/{}", row.operator, row.line);
        if !lines.contains(&line) {
            return;
        }
        let person = PersonKey::of(row.tax_code.as_ref(), row.name.as_ref(), row.birth_date);
        let of_line = registrations.entry(line).or_default();
        let household = row.address_text.as_ref().map(|address| {
            Text::from(format!(
                "{}|{}",
                folded(address),
                row.municipality.as_deref().map(folded).unwrap_or_default()
            ))
        });
        // An answer repeats the subscriber with each lease; one of equal registrations is enough. Of somebody who is
        // named the first address stands; two addresses without a name are two.
        let is_known = |known: &Registration| {
            let nobody = person.is_none() && row.name.is_none();
            known.role == row.role
                && known.person == person
                && known.name == row.name
                && (!nobody || known.household == household)
        };
        if of_line.iter().any(is_known) {
            return;
        }
        of_line.push(Registration {
            role: row.role,
            person,
            name: row.name,
            birth_date: row.birth_date,
            household,
            province: row.province,
            row: RowRef::new(&Subscriber::INFO, source, &row.place),
        });
    })?;
    Ok(registrations)
}

/// The roles that name a person for a line, closest to its user first. Who pays for it is none of them.
const WHO: [SubscriberRole; 4] =
    [SubscriberRole::User, SubscriberRole::Installation, SubscriberRole::Holder, SubscriberRole::Unknown];
/// The roles whose address is where the line is, closest first. Where the bills go is none of them.
const WHERE: [SubscriberRole; 4] =
    [SubscriberRole::Installation, SubscriberRole::User, SubscriberRole::Holder, SubscriberRole::Unknown];

/// Who and where a line is, of what the answers state of it. None when nobody but a payer is stated, or when different
/// people are named in one role; without a place when one role has different addresses.
fn occupant(stated: &[Registration]) -> Option<Registration> {
    let first_of = |roles: [SubscriberRole; 4], says: fn(&Registration) -> bool| {
        let of_role =
            |role| stated.iter().filter(|one| one.role == role && says(one)).collect::<Vec<&Registration>>();
        roles.into_iter().map(of_role).find(|found| !found.is_empty()).unwrap_or_default()
    };
    let named = first_of(WHO, |one| one.person.is_some() || one.name.is_some());
    let placed = first_of(WHERE, |one| one.household.is_some() || one.province.is_some());
    let said = stated.iter().filter(|one| one.role != SubscriberRole::Payer);
    let who = match named.as_slice() {
        [only] => *only,
        [] => placed.first().copied().or_else(|| said.into_iter().next())?,
        _ => return None,
    };
    let place = match placed.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    Some(Registration {
        household: place.and_then(|place| place.household.clone()),
        province: place.and_then(|place| place.province.clone()),
        ..who.clone()
    })
}

/// The parts of the table of selectors that have some of an account, and those that have some of a line: answers of
/// operators are long and have none of the first.
fn selector_owners(tables: &dyn Tables) -> Result<BTreeMap<OwnerKind, Vec<Part>>, TablesError> {
    let mut owners = BTreeMap::from([(OwnerKind::Account, Vec::new()), (OwnerKind::Line, Vec::new())]);
    for part in tables.parts(&Selector::INFO) {
        let mut found = BTreeSet::new();
        tables.scan(&Selector::INFO, &part, &["owner_kind"], &mut |batch| {
            let column: &StringArray = batch.column(0).as_string();
            for kind in owners.keys() {
                if !found.contains(kind) && column.iter().any(|word| word == Some(kind.word())) {
                    found.insert(*kind);
                }
            }
            if found.len() < owners.len() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        for (kind, parts) in &mut owners {
            parts.extend(found.contains(kind).then(|| part.clone()));
        }
    }
    Ok(owners)
}

fn account_selectors(
    tables: &dyn Tables,
    owners: &BTreeMap<OwnerKind, Vec<Part>>,
) -> Result<BTreeMap<String, Vec<AccountSelector>>, TablesError> {
    let mut selectors: BTreeMap<String, Vec<AccountSelector>> = BTreeMap::new();
    each_distinct::<Selector>(tables, &owners[&OwnerKind::Account], SELECTOR, &mut |source, selector| {
        if selector.owner_kind == OwnerKind::Account {
            let of_account = selectors.entry(selector.owner.to_string()).or_default();
            of_account.push(AccountSelector {
                identifier: identifier(selector.kind, &selector.value),
                verified: selector.verified,
                origin: selector.origin,
                held: held_us(&selector),
                row: RowRef::new(&Selector::INFO, source, &selector.place),
            });
        }
    })?;
    Ok(selectors)
}

type Mentions = BTreeMap<String, Vec<Mention>>;
type Referrals = BTreeMap<(Text, Text), ReferralFacts>;

fn referrals(tables: &dyn Tables) -> Result<(Mentions, Referrals), TablesError> {
    let mut mentions: Mentions = BTreeMap::new();
    let mut referrals: Referrals = BTreeMap::new();
    for (source, referral) in all_rows::<Referral>(tables)? {
        let row = RowRef::new(&Referral::INFO, source, &referral.place);
        let key = (referral.issuer.clone(), referral.reference.clone());
        let facts = || ReferralFacts { referral, row, victims: vec![], recipients: vec![], files: vec![] };
        referrals.entry(key).or_insert_with(facts);
    }
    for (source, person) in all_rows::<ReportedPerson>(tables)? {
        let row = RowRef::new(&ReportedPerson::INFO, source, &person.place);
        let key = (person.issuer.clone(), person.reference.clone());
        if let Some(referral) = referrals.get_mut(&key) {
            match person.role {
                ReportedRole::Victim => referral.victims.push((person.age, row.clone())),
                ReportedRole::IntendedRecipient => referral.recipients.push(row.clone()),
                ReportedRole::Reported | ReportedRole::Associated => {}
            }
        }
        if let (Some(platform), Some(account)) = (&person.platform, &person.account) {
            let of_account = mentions.entry(format!("{platform}/{account}")).or_default();
            of_account.push(Mention {
                role: person.role,
                referral: key,
                access_to_children: person.access_to_children,
                convicted: person.convicted,
                compromised: person.compromised,
                row,
            });
        }
    }
    for (source, file) in all_rows::<ReportedFile>(tables)? {
        let row = RowRef::new(&ReportedFile::INFO, source, &file.place);
        if let Some(referral) = referrals.get_mut(&(file.issuer.clone(), file.reference.clone())) {
            referral.files.push((file, row));
        }
    }
    Ok((mentions, referrals))
}

/// The form in which two identifiers of a kind are compared.
pub fn identifier(kind: SelectorKind, value: &str) -> Identifier {
    let value = value.trim();
    let value = match kind {
        SelectorKind::Phone => phone(value),
        SelectorKind::Iban | SelectorKind::Mac | SelectorKind::Imei | SelectorKind::Imsi => {
            value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        }
        SelectorKind::TaxCode => value.to_uppercase().as_str().into(),
        SelectorKind::Url | SelectorKind::Wallet | SelectorKind::Cookie => value.into(),
        _ => folded(value),
    };
    (kind, value)
}

/// A telephone number in the form of ITU-T E.164: plus, country code, digits. Ten digits beginning with 3 are an
/// Italian mobile number without its country code (national numbering plan).
pub fn phone(said: &str) -> Text {
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let national =
        !said.trim_start().starts_with(['+', '0']) && digits.len() == 10 && digits.starts_with('3');
    Text::from(if national { format!("+39{digits}") } else { format!("+{digits}") })
}

/// Lower case, and one blank for any run of blanks.
pub fn folded(text: &str) -> Text {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_one_number_however_it_is_written() {
        for said in ["+39 333 555 0123", "0039 3335550123", "333-555-0123", "+393335550123"] {
            assert_eq!(phone(said), "+393335550123", "{said}");
        }
    }

    #[test]
    fn a_name_alone_is_nobody() {
        let name = Text::from("Zelmira Quartovio");
        assert_eq!(PersonKey::of(None, Some(&name), None), None);
        let birth = jiff::civil::date(1980, 1, 2);
        let person = PersonKey::of(None, Some(&name), Some(birth));
        assert_eq!(person, Some(PersonKey::NameAndBirth("zelmira quartovio".into(), birth)));
    }
}
