//! The built program, run as its users run it.

mod folder;

mod ask;
mod authenticator;
mod bad_input;
mod cluster;
mod command_line;
mod errors;
mod exhibit;
mod films;
mod grades;
mod hash;
mod http;
mod italian;
mod link;
mod lists;
mod officer;
mod peers;
mod referrals;
mod selftest;
mod serve;
mod sightings;
mod similar;
mod team;
#[cfg(target_os = "linux")]
mod terminal;
mod triage;
mod trust;
