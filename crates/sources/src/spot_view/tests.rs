//! What is marked of small files, and what is said of those that are not shown.

use std::io::{self, Read, Seek, SeekFrom, Write as _};

use proptest::prelude::*;

use super::*;

const CSV: &str =
    "at,account,note\n2026-03-01,anna,\"one, \"\"two\"\"\"\n2026-03-02,\"bru\nno\",x\n2026-03-03,carla,y\n";

fn view(name: &str, bytes: &[u8], place: &str) -> Shown {
    view_of(name, "", bytes, place, &LineIndex::of_blocks(1_000, u64::MAX))
}

/// The view of a place, which is the same with an index as without.
fn view_of(name: &str, reader: &str, bytes: &[u8], place: &str, index: &LineIndex) -> Shown {
    let declared = Declared::default();
    let spot = place.parse().expect("a place");
    let opened = |index| {
        let input = Input::from_memory(name, bytes.to_vec());
        open(input, &spot, ReadAs { reader, declared: &declared }, index).expect("memory can be read").shown
    };
    let (walked, gone_to) = (opened(None), opened(Some(index)));
    assert_eq!(format!("{gone_to:?}"), format!("{walked:?}"), "{place}");
    walked
}

fn text(name: &str, bytes: &[u8], place: &str) -> TextView {
    match view(name, bytes, place) {
        Shown::Text(view) => view,
        other => panic!("{place}: {other:?}"),
    }
}

#[test]
fn a_field_is_marked_without_its_quotation_marks_and_over_several_lines() {
    for (place, marked, span) in [
        ("line:2.1", "2026-03-01", (16, 10)),
        ("line:2.3", "one, \"\"two\"\"", (33, 12)),
        ("line:3.2", "bru\nno", (59, 6)),
        ("line:5.2", "carla", (80, 5)),
        ("line:2", "2026-03-01,anna,\"one, \"\"two\"\"\"", (16, 30)),
    ] {
        let view = text("a.csv", CSV.as_bytes(), place);
        assert_eq!((view.marked().as_str(), view.span), (marked, Some(span)), "{place}");
    }
    let several = text("a.csv", CSV.as_bytes(), "line:3.2");
    let of_record: Vec<u64> =
        several.lines.iter().filter(|line| line.of_record).map(|line| line.number).collect();
    assert_eq!(of_record, [3, 4]);
    assert_eq!(text("a.csv", CSV.as_bytes(), "line:2.9").notes, [Note::NoField]);
    assert_eq!(text("a.csv", CSV.as_bytes(), "line:8").notes, [Note::Ends]);
    assert!(matches!(view("a.csv", CSV.as_bytes(), "line:99"), Shown::Nothing(Why::NotThere)));
}

#[test]
fn four_lines_before_and_eight_behind_are_shown() {
    let lines: String = (1..=40).map(|n| format!("row {n}\n")).collect();
    let view = text("a.txt", lines.as_bytes(), "line:20");
    let numbers: Vec<u64> = view.lines.iter().map(|line| line.number).collect();
    assert_eq!(numbers, (16..=28).collect::<Vec<_>>());
    assert_eq!(view.marked(), "row 20");
}

#[test]
fn a_line_far_into_a_file_is_found_at_its_byte_over_lines_of_any_length() {
    let line = |n: usize| match n {
        70_000 => format!("{}\n", "long ".repeat(200_000)),
        _ => format!("row {n}{}\n", " and more".repeat(n % 7)),
    };
    let lines: Vec<String> = (1..=100_000).map(line).collect();
    let bytes = lines.concat();
    let utf16: Vec<u8> = format!("\u{feff}{bytes}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for n in [1, 5, 9_999, 69_999, 70_001, 70_006, 99_999, 100_000] {
        let before: usize = lines[..n - 1].iter().map(String::len).sum();
        let shown = text("a.txt", bytes.as_bytes(), &format!("line:{n}"));
        assert_eq!(
            (shown.marked().as_str(), shown.span.map(|(byte, _)| byte)),
            (lines[n - 1].trim_end(), Some(before as u64))
        );
        assert_eq!(shown.lines[0].number, n.saturating_sub(4).max(1) as u64);
        let shown = text("a.txt", &utf16, &format!("line:{n}"));
        assert_eq!(shown.span.map(|(byte, _)| byte), Some(2 + 2 * before as u64));
    }
    assert!(matches!(view("a.txt", bytes.as_bytes(), "line:100099"), Shown::Nothing(Why::NotThere)));
}

#[test]
fn lines_around_one_that_is_too_long_are_the_same_with_an_index() {
    let long = "\"long\" ".repeat(crate::text::MAX_RECORD / 6);
    let lines: String =
        (1..=30).map(|n| if n == 9 { format!("{long}\n") } else { format!("{n},x\n") }).collect();
    let index = LineIndex::default();
    for (n, first) in [(2, 1), (8, 4), (9, 5), (10, 6), (14, 10), (25, 21), (30, 26)] {
        let shown = view_of("a.csv", "", lines.as_bytes(), &format!("line:{n}"), &index);
        assert!(matches!(shown, Shown::Text(view) if view.lines[0].number == first), "{n}");
    }
}

/// A file of lines of 64 KiB that takes no room.
struct Endless {
    at: u64,
    len: u64,
}

const LINE_BYTES: u64 = 64 << 10;

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = into.len().min(usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX));
        into[..n].fill(b'x');
        let first_end = usize::try_from(LINE_BYTES - 1 - self.at % LINE_BYTES).expect("it fits");
        into[..n].iter_mut().skip(first_end).step_by(LINE_BYTES as usize).for_each(|end| *end = b'\n');
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(at) = to else { return Err(io::ErrorKind::Unsupported.into()) };
        self.at = at;
        Ok(at)
    }
}

#[test]
fn a_line_behind_what_is_walked_through_is_shown_with_an_index_only() {
    let len = MAX_READ + 80 * LINE_BYTES;
    let line = MAX_READ / LINE_BYTES + 70;
    let index = LineIndex::default();
    let opened = |index| {
        let input =
            Input { name: "a.txt".into(), len, bytes: Box::new(Endless { at: 0, len }), beside: Vec::new() };
        let read_as = ReadAs { reader: "", declared: &Declared::default() };
        open(input, &Spot::Line(line), read_as, index).expect("it can be read").shown
    };
    assert!(matches!(opened(None), Shown::Nothing(Why::TooFar)));
    let Shown::Text(view) = opened(Some(&index)) else { panic!("it is not shown") };
    assert_eq!(view.span, Some(((line - 1) * LINE_BYTES, LINE_BYTES - 1)));
    assert_eq!(view.lines[0].number, line - 4);
    assert!(index.memory_bytes() < 32 << 10);
}

#[test]
fn one_view_counts_only_so_far_and_the_next_goes_on() {
    let lines: String = (1..=1_000).map(|n| format!("{n:04},x\n")).collect();
    let index = LineIndex::of_blocks(70, 700);
    let opened = || {
        let input = Input::from_memory("a.csv", lines.clone().into_bytes());
        let read_as = ReadAs { reader: "", declared: &Declared::default() };
        open(input, &Spot::Line(500), read_as, Some(&index)).expect("memory can be read").shown
    };
    for n in 1..=4 {
        assert!(matches!(opened(), Shown::Nothing(Why::NotYet(byte)) if byte == n * 700), "{n}");
    }
    let Shown::Text(view) = opened() else { panic!("it is not shown") };
    assert_eq!(view.span, Some((499 * 7, 6)));
}

#[test]
fn compressed_text_is_opened_and_offsets_are_those_of_its_content() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(CSV.as_bytes()).expect("memory");
    let view = text("a.csv.gz", &packed.finish().expect("memory"), "line:5");
    assert_eq!((view.packed, view.span.map(|(byte, _)| byte)), (Some("gzip"), Some(69)));
}

#[test]
fn other_encodings_have_the_offsets_of_the_file() {
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend("è,\u{1f600}\nb,cd\n".encode_utf16().flat_map(u16::to_le_bytes));
    let view = text("a.csv", &utf16, "line:2.2");
    assert_eq!((view.marked().as_str(), view.span, view.encoding), ("cd", Some((16, 4)), Some("UTF-16LE")));
    let view = text("a.csv", b"citt\xe0,x\n", "line:1.1");
    assert_eq!((view.marked().as_str(), view.span), ("citt\u{e0}", Some((0, 5))));
}

#[test]
fn bytes_are_shown_in_rows_with_those_meant_marked() {
    let bytes: Vec<u8> = (0..=255).collect();
    let Shown::Hex(hex) = view("a.dat", &bytes, "byte:78+6") else { panic!("no bytes") };
    assert_eq!((hex.marked().as_str(), hex.rows[0].byte), ("4e4f50515253", 32));
    assert_eq!(hex.rows[2].ascii, "@ABCDEFGHIJKLMNO");
    assert_eq!((hex.rows[2].marked.clone(), hex.rows[3].marked.clone()), (14..16, 0..4));
    let Shown::Hex(hex) = view("a.dat", &bytes, "byte:250+100") else { panic!("no bytes") };
    assert_eq!(hex.notes, [Note::Ends]);
    assert!(matches!(view("a.dat", &bytes, "byte:9999+1"), Shown::Nothing(Why::NotThere)));
}

#[test]
fn nothing_of_a_picture_is_shown_as_a_file_or_among_other_bytes() {
    let picture = b"\xff\xd8\xff\xe0secret\xff\xd9";
    let Shown::Nothing(Why::Media { media, byte, len }) = view("a.dat", picture, "byte:4+6") else {
        panic!("it is shown")
    };
    assert_eq!((media, byte, len), (Media::Picture, Some(4), 6));
    let mut database = vec![b'x'; 100];
    database.extend_from_slice(picture);
    database.extend_from_slice(b"after");
    let Shown::Hex(hex) = view("a.db", &database, "byte:96+20") else { panic!("no bytes") };
    let ascii: String = hex.rows.iter().map(|row| row.ascii.as_str()).collect();
    assert!(!ascii.contains("secret") && ascii.contains("after"), "{ascii}");
    assert_eq!(hex.notes, [Note::MediaLeftOut]);
}

#[test]
fn an_element_an_attribute_and_characters_of_a_text_are_marked() {
    let xml = "<r>\n <p><e>a</e></p>\n <p k=\"1\" l='zz'>x<e>b&amp;\r\nmail c@d.example<![CDATA[!?]]></e></p>\n</r>";
    for (place, marked) in [
        ("pointer:/r/p[1]/e[1]", "<e>a</e>"),
        ("pointer:/r/p[2]/@l", "l='zz'"),
        ("pointer:/r/p[2]/e[1]#char=1,2", "&amp;"),
        ("pointer:/r/p[2]/e[1]#char=8,19", "c@d.example"),
        ("pointer:/r/p[2]/e[1]#char=19,21", "!?"),
    ] {
        assert_eq!(text("a.xml", xml.as_bytes(), place).marked(), marked, "{place}");
    }
    assert!(matches!(view("a.xml", xml.as_bytes(), "pointer:/r/q[1]"), Shown::Nothing(Why::NotThere)));
    assert_eq!(text("a.xml", &xml.as_bytes()[..40], "pointer:/r/p[2]").notes, [Note::Ends]);
}

#[test]
fn a_value_of_json_is_marked_also_in_a_document_of_one_line() {
    let long = format!("{{\"a\":[{}{{\"b\":\"x@y.example z\"}}],\"c\":1}}", "0,".repeat(9_000));
    let view = text("a.json", long.as_bytes(), "pointer:/a/9000/b#char=0,11");
    assert_eq!((view.marked().as_str(), view.span), ("x@y.example", Some((18_012, 11))));
    assert!(view.lines[0].cut_before);
    let cut = text("a.json", &long.as_bytes()[..18_015], "pointer:/a/9000/b");
    assert_eq!((cut.marked().as_str(), cut.notes.as_slice()), ("\"x@y", &[Note::Ends][..]));
    let bad = text("a.json", b"{\"a\": 1 \"b\": 2}", "pointer:/b");
    assert_eq!(bad.notes, [Note::Unreadable]);
}

#[test]
fn what_is_not_there_is_said() {
    assert!(matches!(view("a.json", b"{}", "pointer:/a"), Shown::Nothing(Why::NotThere)));
    assert!(matches!(view("a.txt", b"", "line:1"), Shown::Nothing(Why::Empty)));
    assert!(matches!(view("a.pdf", b"%PDF-1.7", "page:3"), Shown::Nothing(Why::Page(3))));
    assert!(matches!(view("a.zip", b"PK\x03\x04", "path:x|line:1"), Shown::Nothing(Why::NotUnpacked(_))));
    assert!(matches!(view("a.xlsx", b"PK\x03\x04", "cell:A!A1"), Shown::Nothing(Why::Damaged(_))));
    assert!(matches!(view("a.parquet", b"PAR1", "record:1"), Shown::Nothing(Why::Damaged(_))));
}

proptest! {
    /// Endings of all kinds, in the middle of what makes them count or not: marks of encodings, quotation marks, NULs.
    #[test]
    fn every_line_is_the_same_with_an_index(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                &b"\n"[..], b"\r\n", b"\r", b"\n\n", b"a", b"bc,d", b"\"", b"\"\"", b",\"x\ny\",", b"\0", b"\xe8", b"\xc3\xa8",
                b"1/2/26, 10:00 - Anna: x\n", b"long long long long line",
            ]),
            0..120,
        ),
        beginning in prop::sample::select(vec![&b""[..], b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"a\rb\r"]),
        (name, reader) in prop::sample::select(vec![("a.csv", ""), ("a.txt", ""), ("a.txt", "whatsapp_export_text")]),
        lines in prop::collection::vec((0..90_u64, 0..3_u32), 1..8),
        block_bytes in 1..64_usize,
        is_packed in prop::bool::weighted(0.1),
    ) {
        let mut bytes = [beginning, &pieces.concat()].concat();
        if is_packed {
            bytes = zstd::encode_all(&bytes[..], 1).expect("memory");
        }
        let index = LineIndex::of_blocks(block_bytes, u64::MAX);
        for (line, field) in lines {
            let place = if field == 0 { format!("line:{line}") } else { format!("line:{line}.{field}") };
            view_of(name, reader, &bytes, &place, &index);
        }
    }

    #[test]
    fn no_bytes_make_a_place_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        beginning in prop::sample::select(vec!["", "{\"a\":", "<r>", "PK\x03\x04", "[", "\"", "a,b\n"]),
        line in 0..9_u64,
        byte in 0..900_u64,
    ) {
        let bytes = [beginning.as_bytes(), &bytes].concat();
        for place in [
            format!("line:{line}"),
            format!("line:{line}.2"),
            format!("byte:{byte}+{line}"),
            "pointer:/a/0".to_owned(),
            "pointer:/r/p[1]#char=1,4".to_owned(),
            "cell:A!B2".to_owned(),
            "record:1.1".to_owned(),
            "path:a|line:1".to_owned(),
        ] {
            view("a.csv", &bytes, &place);
        }
    }
}
