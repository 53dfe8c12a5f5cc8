//! The files of the app, as the build put them into the program.

use std::io::Read as _;

use tutela_ui::{FILES, File as Embedded};

/// A file of the app.
pub struct File {
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes, compressed with gzip.
    pub gzip: &'static [u8],
}

impl File {
    /// Its bytes.
    ///
    /// # Errors
    /// None that a file of the build could have.
    pub fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(self.gzip).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The file of an address: `/assets/index-1a2b.js`.
pub fn file(path: &str) -> Option<File> {
    let name = path.trim_start_matches('/');
    let found = FILES.binary_search_by(|file| file.name.cmp(name)).ok()?;
    let Embedded { name, gzip } = FILES[found];
    Some(File { kind: kind(name), gzip })
}

/// The app's page; none in a program that was built without the app.
pub fn page() -> Option<String> {
    String::from_utf8(file("index.html")?.bytes().ok()?).ok()
}

/// The media type of a file by its ending (RFC 6838 registrations).
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
