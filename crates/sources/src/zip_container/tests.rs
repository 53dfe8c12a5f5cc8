//! Containers as a delivery packs them, and as somebody packs them who means harm.

use std::io::{Cursor, Write as _};

use tutela_model::tables::Referral;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// What a container gave, one line a row.
#[derive(Default)]
struct Kept(Vec<String>);

impl Sink for Kept {
    fn record(&mut self) {}

    fn row(&mut self, row: Row) -> Result<(), Refusal> {
        let place = row.place().to_string();
        self.0.push(match row {
            Row::File(File { size, sha256, .. }) => {
                let sha256 = sha256.map_or_else(|| "-".to_owned(), |sha256| sha256[..8].to_owned());
                format!("file {place} {} {sha256}", size.unwrap_or_default())
            }
            Row::Problem(problem) => format!("{} {place}", problem.kind.word()),
            Row::Referral(Referral { reference, .. }) => format!("referral {place} {reference}"),
            row => format!("{} {place}", row.table().name),
        });
        Ok(())
    }

    fn skip(&mut self, place: &Spot, reason: &'static str) {
        self.0.push(format!("skip {place} {reason}"));
    }

    fn note(&mut self, _: &'static str, _: &str) {}

    fn progress(&mut self, _: u64) {}
}

fn packed(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("a member");
        writer.write_all(bytes).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

fn stored(members: &[(&str, &[u8])]) -> Vec<u8> {
    packed(members, CompressionMethod::Stored)
}

fn read_all(limits: &Limits, zip: Vec<u8>) -> Vec<String> {
    let mut kept = Kept::default();
    let input = Input::from_memory("delivery.zip", zip);
    read_within(limits, input, &Declared::default(), &mut kept).expect("content is never a refusal");
    kept.0
}

fn read_honest(zip: Vec<u8>) -> Vec<String> {
    read_all(&LIMITS, zip)
}

/// Writes `to` over each `from` of the same length.
fn patched(mut zip: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    for start in 0..=zip.len() - from.len() {
        if &zip[start..start + from.len()] == from {
            zip[start..start + to.len()].copy_from_slice(to);
        }
    }
    zip
}

const REPORT: &[u8] = b"<report><incidentSummary><platform>ExampleChat</platform></incidentSummary></report>";

#[test]
fn members_come_by_name_and_places_name_the_member() {
    let zip = stored(&[("media/b.bin", b"b"), ("report-7.xml", REPORT), ("a.bin", b"a"), ("media/", b"")]);
    assert_eq!(
        read_honest(zip),
        [
            "file path:a.bin 1 ca978112",
            "skip path:media/ a folder",
            "file path:media/b.bin 1 3e23e816",
            "file path:report-7.xml 84 c6eca9c9",
            "referral path:report-7.xml|pointer:/report 7",
        ]
    );
}

#[test]
fn a_deflated_member_reads_as_a_stored_one() {
    let members: &[(&str, &[u8])] = &[("a.bin", &[7; 5000]), ("report-7.xml", REPORT)];
    assert_eq!(read_honest(packed(members, CompressionMethod::Deflated)), read_honest(stored(members)));
}

#[test]
fn a_path_that_leaves_its_folder_is_hashed_and_not_read() {
    for path in
        ["../report-7.xml", "/report-7.xml", "a\\..\\report-7.xml", "C:\\report-7.xml", "a\nreport-7.xml"]
    {
        let said = read_honest(stored(&[(path, REPORT)]));
        assert_eq!(said.len(), 2, "{path}: {said:?}");
        assert!(said[0].starts_with("file path:") && !said[0].ends_with(" -"), "{said:?}");
        assert!(said[1].starts_with("refused path:"), "{said:?}");
        assert!(said.iter().all(|line| !line.contains('\n')), "{said:?}");
    }
    assert_eq!(read_honest(stored(&[("a..b.bin", b"a")])).len(), 1);
}

#[test]
fn an_encrypted_member_is_listed_and_said() {
    // Bit 0 of the flags (APPNOTE.TXT 4.4.4), in the member's own header and in the list.
    let zip = stored(&[("a.bin", b"a")]);
    let mut local = zip[..8].to_vec();
    local[6] |= 1;
    let zip = patched(zip.clone(), &zip[..8], &local);
    let start = zip.windows(4).position(|mark| mark == b"PK\x01\x02").expect("a list");
    let mut zip = zip;
    zip[start + 8] |= 1;
    assert_eq!(read_honest(zip), ["file path:a.bin 1 -", "refused path:a.bin"]);
}

#[test]
fn a_zip_inside_is_hashed_and_not_opened() {
    let inner = stored(&[("report-7.xml", REPORT)]);
    let said = read_honest(stored(&[("inner.zip", &inner)]));
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!(said[1], "refused path:inner.zip");
}

#[test]
fn a_bomb_is_cut_short_and_said() {
    let zeros = vec![0; 300_000];
    let zip = packed(&[("a.bin", &zeros), ("b.bin", b"b")], CompressionMethod::Deflated);
    let limits = Limits { ratio_from: 100_000, ..LIMITS };
    let said = read_all(&limits, zip.clone());
    assert_eq!(said, ["file path:a.bin 300000 -", "too_large path:a.bin", "file path:b.bin 1 3e23e816"]);

    let limits = Limits { total: 200_000, ..LIMITS };
    assert_eq!(
        read_all(&limits, zip.clone())[1..],
        ["too_large path:a.bin", "file path:b.bin 1 -", "too_large path:b.bin"]
    );

    let limits = Limits { members: 1, ..LIMITS };
    assert!(read_all(&limits, zip)[0].starts_with("too_large byte:"));
}

#[test]
fn a_member_too_large_to_be_read_is_still_hashed() {
    let limits = Limits { read: 10, ..LIMITS };
    let said = read_all(&limits, stored(&[("report-7.xml", REPORT)]));
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(!said[0].ends_with(" -"), "{said:?}");
    assert_eq!(said[1], "too_large path:report-7.xml");
}

#[test]
fn two_members_of_one_name_are_a_contradiction() {
    let members: &[(&str, &[u8])] =
        &[("aa.bin", b"1"), ("ab.bin", b"2"), ("c.bin", b"c"), ("report-7.xml", REPORT)];
    let zip = patched(stored(members), b"ab.bin", b"aa.bin");
    let list = zip.windows(4).position(|mark| mark == b"PK\x01\x02").expect("a list");
    let (first, second) = (format!("aa.bin#byte={list}"), format!("aa.bin#byte={}", list + 52));
    assert_eq!(
        read_honest(zip.clone()),
        [
            format!("file path:{first} 1 6b86b273"),
            format!("contradiction path:{first}"),
            format!("file path:{second} 1 d4735e3a"),
            format!("contradiction path:{second}"),
            "file path:c.bin 1 2e7d2c03".to_owned(),
            "file path:report-7.xml 84 c6eca9c9".to_owned(),
            "referral path:report-7.xml|pointer:/report 7".to_owned(),
        ]
    );
    for byte in 0..zip.len() {
        let mut damaged = zip.clone();
        damaged[byte] ^= 0xff;
        assert!(!read_honest(damaged).is_empty(), "damaged at {byte}");
    }
}

#[test]
fn reports_of_one_name_are_each_read() {
    let other = b"<report><incidentSummary><platform>OtherChat</platform></incidentSummary></report>";
    let before = [b'x'; 1000];
    let zip = patched(stored(&[("report-7.xml", REPORT), ("report-8.xml", other)]), b"report-8", b"report-7");
    // Something may stand before a container, and its offsets then count from behind it.
    let said = read_honest([&before[..], &zip].concat());
    let referrals = said.iter().filter(|line| line.starts_with("referral path:report-7.xml#byte=")).count();
    assert_eq!((referrals, said.len()), (2, 6), "{said:?}");
}

#[test]
fn a_member_whose_check_sum_does_not_fit_has_no_digest() {
    let zip = patched(stored(&[("a.bin", b"content")]), b"content", b"cOntent");
    assert_eq!(read_honest(zip), ["file path:a.bin 7 -", "malformed path:a.bin"]);
}

#[test]
fn a_cut_or_damaged_container_never_panics_and_never_stays_silent() {
    let zip =
        packed(&[("media/b.bin", b"bbbbbbbbbb"), ("report-7.xml", REPORT)], CompressionMethod::Deflated);
    for len in 0..zip.len() {
        let said = read_honest(zip[..len].to_vec());
        assert_eq!(said, [format!("truncated byte:{len}+1")], "cut at {len}");
    }
    for byte in 0..zip.len() {
        let mut damaged = zip.clone();
        damaged[byte] ^= 0xff;
        assert!(!read_honest(damaged).is_empty(), "damaged at {byte}");
    }
}

/// The samples of the folder: name, bytes there, bytes that belong there.
fn samples() -> Vec<(&'static str, &'static [u8], Vec<u8>)> {
    let report = include_bytes!("../cybertip_esp_xml/samples/report-4564654.xml");
    let file = include_bytes!(
        "../cybertip_esp_xml/samples/report-4564654-file-b0754af766b426f2928a02c651ed4b99.xml"
    );
    let tip = include_bytes!("../cybertip_police_json/samples/cybertip-4564654.json");
    let placeholder: &[u8] = b"a placeholder, not a picture\n";
    let basic = stored(&[
        ("cybertip-4564654.json", tip),
        ("media/", b""),
        ("media/IMG_0001.jpg", placeholder),
        ("report-4564654-file-b0754af766b426f2928a02c651ed4b99.xml", file),
        ("report-4564654.xml", report),
    ]);
    let traversal =
        stored(&[("../../report-4564654.xml", report), ("C:\\a.bin", placeholder), ("ok.bin", placeholder)]);
    let nested = stored(&[("inner.zip", &stored(&[("report-4564654.xml", report)]))]);
    let duplicate = patched(stored(&[("aa.bin", placeholder), ("ab.bin", b"other")]), b"ab.bin", b"aa.bin");
    vec![
        ("cybertip-4564654.zip", include_bytes!("samples/cybertip-4564654.zip"), basic.clone()),
        ("truncated.zip", include_bytes!("samples/truncated.zip"), basic[..basic.len() - 100].to_vec()),
        ("empty.zip", include_bytes!("samples/empty.zip"), stored(&[])),
        ("traversal.zip", include_bytes!("samples/traversal.zip"), traversal),
        ("nested.zip", include_bytes!("samples/nested.zip"), nested),
        ("duplicate.zip", include_bytes!("samples/duplicate.zip"), duplicate),
    ]
}

#[test]
#[expect(clippy::disallowed_methods, reason = "BLESS=1 writes the samples, as it writes goldens")]
fn the_samples_are_what_this_file_packs() {
    for (name, stored, packed) in samples() {
        if std::env::var("BLESS").is_ok() {
            let path = format!("{}/src/zip_container/samples/{name}", env!("CARGO_MANIFEST_DIR"));
            std::fs::write(path, &packed).expect("the folder of the samples");
        } else {
            assert!(stored == packed, "{name}: run with BLESS=1 and look at the difference");
        }
    }
}
