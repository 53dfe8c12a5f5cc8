//! A file of many reports, too large to be held in memory: one report is read after the other.

use std::fmt;
use std::io::{self, BufReader, Read};

use serde::de::{Deserializer as _, Error as _, SeqAccess, Visitor};
use serde_json::Value;
use tutela_model::Spot;
use tutela_model::source::{Declared, Refusal, Sink};
use tutela_model::tables::{Problem, ProblemKind};

use super::report;
use crate::cybertip::Filing;
use crate::metered::{CHUNK, Meter, Metered};

/// Reads a JSON array of reports. What stands before a flaw is read, and the flaw is a problem at its report.
pub(super) fn read(
    bytes: &mut dyn Read,
    name: &str,
    declared: &Declared,
    report_max: u64,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let metered = Metered::new(bytes, report_max);
    let meter = metered.meter();
    let mut failed = None;
    let mut n_reports = 0;
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(CHUNK, metered));
    let reports = Reports {
        name,
        filing: Filing::new(declared, &mut *sink),
        failed: &mut failed,
        n_reports: &mut n_reports,
        meter,
    };
    let ended = json.deserialize_seq(reports).and_then(|()| json.end());
    match (failed, ended) {
        (Some(refusal), _) => Err(refusal),
        (None, Ok(())) => Ok(()),
        (None, Err(error)) if error.is_io() && error.io_error_kind() != Some(io::ErrorKind::FileTooLarge) => {
            Err(io::Error::from(error).into())
        }
        (None, Err(error)) => {
            let kind = match error.io_error_kind() {
                Some(_) => ProblemKind::TooLarge,
                None if error.is_eof() => ProblemKind::Truncated,
                None => ProblemKind::Malformed,
            };
            let expected =
                format!("an array of reports in JSON (RFC 8259), each of at most {report_max} bytes");
            let place = Spot::Pointer(format!("/{n_reports}").as_str().into());
            let problem = Problem::new(kind, place, "", &expected, &error.to_string());
            sink.record();
            sink.problem(
                problem.mend("ask the sender for one file a report; what stands before this one was read"),
            )
        }
    }
}

/// Files each report as it comes.
struct Reports<'a> {
    name: &'a str,
    filing: Filing<'a>,
    failed: &'a mut Option<Refusal>,
    n_reports: &'a mut usize,
    meter: Meter,
}

impl<'de> Visitor<'de> for Reports<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of reports")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut reports: A) -> Result<(), A::Error> {
        loop {
            self.meter.next();
            let Some(value) = reports.next_element::<Value>()? else { return Ok(()) };
            let pointer = format!("/{}", self.n_reports);
            if let Err(refusal) = report::read(&value, &pointer, self.name, &mut self.filing) {
                *self.failed = Some(refusal);
                return Err(A::Error::custom("the import has ended"));
            }
            *self.n_reports += 1;
            self.filing.sink.progress(self.meter.n_read());
        }
    }
}

#[cfg(test)]
mod tests {
    use tutela_model::Row;

    use super::*;

    #[derive(Default)]
    struct Kept(Vec<String>);

    impl Sink for Kept {
        fn record(&mut self) {}

        fn row(&mut self, row: Row) -> Result<(), Refusal> {
            match row {
                Row::Referral(referral) => self.0.push(format!("{} {}", referral.reference, referral.place)),
                Row::Problem(problem) => self.0.push(format!("{} {}", problem.kind.word(), problem.place)),
                _ => {}
            }
            Ok(())
        }

        fn skip(&mut self, _: &Spot, _: &'static str) {}

        fn note(&mut self, _: &'static str, _: &str) {}

        fn progress(&mut self, _: u64) {}
    }

    fn kept(json: &str) -> Vec<String> {
        let mut kept = Kept::default();
        read(&mut json.as_bytes(), "a.json", &Declared::default(), 3 * CHUNK as u64, &mut kept)
            .expect("no refusal");
        kept.0
    }

    fn report(number: u32, n_text: usize) -> String {
        let text = "a ".repeat(n_text / 2);
        format!(
            r#"{{"reportId":{number},"reportedInformation":{{"incidentSummary":{{"incidentType":"{text}"}}}}}}"#
        )
    }

    #[test]
    fn reports_are_read_one_after_the_other_up_to_the_one_that_cannot_be() {
        let two = format!("[{},\n{}]", report(7, 10), report(8, 100_000));
        assert_eq!(kept(&two), ["7 pointer:/0", "8 pointer:/1"]);
        // The file may be of any size, and one report may not.
        let many: Vec<String> = (0..40).map(|number| report(number, 50_000)).collect();
        assert_eq!(kept(&format!("[{}]", many.join(","))).len(), 40);
        let endless = format!("[{},{},{}]", report(7, 10), report(8, 1_000_000), report(9, 10));
        assert_eq!(kept(&endless), ["7 pointer:/0", "too_large pointer:/1"]);
        assert_eq!(kept(&two[..two.len() - 20]), ["7 pointer:/0", "truncated pointer:/1"]);
        assert_eq!(kept(&two.replace(",\n", " ")), ["7 pointer:/0", "malformed pointer:/1"]);
        assert_eq!(kept(&format!("{two}x")).last().map(String::as_str), Some("malformed pointer:/2"));
    }
}
