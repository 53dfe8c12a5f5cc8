//! What is wrong with a command line, in Italian. In English clap says it itself; this follows its layout.

use std::error::Error;
use std::num::{ParseFloatError, ParseIntError};

use clap::builder::StyledStr;
use clap::builder::styling::{Style, Styles};
use clap::error::{ContextKind, ContextValue, ErrorFormatter, ErrorKind};
use tutela_model::Lang;

use crate::ending;

/// Says usage errors in Italian.
pub struct InItalian;

impl ErrorFormatter for InItalian {
    fn format_error(error: &clap::error::Error<Self>) -> StyledStr {
        let styles = Styles::styled();
        let mut said = format!("{} {}", styled(styles.get_error(), "errore:"), what(error, &styles));
        let tips = tips(error);
        if !tips.is_empty() {
            said.push('\n');
        }
        for tip in tips {
            said.push_str(&format!("\n  {} {tip}", styled(styles.get_valid(), "suggerimento:")));
        }
        if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
            let usage = usage.ansi().to_string();
            let names = usage.split_once(' ').map_or("", |(_title, names)| names);
            said.push_str(&format!("\n\n{} {names}", styled(styles.get_usage(), "Uso:")));
        }
        let help = styled(styles.get_literal(), "--help");
        StyledStr::from(said + &format!("\n\nPer maggiori informazioni usa '{help}'.\n"))
    }
}

fn styled(style: &Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

type UsageError = clap::error::Error<InItalian>;

/// The sentence, and the list that belongs to it.
fn what(error: &UsageError, styles: &Styles) -> String {
    let quoted = |style: &Style, kind| format!("'{}'", styled(style, &text(error, kind)));
    let argument = || quoted(styles.get_literal(), ContextKind::InvalidArg);
    let value = || quoted(styles.get_invalid(), ContextKind::InvalidValue);
    let command = || quoted(styles.get_invalid(), ContextKind::InvalidSubcommand);
    let number = |kind| match error.get(kind) {
        Some(ContextValue::Number(number)) => *number,
        _ => 0,
    };
    match error.kind() {
        ErrorKind::ArgumentConflict => conflict(error, styles),
        ErrorKind::NoEquals => format!("dopo {} serve il segno di uguale", argument()),
        ErrorKind::InvalidValue => {
            let values = list("valori possibili", &texts(error, ContextKind::ValidValue), styles);
            match text(error, ContextKind::InvalidValue).as_str() {
                "" => format!("manca il valore di {}{values}", argument()),
                _ => format!("valore {} non valido per {}{values}", value(), argument()),
            }
        }
        ErrorKind::InvalidSubcommand => format!("comando inesistente: {}", command()),
        ErrorKind::MissingRequiredArgument => {
            let missing = texts(error, ContextKind::InvalidArg);
            let lines =
                missing.iter().map(|argument| format!("\n  {}", styled(styles.get_valid(), argument)));
            format!("mancano argomenti obbligatori:{}", lines.collect::<String>())
        }
        ErrorKind::MissingSubcommand => {
            let commands = list("comandi", &texts(error, ContextKind::ValidSubcommand), styles);
            format!("{} richiede un comando, che manca{commands}", command())
        }
        ErrorKind::InvalidUtf8 => "un argomento non è testo in UTF-8".to_owned(),
        ErrorKind::TooManyValues => format!("valore {} di troppo per {}", value(), argument()),
        ErrorKind::TooFewValues => {
            let (least, given) = (number(ContextKind::MinValues), number(ContextKind::ActualNumValues));
            format!("{} richiede almeno {least} valori; indicati: {given}", argument())
        }
        ErrorKind::WrongNumberOfValues => {
            let (wanted, given) =
                (number(ContextKind::ExpectedNumValues), number(ContextKind::ActualNumValues));
            format!("{} richiede {wanted} valori; indicati: {given}", argument())
        }
        ErrorKind::ValueValidation => {
            let cause = error.source().map(|cause| format!(": {}", cause_in_italian(cause)));
            format!("valore {} non valido per {}{}", value(), argument(), cause.unwrap_or_default())
        }
        ErrorKind::UnknownArgument => {
            format!("argomento inatteso: {}", quoted(styles.get_invalid(), ContextKind::InvalidArg))
        }
        // Help and version have their own text, and what is left names no part of the command line.
        kind => kind.to_string(),
    }
}

fn conflict(error: &UsageError, styles: &Styles) -> String {
    let quoted = |text: &str| format!("'{}'", styled(styles.get_invalid(), text));
    let one = match text(error, ContextKind::InvalidArg).as_str() {
        "" => text(error, ContextKind::InvalidSubcommand),
        argument => argument.to_owned(),
    };
    match texts(error, ContextKind::PriorArg).as_slice() {
        [] => format!("{} non si può usare insieme ad altri argomenti indicati", quoted(&one)),
        [other] if *other == one => format!("{} si può indicare una volta sola", quoted(&one)),
        [other] => format!("{} non si può usare insieme a {}", quoted(&one), quoted(other)),
        others => {
            let lines = others.iter().map(|other| format!("\n  {}", styled(styles.get_invalid(), other)));
            format!("{} non si può usare insieme a:{}", quoted(&one), lines.collect::<String>())
        }
    }
}

fn list(title: &str, values: &[String], styles: &Styles) -> String {
    let values: Vec<String> = values.iter().map(|value| styled(styles.get_valid(), value)).collect();
    if values.is_empty() { String::new() } else { format!("\n  [{title}: {}]", values.join(", ")) }
}

/// What was perhaps meant.
fn tips(error: &UsageError) -> Vec<String> {
    let similar = [
        (ContextKind::SuggestedSubcommand, "esiste un comando simile", "esistono comandi simili"),
        (ContextKind::SuggestedArg, "esiste un argomento simile", "esistono argomenti simili"),
        (ContextKind::SuggestedValue, "esiste un valore simile", "esistono valori simili"),
    ];
    let mut tips = Vec::new();
    for (kind, one, many) in similar {
        let names: Vec<String> = texts(error, kind).iter().map(|name| format!("'{name}'")).collect();
        match names.len() {
            0 => {}
            1 => tips.push(format!("{one}: {}", names[0])),
            _ => tips.push(format!("{many}: {}", names.join(", "))),
        }
    }
    if let Some(ContextValue::StyledStrs(sentences)) = error.get(ContextKind::Suggested) {
        tips.extend(sentences.iter().map(|sentence| sentence_in_italian(&sentence.to_string())));
    }
    tips
}

/// clap hands these tips over as English sentences; what they name stands in quotes.
fn sentence_in_italian(english: &str) -> String {
    let mut quoted = english.split('\'').skip(1).step_by(2);
    let (first, second) = (quoted.next().unwrap_or_default(), quoted.next().unwrap_or_default());
    if english.starts_with("to pass") {
        format!("per dare '{first}' come valore usa '{second}'")
    } else if english.starts_with("subcommand") {
        format!("esiste il comando '{first}'; per usarlo togli '{second}' che lo precede")
    } else {
        format!("esiste '{first}'")
    }
}

/// Why a value was not accepted: in the words of the program's catalogue, of the standard library, or of clap.
fn cause_in_italian(cause: &(dyn Error + 'static)) -> String {
    if cause.is::<ParseIntError>() {
        return "atteso un numero intero".to_owned();
    }
    if cause.is::<ParseFloatError>() {
        return "atteso un numero".to_owned();
    }
    let said = ending::sentence(cause, Lang::It);
    match said.split_once(" is not in ").and_then(|(_value, range)| range.split_once("..=")) {
        Some((least, most)) => format!("atteso un numero da {least} a {most}"),
        None => said,
    }
}

fn text(error: &UsageError, kind: ContextKind) -> String {
    texts(error, kind).join(" ")
}

fn texts(error: &UsageError, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command};

    use super::*;

    fn wrong(arg: Arg, line: &[&str]) -> String {
        let command = Command::new("prova").no_binary_name(true).arg(arg.long("x"));
        let error = command.try_get_matches_from(line).expect_err("the line is wrong");
        error.apply::<InItalian>().render().to_string()
    }

    /// The kinds that no option of the program can cause today; the others are tested by the program.
    #[test]
    fn kinds_that_no_option_causes_have_their_sentence_too() {
        for (arg, line, said) in [
            (Arg::new("x").require_equals(true), ["--x", "1"].as_slice(), "dopo '--x=<x>' serve"),
            (
                Arg::new("x").num_args(2..),
                &["--x", "1"],
                "'--x <x> <x>...' richiede almeno 2 valori; indicati: 1",
            ),
            (Arg::new("x").num_args(2), &["--x", "1"], "'--x <x> <x>' richiede 2 valori; indicati: 1"),
        ] {
            let told = wrong(arg, line);
            assert!(told.starts_with(&format!("errore: {said}")), "{told}");
        }
    }
}
