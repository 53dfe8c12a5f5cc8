//! What may be said of a device at any moment, layer by layer.

use tutela_matchers::triage::ERROR;
use tutela_model::{Lang, Phrase};
use tutela_outputs::shown::count;

use super::answer::{FilesLayer, SpaceLayer};
use crate::talk::phrase;

fn confidence() -> String {
    format!("{:.0} %", (1.0 - ERROR) * 100.0)
}

/// What the first layer says.
pub fn of_files(files: &FilesLayer, n_listed: u64, lang: Lang) -> Vec<Phrase> {
    let count = |n| count(n, lang);
    let (read, of) = (count(files.read), count(files.files));
    let mut lines = vec![match files.at_most {
        _ if files.files == 0 => phrase!("triage.files.no"),
        Some(_) if files.read == files.files => phrase!("triage.files.all", of = of),
        None if n_listed > 0 && files.read == files.files => {
            phrase!("triage.files.met.all", of = of, n = count(n_listed))
        }
        Some(at_most) => {
            phrase!("triage.files.none", read = read, of = of, n = count(at_most), sure = confidence())
        }
        None if n_listed > 0 => phrase!("triage.files.met", read = read, of = of, n = count(n_listed)),
        None => phrase!("triage.files.soon", read = read, of = of),
    }];
    if files.too_large > 0 {
        lines.push(phrase!("triage.files.large", n = count(files.too_large)));
    }
    lines
}

/// What the second layer says.
pub fn of_space(space: &SpaceLayer, n_met: usize, lang: Lang) -> Vec<Phrase> {
    let bytes = |extents: u64| size(extents.saturating_mul(space.extent_bytes), lang);
    let (read, of) = (bytes(space.read), bytes(space.extents));
    let mut lines = vec![match space.at_most {
        Some(0) if space.read == space.extents => phrase!("triage.space.all", of = of),
        Some(at_most) => {
            phrase!("triage.space.none", read = read, of = of, bytes = bytes(at_most), sure = confidence())
        }
        None if n_met > 0 => phrase!("triage.space.met", read = read, of = of, n = n_met),
        None => phrase!("triage.space.soon", of = of),
    }];
    if space.failed > 0 {
        lines.push(phrase!("triage.space.failed", bytes = bytes(space.failed)));
    }
    if space.alone > 0 {
        lines.push(phrase!("triage.space.alone", n = count(space.alone, lang)));
    }
    if space.read > 0 && space.like_random > 0 {
        let share = format!("{:.1} %", space.like_random as f64 * 100.0 / space.read as f64);
        let share = decimal(&share, lang);
        lines.push(phrase!("triage.space.random", share = share));
    }
    lines
}

/// Bytes as people read them.
pub fn size(bytes: u64, lang: Lang) -> String {
    decimal(&indicatif::HumanBytes(bytes).to_string(), lang)
}

/// A number with the language's mark before its decimals.
fn decimal(number: &str, lang: Lang) -> String {
    if lang == Lang::It { number.replace('.', ",") } else { number.to_owned() }
}
