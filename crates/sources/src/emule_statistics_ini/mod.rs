//! `statistics.ini` of eMule: totals over all files and all peers since they were last set back.

use tutela_model::Time;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sample, Sink};
use tutela_model::tables::{ProblemKind, SharingTotal, TotalOf};

use crate::artefact::{Flaw, Loaded, Said, Span, Telling, is_named, lines};

/// See the folder's README.
pub static READER: Reader = Reader {
    name: "emule_statistics_ini",
    version: 1,
    about: "statistics.ini of eMule: bytes, sessions and completed files in all",
    tables: &["sharing_total"],
    recognise,
    read,
};

/// The keys that are read, of the section `Statistics`.
const TOTALS: [(&str, TotalOf); 7] = [
    ("TotalUploadedBytes", TotalOf::BytesSent),
    ("TotalDownloadedBytes", TotalOf::BytesReceived),
    ("UpSuccessfulSessions", TotalOf::SessionsSent),
    ("DownSuccessfulSessions", TotalOf::SessionsReceived),
    ("DownCompletedFiles", TotalOf::FilesCompleted),
    ("ConnServerDuration", TotalOf::SecondsConnected),
    ("ConnRunTime", TotalOf::SecondsRun),
];
/// When the totals were last set back.
const SINCE: &str = "statsDateTimeLastReset";
/// How the program's other keys begin: shares of these totals, rates, peaks, settings of the display.
const KNOWN: [&str; 8] = ["Up", "Down", "Conn", "Srvrs", "Shared", "stats", "SavedFrom", "SaveInterval"];

fn recognise(sample: &Sample<'_>) -> Fit {
    let (_, lines) = lines(sample.head);
    let holds = |key: &str| lines.iter().any(|(_, line)| line.split('=').next() == Some(key));
    match (is_named(sample.name, "statistics.ini"), holds("TotalUploadedBytes")) {
        (true, true) => Fit::Sure,
        (true, false) | (false, true) => Fit::Possible,
        (false, false) => Fit::No,
    }
}

fn read(input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let loaded = Loaded::open(input)?;
    let mut telling = Telling::new(sink);
    let (encoding, lines) = lines(&loaded.bytes);
    telling.sink.note("encoding", encoding);
    let since = since(&lines, &mut telling)?;
    let mut section = "";
    for (span, line) in &lines {
        telling.record();
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
            telling.sink.skip(&span.spot(), "the name of a section");
        } else if let Some((key, value)) = line.split_once('=') {
            let in_statistics = section.is_empty() || section.eq_ignore_ascii_case("Statistics");
            entry((key.trim(), value.trim()), in_statistics, *span, since.as_ref(), &mut telling)?;
        } else if line.is_empty() || line.starts_with(';') {
            telling.sink.skip(&span.spot(), "an empty line or a comment");
        } else {
            telling.flaw("", &Flaw::new(ProblemKind::Malformed, *span, "a key, =, and a value", line))?;
        }
    }
    telling.end(&loaded)
}

/// When the totals were last set back, which stands after them.
fn since(lines: &[(Span, String)], telling: &mut Telling<'_>) -> Result<Option<Time>, Refusal> {
    for (span, line) in lines {
        if let Some((key, value)) = line.split_once('=')
            && key.trim() == SINCE
        {
            telling.record();
            let time = match value.trim().parse() {
                Ok(value) => telling.time(SINCE, Said { value, span: *span })?,
                Err(_) => {
                    telling
                        .flaw(SINCE, &Flaw::new(ProblemKind::BadValue, *span, "seconds since 1970", value))?;
                    None
                }
            };
            telling.sink.skip(&span.spot(), "since when the totals are counted, which stands with each");
            return Ok(time);
        }
    }
    Ok(None)
}

fn entry(
    (key, value): (&str, &str),
    in_statistics: bool,
    span: Span,
    since: Option<&Time>,
    telling: &mut Telling<'_>,
) -> Result<(), Refusal> {
    let total = TOTALS.iter().find(|(name, _)| *name == key && in_statistics);
    match (total, value.parse::<u64>()) {
        (Some((_, total)), Ok(value)) => telling.row(SharingTotal {
            program: "eMule".into(),
            total: *total,
            value: Some(value),
            since: since.cloned(),
            place: span.spot(),
        }),
        (Some(_), Err(_)) => {
            telling.flaw(key, &Flaw::new(ProblemKind::BadValue, span, "a whole number", value))
        }
        (None, _) => {
            telling.sink.skip(&span.spot(), "a share of a total, a rate, a peak, or a setting");
            if KNOWN.iter().any(|known| key.starts_with(known)) || !in_statistics {
                return Ok(());
            }
            telling.unknown("key of statistics.ini", key, value, span)
        }
    }
}
