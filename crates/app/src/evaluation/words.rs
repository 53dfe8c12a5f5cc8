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

/// What is spread over operations, by its name in JSON.
pub fn spread(name: &str) -> Phrase {
    match name {
        "identified" => phrase!("spread.identified"),
        "candidate" => phrase!("spread.candidate"),
        "identified_or_candidate" => phrase!("spread.identified_or_candidate"),
        "unattributed" => phrase!("spread.unattributed"),
        "missed" => phrase!("spread.missed"),
        "leads" => phrase!("spread.leads"),
        "false_accusations" => phrase!("spread.false_accusations"),
        "wrong_names" => phrase!("spread.wrong_names"),
        "merged" => phrase!("spread.merged"),
        _ => phrase!("spread.merged_identified"),
    }
}

/// Why a calibration cannot be computed.
pub fn not_computable(why: &str) -> Phrase {
    match why {
        "no_true" => phrase!("held_out.no_true"),
        "no_false" => phrase!("held_out.no_false"),
        _ => phrase!("held_out.none_held"),
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
        "handed_over" => phrase!("gate.handed_over"),
        "telephone_of_another" => phrase!("gate.telephone_of_another"),
        "hub" => phrase!("gate.hub"),
        "line" => phrase!("gate.line"),
        "no_lead" => phrase!("gate.no_lead"),
        "another_named" => phrase!("gate.another_named"),
        // A ground that an analysis names and this list does not is shown by its name.
        other => phrase!("gate.other", name = other),
    }
}
