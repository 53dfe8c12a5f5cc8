//! Seized devices: a folder, an image or a set of image segments; volumes, file systems and archives in it; files with
//! their place.
//!
//! Whatever is read here was made by somebody else: a limit stands before every loop, and what is damaged becomes a
//! problem with its place while the rest goes on. Nothing is ever written to what is read.

pub mod entry;
pub mod walk;

pub mod image;
pub mod volume;

mod fat;
mod ntfs;

mod archive;
mod folder;

mod pieces;

pub mod sleuthkit;

pub mod difference;

pub mod child;
pub mod frame;
pub mod parent;
pub mod sandbox;
