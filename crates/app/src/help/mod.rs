//! The command line in the reader's language. The English texts are those of the declarations in `cli.rs` and under
//! `verbs/`; in Italian each of them is replaced by its line of the table.

mod italian;
mod wrong;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::builder::styling::Styles;
use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _, Parser as _, ValueEnum as _};
use tutela_model::Lang;

use crate::cli::{Cli, Language};
use crate::ending;
use crate::help::italian::italian;
use crate::help::wrong::InItalian;
use crate::run::lang_of_environment;

/// Reads the command line. What was asked of it, or what is wrong with it, is said in the reader's language.
///
/// # Errors
/// The code to end with: help or the version was asked for, or the line is wrong.
pub fn parse() -> Result<Cli, ExitCode> {
    let english = match Cli::try_parse() {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    match lang_of(std::env::args_os().skip(1)) {
        Lang::En => Err(ending::wrong_command_line(&english)),
        // Read once more, because an error has its texts from the command line that it is about.
        Lang::It => in_words(Cli::command(), &mut |english| italian(english).to_owned())
            .try_get_matches()
            .and_then(|matches| Cli::from_arg_matches(&matches))
            .map_err(|error| ending::wrong_command_line(&error.apply::<InItalian>())),
    }
}

/// The language of help and of usage errors, which have to be said of a line that may never be read: that of `--lang`
/// wherever it stands, else the environment's.
fn lang_of(args: impl Iterator<Item = OsString>) -> Lang {
    let mut args = args.take_while(|arg| arg != "--");
    while let Some(arg) = args.next() {
        let value = match arg.to_str().and_then(|arg| arg.strip_prefix("--lang")) {
            Some("") => args.next(),
            Some(rest) => rest.strip_prefix('=').map(OsString::from),
            None => None,
        };
        match value.as_deref().and_then(OsStr::to_str).map(|said| Language::from_str(said, false)) {
            Some(Ok(Language::It)) => return Lang::It,
            Some(Ok(Language::En)) => return Lang::En,
            _ => {}
        }
    }
    lang_of_environment()
}

/// The command and all below it, with each text of their help as `say` puts it.
fn in_words(mut command: Command, say: &mut dyn FnMut(&str) -> String) -> Command {
    // Only a built command has the texts that clap adds by itself.
    command.build();
    each_in_words(command, say)
}

fn each_in_words(mut command: Command, say: &mut dyn FnMut(&str) -> String) -> Command {
    command = command
        .mut_args(|arg| arg_in_words(arg, say))
        // What is hidden is for the program itself: nobody reads its help.
        .mut_subcommands(|below| if below.is_hide_set() { below } else { each_in_words(below, say) })
        .subcommand_help_heading(say("Commands"))
        .subcommand_value_name(say("COMMAND"));
    let usage = usage_in_words(&command.render_usage(), say);
    let styles = Styles::styled();
    let heading = styles.get_usage();
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{heading}{}{heading:#} {{usage}}\n\n{{all-args}}{{after-help}}",
        say("Usage:")
    );
    if let Some(about) = command.get_about().map(|text| say(&text.to_string())) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().map(|text| say(&text.to_string())) {
        command = command.long_about(about);
    }
    if let Some(after) = command.get_after_help().map(|text| say(&text.to_string())) {
        command = command.after_help(after);
    }
    command.override_usage(usage).help_template(template)
}

/// A usage without its title: what stands in for options is clap's own text, the rest are names.
fn usage_in_words(usage: &StyledStr, say: &mut dyn FnMut(&str) -> String) -> String {
    let usage = usage.ansi().to_string();
    let names = usage.split_once(' ').map_or("", |(_title, names)| names);
    names.replace("[OPTIONS]", &say("[OPTIONS]"))
}

/// An argument. What clap writes by itself about values stands in its help instead.
fn arg_in_words(arg: Arg, say: &mut dyn FnMut(&str) -> String) -> Arg {
    let heading = match arg.get_help_heading() {
        Some(heading) => say(heading),
        None if arg.is_positional() => say("Arguments"),
        None => say("Options"),
    };
    let takes_values = arg.get_action().takes_values();
    let value_names = arg.get_value_names().filter(|_| takes_values).unwrap_or_default();
    let value_names: Vec<String> = value_names.iter().map(|name| say(name)).collect();
    let short = arg.get_help().map(|help| say(&help.to_string())).unwrap_or_default();
    let long = arg.get_long_help().map_or_else(|| short.clone(), |help| say(&help.to_string()));
    let (short, long) = (short + &values_in_a_line(&arg, say), long + &values_in_a_list(&arg, say));
    let arg = if value_names.is_empty() { arg } else { arg.value_names(value_names) };
    // Under a heading of its own clap orders arguments as it orders options: by name, when nothing else is said.
    let arg = match arg.get_index() {
        Some(index) => arg.display_order(index),
        None => arg,
    };
    arg.help_heading(heading).help(short).long_help(long).hide_default_value(true).hide_possible_values(true)
}

fn default_of(arg: &Arg, say: &mut dyn FnMut(&str) -> String) -> Option<String> {
    let values: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let shown = arg.get_action().takes_values() && !values.is_empty();
    shown.then(|| format!("[{}: {}]", say("default"), values.join(" ")))
}

fn values_in_a_line(arg: &Arg, say: &mut dyn FnMut(&str) -> String) -> String {
    let default = default_of(arg, say);
    let values = arg.get_possible_values();
    let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
    let possible = (!names.is_empty()).then(|| format!("[{}: {}]", say("possible values"), names.join(", ")));
    [default, possible].into_iter().flatten().map(|said| format!(" {said}")).collect()
}

/// The values a line each, when they are explained; else as [`values_in_a_line`], below the help.
fn values_in_a_list(arg: &Arg, say: &mut dyn FnMut(&str) -> String) -> String {
    let values = arg.get_possible_values();
    if values.iter().all(|value| value.get_help().is_none()) {
        return match values_in_a_line(arg, say).trim_start() {
            "" => String::new(),
            line => format!("\n\n{line}"),
        };
    }
    let longest = values.iter().map(|value| value.get_name().len()).max().unwrap_or_default() + 1;
    let mut list = format!("\n\n{}:", say("Possible values"));
    for value in &values {
        let name = format!("{}:", value.get_name());
        let help = value.get_help().map(|help| say(&help.to_string())).unwrap_or_default();
        list.push_str(&format!("\n- {name:longest$} {help}"));
    }
    list + &default_of(arg, say).map(|default| format!("\n\n{default}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::help::italian::ITALIAN;

    /// Every text that help shows, in English.
    fn texts() -> BTreeSet<String> {
        let mut texts = BTreeSet::new();
        let _ = in_words(Cli::command(), &mut |english| {
            texts.insert(english.to_owned());
            english.to_owned()
        });
        texts
    }

    /// What is typed as it stands: options, names with a number, an underline, a point or an oblique stroke, and names
    /// with a hyphen that are no words of the sentence. Places that the reader fills in, such as `PROFILE`, are not.
    fn literals(text: &str) -> BTreeSet<&str> {
        let typed = |word: &&str| {
            word.starts_with('-') || word.contains(|c: char| c.is_ascii_digit() || "_/.-".contains(c))
        };
        text.split_whitespace()
            .map(|word| word.trim_matches(|c: char| "()[],;:.…'".contains(c)))
            .filter(|word| typed(word) && !["made-up", "Read-only", "F-"].contains(word))
            .flat_map(|word| word.split('/'))
            .filter(|part| !part.chars().all(|c| c.is_ascii_uppercase()))
            .collect()
    }

    #[test]
    fn every_text_of_the_help_has_its_italian_and_none_is_left_over() {
        let known: BTreeSet<String> = ITALIAN.iter().map(|(english, _)| (*english).to_owned()).collect();
        let texts = texts();
        let (missing, left_over): (Vec<_>, Vec<_>) =
            (texts.difference(&known).collect(), known.difference(&texts).collect());
        assert!(
            missing.is_empty() && left_over.is_empty(),
            "missing: {missing:#?}, left over: {left_over:#?}"
        );
        assert_eq!(known.len(), ITALIAN.len(), "a text has two lines");
    }

    #[test]
    fn both_languages_name_the_same_options_and_values() {
        for (english, italian) in ITALIAN {
            assert_eq!(literals(english), literals(italian), "{english}");
            assert_eq!(english.ends_with('.'), italian.ends_with('.'), "{english}");
        }
    }

    #[test]
    fn the_italian_command_line_takes_what_the_english_one_takes() {
        in_words(Cli::command(), &mut |english| italian(english).to_owned()).debug_assert();
    }

    #[test]
    fn the_language_of_help_is_that_of_the_option_wherever_it_stands() {
        let lang = |line: &str| lang_of(line.split(' ').map(OsString::from));
        for line in ["--lang it leads", "leads --lang=it", "import x --oops --lang it"] {
            assert_eq!(lang(line), Lang::It, "{line}");
        }
        assert_eq!(lang("leads --lang en"), Lang::En);
    }
}
