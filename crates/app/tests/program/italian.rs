//! The program spoken to by an officer who reads Italian: help, usage errors of every kind, and errors of store and
//! readers.

use std::fs;

use crate::folder::{Folder, Ran, command, run};

/// The program with these arguments, in Italian by its environment.
fn italian(args: &[&str]) -> Ran {
    run(command(args).env("TUTELA_LANG", "it"))
}

/// What an English text of the program would betray itself by.
const ENGLISH: &[&str] =
    &[" the ", "Usage", "Options", "error:", "hint:", "tip:", "possible values", "default", "For more"];

fn assert_italian(text: &str) {
    for word in ENGLISH {
        assert!(!text.contains(word), "{word} in:\n{text}");
    }
}

#[test]
fn help_is_italian_when_option_or_environment_ask_for_it_even_of_a_line_that_is_wrong() {
    for args in
        [&["--help"][..], &["-h"], &["import", "--help"], &["help", "ledger", "verify"], &["basis", "-h"]]
    {
        let ran = italian(args);
        assert_eq!(ran.code, 0, "{args:?}");
        assert_italian(&ran.out);
        assert!(
            ran.out.contains("Uso: tutela") && ran.out.contains("Opzioni di ogni comando:"),
            "{}",
            ran.out
        );
    }
    for args in
        [&["--lang", "it", "-h"][..], &["leads", "-h", "--lang=it"], &["import", "--oops", "--lang", "it"]]
    {
        let ran = run(&mut command(args));
        assert!(
            format!("{}{}", ran.out, ran.err).contains("Uso: tutela"),
            "{args:?}: {}{}",
            ran.out,
            ran.err
        );
    }
    for variable in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        let ran =
            run(command(&["-h"]).env_remove("TUTELA_LANG").env_remove("LC_ALL").env(variable, "it_IT.UTF-8"));
        assert!(ran.out.contains("Comandi:"), "{variable}: {}", ran.out);
    }
    let english = run(command(&["-h", "--lang", "en"]).env("LANG", "it_IT.UTF-8"));
    assert!(english.out.contains("Usage: tutela [OPTIONS] <COMMAND>"), "{}", english.out);
}

#[test]
fn every_kind_of_wrong_command_line_is_told_in_italian() {
    for (args, said) in [
        (
            &["impot", "x"][..],
            "comando inesistente: 'impot'\n\n  suggerimento: esistono comandi simili: 'report',",
        ),
        (&["expain"], "esiste un comando simile: 'explain'"),
        (&["--json"], "'tutela' richiede un comando, che manca\n  [comandi: demo, init,"),
        (&["basis"], "Atti autorizzativi"),
        (
            &["import"],
            "mancano argomenti obbligatori:\n  <FILE>...\n\nUso: tutela import [OPZIONI] <FILE>...",
        ),
        (
            &["leads", "--jsn"],
            "argomento inatteso: '--jsn'\n\n  suggerimento: esiste un argomento simile: '--json'",
        ),
        (&["leads", "x"], "argomento inatteso: 'x'"),
        (&["import", "--size", "3"], "suggerimento: per dare '--size' come valore usa '-- --size'"),
        (&["--", "leads"], "suggerimento: esiste il comando 'leads'; per usarlo togli '--' che lo precede"),
        (&["--check", "rebuild"], "suggerimento: esiste 'rebuild --check'"),
        (&["leads", "--json", "--csv"], "'--json' non si può usare insieme a '--csv'"),
        (&["leads", "-q", "-q"], "'--quiet' si può indicare una volta sola"),
        (
            &["leads", "--lang", "fr"],
            "valore 'fr' non valido per '--lang <it|en>'\n  [valori possibili: it, en]",
        ),
        (&["decide", "F-1", "acept"], "suggerimento: esiste un valore simile: 'accept'"),
        (&["leads", "--op"], "manca il valore di '--op <CARTELLA>'"),
        (&["--json=x", "leads"], "valore 'x' di troppo per '--json'"),
        (&["leads", "--jobs", "0"], "valore '0' non valido per '--jobs <N>': atteso un numero da 1 a 65535"),
        (&["table", "lease", "--limit", "x"], "'--limit <N>': atteso un numero intero"),
        (&["demo", "--size", "x"], "'--size <F>': atteso un numero\n"),
        (&["leads", "--memory-limit", "x"], "attesa una dimensione come 400M o 2G, trovato: x"),
        (&["basis", "add", "--from", "x"], "attesa una data come 2026-12-31, trovato: x"),
        (&["table", "lease", "--where", "x"], "attesa una condizione come line=L-1, trovato: x"),
        (&["import", "x", "--zone", "X"], "non è un fuso orario (atteso un nome come Europe/Rome,"),
    ] {
        let ran = italian(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
        assert_italian(&ran.err);
        let english = run(&mut command(args));
        assert_eq!(english.code, 2, "{args:?}");
        assert!(english.err.contains("Usage:") || english.err.contains("--help"), "{}", english.err);
    }
}

#[test]
fn a_name_that_a_terminal_would_obey_is_harmless_in_italian_too() {
    let ran = italian(&["leads", "--x\u{1b}[2J"]);
    assert_eq!(ran.code, 2);
    assert!(!ran.err.contains('\u{1b}') && ran.err.contains("argomento inatteso"), "{:?}", ran.err);
}

#[test]
fn errors_of_store_and_readers_are_told_in_italian_with_their_hint() {
    let folder = Folder::new();
    let op = folder.op();
    let import = |args: &[&str]| italian(&[["--op", &op, "import"].as_slice(), args].concat());
    let odd = folder.file("odd.csv", "a;b\n1;2\n");
    for (ran, said) in [
        (
            import(&[&odd, "--as", "tutela_table"]),
            "nessuna tabella ha questo nome: odd.csv\nsuggerimento: dai al file",
        ),
        (import(&[&odd, "--as", "mapped_table"]), "nessun profilo è indicato,"),
        (
            import(&[&odd, "--as", "tutela_table/lease", "--encoding", "x"]),
            "codifica del testo sconosciuta: x",
        ),
        (import(&[&odd]), "errore: "),
        (
            italian(&["--op", &op, "leads", "-o", &folder.path("none/leads.csv")]),
            "la cartella in cui scrivere non esiste",
        ),
    ] {
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
        assert_italian(&ran.err);
    }
    let page = folder.path("operation/operation.toml");
    fs::write(&page, "format = 2\n").expect("it is ours");
    let unknown = italian(&["--op", &op, "status"]);
    assert!(
        unknown.err.contains("atteso ") && unknown.err.contains("suggerimento: usa il programma"),
        "{}",
        unknown.err
    );
}
