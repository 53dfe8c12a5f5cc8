//! Hashes of many files at once, in one pass over each: MD5, SHA-1, SHA-256, ed2k with its parts, AICH on demand.
//!
//! `unsafe` is allowed in this crate for one thing: vector instructions, each chosen when the machine is seen to have
//! them. A self-test compares every kernel with a plain implementation before the first use.
#![expect(unsafe_code, reason = "vector instructions")]

pub mod kernels;
