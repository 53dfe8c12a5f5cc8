//! Seized devices in an operation. What is stated of an exhibit and what was found on it become files of table rows,
//! which are received and imported like those of anybody else: with their digest, an entry of the record, and places.

pub mod stated;

pub mod process;

pub mod matching;

pub mod child;
pub mod values;

pub mod film;

mod found;

pub mod lines;
pub mod received;

pub mod media;
