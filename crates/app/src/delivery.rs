//! What an officer states about the files of a delivery: where they come from, and their digests as the supplier says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tutela_case::{DigestKind, Provenance, ToReceive};

use crate::ending::{Doing as _, Exit, Failure};
use crate::run::Run;
use crate::talk::{path_text, phrase};

/// Options that state where files come from.
#[derive(clap::Args, Debug, Default)]
#[command(next_help_heading = "Custody")]
pub struct Sheet {
    /// The agency's exhibit number
    #[arg(long, value_name = "NUMBER")]
    pub exhibit: Option<String>,
    /// Who supplied the files
    #[arg(long, value_name = "WHO")]
    pub supplier: Option<String>,
    /// The supplier's reference
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// A sheet in TOML with all that is known: exhibit, parents, media_type, supplier, channel, reference, requested,
    /// asked, period, acquired, clock_offset, acquired_by, place, method, tool, seal, condition, note
    #[arg(long, value_name = "FILE")]
    pub sheet: Option<PathBuf>,
    /// The supplier's list of digests, as sha256sum, sha1sum, md5sum or sha512sum write it
    #[arg(long, value_name = "FILE")]
    pub digests: Option<PathBuf>,
}

/// What is stated of a delivery.
pub struct Delivery {
    provenance: Provenance,
    /// The digests by file name, without folders. None when the supplier gave no list.
    digests: Option<BTreeMap<String, Vec<(DigestKind, String)>>>,
}

impl Delivery {
    /// Reads what the options name.
    ///
    /// # Errors
    /// A sheet or a list that is not one.
    pub fn new(sheet: &Sheet) -> anyhow::Result<Self> {
        let mut provenance = sheet.sheet.as_deref().map(provenance).transpose()?.unwrap_or_default();
        let said = [
            (&mut provenance.exhibit, &sheet.exhibit),
            (&mut provenance.supplier, &sheet.supplier),
            (&mut provenance.reference, &sheet.reference),
        ];
        for (stated, said) in said {
            if let Some(said) = said {
                stated.clone_from(said);
            }
        }
        Ok(Self { provenance, digests: sheet.digests.as_deref().map(digests).transpose()? })
    }

    /// A file with what is stated of it.
    pub fn of(&self, path: &Path) -> ToReceive {
        let digests = self.digests.as_ref().and_then(|digests| digests.get(&name(path)));
        ToReceive {
            path: path.to_owned(),
            provenance: self.provenance.clone(),
            digests: digests.cloned().unwrap_or_default(),
        }
    }

    /// Warns when the supplier gave a list and it does not have all the files.
    pub fn warn_of_undescribed<'a>(&self, run: &Run, paths: impl Iterator<Item = &'a Path>) {
        let Some(digests) = &self.digests else { return };
        let n = paths.filter(|path| !digests.contains_key(&name(path))).count();
        if n > 0 {
            run.warn(phrase!("digest.none", n = n));
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).doing(|| phrase!("cannot.read", path = path_text(path)))
}

/// Reads a sheet of custody.
///
/// # Errors
/// It cannot be read, or is none.
pub fn provenance(path: &Path) -> anyhow::Result<Provenance> {
    let text = read(path)?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        let what =
            phrase!("sheet.bad", path = path_text(path), line = line, said = error.message().to_owned());
        Failure::new(Exit::Failed, what).hint(phrase!("sheet.bad.hint")).into()
    })
}

/// Reads a list of digests: `<digits>  <name>`, `<digits> *<name>`, or `SHA256 (<name>) = <digits>`.
fn digests(path: &Path) -> anyhow::Result<BTreeMap<String, Vec<(DigestKind, String)>>> {
    let mut digests: BTreeMap<String, Vec<(DigestKind, String)>> = BTreeMap::new();
    for (line_idx, line) in (1..).zip(read(path)?.lines()) {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        let (digits, file) = parts(line).ok_or_else(|| {
            let found: String = line.chars().take(120).collect();
            let what = phrase!("digest.line", path = path_text(path), line = line_idx, found = found);
            Failure::new(Exit::Failed, what).hint(phrase!("digest.line.hint"))
        })?;
        // Only the last part of a name counts: suppliers list paths of their own machines.
        let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let kind = DigestKind::with_digits(digits.len()).expect("parts takes digests only");
        digests.entry(file.to_owned()).or_default().push((kind, digits.to_ascii_lowercase()));
    }
    Ok(digests)
}

/// The digits and the name in a line.
fn parts(line: &str) -> Option<(&str, &str)> {
    let is_digest = |digits: &str| {
        DigestKind::with_digits(digits.len()).is_some() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let (first, rest) = line.split_once([' ', '\t'])?;
    if is_digest(first) {
        return Some((first, rest.trim_start_matches([' ', '\t', '*'])));
    }
    let (name, digits) = line.rsplit_once(" = ")?;
    let (_, name) = name.strip_suffix(')')?.split_once(" (")?;
    is_digest(digits).then_some((digits, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_digests_are_read_as_the_usual_programs_write_them() {
        let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let md5 = "d41d8cd98f00b204e9800998ecf8427e";
        for (line, expected) in [
            (format!("{sha256}  answer.csv"), Some((sha256, "answer.csv"))),
            (format!("{md5} *a b.csv"), Some((md5, "a b.csv"))),
            (format!("SHA256 (an (odd) name.csv) = {sha256}"), Some((sha256, "an (odd) name.csv"))),
            (format!("{}  answer.csv", &sha256[1..]), None),
            ("no digest".to_owned(), None),
            (md5.to_owned(), None),
        ] {
            assert_eq!(parts(&line), expected, "{line}");
        }
    }
}
