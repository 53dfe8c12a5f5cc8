//! The program asked and answered on a real terminal, with the programs of the system that make one.

use std::fs;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::folder::run;
use crate::officer::{PASSPHRASE, sealed, told};

fn path_in(dir: &Path, name: &str) -> String {
    dir.join(name).to_str().expect("temporary paths are UTF-8").to_owned()
}

/// Whether a program of the system is here and does what is needed of it.
fn is_here(program: &str, with: &str) -> bool {
    let help = Command::new(program).arg("--help").output();
    let here = help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains(with));
    if !here {
        eprintln!("not tried, because {program} is not installed");
    }
    here
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    if is_here("setsid", "--wait") {
        let dir = tempfile::tempdir().expect("a folder");
        let path = path_in(dir.path(), "rossi.key");
        fs::write(&path, sealed("x")).expect("it is ours");
        let mut alone = Command::new("setsid");
        alone.args(["--wait", env!("CARGO_BIN_EXE_tutela"), "--lang", "en", "officer", "show", &path]);
        let refused = run(&mut alone).ended(2);
        assert!(refused.err.contains("there is no terminal"), "{}", refused.err);
    }
}

#[test]
fn on_a_terminal_a_new_passphrase_is_asked_twice_and_not_shown() {
    if !is_here("script", "--echo") || !is_here("stty", "--file") {
        return;
    }
    let dir = tempfile::tempdir().expect("a folder");
    let [path, public, tty] = ["rossi.key", "rossi.vkey", "tty"].map(|name| path_in(dir.path(), name));
    let program = env!("CARGO_BIN_EXE_tutela");
    let line = format!("tty > '{tty}'; exec '{program}' --lang en officer new rossi -o '{path}'");
    // The terminal shows what is typed, unless the program sees to it that it does not.
    let mut script = Command::new("script")
        .args(["--quiet", "--return", "--echo", "always", "--command", &line, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it is installed");
    let mut keyboard = script.stdin.take().expect("a pipe");
    let mut screen = script.stdout.take().expect("a pipe");
    let mut seen = String::new();
    for prompt in ["at least 12 characters: ", "The same again: "] {
        read_until(&mut screen, prompt, &mut seen);
        wait_for_no_echo(&tty);
        keyboard.write_all(format!("{PASSPHRASE}\r").as_bytes()).expect("it listens");
    }
    screen.read_to_string(&mut seen).expect("text");
    assert_eq!(script.wait().expect("it ends").code(), Some(0), "{seen}");
    assert!(!seen.contains("gatti"), "{seen}");
    let public = fs::read_to_string(public).expect("the public half");
    assert!(seen.contains(public.trim_end()), "{seen}");
    assert_eq!(told(&["officer", "show", &path], PASSPHRASE).ended(0).out, public);
}

fn read_until(screen: &mut impl Read, prompt: &str, seen: &mut String) {
    let mut byte = [0];
    while !seen.ends_with(prompt) {
        assert_eq!(screen.read(&mut byte).expect("a pipe"), 1, "no {prompt} in: {seen}");
        seen.push(byte[0].into());
    }
}

/// Waits until the terminal shows nothing: the program says its prompt a moment before.
fn wait_for_no_echo(tty: &str) {
    let tty = fs::read_to_string(tty).expect("it was said before the prompt");
    let is_silent = || {
        let settings = Command::new("stty").args(["--all", "--file", tty.trim_end()]).output();
        String::from_utf8_lossy(&settings.expect("it is installed").stdout).contains("-echo ")
    };
    assert!((0..5_000).any(|_| is_silent()), "the terminal shows what is typed");
}
