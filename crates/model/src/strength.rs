//! How strongly rows support one proposition over another.

use serde::{Deserialize, Serialize};

/// log10 of a likelihood ratio in thousandths (millibans), so that sums do not depend on their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Strength(pub i32);

impl Strength {
    /// log10 of the likelihood ratio.
    #[must_use]
    pub fn log10_lr(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// The key of the words for it, by the scale of the ENFSI Guideline for Evaluative Reporting (2015): the phrase
    /// catalogue has them in both languages.
    #[must_use]
    pub fn words_key(self) -> &'static str {
        match self.0 {
            ..301 => "strength.none",
            301..1000 => "strength.weak",
            1000..2000 => "strength.moderate",
            2000..3000 => "strength.moderately_strong",
            3000..4000 => "strength.strong",
            4000..6000 => "strength.very_strong",
            6000.. => "strength.extremely_strong",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_change_where_the_scale_says() {
        // LR 2, 10, 100, 1,000, 10,000 and 1,000,000 are the lower ends of their bands.
        for (millibans, words) in [
            (-2000, "none"),
            (300, "none"),
            (301, "weak"),
            (1000, "moderate"),
            (2000, "moderately_strong"),
            (3000, "strong"),
            (3999, "strong"),
            (4000, "very_strong"),
            (6000, "extremely_strong"),
        ] {
            assert_eq!(Strength(millibans).words_key(), format!("strength.{words}"));
        }
    }
}
