//! The report as a PDF: accessible (PDF/UA-1), for archives (PDF/A-2a), and the same bytes for the same dossier.
//!
//! The template holds no words and no data. Both reach it as strings of one JSON file, which the typesetter sets as
//! text: nothing that a foreign file holds is ever read as markup.

mod code;
mod contents;
mod custody;
mod sharing;
mod sheet;

use std::sync::LazyLock;

use tutela_model::Lang;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::Dossier;
use crate::sharing::charts::{DrawError, Picture};

pub use self::sharing::drawn;

/// Why no report was made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The time of the last act is no instant.
    #[error("expected the time of the last act as RFC 3339, found: {0}")]
    AsOf(String),
    /// The name of the record's log is so long that its checkpoint fits no code.
    #[error("the checkpoint of the record does not fit into a QR code: {0}")]
    Code(qrcode::types::QrError),
    /// A picture could not be drawn.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// The typesetter refused, with its reasons. It is a fault of the program: nothing in a dossier may cause it.
    #[error("the report could not be typeset: {0}")]
    Typeset(String),
}

/// The report in a language.
///
/// # Errors
/// See [`ReportError`].
pub fn report(dossier: &Dossier<'_>, lang: Lang) -> Result<Vec<u8>, ReportError> {
    let timestamp = timestamp(dossier.as_of)?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| ReportError::Typeset(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{} {} {lang:?}", dossier.findings_digest, dossier.as_of)),
        creator: Smart::Custom(Some("Tutela".to_owned())),
        timestamp: Some(timestamp),
        standards,
        ..PdfOptions::default()
    };
    let made = |covered: &dyn Fn(char) -> bool| {
        let document = typeset(dossier, lang, covered)?;
        typst_pdf::pdf(&document, &options).map_err(|errors| refusal(&errors))
    };
    // A mark that combines with a letter of another font cannot be set, and only the typesetter finds that out.
    let pdf = made(&in_some_font).or_else(|_| made(&in_every_font));
    // The typesetter keeps what it computed for a next run, which never comes for this dossier.
    typst::comemo::evict(0);
    pdf
}

fn typeset(
    dossier: &Dossier<'_>,
    lang: Lang,
    covered: &dyn Fn(char) -> bool,
) -> Result<PagedDocument, ReportError> {
    let code = code::Code::of(&dossier.record.checkpoint()).map_err(ReportError::Code)?;
    let pictures = drawn(dossier, lang)?;
    let contents = contents::contents(dossier, &pictures, lang, covered);
    let desk = Desk::new(contents.to_string(), code.pixels(), pictures);
    typst::compile::<PagedDocument>(&desk).output.map_err(|errors| refusal(&errors))
}

fn refusal(errors: &[SourceDiagnostic]) -> ReportError {
    let messages: Vec<String> = errors.iter().map(|error| error.message.to_string()).collect();
    ReportError::Typeset(messages.join("; "))
}

fn timestamp(as_of: &str) -> Result<Timestamp, ReportError> {
    let bad = || ReportError::AsOf(as_of.to_owned());
    let at = as_of.parse::<jiff::Timestamp>().map_err(|_| bad())?.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |number: i8| u8::try_from(number).map_err(|_| bad());
    let datetime = Datetime::from_ymd_hms(
        at.year().into(),
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    );
    Ok(Timestamp::new_utc(datetime.ok_or_else(bad)?))
}

/// The fonts that are compiled in. The machine's own are never used, so that every machine sets the same pages.
static FONTS: LazyLock<FontStore> = LazyLock::new(|| {
    let mut fonts = FontStore::new();
    fonts.extend(typst_kit::fonts::embedded());
    fonts
});

/// The families that the template names.
const FAMILIES: [&str; 2] = ["Libertinus Serif", "DejaVu Sans Mono"];

/// Whether some font has the character. PDF/A refuses a page with a character that no font has, and characters for
/// private use, which mean nothing outside their own program (ISO 19005-2, 6.2.11.7).
fn in_some_font(character: char) -> bool {
    !is_private(character) && fonts().any(|font| font.coverage.contains(u32::from(character)))
}

/// Whether every font that the template names has the character, so that no other font is ever mixed in.
fn in_every_font(character: char) -> bool {
    let mut named = fonts().filter(|font| FAMILIES.contains(&font.family.as_str()));
    !is_private(character) && named.all(|font| font.coverage.contains(u32::from(character)))
}

fn is_private(character: char) -> bool {
    matches!(u32::from(character), 0xe000..=0xf8ff | 0xf_0000..)
}

fn fonts() -> impl Iterator<Item = &'static FontInfo> {
    (0..).map_while(|idx| FONTS.book().info(idx))
}

/// The files that a report is made from, and nothing else: the typesetter can reach no disk.
struct Desk {
    library: LazyHash<Library>,
    template: Source,
    /// The contents, the pixels of the code of the record's checkpoint, and the pictures.
    files: Vec<(FileId, Bytes)>,
}

impl Desk {
    fn new(data: String, code: Vec<u8>, pictures: Vec<Picture>) -> Self {
        let id = |name| {
            let path = VirtualPath::new(name).expect("a plain file name is a path");
            RootedPath::new(VirtualRoot::Project, path).intern()
        };
        let mut files =
            vec![(id("data.json"), Bytes::from_string(data)), (id("code.grey"), Bytes::new(code))];
        let pictures = pictures.into_iter();
        files.extend(pictures.map(|picture| (id(picture.name), Bytes::from_string(picture.svg))));
        Self {
            library: LazyHash::new(Library::default()),
            template: Source::new(id("report.typ"), include_str!("report.typ").to_owned()),
            files,
        }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        FONTS.book()
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            return Ok(self.template.clone());
        }
        Err(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let file = self.files.iter().find(|(name, _)| *name == id);
        file.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use typst::layout::{Frame, FrameItem};

    use super::*;
    use crate::example::{Example, HOSTILE};

    fn text_of(frame: &Frame, text: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => text_of(&group.frame, text),
                FrameItem::Text(run) => text.push_str(&run.text),
                _ => {}
            }
        }
    }

    /// The letters of all pages without blanks and break marks, because lines may break anywhere.
    fn letters(document: &PagedDocument) -> String {
        document.pages().iter().map(page_letters).collect()
    }

    fn squeezed(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
    }

    #[test]
    fn the_same_dossier_gives_the_same_bytes_in_each_language() {
        let example = Example::new(3);
        for lang in [Lang::It, Lang::En] {
            let pdf = report(&example.dossier(), lang).expect("a report");
            assert!(pdf.starts_with(b"%PDF-1.7"), "{:?}", &pdf[..8]);
            assert!(pdf.trim_ascii_end().ends_with(b"%%EOF"));
            assert_eq!(pdf, report(&example.dossier(), lang).expect("a report"));
        }
    }

    #[test]
    fn a_sheet_says_what_speaks_for_and_against_what_else_explains_it_and_what_is_missing() {
        let example = Example::new(2);
        let text = letters(&typeset(&example.dossier(), Lang::En, &in_some_font).expect("pages"));
        for said in [
            "Faro",
            "decreto di acquisizione 12/2026",
            "9f3c1d27b8a4e6509f3c1d27b8a4e6509f3c1d27b8a4e6509f3c1d27b8a4e650",
            "MADE-UP DATA",
            "Very strong support",
            "This is not the probability that the person did it.",
            "agorachat-connections.csv:2",
            "address 203.0.113.1",
            "Another member of the household",
            "An answer of the operator that assigns the same addresses",
            "No ground ties an account to a person",
            "Ask for the source ports of the",
            "What it does not show",
            "31/02/2026 25:00",
        ] {
            assert!(text.contains(&squeezed(said)), "{said}");
        }
    }

    #[test]
    fn every_page_carries_the_entries_of_the_record_the_beginning_of_its_root_and_its_code() {
        let example = Example::new(1);
        let copy = example.dossier().for_office(crate::office_of("MI").expect("an office"));
        for (dossier, lang, said) in [
            (&example.dossier(), Lang::It, "Registro degli atti: 214 voci 41d0c2f7a9be6380…"),
            (&copy, Lang::En, "Record: 214 entries 41d0c2f7a9be6380…"),
        ] {
            let document = typeset(dossier, lang, &in_some_font).expect("pages");
            for page in document.pages() {
                assert!(
                    n_pictures(&page.frame) > 0 && page_letters(page).contains(&squeezed(said)),
                    "{said}"
                );
            }
        }
    }

    #[test]
    fn the_cover_says_what_is_shown_of_the_record_and_the_colour_in_words() {
        let alone = Example::new(0);
        let mut anchored = Example::new(0);
        anchored.anchor();
        for (example, lang, said) in [
            (&alone, Lang::It, "Giallo Nulla al di fuori dell'ufficio mostra ancora che sia inalterato."),
            (&alone, Lang::En, "Amber Nothing outside the unit shows yet that it is unaltered."),
            (&anchored, Lang::It, "Verde Le prime 203 voci sono inalterate dal checkpoint 203, che procura."),
            (
                &anchored,
                Lang::En,
                "Green The first 203 entries are unaltered since checkpoint 203, which procura.",
            ),
        ] {
            let cover = pages(&example.dossier(), lang).remove(0);
            for said in [said, "tutela.case/5d1241d0c2f7a9be63805d1241d0c2f7", &"41d0c2f7a9be6380".repeat(4)]
            {
                assert!(cover.contains(&squeezed(said)), "{said}: {cover}");
            }
        }
    }

    #[test]
    fn each_file_is_told_with_who_brought_it_and_the_acts_on_it() {
        let example = Example::new(0);
        let text = letters(&typeset(&example.dossier(), Lang::It, &in_some_font).expect("pages"));
        for said in [
            "R-1 agorachat-connections.csv",
            "Fornito da: Alfanet S.p.A. · Riferimento: prot. 4471/2026",
            "0101 (verificata sui byte ricevuti)",
            "0202 (non verificata)",
            "Impronta del fornitore: nessuna registrata",
            "4 02/10/2026, 08:15 UTC isp. E. Prova, con sov. A. Finta ricevuto nome agorachat-connections.csv",
            "righe 117.000 non letti 0",
            "188 28/10/2026, 15:30 UTC isp. E. Prova trasferito a Procura di Prova sigillo S-14",
            "verbale-consegna.pdf",
            "non importato",
        ] {
            assert!(text.contains(&squeezed(said)), "{said}");
        }
    }

    fn pages(dossier: &Dossier<'_>, lang: Lang) -> Vec<String> {
        let document = typeset(dossier, lang, &in_some_font).expect("pages");
        document.pages().iter().map(page_letters).collect()
    }

    fn page_letters(page: &typst_layout::Page) -> String {
        let mut text = String::new();
        text_of(&page.frame, &mut text);
        squeezed(&text)
    }

    #[test]
    fn a_report_with_an_unanswered_explanation_says_on_every_page_that_it_is_a_draft() {
        let mut example = Example::new(3);
        for (lang, said) in
            [(Lang::It, "BOZZA, non è una relazione definitiva"), (Lang::En, "DRAFT, not an issued report")]
        {
            let draft = pages(&example.dossier(), lang);
            assert!(draft.len() > 5 && draft.iter().all(|page| page.contains(&squeezed(said))));
        }
        example.answer();
        let whole = pages(&example.dossier(), Lang::En);
        assert!(whole.iter().all(|page| !page.contains("DRAFT")));
    }

    #[test]
    fn decisions_stand_on_the_sheets_and_in_an_annex_of_their_own() {
        let mut example = Example::new(2);
        example.decide();
        let text = letters(&typeset(&example.dossier(), Lang::En, &in_some_font).expect("pages"));
        for said in ["lives alone according to the register", "the line was ported in January"] {
            assert_eq!(text.matches(&squeezed(said)).count(), 2, "{said}");
        }
        for said in [
            "the family register is awaited",
            "does not count: withdrawn, replaced, or not taken by a second officer",
            "sov. A. Finta",
        ] {
            assert!(text.contains(&squeezed(said)), "{said}");
        }
    }

    #[test]
    fn an_offices_copy_says_how_much_more_the_operation_holds() {
        let mut example = Example::new(4);
        example.decide();
        let dossier = example.dossier();
        let copy = dossier.for_office(crate::office_of("MI").expect("an office"));
        let text = letters(&typeset(&copy, Lang::En, &in_some_font).expect("pages"));
        for said in [
            "2 leads of 4",
            "2 files of 3 of the operation",
            "1 more record that could not be read",
            "The decisions that concern the leads and sources of this copy",
        ] {
            assert!(text.contains(&squeezed(said)), "{said}");
        }
        for left_out in ["alfanet-risposta.csv", "31/02/202625:00", "verbale-consegna.pdf", "AlfanetS.p.A."] {
            assert!(!text.contains(left_out), "{left_out}");
        }
    }

    #[test]
    fn the_network_is_a_chapter_with_its_pictures_in_the_same_bytes_each_time() {
        let mut example = Example::new(1);
        let without = letters(&typeset(&example.dossier(), Lang::En, &in_some_font).expect("pages"));
        assert!(!without.contains("Thesharingnetwork"));
        example.add_network();
        for (lang, said) in [
            (Lang::It, ["La rete di condivisione", "non una persona", "01/03/2026", "Gorizia (GO)"]),
            (Lang::En, ["The sharing network", "not a person", "1 Mar 2026", "Gorizia (GO)"]),
        ] {
            let document = typeset(&example.dossier(), lang, &in_some_font).expect("pages");
            let text = letters(&document);
            assert!(said.iter().all(|said| text.contains(&squeezed(said))), "{said:?}");
            let pictures = document.pages().iter().map(|page| n_pictures(&page.frame)).sum::<usize>();
            // One code in every page's foot and one where the record is told.
            assert_eq!(pictures, document.pages().len() + 1 + 3);
            let pdf = report(&example.dossier(), lang).expect("a report");
            assert_eq!(pdf, report(&example.dossier(), lang).expect("a report"));
        }
    }

    fn n_pictures(frame: &Frame) -> usize {
        let of = |item: &FrameItem| match item {
            FrameItem::Group(group) => n_pictures(&group.frame),
            FrameItem::Image(..) => 1,
            _ => 0,
        };
        frame.items().map(|(_, item)| of(item)).sum()
    }

    #[test]
    fn hostile_texts_are_set_as_texts_and_never_stop_the_report() {
        let mut example = Example::new(2);
        example.hostile();
        report(&example.dossier(), Lang::En).expect("a report in spite of the texts");
        let text = letters(&typeset(&example.dossier(), Lang::En, &in_some_font).expect("pages"));
        for hostile in &HOSTILE[..5] {
            assert!(text.contains(&squeezed(hostile)), "{hostile}");
        }
        assert!(text.contains("[U+001B][2J[U+202E]"));
        assert!(text.contains("[U+1F600]"));
    }

    #[test]
    fn hostile_codes_of_provinces_are_cut_and_set_as_texts() {
        let mut example = Example::new(0);
        example.add_network();
        let area = example.findings.values_mut().find(|finding| finding.statement.key == "by_area");
        let values = &mut area.expect("areas").statement.values;
        for (name, hostile) in [
            ("provinces", serde_json::json!([["</desc>&\u{1b}#eval(1)", 9, 9]])),
            ("countries", serde_json::json!([[HOSTILE.join(" "), 9]])),
        ] {
            values.insert(name.to_owned(), hostile);
        }
        report(&example.dossier(), Lang::En).expect("a report in spite of the texts");
        let text = letters(&typeset(&example.dossier(), Lang::En, &in_some_font).expect("pages"));
        assert!(text.contains(&squeezed("</desc>&[U+001B]#ev –")), "{text}");
        let map = drawn(&example.dossier(), Lang::En).expect("pictures").remove(2).svg;
        assert!(map.contains("first &lt;/desc&gt;&amp;[U+001B]#ev 9."));
    }

    #[test]
    fn any_character_can_stand_in_a_report() {
        let mut example = Example::new(1);
        // Code points of all planes, and marks that combine with a letter that their font lacks.
        let characters = (0..0x3000).step_by(29).chain((0x3000..=0x0010_ffff).step_by(1_987));
        let mut characters: Vec<char> = characters.filter_map(char::from_u32).collect();
        characters.extend(['a', '\u{fe2b}', '€', '\u{20d5}', ']', '\u{1abf}']);
        let words: Vec<String> = characters.chunks(8).map(|chunk| chunk.iter().collect()).collect();
        example.leads[0].accounts = words.chunks(100).map(|words| words.join(" ")).collect();
        report(&example.dossier(), Lang::It).expect("a report in spite of the characters");
        // The words of the report itself need no other font.
        let own = crate::labels::STATEMENTS.iter().flat_map(|label| label.it.chars().chain(label.en.chars()));
        let lacking: String = own.filter(|character| !in_every_font(*character)).collect();
        assert_eq!(lacking, "");
    }

    #[test]
    fn a_dossier_with_nothing_in_it_still_makes_a_report() {
        let mut example = Example::new(0);
        (example.authorities, example.sources) = (vec![], vec![]);
        (example.methods, example.problems, example.warnings) = (vec![], vec![], vec![]);
        report(&example.dossier(), Lang::It).expect("a report");
    }

    #[test]
    fn a_time_of_the_last_act_that_is_none_is_refused() {
        let example = Example::new(0);
        let dossier = Dossier { as_of: "yesterday", ..example.dossier() };
        let error = report(&dossier, Lang::En).expect_err("no instant");
        assert_eq!(error.to_string(), "expected the time of the last act as RFC 3339, found: yesterday");
    }
}
