//! A child that reads six made-up files and misbehaves at the fourth, in the way that is asked for.

use std::io::{Write, stdout};
use std::time::Duration;

use tutela_evidence::child::{Resume, Teller, Turn};
use tutela_evidence::entry::{Entry, Found, Times, Unread, Why};
use tutela_evidence::frame::{Hello, MAX_FRAME};
use tutela_evidence::sandbox::{Limits, Rules, enter};
use tutela_model::tables::{FileKind, FileState};

use crate::Result;

pub fn act(what: &str, resume: &str) -> Result<()> {
    let limits = Limits { cpu_s: 1, memory_bytes: 1 << 30, open_files: 32 };
    let held = enter(&Rules { read: Vec::new(), run: Vec::new(), limits });
    let resume: Resume = resume.parse()?;
    if what == "mute" {
        std::process::exit(3);
    }
    let hello = Hello { reader: "made up".to_owned(), held: held.held, lacking: held.lacking };
    let mut teller = Teller::new(stdout(), hello, resume)?;
    let unread = |found: &str| Unread {
        place: "file-1".to_owned(),
        why: Why::Damaged,
        expected: "a file".to_owned(),
        found: found.to_owned(),
    };
    let mut late = Vec::new();
    for idx in 0..6_u8 {
        let path = if what == "deep" && idx == 3 { "a/".repeat(300) } else { format!("file-{idx}") };
        let turn = teller.entry(&entry(path))?;
        if idx == 1 {
            teller.unread(unread("half a file"))?;
        }
        if let Turn::Read(number) = turn {
            teller.bytes(number, &[idx; 3])?;
            if idx == 3 {
                misbehave(what, &mut teller, number)?;
            }
            if what == "late" && idx < 5 {
                late.push(number);
            } else {
                teller.value(number, "sum", &[idx * 3])?;
                teller.done(number)?;
            }
        }
        if what == "list" && idx == 3 {
            std::process::abort();
        }
    }
    for number in late.into_iter().rev() {
        teller.value(number, "sum", &[u8::try_from(number)? * 3])?;
        teller.done(number)?;
    }
    teller.end()?;
    if what == "linger" {
        std::thread::sleep(Duration::from_secs(3600));
    }
    if what == "fail" {
        std::process::exit(7);
    }
    Ok(())
}

fn entry(path: String) -> Entry {
    Entry {
        path,
        kind: FileKind::File,
        state: FileState::Allocated,
        size: 3,
        id: String::new(),
        times: Times::default(),
        runs: Vec::new(),
        found: Found::Recorded,
    }
}

fn misbehave(what: &str, teller: &mut Teller<std::io::Stdout>, number: u64) -> Result<()> {
    // What goes past the teller, in one write: its own frames are flushed when it says that an entry begins.
    let raw = |bytes: &[u8]| stdout().write_all(bytes).and_then(|()| stdout().flush());
    match what {
        "panic" => panic!("a made-up fault"),
        "abort" => std::process::abort(),
        "exit" => std::process::exit(9),
        "hang" => std::thread::sleep(Duration::from_secs(3600)),
        "loop" => loop {
            std::hint::black_box(number);
        },
        "memory" => drop(std::hint::black_box(vec![1_u8; 2 << 30])),
        "cut" => {
            raw(&[100, 0, 0, 0, 5])?;
            std::process::exit(0);
        }
        "garbage" => raw(&[3, 0, 0, 0, 200, 1, 2])?,
        "long" => raw(&u32::try_from(MAX_FRAME + 1)?.to_le_bytes())?,
        "flood" => loop {
            teller.value(number, "sum", &[0; 60_000])?;
        },
        "bytes" => loop {
            teller.bytes(number, &[0; 60_000])?;
        },
        "unread" => {
            for idx in 0_u64.. {
                let (place, expected) = (format!("{idx}"), String::new());
                teller.unread(Unread { place, why: Why::Damaged, expected, found: String::new() })?;
            }
        }
        _ => {}
    }
    Ok(())
}
