//! The files of the web app, as the build script made them from `web/`; none where it could not.
//!
//! It is a crate of its own so that a change of the app compiles nothing but this and what links it.

/// A file of the app.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its path below the app's root: `assets/index-1a2b.js`.
    pub name: &'static str,
    /// Its bytes, compressed with gzip (RFC 1952).
    pub gzip: &'static [u8],
}

/// The files, by name. Empty in a program that was built without the app.
pub static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_in_the_order_of_their_names_and_the_page_is_there_with_any_of_them() {
        assert!(FILES.is_sorted_by(|a, b| a.name < b.name));
        assert_eq!(FILES.is_empty(), !FILES.iter().any(|file| file.name == "index.html"));
    }
}
