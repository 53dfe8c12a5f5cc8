//! The custody of the files received: who brought each, what was checked of it, and every act on it since.
//!
//! It tells what the record holds, in the order of its entries. That nothing else was done with a file, no record shows.

use tutela_model::{Lang, Statement};

use crate::labels::{self, fill, say};

/// A file received, as its custody has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exhibit {
    /// The number that the unit gave it, which several files may have; none when it has none.
    pub number: Option<String>,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hexadecimal.
    pub digest: String,
    /// The digests that came with it; empty when none is recorded.
    pub supplied: Vec<SuppliedDigest>,
    /// Who supplied it; none when that is not recorded.
    pub supplier: Option<String>,
    /// The supplier's reference; none when there is none.
    pub reference: Option<String>,
    /// The legal basis that it was received under.
    pub basis: String,
    /// The acts on it, the oldest first.
    pub steps: Vec<Step>,
}

/// A digest that a supplier gave with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppliedDigest {
    /// As the supplier gave it, with the name of its method: `md5 d41d8cd98f00b204e9800998ecf8427e`.
    pub said: String,
    /// What came of comparing it with the bytes received.
    pub check: DigestCheck,
}

/// What came of comparing a supplier's digest with the bytes received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestCheck {
    /// It is theirs.
    Holds,
    /// It is not theirs.
    Differs,
    /// It was not compared.
    NotCompared,
}

/// An act on a file: an entry of the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The entry's position in the record, from 0.
    pub seq: u64,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who; empty when that was erased by law.
    pub officer: String,
    /// Who was there as the second person; none when nobody was.
    pub second: Option<String>,
    /// What was done, in one of the words that [`action`] knows.
    pub action: String,
    /// The particulars: each a name that [`field`] knows, and a short text.
    pub fields: Vec<(String, String)>,
}

impl Exhibit {
    /// What a command names it by: its number, or the beginning of its digest.
    #[must_use]
    pub fn id(&self) -> &str {
        let short = self.digest.get(..16).unwrap_or(&self.digest);
        self.number.as_deref().unwrap_or(short)
    }
}

impl DigestCheck {
    /// What came of it, as it stands behind the digest.
    #[must_use]
    pub fn words(self) -> &'static Statement {
        match self {
            Self::Holds => &labels::DIGEST_HOLDS,
            Self::Differs => &labels::DIGEST_DIFFERS,
            Self::NotCompared => &labels::DIGEST_NOT_COMPARED,
        }
    }
}

impl Step {
    /// Who did it, and the second person.
    #[must_use]
    pub fn persons(&self, lang: Lang) -> String {
        let officer = match self.officer.as_str() {
            "" => say(&labels::OFFICER_ERASED, lang),
            officer => officer,
        };
        match self.second.as_deref() {
            None => officer.to_owned(),
            Some(second) => {
                fill(&labels::TWO_PERSONS, lang, [("officer", officer.into()), ("second", second.into())])
            }
        }
    }
}

/// The words for an act on a file; an act that is not known is shown as it is written.
#[must_use]
pub fn action(word: &str, lang: Lang) -> String {
    known("action", word, lang)
}

/// The words for a particular of an act; one that is not known is shown as it is written.
#[must_use]
pub fn field(name: &str, lang: Lang) -> String {
    known("field", name, lang)
}

fn known(of: &str, word: &str, lang: Lang) -> String {
    let key = format!("label.{of}.{word}");
    let label = labels::STATEMENTS.iter().find(|label| label.key == key);
    label.map_or_else(|| word.replace('_', " "), |label| say(label, lang).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_act_has_words_and_one_that_a_later_program_wrote_is_shown_as_it_is() {
        for word in [
            "receive",
            "import",
            "hash-verify",
            "copy",
            "consult",
            "annotate",
            "combine",
            "disclose",
            "transfer-out",
            "transfer-in",
            "return",
            "destroy",
            "erase",
        ] {
            assert!(action(word, Lang::It) != word && action(word, Lang::En) != word, "{word}");
        }
        assert_eq!(action("hash-verify", Lang::En), "digest checked");
        assert_eq!(action("seal_again", Lang::It), "seal again");
        assert_eq!(field("reader", Lang::It), "lettore");
        assert_eq!(field("camera", Lang::En), "camera");
    }

    #[test]
    fn who_did_an_act_is_told_with_the_second_person_or_that_it_was_erased() {
        for (officer, second, said) in [
            ("E. Prova", None, "E. Prova"),
            ("E. Prova", Some("A. Finta"), "E. Prova, with A. Finta"),
            ("", None, "erased by law"),
        ] {
            let second = second.map(str::to_owned);
            let step = Step { officer: officer.to_owned(), second, ..Step::default() };
            assert_eq!(step.persons(Lang::En), said);
        }
    }
}
