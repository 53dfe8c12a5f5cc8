//! What lists and answers say that is held against sightings: known files, natures and places of address ranges, ranges
//! that operators answered about.

use std::collections::{BTreeMap, BTreeSet};

use tutela_model::table::TablesError;
use tutela_model::tables::{Area, KnownFile, KnownMatch, MatchBasis, Nature, SharingNetwork};
use tutela_model::words::Words as _;
use tutela_model::{Address, Date, Prefix, Tables, Text};

use super::dictionary::Dictionary;
use super::peer::Peer;
use super::ranges::Ranges;
use crate::devices::hash::Hash;
use crate::networks::{Listed, Networks};

/// What is held against sightings.
#[derive(Default)]
pub struct Context {
    /// By file, the position of its category, if a list has it.
    pub listed: Vec<Option<u16>>,
    /// Categories as their lists name them, in order.
    pub categories: Vec<String>,
    natures: Ranges,
    of_natures: Vec<Listed>,
    areas: Ranges,
    of_areas: Vec<(Option<u16>, Option<u16>)>,
    /// Provinces and countries that the list of areas names, in order.
    pub provinces: Vec<Text>,
    /// See `provinces`.
    pub countries: Vec<Text>,
    /// The dates for which lists of areas say so.
    pub areas_as_of: BTreeSet<Date>,
    answered: Ranges,
    /// Peers that exhibits name.
    pub named: BTreeSet<Peer>,
}

/// A range of a list of areas: the date, the range, province and country.
type AreaRow = (Option<Date>, Prefix, Option<Text>, Option<Text>);

/// What a list says of an address at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// It was an exit of the Tor network.
    pub tor: bool,
    /// It was a VPN's or a data centre's.
    pub vpn: bool,
}

impl Context {
    /// Reads the lists. `answered` are the ranges that operators answered about, `numbers` those that exhibits state
    /// of their own programs.
    ///
    /// # Errors
    /// What the store could not read.
    pub fn read(
        tables: &dyn Tables,
        dictionary: &Dictionary,
        answered: &[Prefix],
        numbers: &BTreeSet<Text>,
    ) -> Result<Self, TablesError> {
        let mut context = Self { listed: vec![None; dictionary.len()], ..Self::default() };
        context.read_known(tables, dictionary)?;
        context.read_areas(tables)?;
        let (prefixes, of_natures) = Networks::read(tables)?.into_ranges();
        (context.natures, context.of_natures) = (Ranges::new(&prefixes), of_natures);
        context.answered = Ranges::new(answered);
        let of_network = |network: &SharingNetwork, number: &Text| Peer::new(*network, number).0;
        let everywhere = |number| SharingNetwork::ALL.iter().map(move |network| of_network(network, number));
        context.named = numbers.iter().flat_map(everywhere).collect();
        Ok(context)
    }

    /// A file is known when an entry that is not withdrawn has its hash; of several categories the first in order counts.
    fn read_known(&mut self, tables: &dyn Tables, dictionary: &Dictionary) -> Result<(), TablesError> {
        let mut known: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
        let mut withdrawn: BTreeSet<(u32, String)> = BTreeSet::new();
        let mut meet = |hash: &str, category: String, is_withdrawn: bool| {
            for number in SharingNetwork::ALL.iter().filter_map(|network| dictionary.find(*network, hash)) {
                if is_withdrawn {
                    withdrawn.insert((number, category.clone()));
                } else {
                    known.entry(number).or_default().insert(category.clone());
                }
            }
        };
        crate::devices::each_row::<KnownFile>(tables, &mut |_, row| {
            let category = category(&row.scheme, &row.category, &row.list);
            let hashes =
                [("md5", &row.md5), ("sha1", &row.sha1), ("sha256", &row.sha256), ("ed2k", &row.ed2k)];
            for (kind, hash) in hashes {
                if let Some(hash) = hash.as_deref().and_then(|hash| Hash::parse(&format!("{kind}:{hash}"))) {
                    meet(&hash.to_string(), category.clone(), row.withdrawn == Some(true));
                }
            }
        })?;
        crate::devices::each_row::<KnownMatch>(tables, &mut |_, row| {
            let whole = matches!(row.basis, MatchBasis::Whole | MatchBasis::Recorded);
            if let Some(hash) = Hash::parse(&row.met).filter(|_| whole) {
                let category = category(&row.scheme, &row.category, &row.list);
                meet(&hash.to_string(), category, row.withdrawn == Some(true));
            }
        })?;
        let first: BTreeMap<u32, String> = known
            .into_iter()
            .filter_map(|(file, categories)| {
                let stands = |category: &String| !withdrawn.contains(&(file, category.clone()));
                categories.into_iter().find(stands).map(|category| (file, category))
            })
            .collect();
        let categories: BTreeSet<&String> = first.values().collect();
        self.categories = categories.into_iter().cloned().collect();
        for (file, category) in &first {
            let position = self.categories.binary_search(category).ok().and_then(|at| u16::try_from(at).ok());
            self.listed[*file as usize] = position;
        }
        Ok(())
    }

    fn read_areas(&mut self, tables: &dyn Tables) -> Result<(), TablesError> {
        let mut rows: Vec<AreaRow> = Vec::new();
        crate::devices::each_row::<Area>(tables, &mut |_, row| {
            self.areas_as_of.extend(row.as_of);
            rows.push((row.as_of, row.prefix.prefix, row.province, row.country));
        })?;
        // Of two that say different things of one range the later counts.
        rows.sort();
        let all = |pick: fn(&AreaRow) -> &Option<Text>| {
            let names: BTreeSet<Text> = rows.iter().filter_map(|row| pick(row).clone()).collect();
            Vec::from_iter(names)
        };
        (self.provinces, self.countries) = (all(|row| &row.2), all(|row| &row.3));
        let position = |names: &[Text], name: &Option<Text>| {
            let name = name.as_ref()?;
            names.binary_search(name).ok().and_then(|at| u16::try_from(at).ok())
        };
        self.of_areas = rows
            .iter()
            .map(|row| (position(&self.provinces, &row.2), position(&self.countries, &row.3)))
            .collect();
        self.areas = Ranges::new(&rows.iter().map(|row| row.1).collect::<Vec<_>>());
        Ok(())
    }

    /// Province and country of an address, by position.
    pub fn area(&self, address: Address) -> (Option<u16>, Option<u16>) {
        self.areas.of(address).first().map_or((None, None), |at| self.of_areas[*at as usize])
    }

    /// Whether lists call an address one that hides where its users are, at any time between these instants.
    pub fn hidden(&self, address: Address, first_us: i64, last_us: i64) -> Hidden {
        let mut hidden = Hidden::default();
        for at in self.natures.of(address) {
            let listed = &self.of_natures[*at as usize];
            if listed.holds(Some((first_us, last_us))) {
                hidden.tor |= listed.nature == Nature::TorExit;
                hidden.vpn |= matches!(listed.nature, Nature::Vpn | Nature::Hosting);
            }
        }
        hidden
    }

    /// Whether an operator answered about a range that holds the address.
    pub fn is_answered(&self, address: Address) -> bool {
        !self.answered.of(address).is_empty()
    }
}

/// A category as its scheme names it, or the list's name where it has none.
fn category(scheme: &Option<Text>, category: &Option<Text>, list: &Text) -> String {
    match (scheme, category) {
        (Some(scheme), Some(category)) => format!("{scheme} {category}"),
        (None, Some(category)) => category.to_string(),
        (_, None) => list.to_string(),
    }
}
