//! The report of a validation: one page of HTML that is read and printed without anything else.

use std::fmt::Write as _;

use tutela_model::{Lang, Phrase};
use tutela_outputs::shown;

use super::Validation;
use super::plot::{self, Words};
use crate::evaluation::{HeldOut, Measures, Part, words};
use crate::talk::{phrase, say};

const STYLE: &str = include_str!("page.css.txt");

/// The page, in a language.
pub fn page(validation: &Validation, lang: Lang) -> String {
    let measures = Measures::of(&validation.total());
    let mut page = Page { html: String::new(), lang };
    let code = if lang == Lang::It { "it" } else { "en" };
    let title = page.word(phrase!("validation.title"));
    let _ = write!(
        page.html,
        "<!DOCTYPE html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    page.paragraph("mark", phrase!("validation.mark"));
    page.tested(validation);
    page.accusations(&measures);
    page.levels(&measures);
    page.ratios(&measures);
    page.calibration(&measures);
    page.held_out(&validation.held_out());
    page.gates(&measures);
    page.operations(validation);
    page.methods();
    page.html + "</body>\n</html>\n"
}

struct Page {
    html: String,
    lang: Lang,
}

impl Page {
    /// A sentence, fit to stand in a page.
    fn word(&self, what: Phrase) -> String {
        escaped(&say(&what, self.lang))
    }

    fn line(&mut self, line: &str) {
        self.html.push_str(line);
        self.html.push('\n');
    }

    fn heading(&mut self, what: Phrase) {
        let text = self.word(what);
        self.line(&format!("<h2>{text}</h2>"));
    }

    fn paragraph(&mut self, class: &str, what: Phrase) {
        let text = self.word(what);
        self.line(&format!("<p class=\"{class}\">{text}.</p>"));
    }

    fn list(&mut self, items: impl IntoIterator<Item = Phrase>) {
        self.line("<ul>");
        for item in items {
            let text = self.word(item);
            self.line(&format!("<li>{text}.</li>"));
        }
        self.line("</ul>");
    }

    /// A table; its headings are one sentence, cut at its middle dots. Cells after the first are numbers.
    fn table(&mut self, headings: Phrase, rows: &[Vec<String>]) {
        let headings = self.word(headings);
        self.line("<table>");
        let cells: String = headings.split(" · ").map(|cell| format!("<th>{cell}</th>")).collect();
        self.line(&format!("<tr>{cells}</tr>"));
        for row in rows {
            let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
            self.line(&format!("<tr>{cells}</tr>"));
        }
        self.line("</table>");
    }

    fn count(&self, n: u64) -> String {
        shown::count(n, self.lang)
    }

    /// A number with some decimals, as the language writes it; a dash where there is none.
    fn number(&self, value: Option<f64>, decimals: usize) -> String {
        let Some(value) = value else { return "–".to_owned() };
        let text = format!("{value:.decimals$}");
        if self.lang == Lang::It { text.replace('.', ",") } else { text }
    }

    fn percent(&self, share: Option<f64>) -> String {
        share.map_or("–".to_owned(), |share| format!("{} %", self.number(Some(share * 100.0), 2)))
    }

    fn tested(&mut self, validation: &Validation) {
        let sum = |of: &dyn Fn(&super::Operation) -> u64| validation.operations.iter().map(of).sum::<u64>();
        let [connections, users, bystanders, faults] = [
            sum(&|operation| operation.made.connections),
            sum(&|operation| u64::from(operation.made.users)),
            sum(&|operation| u64::from(operation.made.bystanders)),
            sum(&|operation| u64::from(operation.made.faults)),
        ]
        .map(|n| self.count(n));
        let n = validation.operations.len();
        self.heading(phrase!("validation.tested"));
        self.paragraph("", phrase!("validation.tested.what"));
        let date = match validation.date {
            Some(date) => shown::date(&date.to_string(), self.lang),
            None => say(&phrase!("validation.date.none"), self.lang),
        };
        let command = format!("tutela selftest --seeds {n} --size {} --report -o DIR", validation.size);
        let rows = [
            (phrase!("validation.program"), validation.made_with.clone()),
            (phrase!("validation.analyses"), tutela_analyses::version().to_string()),
            (phrase!("validation.scenario"), validation.scenario.clone()),
            (phrase!("validation.seeds"), format!("1–{n}")),
            (phrase!("validation.size"), validation.size.to_string()),
            (phrase!("validation.date"), date),
            (phrase!("validation.connections"), connections),
            (phrase!("validation.users"), users),
            (phrase!("validation.bystanders"), bystanders),
            (phrase!("validation.faults"), faults),
            (phrase!("validation.command"), command),
        ];
        self.line("<table class=\"facts\">");
        for (label, value) in rows {
            let label = self.word(label);
            self.line(&format!("<tr><th>{label}</th><td>{}</td></tr>", escaped(&value)));
        }
        self.line("</table>");
    }

    fn accusations(&mut self, measures: &Measures) {
        let found = &measures.false_accusations;
        self.heading(phrase!("validation.accusations"));
        self.paragraph("", phrase!("validation.accusations.what"));
        let row = |of: Phrase, (n, wrong): (u64, u64), rate: Option<f64>, upper: Option<f64>| {
            let (rate, upper) = (self.number(rate, 2), self.number(upper, 2));
            vec![say(&of, self.lang), self.count(n), self.count(wrong), rate, upper]
        };
        let rows = [
            row(
                phrase!("validation.leads"),
                (found.leads, found.count),
                found.per_1000_leads,
                found.upper_95_per_1000_leads,
            ),
            row(
                phrase!("validation.leads.identified"),
                (found.leads_identified, found.count),
                found.per_1000_identified,
                found.upper_95_per_1000_identified,
            ),
            row(
                phrase!("validation.leads.exported"),
                (found.exported, found.exported_wrong),
                found.per_1000_exported,
                found.upper_95_per_1000_exported,
            ),
        ];
        self.table(phrase!("validation.accusations.columns"), &rows);
        self.paragraph(
            "",
            phrase!(
                "validation.accusations.kinds",
                bystander = found.bystander,
                subscriber = found.subscriber_only,
                another = found.another_user,
                nobody = found.nobody
            ),
        );
    }

    fn levels(&mut self, measures: &Measures) {
        self.heading(phrase!("validation.levels"));
        let row = |(name, level): (&str, &crate::evaluation::Level)| {
            let mut row = vec![say(&words::level(name), self.lang)];
            row.extend([level.found, level.right].map(|n| self.count(n)));
            row.extend([level.precision, level.precision_lower_95].map(|share| self.percent(share)));
            row.extend([level.sought, level.reached].map(|n| self.count(n)));
            row.extend([level.recall, level.recall_lower_95].map(|share| self.percent(share)));
            row.push(self.count(level.unjudged));
            row
        };
        let rows: Vec<_> = measures.levels.all().into_iter().map(row).collect();
        self.table(phrase!("validation.levels.columns"), &rows);
        self.list([
            phrase!("validation.level.connection_line"),
            phrase!("validation.level.account_line"),
            phrase!("validation.level.same_user"),
            phrase!("validation.level.lead_person"),
            phrase!("validation.level.bounds"),
        ]);
    }

    fn ratios(&mut self, measures: &Measures) {
        self.heading(phrase!("validation.ratios"));
        self.paragraph("", phrase!("validation.ratios.what"));
        let judged: Vec<_> = measures
            .levels
            .all()
            .into_iter()
            .filter_map(|(name, level)| Some((name, level.likelihood_ratios.as_ref()?)))
            .collect();
        let rows: Vec<_> = judged
            .iter()
            .map(|(name, ratios)| {
                let costs = [ratios.cllr, ratios.cllr_min, ratios.cllr_calibration];
                let mut row = vec![say(&words::level(name), self.lang)];
                row.extend([ratios.n_true, ratios.n_false].map(|n| self.count(n)));
                row.extend(costs.map(|cost| self.number(cost, 4)));
                row
            })
            .collect();
        self.table(phrase!("validation.ratios.columns"), &rows);
        for (name, ratios) in judged {
            let words = Words {
                title: self.word(phrase!("validation.tippett", level = say(&words::level(name), self.lang))),
                across: self.word(phrase!("validation.tippett.across")),
                up: self.word(phrase!("validation.tippett.up")),
                curves: [phrase!("validation.tippett.true"), phrase!("validation.tippett.false")]
                    .map(|curve| self.word(curve)),
            };
            self.figure(&plot::tippett(ratios, &words), &words.title);
        }
    }

    fn calibration(&mut self, measures: &Measures) {
        let error = &measures.calibration_error;
        self.heading(phrase!("validation.calibration"));
        let ece = self.number(error.ece, 4);
        self.paragraph("", phrase!("validation.calibration.what", ece = ece));
        let row = |stretch: &crate::evaluation::Calibration| {
            let (from, to) = (Some(stretch.posterior_from), Some(stretch.posterior_to));
            vec![
                format!("{}–{}", self.number(from, 3), self.number(to, 3)),
                self.count(stretch.connections),
                self.percent(Some(stretch.mean_posterior)),
                self.percent(Some(stretch.share_right)),
            ]
        };
        let rows: Vec<_> = error.stretches.iter().map(row).collect();
        self.table(phrase!("validation.calibration.columns"), &rows);
        let words = Words {
            title: self.word(phrase!("validation.calibration.plot")),
            across: self.word(phrase!("validation.calibration.across")),
            up: self.word(phrase!("validation.calibration.up")),
            curves: Default::default(),
        };
        self.figure(&plot::calibration(&error.stretches, &words), &words.title);
    }

    fn held_out(&mut self, held_out: &HeldOut) {
        self.heading(phrase!("validation.held_out"));
        self.paragraph("", phrase!("validation.held_out.what"));
        let level = |page: &Self, name: &str| say(&words::level(name), page.lang);
        let row = |(name, part): (&str, &Part)| {
            let counts = [part.fitted_true, part.fitted_false, part.held_true, part.held_false];
            let errors = [part.ece_stated, part.ece, part.cllr_stated, part.cllr];
            let mut row = vec![level(self, name)];
            row.extend(counts.map(|n| self.count(n)));
            row.extend(errors.map(|error| self.number(error, 4)));
            row
        };
        let rows: Vec<_> = held_out.all().into_iter().map(row).collect();
        self.table(phrase!("validation.held_out.columns"), &rows);
        let not = held_out.all().into_iter().filter_map(|(name, part)| {
            let why = say(&words::not_computable(part.not_computable?), self.lang);
            Some(phrase!("validation.held_out.none", level = level(self, name), why = why))
        });
        let not: Vec<Phrase> = not.collect();
        if !not.is_empty() {
            self.list(not);
        }
        let stretches = held_out.all().into_iter().flat_map(|(name, part)| {
            let row = move |page: &Self, at: &crate::evaluation::Stretch| {
                vec![
                    level(page, name),
                    format!("{}–{}", page.number(Some(at.from), 3), page.number(Some(at.to), 3)),
                    page.count(at.statements),
                    page.percent(Some(at.said)),
                    page.percent(Some(at.share_right)),
                ]
            };
            part.reliability.iter().map(|at| row(self, at)).collect::<Vec<_>>()
        });
        let rows: Vec<_> = stretches.collect();
        if !rows.is_empty() {
            self.table(phrase!("validation.reliability.columns"), &rows);
        }
    }

    fn gates(&mut self, measures: &Measures) {
        self.heading(phrase!("validation.gates"));
        self.paragraph("", phrase!("validation.gates.what"));
        let row = |gate: &crate::evaluation::Gate| {
            let mut row = vec![say(&words::gate(&gate.missing), self.lang)];
            row.extend([gate.persons, gate.only].map(|n| self.count(n)));
            row.push(self.percent(gate.recall_lost));
            row.extend([gate.leads, gate.leads_line_of_another].map(|n| self.count(n)));
            row
        };
        let rows: Vec<_> = measures.gates.iter().map(row).collect();
        self.table(phrase!("validation.gates.columns"), &rows);
    }

    fn operations(&mut self, validation: &Validation) {
        self.heading(phrase!("validation.operations"));
        let medians = validation.medians();
        let [identified, candidate, leads] =
            [medians.identified, medians.candidate, medians.leads].map(|median| self.number(median, 1));
        let recall = self.percent(medians.account_line_recall);
        let told = phrase!(
            "validation.medians",
            identified = identified,
            candidate = candidate,
            leads = leads,
            recall = recall
        );
        self.paragraph("", told);
        if let Some(worst) = validation.worst() {
            self.paragraph("", phrase!("validation.worst", seed = worst.seed));
        }
        let row = |(name, spread): (&str, super::Spread)| {
            let mut row = vec![say(&words::spread(name), self.lang)];
            row.extend([
                self.count(spread.least),
                self.number(Some(spread.median), 1),
                self.count(spread.most),
            ]);
            row
        };
        let rows: Vec<_> = validation.spreads().into_iter().map(row).collect();
        self.table(phrase!("validation.spread.columns"), &rows);
        let row = |line: super::Line| {
            let mut row = vec![line.seed.to_string()];
            let counts = [line.connections, line.users, line.identified, line.candidate, line.not_found];
            row.extend(counts.map(|n| self.count(n)));
            row.extend(
                [line.leads, line.false_accusations, line.wrong_names, line.merged].map(|n| self.count(n)),
            );
            row.extend(
                [line.account_line_precision, line.account_line_recall].map(|share| self.percent(share)),
            );
            row
        };
        let rows: Vec<_> = validation.lines().into_iter().map(row).collect();
        self.table(phrase!("validation.operations.columns"), &rows);
    }

    fn methods(&mut self) {
        self.heading(phrase!("validation.methods"));
        self.list([
            phrase!("validation.method.bounds"),
            phrase!("validation.method.cllr"),
            phrase!("validation.method.tippett"),
            phrase!("validation.method.ece"),
            phrase!("validation.method.guideline"),
        ]);
        self.heading(phrase!("validation.limits"));
        self.list([
            phrase!("validation.limit.made_up"),
            phrase!("validation.limit.one_hand"),
            phrase!("validation.limit.plan"),
            phrase!("validation.limit.held_out"),
            phrase!("validation.limit.no_false"),
            phrase!("validation.limit.connections"),
            phrase!("validation.limit.recall"),
            phrase!("validation.limit.strengths"),
            phrase!("validation.limit.decisions"),
            phrase!("validation.limit.person"),
        ]);
    }

    fn figure(&mut self, svg: &str, caption: &str) {
        self.line(&format!("<figure>{svg}<figcaption>{caption}</figcaption></figure>"));
    }
}

/// A text as it stands in a page.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
