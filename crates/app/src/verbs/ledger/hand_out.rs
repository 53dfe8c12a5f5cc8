//! A checkpoint that leaves the unit: alone, or with the whole log as tlog-tiles and the requests to those who stand
//! for it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tutela_case::{Case, HandedOut};
use tutela_ledger::note::Note;
use tutela_ledger::tile::growth;
use tutela_ledger::{stamp, witness};

use crate::ending::{Doing as _, Exit, Failure};
use crate::operation::{Operation, now};
use crate::run::{Format, Run, write_whole};
use crate::talk::{path_text, phrase};

/// Options of `ledger checkpoint`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Hand it out: record it, and write it with the log and the requests for a stamp and a witness into this folder
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// With --export: to whom
    #[arg(long, value_name = "WHO", requires = "export", default_value = "")]
    to: String,
    /// With --export: how many entries the checkpoint had that the witness signed last [default: as recorded]
    #[arg(long, value_name = "N", requires = "export")]
    old: Option<u64>,
}

/// Runs the verb.
pub fn run(run: &Run, operation: &Operation, args: &Args) -> anyhow::Result<Exit> {
    let Some(folder) = &args.export else {
        let checkpoint = operation.case.record().checkpoint().to_string();
        run.data(|out| Ok(out.write_all(checkpoint.as_bytes())?))?;
        return Ok(Exit::Done);
    };
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        let what = phrase!("folder.not_empty", folder = path_text(folder));
        return Err(Failure::new(Exit::Failed, what).hint(phrase!("folder.not_empty.hint")).into());
    }
    let mut writer = operation.write(run)?;
    let handed_out = writer.hand_out(&args.to, now())?;
    let files = files(writer.case(), &handed_out, args.old)?;
    drop(writer);
    for (path, bytes) in &files {
        let path = folder.join(path);
        let cannot = || phrase!("cannot.write", path = path_text(&path));
        fs::create_dir_all(path.parent().unwrap_or(folder)).doing(cannot)?;
        write_whole(&path, |out| Ok(out.write_all(bytes)?)).doing(cannot)?;
    }
    tell(run, folder, &files, &handed_out)
}

/// Everything that is handed out, by its path.
fn files(case: &Case, handed_out: &HandedOut, old: Option<u64>) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let HandedOut { checkpoint, size, partial } = handed_out;
    let mut files = vec![("log/checkpoint".to_owned(), checkpoint.clone())];
    for tile in growth(0, *size).write {
        let bytes = match partial.iter().find(|file| file.tile == tile) {
            Some(file) => file.bytes.clone(),
            None => case.log_file(tile)?,
        };
        files.push((format!("log/{tile}"), bytes));
    }
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce)?;
    // The highest bit is left out: DER counts it as a sign, and some authorities do not take negative numbers.
    let nonce = u64::from_be_bytes(nonce) >> 1;
    files.push(("checkpoint.tsq".to_owned(), stamp::request(checkpoint, nonce)));
    if let Ok(note) = Note::parse(checkpoint) {
        let witnessed =
            case.anchors().iter().filter(|anchor| anchor.kind == "witness").map(|anchor| anchor.size);
        let old = old.or_else(|| witnessed.max()).unwrap_or(0);
        let grew = case.record().prove_growth(old, *size);
        let grew = grew.ok_or_else(|| {
            Failure::new(Exit::Failed, phrase!("ledger.no_growth", old = old, size = *size))
        })?;
        files.push(("add-checkpoint".to_owned(), witness::Request::new(grew, note).to_string().into_bytes()));
    }
    for officer in case.officers() {
        if let Some(key) = officer.key_id() {
            let name: String =
                key.to_string().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
            files.push((format!("keys/{name}.vkey"), format!("{}\n", officer.key).into_bytes()));
        }
    }
    Ok(files)
}

fn tell(run: &Run, folder: &Path, files: &[(String, Vec<u8>)], made: &HandedOut) -> anyhow::Result<Exit> {
    let is_signed = Note::parse(&made.checkpoint).is_ok();
    let sha256 = tutela_model::Digest::of(&made.checkpoint);
    // -o names no file here: what is told goes to stdout.
    run.list(|out| {
        if run.format == Format::Text {
            for (path, _) in files.iter().filter(|(path, _)| !path.starts_with("log/tile")) {
                writeln!(out, "{}", path_text(&folder.join(path)))?;
            }
            return Ok(());
        }
        let document = json!({"schema": "tutela.checkpoint/1", "folder": folder.display().to_string(),
            "size": made.size, "sha256": sha256.hex(), "signed": is_signed, "files": files.len()});
        Ok(writeln!(out, "{document:#}")?)
    })?;
    run.say(phrase!("checkpoint.handed_out", n = made.size, folder = path_text(folder)));
    if !is_signed {
        run.warn(phrase!("checkpoint.unsigned"));
        run.hint(phrase!("checkpoint.unsigned.hint"));
    }
    Ok(Exit::Done)
}
