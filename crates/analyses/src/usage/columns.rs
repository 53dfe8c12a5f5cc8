//! The columns of connections and of sightings that are read, and accounts by number.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt16Type};
use arrow_array::{Array, RecordBatch, StringArray};
use tutela_model::address::Address;
use tutela_model::field::address_at;
use tutela_model::place::Digest;
use tutela_model::tables::{IpBasis, Observed};
use tutela_model::time::Precision;
use tutela_model::words::Words;

use super::tally::{Row, hash};
use super::{AccountKey, Open};

/// The columns of connections that are read.
pub(super) const COLUMNS: &[&str] =
    &["platform", "account", "address", "port", "at", "at_precision", "device", "place"];

/// The columns of sightings that are read.
pub(super) const SIGHTING_COLUMNS: &[&str] =
    &["network", "peer", "address", "port", "at", "at_precision", "place", "observed", "ip_basis"];

/// The columns of a batch of connections, or of sightings: the network in place of the platform, the peer in place of the
/// account.
pub(super) struct Columns<'a> {
    pub platform: &'a StringArray,
    /// Of sightings, none where the record has no number of the peer.
    pub account: &'a StringArray,
    pub address: &'a arrow_array::ArrayRef,
    pub port: &'a arrow_array::PrimitiveArray<UInt16Type>,
    pub at: &'a arrow_array::PrimitiveArray<TimestampMicrosecondType>,
    pub precision: &'a StringArray,
    device: Option<&'a StringArray>,
    pub place: &'a StringArray,
    sighting: Option<Sighting<'a>>,
}

/// What sightings have and connections have not.
struct Sighting<'a> {
    observed: &'a StringArray,
    ip_basis: &'a StringArray,
}

impl<'a> Columns<'a> {
    /// The columns of connections.
    pub fn of(batch: &'a RecordBatch) -> Self {
        let device = Some(column(batch, "device").as_string());
        Self { device, ..Self::named(batch, "platform", "account") }
    }

    /// The columns of sightings.
    pub fn of_sightings(batch: &'a RecordBatch) -> Self {
        let text = |name| column(batch, name).as_string();
        let sighting = Sighting { observed: text("observed"), ip_basis: text("ip_basis") };
        Self { sighting: Some(sighting), ..Self::named(batch, "network", "peer") }
    }

    fn named(batch: &'a RecordBatch, platform: &str, account: &str) -> Self {
        let column = |name| column(batch, name);
        Self {
            platform: column(platform).as_string(),
            account: column(account).as_string(),
            address: column("address"),
            port: column("port").as_primitive(),
            at: column("at").as_primitive(),
            precision: column("at_precision").as_string(),
            device: None,
            place: column("place").as_string(),
            sighting: None,
        }
    }

    /// The address.
    pub fn address(&self, row_idx: usize) -> Option<Address> {
        address_at(self.address, row_idx)
    }

    /// The port, where the platform recorded one.
    pub fn port(&self, row_idx: usize) -> Option<u16> {
        self.port.is_valid(row_idx).then(|| self.port.value(row_idx))
    }

    /// The first and the last instant that the record may mean.
    pub fn when(&self, row_idx: usize) -> Option<(i64, i64)> {
        let at_us = self.at.is_valid(row_idx).then(|| self.at.value(row_idx))?;
        let precision = Precision::from_word(self.precision.value(row_idx)).unwrap_or(Precision::Day);
        Some((at_us, at_us + precision.width_us() - 1))
    }

    /// The device, where the platform recorded one.
    pub fn device(&self, row_idx: usize) -> Option<&'a str> {
        self.device.filter(|device| device.is_valid(row_idx)).map(|device| device.value(row_idx))
    }

    /// What an observer saw a peer do.
    pub fn observed(&self, row_idx: usize) -> Option<Observed> {
        let sighting = self.sighting.as_ref()?;
        Some(Observed::from_word(sighting.observed.value(row_idx)).unwrap_or(Observed::Unknown))
    }

    /// Why the address of a record says nothing of a line, whoever held it: the observer was not connected with it.
    pub fn unconnected(&self, row_idx: usize) -> Option<Open> {
        let sighting = self.sighting.as_ref()?;
        match IpBasis::from_word(sighting.ip_basis.value(row_idx)) {
            Some(IpBasis::Connected) => None,
            Some(IpBasis::SelfReported) => Some(Open::SelfReported),
            Some(IpBasis::ThirdParty) => Some(Open::ThirdParty),
            Some(IpBasis::Unknown) | None => Some(Open::BasisUnknown),
        }
    }

    /// The row as spreads see it.
    pub fn row(&self, row_idx: usize, part: u32, source: Digest) -> Row<'a> {
        let place = self.place.value(row_idx);
        Row { part, place, hash: hash(source, place) }
    }
}

pub(super) fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a arrow_array::ArrayRef {
    batch.column_by_name(name).expect("the scan hands out the columns asked for")
}

/// Accounts by number, in the order in which they were first seen.
#[derive(Default)]
pub(super) struct Numbered {
    numbers: BTreeMap<AccountKey, u32>,
    // Rows come by address, so that the account is often the one before.
    last: Option<(AccountKey, u32)>,
}

impl Numbered {
    /// Accounts that are known, the first of which is number 0.
    pub fn known(keys: Vec<AccountKey>) -> Self {
        Self { numbers: keys.into_iter().zip(0..).collect(), last: None }
    }

    /// Each account's number.
    pub fn numbers(self) -> BTreeMap<AccountKey, u32> {
        self.numbers
    }

    /// The number of an account.
    pub fn of(&mut self, platform: &str, account: &str) -> u32 {
        if let Some((key, number)) = &self.last
            && key.account == account
            && key.platform == platform
        {
            return *number;
        }
        let key = AccountKey { platform: platform.into(), account: account.into() };
        let next = self.numbers.len() as u32;
        let number = *self.numbers.entry(key.clone()).or_insert(next);
        self.last = Some((key, number));
        number
    }
}
