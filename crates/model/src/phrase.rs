//! Sentences that are stored once without a language and read in Italian or English.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A language of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Italian.
    It,
    /// English.
    #[default]
    En,
}

/// A sentence: the key of its template, and the values that the template names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phrase {
    /// The template's key.
    pub key: String,
    /// The values by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Value>,
}

impl Phrase {
    /// A sentence with no values yet.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), values: BTreeMap::new() }
    }

    /// The same sentence with one more value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// A value as a text; empty when there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A sentence's template in both languages.
///
/// `{name}` stands for a value. `{name|one|many}` stands for a number and the word that fits it: `1 line`, `3 lines`.
/// `{name:word}` stands for a value of a closed vocabulary: it is shown as the template `word.VALUE` says it, or as it
/// is. A list is written with commas.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    /// The key.
    pub key: &'static str,
    /// Italian.
    pub it: &'static str,
    /// English.
    pub en: &'static str,
}

/// All templates of a program, from every place that declares some.
pub struct Catalogue {
    statements: BTreeMap<&'static str, Statement>,
}

impl Catalogue {
    /// The templates of these lists and of the model's own.
    #[must_use]
    pub fn new(lists: &[&'static [Statement]]) -> Self {
        let all = lists.iter().copied().chain([STRENGTH_WORDS]).flatten();
        Self { statements: all.map(|statement| (statement.key, *statement)).collect() }
    }

    /// Every template, by key.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.statements.values()
    }

    /// The sentence in a language. An unknown key is shown as it is, so that nothing is hidden.
    #[must_use]
    pub fn say(&self, phrase: &Phrase, lang: Lang) -> String {
        let Some(statement) = self.statements.get(phrase.key.as_str()) else {
            return phrase.key.clone();
        };
        fill(
            if lang == Lang::It { statement.it } else { statement.en },
            &phrase.values,
            &|value, vocabulary| {
                let key = format!("{vocabulary}.{value}");
                self.statements.get(key.as_str()).map(|word| if lang == Lang::It { word.it } else { word.en })
            },
        )
    }

    /// The sentence of a key that has no values.
    #[must_use]
    pub fn word(&self, key: &str, lang: Lang) -> String {
        self.say(&Phrase::new(key), lang)
    }
}

/// The verbal scale of [`crate::Strength`].
pub static STRENGTH_WORDS: &[Statement] = &[
    Statement {
        key: "strength.none",
        it: "nessun sostegno né per l'una né per l'altra",
        en: "no support either way",
    },
    Statement { key: "strength.weak", it: "sostegno debole", en: "weak support" },
    Statement { key: "strength.moderate", it: "sostegno moderato", en: "moderate support" },
    Statement {
        key: "strength.moderately_strong",
        it: "sostegno moderatamente forte",
        en: "moderately strong support",
    },
    Statement { key: "strength.strong", it: "sostegno forte", en: "strong support" },
    Statement { key: "strength.very_strong", it: "sostegno molto forte", en: "very strong support" },
    Statement {
        key: "strength.extremely_strong",
        it: "sostegno estremamente forte",
        en: "extremely strong support",
    },
];

/// Puts values in the holes of a template. `word` gives the words for a value of a vocabulary, which `{kind:word}` names.
fn fill(
    template: &str,
    values: &BTreeMap<String, Value>,
    word: &dyn Fn(&str, &str) -> Option<&'static str>,
) -> String {
    let mut sentence = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        sentence.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let mut parts = name.splitn(3, '|');
        let hole = parts.next().unwrap_or_default();
        let (name, vocabulary) = hole.split_once(':').map_or((hole, None), |(name, of)| (name, Some(of)));
        let value = values.get(name);
        let in_words =
            |text: &str| vocabulary.and_then(|vocabulary| word(text, vocabulary)).map(str::to_owned);
        sentence.push_str(&value.map_or_else(|| "?".to_owned(), |value| show(value, &in_words)));
        if let (Some(one), Some(many)) = (parts.next(), parts.next()) {
            sentence.push(' ');
            sentence.push_str(if value.and_then(Value::as_i64) == Some(1) { one } else { many });
        }
        rest = after;
    }
    sentence.push_str(rest);
    sentence
}

fn show(value: &Value, in_words: &dyn Fn(&str) -> Option<String>) -> String {
    match value {
        Value::String(text) => in_words(text).unwrap_or_else(|| text.clone()),
        Value::Array(items) => items.iter().map(|item| show(item, in_words)).collect::<Vec<_>>().join(", "),
        Value::Null => "?".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_takes_values_numbers_with_their_word_and_lists() {
        static STATEMENTS: &[Statement] = &[
            Statement { key: "k", it: "{n|riga|righe} di {of}", en: "{n|row|rows} of {of}, {missing}" },
            Statement { key: "w", it: "{of:word}", en: "{of:word}" },
            Statement { key: "word.a", it: "alfa", en: "alpha" },
        ];
        let catalogue = Catalogue::new(&[STATEMENTS]);
        let phrase = Phrase::new("k").with("n", 1).with("of", vec!["a", "b"]);
        assert_eq!(catalogue.say(&phrase, Lang::It), "1 riga di a, b");
        assert_eq!(catalogue.say(&Phrase { key: "w".to_owned(), ..phrase.clone() }, Lang::It), "alfa, b");
        assert_eq!(catalogue.say(&phrase.with("n", 3), Lang::En), "3 rows of a, b, ?");
        assert_eq!(catalogue.word("unheard", Lang::En), "unheard");
    }
}
