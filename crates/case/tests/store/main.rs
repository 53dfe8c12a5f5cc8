//! The operation folder, from outside: what is stored, who may store it, and what damage is found.

mod made_up;

mod authority;
mod operation;
mod record;
mod room;
mod sightings;
mod signatures;

mod access;
mod custody;
mod erasure;

mod damage;
mod kill;
mod refusing_disk;
mod small_disk;
