//! What to ask next as CSV (RFC 4180), one row a question, those of a lead in the order in which its sheet has them.

use tutela_model::Lang;

use crate::Dossier;
use crate::leads_csv::safe;

const COLUMNS: [&str; 8] = ["lead", "turn", "by", "past", "of", "ask", "why", "gain_bits"];

/// The next steps of all leads. Column names are the same in every language; words are in the language.
#[must_use]
pub fn next_steps_csv(dossier: &Dossier<'_>, lang: Lang) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("a vector takes everything");
    for lead in &dossier.leads {
        for (turn, step) in (1..).zip(dossier.steps_of(lead)) {
            let by = step.by.as_deref().unwrap_or_default();
            let cells = [
                safe(&lead.lead),
                u64::to_string(&turn),
                safe(by),
                if dossier.is_past(by) { "yes" } else { "no" }.to_owned(),
                safe(&step.of),
                safe(&dossier.say(&step.ask, lang)),
                safe(&dossier.say(&step.why, lang)),
                (f64::from(step.gain_millibits) / 1000.0).to_string(),
            ];
            writer.write_record(cells).expect("each row has as many cells as the header");
        }
    }
    writer.into_inner().expect("a vector takes everything")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;

    #[test]
    fn each_question_of_each_lead_is_a_row_and_says_whether_its_day_is_over() {
        let mut example = Example::new(2);
        example.leads[1].next_steps[0].by = Some("2026-10-01".to_owned());
        example.leads[1].next_steps[0].of = "=1+1".to_owned();
        let dossier = example.dossier();
        let text = String::from_utf8(next_steps_csv(&dossier, Lang::En)).expect("UTF-8");
        let n_steps: usize = dossier.leads.iter().map(|lead| lead.next_steps.len()).sum();
        assert_eq!(text.lines().count(), n_steps + 1);
        assert!(text.lines().any(|line| line.starts_with("L-002,1,2026-10-01,yes,'=1+1,")), "{text}");
    }
}
