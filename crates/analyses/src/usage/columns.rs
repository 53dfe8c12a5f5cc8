//! The columns of connections that are read, and their accounts by number.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt16Type};
use arrow_array::{Array, RecordBatch, StringArray};
use tutela_model::address::Address;
use tutela_model::field::address_at;
use tutela_model::place::Digest;
use tutela_model::time::Precision;
use tutela_model::words::Words;

use super::AccountKey;
use super::tally::{Row, hash};

/// The columns that are read.
pub(super) const COLUMNS: &[&str] =
    &["platform", "account", "address", "port", "at", "at_precision", "device", "place"];

/// The columns of a batch of connections.
pub(super) struct Columns<'a> {
    pub platform: &'a StringArray,
    pub account: &'a StringArray,
    pub address: &'a arrow_array::ArrayRef,
    pub port: &'a arrow_array::PrimitiveArray<UInt16Type>,
    pub at: &'a arrow_array::PrimitiveArray<TimestampMicrosecondType>,
    pub precision: &'a StringArray,
    pub device: &'a StringArray,
    pub place: &'a StringArray,
}

impl<'a> Columns<'a> {
    pub fn of(batch: &'a RecordBatch) -> Self {
        let column =
            |name: &str| batch.column_by_name(name).expect("the scan hands out the columns asked for");
        Self {
            platform: column("platform").as_string(),
            account: column("account").as_string(),
            address: column("address"),
            port: column("port").as_primitive(),
            at: column("at").as_primitive(),
            precision: column("at_precision").as_string(),
            device: column("device").as_string(),
            place: column("place").as_string(),
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

    /// The row as spreads see it.
    pub fn row(&self, row_idx: usize, part: u32, source: Digest) -> Row<'a> {
        let place = self.place.value(row_idx);
        Row { part, place, hash: hash(source, place) }
    }
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

    /// The number of a row's account.
    pub fn of_row(&mut self, columns: &Columns<'_>, row_idx: usize) -> u32 {
        let (platform, account) = (columns.platform.value(row_idx), columns.account.value(row_idx));
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
