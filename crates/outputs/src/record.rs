//! The head of an operation's record: how many entries it has, their root, and who outside the unit has seen it.
//!
//! What may be said of it: the first entries are unaltered since a checkpoint that somebody outside the unit
//! time-stamped or cosigned. Not that the record is complete, nor that what it says is true, nor anything about the
//! time before that checkpoint. A record that does not agree with its anchors reaches no output.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use tutela_model::{Digest, Lang, Statement};

use crate::labels::{self, fill, say};
use crate::shown;

/// The most anchors that are told, those of the longest record first; their number is always given.
const ANCHORS_TOLD: usize = 4;

/// The head of a record, and how it is anchored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// The name of the log, which its checkpoints carry: one line.
    pub origin: &'a str,
    /// How many entries it has; the entries that record what was handed out come after them.
    pub size: u64,
    /// The root of the tree over them (RFC 9162 section 2.1.1).
    pub root: [u8; 32],
    /// Who outside the unit has seen it, and that the record agrees with, in any order.
    pub anchors: Vec<Anchor>,
}

/// A checkpoint of the record that somebody outside the unit has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// What they did with it.
    pub kind: AnchorKind,
    /// Who, by the name in their certificate or key.
    pub by: String,
    /// When, by their clock, RFC 3339 in UTC.
    pub at: String,
    /// How many entries the record had in that checkpoint.
    pub size: u64,
}

/// What somebody outside the unit did with a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorKind {
    /// A time stamp (RFC 3161).
    Stamp,
    /// A witness's signature (C2SP tlog-cosignature).
    Witness,
}

/// What is shown of a record from outside the unit. A record that differs from an anchor has none: no output is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrity {
    /// Nothing yet.
    Amber,
    /// Some of its entries are unaltered since a checkpoint that somebody outside has seen.
    Green,
}

impl Integrity {
    /// The colour's name, which a page shows beside the colour.
    #[must_use]
    pub fn words(self) -> &'static Statement {
        match self {
            Self::Amber => &labels::AMBER,
            Self::Green => &labels::GREEN,
        }
    }
}

impl Head<'_> {
    /// The text of the checkpoint (C2SP tlog-checkpoint): origin, number of entries and root, each with its line end.
    #[must_use]
    pub fn checkpoint(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// The root as hexadecimal digits.
    #[must_use]
    pub fn root_hex(&self) -> String {
        Digest(self.root).hex()
    }

    /// What is shown of it from outside the unit.
    #[must_use]
    pub fn integrity(&self) -> Integrity {
        if self.anchors.is_empty() { Integrity::Amber } else { Integrity::Green }
    }

    /// What is shown of it from outside the unit, in sentences: since when how many entries are unaltered, and how many
    /// are covered by no anchor.
    #[must_use]
    pub fn statement(&self, lang: Lang) -> Vec<String> {
        let mut anchors: Vec<&Anchor> = self.anchors.iter().collect();
        anchors.sort_by(|a, b| (b.size, &a.at, &a.by).cmp(&(a.size, &b.at, &b.by)));
        let Some(longest) = anchors.first() else { return vec![say(&labels::UNANCHORED, lang).to_owned()] };
        let mut said: Vec<String> =
            anchors.iter().take(ANCHORS_TOLD).map(|anchor| self.since(anchor, lang)).collect();
        let untold = anchors.len() - said.len();
        if untold > 0 {
            said.push(fill(&labels::MORE_ANCHORS, lang, [("n", untold.into())]));
        }
        said.push(match self.size.saturating_sub(longest.size) {
            0 => say(&labels::NO_LATER_ENTRIES, lang).to_owned(),
            later => fill(&labels::LATER_ENTRIES, lang, [("n", later.into())]),
        });
        said
    }

    /// The entries of this head that a checkpoint covers are unaltered since it. It may be that of a longer record,
    /// with entries that are not reported.
    fn since(&self, anchor: &Anchor, lang: Lang) -> String {
        let label = match anchor.kind {
            AnchorKind::Stamp => &labels::UNALTERED_STAMP,
            AnchorKind::Witness => &labels::UNALTERED_WITNESS,
        };
        let values = [
            ("covered", self.size.min(anchor.size).into()),
            ("size", anchor.size.into()),
            ("by", anchor.by.as_str().into()),
            ("at", shown::date(&anchor.at, lang).into()),
        ];
        fill(label, lang, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{Example, golden};

    #[test]
    fn the_text_of_the_checkpoint_is_three_lines_each_with_its_end() {
        let head = Head { origin: "unit.example/demo", size: 1_000, root: [0; 32], anchors: vec![] };
        assert_eq!(
            head.checkpoint(),
            "unit.example/demo\n1000\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        );
    }

    /// Without anchors, with those of the example, and with more than are told, one of them of a longer record.
    fn heads<'a>(example: &'a mut Example) -> Vec<Head<'a>> {
        let mut many = example.anchors.clone();
        example.anchors.clear();
        let alone = Head { anchors: vec![], ..example.dossier().record };
        let anchored = Head { anchors: many.clone(), ..alone.clone() };
        let stamp =
            |n: u64| Anchor { size: 20 * n, at: format!("2026-10-1{n}T00:00:00Z"), ..many[0].clone() };
        let earlier: Vec<Anchor> = (1..6).map(stamp).collect();
        many.extend(earlier);
        many[1].size = 216;
        vec![alone.clone(), anchored, Head { anchors: many, ..alone }]
    }

    #[test]
    fn what_is_shown_of_the_record_is_as_golden_in_both_languages() {
        let mut example = Example::new(0);
        example.anchor();
        let mut text = String::new();
        for head in heads(&mut example) {
            for lang in [Lang::En, Lang::It] {
                let word = say(head.integrity().words(), lang);
                text.push_str(&format!("{word}\n  {}\n", head.statement(lang).join("\n  ")));
            }
        }
        golden("src/record.golden", include_str!("record.golden"), &text);
    }

    #[test]
    fn the_order_of_the_anchors_changes_nothing() {
        let mut example = Example::new(0);
        example.anchor();
        let head = heads(&mut example).pop().expect("the last");
        let turned = Head { anchors: head.anchors.iter().rev().cloned().collect(), ..head.clone() };
        assert_eq!(head.statement(Lang::En), turned.statement(Lang::En));
    }
}
