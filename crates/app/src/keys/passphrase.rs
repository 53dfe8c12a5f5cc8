//! The passphrase of a key file: typed on the terminal without being shown, or the first line of stdin when the command
//! line says so. Never the value of an option or of a variable: lists of processes show those.

use std::io::{self, BufRead};
use std::path::Path;

use tutela_model::Phrase;
use zeroize::Zeroizing;

use crate::ending::{Exit, Failure};
use crate::run::Run;
use crate::talk::{path_text, phrase};

/// The fewest characters of a new passphrase. Whoever has a copy of the file tries as many as they like, on machines of
/// their own: no lock counts the guesses, and only their number is in the way.
const CHARACTERS: usize = 12;

/// The most bytes of a line that is taken for a passphrase.
const BYTES: usize = 1024;

/// What a passphrase is for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// To open this key file.
    Open(&'a Path),
    /// To encrypt this new key file.
    New(&'a Path),
}

/// Asks for a passphrase; a new one twice.
///
/// # Errors
/// It cannot be asked for, a new one is too short or was typed in two ways, or the user stopped.
pub fn ask(run: &Run, purpose: Purpose<'_>) -> anyhow::Result<Zeroizing<String>> {
    Ok(match purpose {
        Purpose::Open(path) => given(run, phrase!("passphrase.open", path = path_text(path)))?,
        Purpose::New(path) => {
            let asked = phrase!("passphrase.new", path = path_text(path), least = CHARACTERS);
            let new = long_enough(given(run, asked)?)?;
            match run.passphrase_stdin {
                true => new,
                false => same(new, &given(run, phrase!("passphrase.again"))?)?,
            }
        }
    })
}

fn given(run: &Run, asked: Phrase) -> Result<Zeroizing<String>, Failure> {
    if run.passphrase_stdin {
        return first_line(io::stdin().lock());
    }
    let nobody = || Failure::new(Exit::Usage, phrase!("passphrase.nobody"));
    let nobody = || nobody().hint(phrase!("passphrase.nobody.hint"));
    if run.no_input {
        return Err(nobody());
    }
    // The terminal itself is asked, wherever stdin and stdout go.
    rpassword::prompt_password(format!("{}: ", run.word(asked))).map(Zeroizing::new).map_err(|error| {
        match error.kind() {
            // Ctrl-C and Ctrl-D.
            io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof => {
                Failure::new(Exit::Stopped, phrase!("stopped"))
            }
            _ => nobody(),
        }
    })
}

/// The first line without its end.
fn first_line(input: impl BufRead) -> Result<Zeroizing<String>, Failure> {
    let none = || {
        let what = phrase!("passphrase.stdin", most = BYTES);
        Failure::new(Exit::Usage, what).hint(phrase!("passphrase.stdin.hint"))
    };
    // The room is made once: a text that grows leaves copies of itself behind.
    let mut line = Zeroizing::new(Vec::with_capacity(BYTES + 2));
    input.take(BYTES as u64 + 2).read_until(b'\n', &mut line).map_err(|_| none())?;
    let text = std::str::from_utf8(&line).map_err(|_| none())?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() || text.len() > BYTES { Err(none()) } else { Ok(Zeroizing::new(text.to_owned())) }
}

fn long_enough(new: Zeroizing<String>) -> Result<Zeroizing<String>, Failure> {
    let n = new.chars().count();
    if n >= CHARACTERS {
        return Ok(new);
    }
    let what = phrase!("passphrase.short", n = n, least = CHARACTERS);
    Err(Failure::new(Exit::Failed, what).hint(phrase!("passphrase.short.hint")))
}

fn same(new: Zeroizing<String>, again: &str) -> Result<Zeroizing<String>, Failure> {
    if *new == again { Ok(new) } else { Err(Failure::new(Exit::Failed, phrase!("passphrase.differ"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(input: &[u8]) -> Option<String> {
        first_line(input).ok().map(|line| line.to_string())
    }

    #[test]
    fn the_first_line_of_stdin_is_the_passphrase_without_its_end() {
        for input in ["otto gatti\n", "otto gatti\r\n", "otto gatti", "otto gatti\nanother\n"] {
            assert_eq!(line(input.as_bytes()).as_deref(), Some("otto gatti"), "{input:?}");
        }
        // A blank may be part of it.
        assert_eq!(line(b" otto \n").as_deref(), Some(" otto "));
        assert_eq!(line(&[b'x'; BYTES]).map(|line| line.len()), Some(BYTES));
        for input in [&b""[..], b"\n", b"\r\n", b"\xff\xfe\n", &[b'x'; BYTES + 1]] {
            assert_eq!(line(input), None);
        }
    }

    #[test]
    fn a_new_passphrase_has_twelve_characters_whatever_their_bytes() {
        let said = |text: &str| long_enough(Zeroizing::new(text.to_owned())).is_ok();
        assert!(said("perché-è-più") && !said("perché-è-pi") && !said(""));
    }

    #[test]
    fn a_new_passphrase_typed_in_two_ways_is_refused() {
        let new = || Zeroizing::new("otto gatti sul tetto".to_owned());
        assert!(same(new(), "otto gatti sul tetto").is_ok());
        let refused = same(new(), "otto gatti sul tettp").expect_err("another");
        assert_eq!(refused.to_string(), "the two passphrases are not the same");
    }
}
