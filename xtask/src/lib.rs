//! The house rules as functions over the repository's files, and the commands that make what the rules ask for.
//! Nothing of it is part of the program.

pub mod rust;
pub mod tidy;
pub mod tree;

pub mod dictionary;
pub mod scaffold;
