//! `tutela ask`: writes a request to each operator or platform that can answer for what leads leave open. Each question is
//! copied from a row, and the operation keeps which; control questions and a repetition go among them, unmarked.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::json;
use tutela_analyses::questions::{self, Draft, UNKNOWN, Wanted};
use tutela_model::{Digest, Lead, time};
use tutela_outputs::request::{Question, Request, cover, kept_csv, request_csv};

use crate::analysis::means;
use crate::ending::{Doing as _, Exit, Failure};
use crate::operation::{Operation, today};
use crate::run::{Format, Run, write_whole};
use crate::talk::{path_text, phrase};
use crate::verbs::{explain, import};
use crate::watched::{Watched, WatchedShelf};

/// Options of `ask`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The leads (L-001, or 1), or accounts or peers of theirs [default: all]
    #[arg(value_name = "LEAD")]
    pub leads: Vec<String>,
    /// Only of this operator or platform; unknown for addresses whose holder is not known
    #[arg(long = "of", value_name = "HOLDER")]
    pub holder: Option<String>,
    /// Control questions in each request to an operator: connections whose line an earlier answer has settled
    #[arg(long = "control", value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(..=20))]
    pub controls: u16,
    /// Ask again what was asked before
    #[arg(long)]
    pub again: bool,
    /// The authority to ask under [default: the latest that covers today]
    #[arg(long, value_name = "ID")]
    pub basis: Option<String>,
}

/// Runs the verb.
pub fn run(run: &Run, args: &Args) -> anyhow::Result<Exit> {
    let folder = run.folder("ask")?;
    let mut operation = Operation::open(run)?;
    let basis = operation.case.basis(args.basis.as_deref(), today())?;
    operation.consult(run, "ask", &args.leads.join(" "))?;
    let derived = operation.fresh(run)?;
    let mut accounts: BTreeSet<String> = BTreeSet::new();
    for lead in &args.leads {
        accounts.extend(of_lead(explain::find(&derived.leads, lead)?));
    }
    if args.leads.is_empty() {
        accounts.extend(derived.leads.iter().flat_map(of_lead));
    }
    let wanted = Wanted {
        accounts: &accounts,
        of: args.holder.as_deref(),
        controls: usize::from(args.controls),
        again: args.again,
    };
    let tables = operation.case.tables();
    let watched = Watched::new(&tables, run);
    let (shelf, manifest) = (operation.case.shelf(), operation.case.runs()?);
    let shelf = WatchedShelf::new(&shelf, run);
    let drafts = questions::drafts(&watched, &means(run, &shelf, &manifest), &operation.decisions(), &wanted);
    let drafts = shelf.end(watched.end(drafts))?;
    if drafts.is_empty() {
        return Err(Failure::new(Exit::Failed, phrase!("ask.nothing"))
            .hint(phrase!("ask.nothing.hint"))
            .into());
    }
    let authority = operation.case.authorities().iter().find(|authority| authority.id == basis.id());
    let authority = authority.map(|authority| authority.text.clone()).unwrap_or_default();
    let requests: Vec<(&Draft, Request)> =
        drafts.iter().map(|draft| (draft, request(draft, &authority))).collect();
    keep(run, &operation, args, &requests)?;
    let sent = send(run, &requests, folder)?;
    tell(run, &sent, args.controls)?;
    Ok(Exit::Done)
}

/// The accounts and peers of a lead.
fn of_lead(lead: &Lead) -> impl Iterator<Item = String> {
    lead.accounts.iter().chain(&lead.peers).cloned()
}

/// A request as outputs take it.
fn request(draft: &Draft, authority: &str) -> Request {
    let question = |asked: &questions::Question| Question {
        account: asked.account.to_string(),
        address: asked.address.to_string(),
        port: asked.port,
        at: time::utc(asked.at_s * 1_000_000),
        at_in_record: asked.at_said.to_string(),
        from_source: asked.source.hex(),
        from_place: asked.place.to_string(),
        repeat_of: asked.repeat_of.clone().unwrap_or_default(),
        control_line: asked.control_line.clone().unwrap_or_default(),
        known_from: asked.known_from.iter().map(Digest::hex).collect::<Vec<_>>().join(" "),
    };
    Request {
        reference: draft.reference.clone(),
        of: Some(draft.of.clone()).filter(|of| of != UNKNOWN),
        is_platform: draft.is_platform,
        authority: authority.to_owned(),
        questions: draft.questions.iter().map(question).collect(),
    }
}

/// Takes the questions into the operation like any file received: with their digest, an entry of the record, and rows.
fn keep(run: &Run, operation: &Operation, args: &Args, requests: &[(&Draft, Request)]) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for (_, request) in requests {
        let path = folder.path().join(format!("request-{}-kept.csv", request.reference));
        std::fs::write(&path, kept_csv(request))
            .doing(|| phrase!("cannot.write", path = path_text(&path)))?;
    }
    let files = import::Args {
        files: vec![folder.path().to_owned()],
        basis: args.basis.clone(),
        ..import::Args::default()
    };
    import::silently(run, operation, &files)
}

/// A request that was written, with its files.
type Sent<'a> = (&'a Draft, Vec<(String, Vec<u8>)>);

/// Writes the requests, each recorded as a disclosure before it exists outside.
fn send<'a>(run: &Run, requests: &[(&'a Draft, Request)], folder: &Path) -> anyhow::Result<Vec<Sent<'a>>> {
    // The record has grown since the operation was opened.
    let operation = Operation::open(run)?;
    let cannot = |path: &Path| phrase!("cannot.write", path = path_text(path));
    std::fs::create_dir_all(folder).doing(|| cannot(folder))?;
    let mut sent = Vec::new();
    for (draft, request) in requests {
        let files = vec![
            (request.file_name(), request_csv(request)),
            (format!("request-{}.md", request.reference), cover(request, run.lang).into_bytes()),
        ];
        operation.record_disclosure(run, "request", &files, &draft.of)?;
        for (name, bytes) in &files {
            let path = folder.join(name);
            write_whole(&path, |out| Ok(out.write_all(bytes)?)).doing(|| cannot(&path))?;
        }
        sent.push((*draft, files));
    }
    Ok(sent)
}

fn tell(run: &Run, sent: &[Sent<'_>], controls: u16) -> anyhow::Result<()> {
    if run.format != Format::Text {
        let requests: Vec<_> = sent
            .iter()
            .map(|(draft, files)| {
                let file = |(name, bytes): &(String, Vec<u8>)| {
                    json!({"path": name, "size": bytes.len(), "sha256": Digest::of(bytes).hex()})
                };
                let files: Vec<_> = files.iter().map(file).collect();
                json!({"reference": draft.reference, "of": draft.of, "questions": draft.questions.len(),
                    "controls": draft.n_controls, "left_out": draft.n_left_out, "files": files})
            })
            .collect();
        run.list(|out| Ok(writeln!(out, "{:#}", json!({"schema": "tutela.ask/1", "requests": requests}))?))?;
    } else {
        run.list(|out| {
            for (draft, files) in sent {
                let (name, of, n) = (files[0].0.as_str(), draft.of.as_str(), draft.questions.len());
                writeln!(out, "{}", run.word(phrase!("ask.request", name = name, of = of, n = n)))?;
            }
            Ok(())
        })?;
    }
    for (draft, _) in sent {
        let reference = draft.reference.as_str();
        if draft.of == UNKNOWN {
            run.warn(phrase!("ask.unknown", reference = reference));
        } else if !draft.is_platform && draft.n_controls < usize::from(controls) {
            run.warn(phrase!(
                "ask.control",
                reference = reference,
                n = draft.n_controls,
                of = draft.of.as_str()
            ));
        }
        if draft.n_left_out > 0 {
            run.warn(phrase!("ask.left_out", reference = reference, n = draft.n_left_out));
        }
    }
    run.say(phrase!("ask.done"));
    Ok(())
}
