//! The names of levels and gates in the catalogue of what the program says.

use tutela_model::Phrase;

use crate::talk::phrase;

/// A level, by its name in JSON.
pub fn level(name: &str) -> Phrase {
    match name {
        "connection_line" => phrase!("level.connection_line"),
        "account_line" => phrase!("level.account_line"),
        "same_user" => phrase!("level.same_user"),
        _ => phrase!("level.lead_person"),
    }
}

/// A gate, by the name of the ground that is missing.
pub fn gate(missing: &str) -> Phrase {
    match missing {
        "sessions" => phrase!("gate.sessions"),
        "ground" => phrase!("gate.ground"),
        "one_person" => phrase!("gate.one_person"),
        "one_household" => phrase!("gate.one_household"),
        "verified_other" => phrase!("gate.verified_other"),
        "compromised" => phrase!("gate.compromised"),
        "line" => phrase!("gate.line"),
        "no_lead" => phrase!("gate.no_lead"),
        "another_named" => phrase!("gate.another_named"),
        // A ground that an analysis names and this list does not is shown by its name.
        other => phrase!("gate.other", name = other),
    }
}
