//! Which records are of the same person, by what they share and what they do not: a resolver for any table.
//!
//! # What it shows
//! Sets of records that most likely are of one person, each pair with what speaks for and against it.
//!
//! # Why it matters
//! The worst error is a set that mixes two persons: it lays the acts of one on the other.
//! Resolvers that join everything connected let one wrong pair join two people; here a set must hold together as a
//! whole, and one that hangs on a single thread is cut or named.
//!
//! # What it does not show
//! Who anybody is. A set is a hypothesis with its margin, for a person to confirm.
//!
//! # Method and source
//! Fellegi and Sunter's ratios (1969), m learned by expectation and maximisation over candidate pairs, u from counts
//! of the values themselves (`rarity`); candidates through several keys with limits (`blocking`); inside what is
//! connected, greedy additive edge contraction of the signed graph (Keuper and others 2015), with an officer's
//! decisions as hard ties (`cluster`); scores made probabilities by isotonic regression (`calibrate`).
//! All strengths are integers in thousandths of log10, so no order of rows changes a byte.

pub mod blocking;
pub mod calibrate;
pub mod cluster;
pub mod compare;
pub mod learn;
pub mod measure;
pub mod rarity;
pub mod resolve;
pub mod scale;
pub mod text;
