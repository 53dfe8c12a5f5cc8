//! Closed vocabularies: enums whose values are words in files and tables.

/// A closed vocabulary. Made by [`words!`](crate::words!).
pub trait Words: Copy + Eq + 'static {
    /// All its values, in the order of declaration.
    const ALL: &'static [Self];

    /// The word as files and tables write it.
    fn word(self) -> &'static str;

    /// The value that a word names: exact, lower case.
    #[must_use]
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.word() == word)
    }

    /// The value that an empty cell means: `unknown` where the vocabulary has it; `stated` for an origin, because a
    /// table that gives none was filled from fields.
    #[must_use]
    fn empty() -> Option<Self> {
        Self::from_word("unknown").or_else(|| Self::from_word("stated"))
    }
}

/// Declares a closed vocabulary: an enum and its words.
///
/// What an empty cell means, [`Words::empty`](crate::words::Words::empty) says.
#[macro_export]
macro_rules! words {
    ($(#[doc = $doc:literal])* pub enum $name:ident {
        $($(#[doc = $value_doc:literal])* $value:ident = $word:literal,)+
    }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[doc = $value_doc])* $value,)+
        }

        impl $name {
            /// The word as files and tables write it.
            #[must_use]
            pub fn word(self) -> &'static str {
                $crate::words::Words::word(self)
            }
        }

        impl $crate::words::Words for $name {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn word(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)+
                }
            }
        }
    };
}
