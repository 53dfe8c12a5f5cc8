//! Small made-up exhibits: what their tables let the analyses say, and what they must not.

mod memory;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use memory::{Memory, daily_leases, findings, logins, only_lead, subscriber};
use tutela_analyses::{ANALYSES, Derived, derive};
use tutela_model::finding::{Band, PersonStatus};
use tutela_model::table::{Part, TablesError};
use tutela_model::{Catalogue, Decisions, Digest, Finding, Lang, Phrase, TableInfo, Tables};

/// The analyses of devices.
const OF_DEVICES: [&str; 4] = ["known_files", "sharing_grade", "produced", "device_links"];

/// A made-up content of this name, by its hashes: SHA-256, and 32 of its digits in place of MD5 and the eDonkey hash.
fn sha(name: &str) -> String {
    Digest::of(name.as_bytes()).hex()
}

fn md5(name: &str) -> String {
    sha(name)[..32].to_owned()
}

fn ed2k(name: &str) -> String {
    sha(name)[32..].to_owned()
}

/// A file of an exhibit with a content, as `state` has it, written and made at these times.
fn file_at(exhibit: &str, path: &str, content: &str, state: &str, times: [&str; 2]) -> String {
    let (sha, md5, ed2k) = (sha(content), md5(content), ed2k(content));
    let [modified, created] = times;
    format!(
        "file: {exhibit}, {path}, 100, {modified}, {md5}, , {sha}, {ed2k}, file, {state}, {created}, , , yes,\n"
    )
}

fn file(exhibit: &str, path: &str, content: &str) -> String {
    file_at(exhibit, path, content, "allocated", ["", ""])
}

/// A match of a whole file by its MD5.
fn known(exhibit: &str, path: &str, content: &str, category: &str) -> String {
    let (sha, md5) = (sha(content), md5(content));
    format!(
        "known_match: {exhibit}, {path}, {sha}, md5:{md5}, whole, lista, 3, , schema, {category}, , , , false\n"
    )
}

/// A record of a shared file: offered, requests, accepted, sent, received.
fn shared(content: &str, counters: [&str; 5]) -> String {
    let [offered, requests, accepted, sent, received] = counters;
    format!(
        "shared_file: ed2k, aMule, ed2k:{}, , {content}, 100, , {offered}, {requests}, {accepted}, {sent}, {received}, \
         yes, , , , , requests={requests}@byte:1+4\n",
        ed2k(content)
    )
}

const OWN: &str = "0123456789ab0e23456789abcd6fef01";
const OTHER: &str = "9923456789ab0e23456789abcd6fef99";
const THIRD: &str = "7723456789ab0e23456789abcd6fef77";

/// A contact of a record of credits.
fn credit(peer: &str, sent: &str, received: &str) -> String {
    format!("peer_contact: ed2k, aMule, credit, {peer}, , , , , {sent}, {received}, 2026-02-01T10:00:00Z,\n")
}

fn user_hash(hash: &str) -> String {
    format!("selector: device, aMule, user_hash, {hash}, , , ,\n")
}

/// An exhibit with the configuration of aMule: known.met, clients.met, preferences.dat and canceled.met.
fn amule(memory: Memory, exhibit: &str, artefacts: [(&str, &str); 4]) -> Memory {
    let mut files = format!("exhibit: {exhibit}, , disco, , , , raw, , , ,\n");
    let mut memory = memory;
    for (name, rows) in artefacts {
        // The received artefact is named by its digest, as the memory makes it of its name.
        let received = format!("{exhibit} {name}");
        files.push_str(&file(exhibit, &format!("/home/x/.aMule/{name}"), &received));
        memory = memory.file(&received, rows);
    }
    memory.file(&format!("{exhibit} file"), &files)
}

fn keys<'a>(derived: &'a Derived, analysis: &str, key: &str) -> Vec<&'a Finding> {
    findings(derived, analysis).iter().filter(|finding| finding.statement.key == key).collect()
}

fn only<'a>(derived: &'a Derived, key: &str) -> &'a Finding {
    let analysis = key.split_once('.').expect("an analysis and a name").0;
    match keys(derived, analysis, key)[..] {
        [finding] => finding,
        ref found => panic!("{key}: {found:#?}\nof {:#?}", findings(derived, analysis)),
    }
}

fn list(finding: &Finding, name: &str) -> Vec<String> {
    let items = finding.statement.values[name].as_array().expect("a list");
    items.iter().map(|item| item.as_str().expect("a text").to_owned()).collect()
}

/// Files of every grade, some of which a list knows.
fn sharing() -> Memory {
    let known_met = [
        shared("file 0.bin", ["no", "0", "0", "0", "5000"]),
        shared("file 1.bin", ["yes", "0", "0", "0", "5000"]),
        shared("file 2.bin", ["yes", "4", "0", "0", "5000"]),
        shared("file 3.bin", ["yes", "4", "2", "0", "5000"]),
        shared("file 4.bin", ["yes", "4", "2", "60", "0"]),
        shared("file 5.bin", ["yes", "4", "2", "70", "0"]),
        shared("file 6.bin", ["yes", "4", "2", "80", "0"]),
    ];
    // A second record of a file, of an earlier time.
    let earlier = shared("file 5.bin", ["yes", "1", "1", "30", "0"]);
    let named = format!(
        "peer_contact: ed2k, aMule, source, {THIRD}, , 198.51.100.7, 4662, ed2k:{}, 80, , 2026-02-03T10:00:00Z,\n",
        ed2k("file 6.bin").to_uppercase()
    );
    let clients = credit(OTHER, "900", "10") + &named;
    let matches: String = ["file 1.bin", "file 2.bin", "file 3.bin", "file 5.bin", "file 6.bin"]
        .iter()
        .map(|name| known("E-1", &format!("/home/x/{name}"), name, "2"))
        .collect();
    let withdrawn = known("E-1", "/home/x/file 4.bin", "file 4.bin", "2").replace(", false\n", ", true\n");
    let on_disk: String =
        (1..=6).map(|n| file("E-1", &format!("/home/x/file {n}.bin"), &format!("file {n}.bin"))).collect();
    let totals = "sharing_total: aMule, bytes_sent, 12345,\n".to_owned();
    let artefacts = [
        ("known.met", &*(known_met.concat() + &earlier + &totals)),
        ("clients.met", &*clients),
        ("preferences.dat", &*user_hash(OWN)),
        ("canceled.met", ""),
    ];
    amule(Memory::default(), "E-1", artefacts).file("disk", &on_disk).file("matches", &(matches + &withdrawn))
}

#[test]
fn each_file_has_its_highest_grade_and_what_was_received_is_never_shared() {
    let derived = sharing().derive();
    let client = only(&derived, "sharing_grade.client");
    let count = |name: &str| client.number(name);
    assert_eq!((count("n"), count("known"), count("withdrawn")), (7, 5, 1));
    assert_eq!(
        ["recorded", "offered", "requested", "accepted", "bytes_sent", "sent_to_named"].map(count),
        [1, 1, 1, 1, 2, 1]
    );
    assert_eq!(client.text("place"), "E-1: /home/x/.aMule");
    assert!(client.strength.is_none());
    assert_eq!(client.rows[0].source, Digest::of(b"E-1 known.met").hex());
    assert_eq!(only(&derived, "sharing_grade.totals").number("n_bytes_sent"), 12345);
    let peers = only(&derived, "sharing_grade.peers");
    assert_eq!(
        (peers.number("n"), peers.number("n_bytes_sent")),
        (1, 900),
        "credits alone, and not those with a file"
    );
}

#[test]
fn known_files_are_told_from_accepted_upwards_with_their_raw_counters() {
    let derived = sharing().derive();
    let told: Vec<(&str, &str)> = findings(&derived, "sharing_grade")
        .iter()
        .filter(|finding| finding.statement.key.starts_with("sharing_grade.file_"))
        .map(|finding| (finding.text("file_name"), finding.text("grade")))
        .collect();
    // File 4 is of a list that has withdrawn it, file 0 of none.
    assert_eq!(
        told,
        [("file 6.bin", "sent_to_named"), ("file 5.bin", "bytes_sent"), ("file 3.bin", "accepted")]
    );
    let sent = only(&derived, "sharing_grade.file_bytes_sent");
    assert_eq!(sent.number("n_bytes_sent"), 70, "records of two times are not added up");
    assert_eq!(sent.text("counters_said"), "requests=4@byte:1+4");
    assert_eq!(list(sent, "lists"), ["lista 3 (schema 2)"]);
    assert_eq!(sent.alternatives[0].kind, "device_shared");
    let named = only(&derived, "sharing_grade.file_sent_to_named");
    assert_eq!(named.number("n_peers"), 1);
    assert!(named.rows.iter().any(|row| row.table == "peer_contact"));
}

#[test]
fn an_artefact_that_no_exhibit_has_is_named_by_its_file() {
    let derived = Memory::default().file("alone", &shared("file 1.bin", ["yes", "1", "", "", ""])).derive();
    let client = only(&derived, "sharing_grade.client");
    assert_eq!(client.text("place"), format!("sha256:{}", &Digest::of(b"alone").hex()[..16]));
    assert!(client.statement.values["exhibit"].is_null());
}

/// Files of an exhibit, some known.
fn disk() -> Memory {
    let files = [
        file("E-1", "/a/file 1.bin", "one"),
        file("E-1", "/b/copia.bin", "one"),
        file_at("E-1", "/c/file 3.bin", "one", "deleted", ["", ""]),
        file("E-1", "/a/file 4.bin", "two"),
        file("E-1", "/a/file 5.bin", "three"),
        file("E-1", "/a/file 6.bin", "four"),
        file_at("E-1", "/a/file 7.bin", "five", "orphan", ["", ""]),
        file("E-1", "/a/testo.txt", "six"),
        "file: E-1, /a/cartella, , , , , , , folder, allocated, , , , unknown,\n".to_owned(),
        // What came with a referral is of no exhibit.
        file("4564654", "/zip/file 9.bin", "seven"),
    ];
    let media: String = ["one", "two", "three", "four", "five", "seven"]
        .iter()
        .map(|name| format!("media: {}, , , , , , , ,\n", sha(name)))
        .collect();
    let similar = format!(
        "known_match: E-1, /a/file 6.bin, {}, pdq:00, similar, lista, 3, , schema, 1, , 12, full, false\n",
        sha("four")
    );
    let withdrawn = known("E-1", "/a/file 4.bin", "two", "1").replace(", false\n", ", true\n");
    Memory::default()
        .file("exhibit", "exhibit: E-1, , disco, , , , raw, , , ,")
        .file("file", &files.concat())
        .file("media", &media)
        .file("matches", &(known("E-1", "/a/file 1.bin", "one", "2") + &similar + &withdrawn))
}

#[test]
fn known_and_new_are_split_and_every_place_of_a_content_is_kept() {
    let derived = disk().derive();
    let split = only(&derived, "known_files.exhibit");
    let count = |name: &str| split.number(name);
    assert_eq!((count("known"), count("known_places")), (1, 3));
    assert_eq!((count("new"), count("new_deleted"), count("media")), (2, 1, 5));
    assert_eq!((count("similar"), count("withdrawn")), (1, 1));
    assert_eq!((count("n_files"), count("distinct"), count("n_deleted")), (8, 6, 2));
    let category = only(&derived, "known_files.category");
    assert_eq!((category.number("n"), category.number("places"), category.number("deleted")), (1, 3, 1));
    assert_eq!(
        (category.text("list"), category.text("scheme"), category.text("category")),
        ("lista 3", "schema", "2")
    );
    let stack = only(&derived, "known_files.file");
    assert_eq!(stack.rows.iter().filter(|row| row.table == "file").count(), 3);
    assert_eq!(only(&derived, "known_files.withdrawn").number("n"), 1);
    assert_eq!(only(&derived, "known_files.similar").number("nearest"), 12);
    assert_eq!(findings(&derived, "known_files").iter().filter(|f| f.text("exhibit") != "E-1").count(), 0);
}

/// A film that is similar to one of a list, with its longest run.
fn film(path: &str, content: &str, run: &str) -> String {
    format!(
        "known_match: E-1, {path}, {}, pdq_frames, similar, filmati, 1, , , , , 20, full to full, false, F, 900, 300, {run}\n",
        sha(content)
    )
}

#[test]
fn films_that_are_similar_are_told_apart_from_pictures_with_their_longest_run() {
    let rows = film("/a/film 1.avi", "film 1", "12, 3000, 11000")
        + &film("/b/film 1.avi", "film 1", "12, 3000, 11000")
        + &film("/a/film 2.avi", "film 2", ", ,");
    let derived = disk().file("films", &rows).derive();
    let films = only(&derived, "known_files.similar_film");
    assert_eq!((films.number("n"), films.number("run")), (2, 12));
    assert_eq!((list(films, "lists"), films.rows.len()), (vec!["filmati 1".to_owned()], 3));
    let pictures = only(&derived, "known_files.similar");
    assert_eq!((pictures.number("n"), pictures.number("nearest")), (1, 12));
    assert_eq!(only(&derived, "known_files.exhibit").number("similar"), 3);
    let without_run = disk().file("films", &film("/a/film 2.avi", "film 2", ", ,")).derive();
    assert_eq!(only(&without_run, "known_files.similar_film").number("run"), 0);
}

#[test]
fn what_was_not_read_is_said_in_the_headline() {
    let unhashed = "file: E-1, /a/rotto.bin, 100, , , , , , file, allocated, , , , no,";
    let unread = "unread: E-1, 1048576, encrypted, , LUKS
                  unread: E-1, 2097152, encrypted, , LUKS
                  unread: E-1, /a, limit, ,";
    let derived = disk().file("unread", unread).file("more", unhashed).derive();
    let split = only(&derived, "known_files.exhibit_incomplete");
    assert_eq!((split.number("unread"), split.number("unhashed")), (3, 1));
    assert_eq!(split.statement.values["unread_by"]["encrypted"], 2);
    assert!(split.rows.iter().any(|row| row.table == "unread"));
    assert!(keys(&derived, "known_files", "known_files.exhibit").is_empty());
    let unlock = &findings(&derived, "next_steps")[0];
    assert_eq!((unlock.statement.key.as_str(), unlock.number("n")), ("next_steps.unlock.ask", 2));
}

/// The files of [`disk`] without its matches.
fn unmatched() -> Memory {
    disk().file("matches", "")
}

#[test]
fn nothing_is_called_new_where_no_list_was_tried() {
    let derived = unmatched().derive();
    let untried = only(&derived, "known_files.exhibit_untried");
    assert_eq!((untried.number("media"), untried.number("n_files")), (5, 8));
    assert!(!untried.statement.values.contains_key("new"));
    assert!(keys(&derived, "known_files", "known_files.exhibit").is_empty());
    // A grade of an officer is no list that was tried, and is told.
    let grade = format!("known_file: grades, , schema, 2, , {}, , , , , , , A. Prova,\n", md5("three"));
    let graded = unmatched().file("grade", &grade).derive();
    assert_eq!(only(&graded, "known_files.exhibit_untried").number("known"), 1);
}

#[test]
fn new_means_on_none_of_the_lists_that_were_tried_and_these_are_named() {
    let tried = "list_tried: E-1, A, 2026-10, , md5 sha1, 8, 8, 0
                 list_tried: E-1, B, 3, , ed2k, 8, 0, 0
                 list_tried: E-1, C, , , pdq, 2, 1, 0
                 list_tried: E-1, C, , , pdq, 7, 5, 0";
    let derived = unmatched().file("tried", tried).derive();
    let split = only(&derived, "known_files.exhibit");
    assert_eq!((split.number("known"), split.number("new")), (0, 5));
    // No file could be looked up in B, which says nothing then.
    assert_eq!(list(split, "lists"), ["A 2026-10", "C"]);
    assert_eq!(split.rows.iter().filter(|row| row.table == "list_tried").count(), 3);
    let without = only(&derived, "known_files.not_looked_up");
    assert_eq!(list(without, "lists"), ["B 3 (ed2k): 8 / 8", "C (pdq): 2 / 7"]);
    assert!(keys(&derived, "known_files", "known_files.read_since").is_empty());
    let more = unmatched().file("tried", tried).file("more", &file("E-1", "/a/file 9.bin", "nine")).derive();
    assert_eq!(list(only(&more, "known_files.read_since"), "lists"), ["A 2026-10", "B 3"]);
    // A list that was tried on nothing it could look up is none.
    let alone = unmatched().file("tried", "list_tried: E-1, B, 3, , ed2k, 8, 0, 0").derive();
    assert_eq!(only(&alone, "known_files.exhibit_untried").number("n_files"), 8);
}

#[test]
fn an_exhibit_that_was_only_taken_in_is_never_said_to_have_nothing_known() {
    let derived = disk().file("added", "exhibit: E-9, , disco, , , , raw, , , ,").derive();
    assert_eq!(only(&derived, "known_files.not_read").text("exhibit"), "E-9");
    assert_eq!(only(&derived, "known_files.exhibit").text("exhibit"), "E-1");
}

#[test]
fn an_exhibit_that_two_tables_list_is_counted_once() {
    let again = disk().file("again", &file("E-1", "/a/file 1.bin", "one")).derive();
    assert_eq!(only(&again, "known_files.exhibit").number("known_places"), 3);
    assert_eq!(only(&again, "known_files.exhibit").number("n_files"), 8);
}

#[test]
fn a_list_that_is_a_table_of_the_operation_is_met_too() {
    let list = format!("known_file: altra, 1, proprio, a, , {}, , , , , ,\n", md5("three"));
    let derived = disk().file("list", &list).derive();
    assert_eq!(only(&derived, "known_files.exhibit").number("known"), 2);
    assert_eq!(only(&derived, "known_files.exhibit").number("new"), 1);
}

#[test]
fn a_match_of_a_file_that_no_table_lists_is_counted_still() {
    let derived = Memory::default().file("matches", &known("E-7", "/x.bin", "one", "2")).derive();
    let split = only(&derived, "known_files.exhibit");
    assert_eq!((split.number("known"), split.number("known_places"), split.number("n_files")), (1, 1, 0));
}

fn media(content: &str, serial: &str, taken: &str) -> String {
    format!("media: {}, , Modello X, {serial}, {taken}, , , ,\n", sha(content))
}

/// Pictures of one camera that came to be on an exhibit two hours before their own clock says, and one of a known file.
fn camera(serial: &str) -> Memory {
    let day = |n: usize, hour: usize| format!("2026-01-0{n}T{hour:02}:00:10Z");
    let picture = |n: usize| {
        let state = if n == 4 { "deleted" } else { "allocated" };
        file_at("E-1", &format!("/DCIM/IMG_000{n}.JPG"), &format!("pic {n}"), state, ["", &day(n, 8)])
    };
    let files: String = (1..=4).map(picture).collect();
    let old = file_at("E-1", "/altro/file 5.jpg", "pic 5", "allocated", ["2026-03-01T00:00:00Z", ""]);
    let listed = file_at("E-2", "/altro/file 6.jpg", "pic 6", "allocated", ["2026-03-01T00:00:00Z", ""]);
    // The zone of pictures is declared, because the files state none: the memory reads all as stated.
    let taken: String =
        (1..=5).map(|n| media(&format!("pic {n}"), serial, &day(n, 8).replace(":10Z", ":50Z"))).collect();
    Memory::default()
        .file(
            "exhibit",
            "exhibit: E-1, , telefono, , , , raw, , , ,\nexhibit: E-2, , disco, , , , raw, , , ,",
        )
        .file("file", &(files + &old + &listed))
        .file("media", &(taken + &media("pic 6", serial, "2026-01-09T10:00:00Z")))
        .file("matches", &known("E-2", "/altro/file 6.jpg", "pic 6", "1"))
}

#[test]
fn pictures_that_came_to_be_when_they_were_taken_are_an_indication_by_camera() {
    let derived = camera("").derive();
    let made = only(&derived, "produced.camera");
    assert_eq!((made.text("exhibit"), made.text("camera")), ("E-1", "Modello X"));
    assert_eq!((made.number("n"), made.number("named"), made.number("deleted")), (4, 4, 1));
    assert_eq!(made.number("shift_min"), 0);
    assert!(made.strength.is_none() && !made.refuted_by.is_empty());
    assert!(
        keys(&derived, "produced", "produced.camera_of_known").is_empty(),
        "no serial number, no camera of known files"
    );
}

#[test]
fn known_pictures_are_never_potentially_produced() {
    let matches: String =
        (1..=4).map(|n| known("E-1", &format!("/DCIM/IMG_000{n}.JPG"), &format!("pic {n}"), "2")).collect();
    let derived = camera("").file("more matches", &matches).derive();
    assert!(findings(&derived, "produced").is_empty());
}

#[test]
fn the_serial_number_of_a_known_file_s_camera_is_named_and_raises_the_band_of_a_lead_with_the_exhibit() {
    let with_account = |memory: Memory| {
        memory
            .file("phone", "selector: device, E-1, imei, 35-000000-000001-0, , , ,")
            .file("log", &logins("a1", "198.18.0.1", ""))
            .file("platform", "selector: account, agora/a1, imei, 350000000000010, , , ,")
            .derive()
    };
    let derived = with_account(camera("SN 1"));
    let of_known = only(&derived, "produced.camera_of_known");
    assert_eq!((of_known.number("known"), of_known.number("unknown")), (1, 5));
    let lead = &derived.leads[0];
    assert_eq!((lead.band, lead.exhibits.as_slice()), (Band::High, ["E-1".to_owned()].as_slice()));
    let factor = lead.factors.last().expect("factors");
    assert_eq!((factor.name.as_str(), factor.state.as_str()), ("camera_of_known_files", "yes"));
    assert!(factor.finding.as_ref().is_some_and(|id| lead.findings.contains(id)));
    // Without the serial number nothing ties the two, and the ground is unknown, not absent.
    let without = with_account(camera(""));
    assert_eq!(without.leads[0].band, Band::Informational);
    assert_eq!(without.leads[0].factors.last().expect("factors").state, "unknown");
}

#[test]
fn a_record_that_names_a_camera_s_serial_number_is_named_without_its_owner() {
    let derived =
        camera("SN 1").file("records", "selector: person, QRT1, camera_serial, sn 1, , , ,").derive();
    let named = only(&derived, "produced.camera_named");
    assert_eq!((named.number("n"), named.number("unknown")), (1, 5));
    assert!(!serde_json::to_string(&named.statement.values).expect("JSON").contains("QRT1"));
}

/// What eMule keeps of a cancelled download of this content, with the seed 77.
fn seeded(content: &str) -> String {
    let digit = |at: usize| u8::from_str_radix(&ed2k(content)[at..at + 2], 16).expect("digits");
    let bytes: [u8; 16] = std::array::from_fn(|idx| digit(idx * 2));
    tutela_model::seeded::seeded(77, &bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sightings of the user hash of the first exhibit, and of another peer that it names.
fn sightings() -> String {
    let sighting = |address: &str, peer: &str, content: &str, at: &str| {
        let hash = ed2k(content);
        format!("sighting: ed2k, {address}, 4662, {peer}, ed2k:{hash}, n, 100, {at}, , offered, connected\n")
    };
    sighting("198.18.0.5", OWN, "file 1.bin", "2026-01-05T10:00:00Z")
        + &sighting("198.18.0.6", &OWN.to_uppercase(), "altro", "2026-01-06T10:00:00Z")
        + &sighting("198.18.0.7", THIRD, "file 1.bin", "2026-01-07T10:00:00Z")
}

/// Two exhibits with programs that know each other, peers, sightings, chats, parts and cancelled downloads.
fn linked() -> Memory {
    let source = format!(
        "peer_contact: ed2k, eMule, source, , , 198.51.100.8, 4662, ed2k:{}, , 40, 2026-02-05T10:00:00Z,\n",
        ed2k("file 1.bin")
    );
    let swarm = "peer_contact: bittorrent, qBittorrent, swarm, , , 203.0.113.9, 6881, , , , ,\n";
    let credits = credit(OTHER, "500", "1") + &credit(THIRD, "20", "30") + &credit(OWN, "5", "5");
    let cancelled = ["annullato", "mai visto"]
        .map(|content| format!("cancelled_file: eMule, 77, seeded_md5:{}\n", seeded(content)));
    let first = [
        ("known.met", &*shared("file 1.bin", ["yes", "1", "1", "10", "0"])),
        ("clients.met", &*(credits + &source + swarm)),
        ("preferences.dat", &*user_hash(&OWN.to_uppercase())),
        ("cancelled.met", &*cancelled.concat()),
    ];
    let part = "ab".repeat(16);
    let half = ed2k("a metà");
    let parts = format!("file_part: ed2k:{half}, ed2k, {part}, 0, 9728000, yes\n")
        + &format!("file_part: ed2k:{half}, ed2k, {}, 9728000, 10, no\n", "cd".repeat(16));
    let transfers = ["solo nella chat", "file 1.bin"].map(|content| {
        let sha = sha(content);
        format!(
            "transfer: chat, t1, +390000000001, +390000000002, 2026-02-01T10:00:00Z, sha256:{sha}, x, 1\n"
        )
    });
    let second = [
        ("known.met", &*parts),
        ("clients.met", ""),
        ("preferences.dat", &*user_hash(OTHER)),
        ("msgstore.db", &*transfers.concat()),
    ];
    let list = ["file 1.bin", "annullato", "solo nella chat"].map(|name| {
        format!("known_file: lista, 3, schema, 1, , , , {}, {}, , 100, \n", sha(name), ed2k(name))
    });
    let part_match = format!("known_match: , , , ed2k:{part}, part, lista, 3, , schema, 1, , , , false\n");
    amule(amule(Memory::default(), "E-1", first), "E-2", second)
        .file("disk", &file("E-2", "/foto/file 1.bin", "file 1.bin"))
        .file("list", &list.concat())
        .file("parts", &part_match)
        .file("ngo", &sightings())
}

#[test]
fn the_user_hash_of_an_exhibit_is_found_among_sightings_and_on_other_exhibits() {
    let derived = linked().derive();
    let seen = only(&derived, "device_links.own_seen");
    assert_eq!((seen.text("exhibit"), seen.text("peer")), ("E-1", format!("ed2k/{OWN}").as_str()));
    assert_eq!((seen.number("n"), seen.number("n_addresses"), seen.number("known")), (2, 2, 1));
    assert_eq!(list(seen, "addresses"), ["198.18.0.6", "198.18.0.5"]);
    let two = only(&derived, "device_links.two_exhibits");
    assert_eq!((two.text("exhibit"), two.text("other"), two.number("sent")), ("E-1", "E-2", 500));
    let files = only(&derived, "device_links.files_seen");
    assert_eq!((files.number("seen"), files.number("sightings"), files.number("known_seen")), (1, 2, 1));
}

#[test]
fn peers_that_exhibits_name_are_leads_without_a_name_known_files_first_then_bytes() {
    let derived = linked().derive();
    let peers: Vec<&[String]> = derived.leads.iter().map(|lead| lead.peers.as_slice()).collect();
    let names = [format!("ed2k/{OWN}"), format!("ed2k/{THIRD}"), "ed2k/198.51.100.8:4662".to_owned()];
    assert_eq!(peers, names.each_ref().map(std::slice::from_ref));
    // Of the first an observer too saw the file.
    for (lead, band) in derived.leads[1..].iter().zip([Band::Medium, Band::Low]) {
        assert_eq!((lead.status, &lead.name_said, lead.band), (PersonStatus::Unattributed, &None, band));
        assert_eq!(lead.exhibits, ["E-1"]);
        assert!(lead.accounts.is_empty() && lead.lines.is_empty() && lead.strength.0 == 0);
        assert_eq!(lead.next_steps[0].ask.key, "next_steps.peer_holder.ask");
        assert_eq!(lead.factors[0].state, "yes");
        assert!(lead.gates.iter().all(|gate| !gate.passed));
    }
    // What observers saw last: address, port and time; the operator keeps it for a year.
    assert_eq!(derived.leads[1].next_steps[0].ask.text("address"), "198.18.0.7");
    assert_eq!(derived.leads[1].next_steps[0].by.as_deref(), Some("2027-01-07"));
    // The seized program's own sightings are a lead with its exhibit: the device, and nobody. An observer saw it offer a
    // file that a list knows, so it comes before the peers that only the exhibit names.
    let own = &derived.leads[0];
    assert_eq!((&*own.factors[0].name, &*own.factors[0].state), ("listed_files_seen", "yes"));
    assert_eq!(
        (own.status, own.band, &*own.exhibits),
        (PersonStatus::Unattributed, Band::Medium, &["E-1".to_owned()][..])
    );
    let of_peer = only(&derived, "device_links.exhibit_of_peer");
    assert!(own.findings.contains(&of_peer.id) && of_peer.number("n") == 2);
    // The peers of the swarm, the own one and the other exhibit's are none.
    let all = only(&derived, "device_links.peers");
    assert_eq!((all.number("n"), all.number("leads"), all.number("no_bytes")), (3, 2, 1));
    assert_eq!(keys(&derived, "device_links", "device_links.peer").len(), 1);
    assert_eq!(keys(&derived, "device_links", "device_links.peer_file").len(), 1);
}

#[test]
fn a_peer_without_address_and_time_is_asked_about_of_observers() {
    let derived = sharing().derive();
    let lead = derived.leads.iter().find(|lead| lead.peers == [format!("ed2k/{OTHER}")]).expect("a lead");
    assert_eq!(lead.band, Band::Informational);
    assert_eq!(lead.next_steps[0].ask.key, "next_steps.peer_seen.ask");
    assert_eq!(lead.missing[0].key, "device_links.missing.address");
}

#[test]
fn a_cancelled_download_is_told_by_its_seed_and_says_no_more_than_that() {
    let derived = linked().derive();
    let cancelled = only(&derived, "device_links.cancelled");
    assert_eq!(list(cancelled, "lists"), ["lista 3 (schema 1)"]);
    let tables: Vec<&str> = cancelled.rows.iter().map(|row| row.table.as_str()).collect();
    assert_eq!(tables, ["cancelled_file", "known_file"]);
    let said = Catalogue::new(&tutela_analyses::statements()).say(&cancelled.statement, Lang::En);
    assert!(said.ends_with("nothing shows that it was opened"), "{said}");
}

#[test]
fn a_cancelled_download_that_was_tried_against_a_list_elsewhere_is_told_by_the_match() {
    let hash = seeded("mai visto");
    let tried = format!("known_match: E-1, , , seeded_md5:{hash}, recorded, altra, , , , , , , , false\n");
    let derived = linked().file("tried", &tried).derive();
    let cancelled = keys(&derived, "device_links", "device_links.cancelled");
    assert_eq!(cancelled.len(), 2);
    assert!(cancelled.iter().any(|finding| list(finding, "lists") == ["altra"]));
}

#[test]
fn a_hash_in_a_chat_is_told_only_where_the_file_is_not_on_the_exhibit() {
    let derived = linked().derive();
    let absent = only(&derived, "device_links.absent");
    assert_eq!((absent.text("exhibit"), absent.number("n")), ("E-2", 1));
    assert_eq!(absent.text("file_hash"), format!("sha256:{}", sha("solo nella chat")));
}

#[test]
fn known_parts_say_what_was_held_and_ask_for_recovery() {
    let derived = linked().derive();
    let parts = only(&derived, "device_links.parts");
    assert_eq!((parts.number("n"), parts.number("held"), parts.number("bytes")), (1, 1, 9_728_000));
    let recovery: Vec<&Finding> = keys(&derived, "next_steps", "next_steps.recovery.ask");
    assert_eq!((recovery.len(), recovery[0].text("exhibit")), (1, "E-2"));
}

#[test]
fn an_exhibit_that_states_an_identifier_of_an_account_is_shown_and_changes_no_status_and_no_name() {
    let home = || {
        Memory::default()
            .file("log", &logins("a1", "198.18.0.1", ""))
            .file(
                "answer",
                &(daily_leases("h1", "198.18.0.1", "fixed")
                    + &subscriber("h1", "Zelmira Quartovio", "QRT1", "Via Finta 1")),
            )
            .file("platform", &format!("selector: account, agora/a1, user_hash, {OWN}, , , yes,"))
    };
    let artefacts =
        [("known.met", ""), ("clients.met", ""), ("preferences.dat", &*user_hash(OWN)), ("canceled.met", "")];
    let seized_from = "exhibit: E-1, , disco, , , Zelmira Quartovio, raw, , , ,";
    let with = amule(home(), "E-1", artefacts).file("sheet", seized_from).derive();
    let before = home().derive();
    let (before, lead) = (only_lead(&before), only_lead(&with));
    assert_eq!((lead.status, &lead.name_said), (before.status, &before.name_said));
    assert_eq!((lead.status, lead.strength), (PersonStatus::Candidate, before.strength));
    assert_eq!(lead.missing, before.missing);
    assert_eq!(
        (lead.exhibits.as_slice(), lead.peers.as_slice()),
        (["E-1".to_owned()].as_slice(), [format!("ed2k/{OWN}")].as_slice())
    );
    let link = only(&with, "device_links.exhibit_of_account");
    assert!(lead.findings.contains(&link.id));
    assert!(lead.findings.contains(&only(&with, "known_files.exhibit_untried").id));
}

#[test]
fn what_many_accounts_share_ties_no_exhibit_to_them() {
    let leads_with = |n_accounts: usize| {
        let accounts = 1..=n_accounts;
        let log: String = accounts.clone().map(|n| logins(&format!("a{n}"), "198.18.0.1", "")).collect();
        let same = |n| format!("selector: account, agora/a{n}, mac, 02:00:00:00:00:01, , , ,\n");
        let derived = Memory::default()
            .file(
                "exhibit",
                "exhibit: E-1, , disco, , , , raw, , , ,\nselector: device, E-1, mac, 020000000001, , , ,",
            )
            .file("log", &log)
            .file("platform", &accounts.map(same).collect::<String>())
            .derive();
        derived.leads.iter().filter(|lead| lead.exhibits == ["E-1"]).count()
    };
    assert!(leads_with(5) > 0);
    assert_eq!(leads_with(6), 0);
}

#[test]
fn a_peer_of_a_swarm_is_asked_about_for_when_the_program_wrote_its_file_and_that_is_said() {
    let torrent = format!("btih:{}", "ab".repeat(20));
    let swarm =
        format!("peer_contact: bittorrent, qBittorrent, swarm, , , 203.0.113.9, 6881, {torrent}, , , ,\n");
    let resume =
        file_at("E-1", "/BT_backup/x.fastresume", "x.fastresume", "allocated", ["2026-02-07T10:00:00Z", ""]);
    let category = |category: &str| {
        let listed =
            format!("known_match: , , , {torrent}, recorded, lista, , , schema, {category}, , , , false");
        Memory::default()
            .file("exhibit", "exhibit: E-1, , disco, , , , raw, , , ,")
            .file("x.fastresume", &swarm)
            .file("file", &resume)
            .file("matches", &listed)
            .derive()
    };
    let derived = category("1");
    let lead = only_lead(&derived);
    assert_eq!(lead.peers, ["bittorrent/203.0.113.9:6881"]);
    let step = &lead.next_steps[0];
    assert_eq!(
        (step.ask.text("at"), step.why.key.as_str()),
        ("2026-02-07T10:00:00Z", "next_steps.peer_written.why")
    );
    // A list that gives the torrent no category only says that it has seen it, and no bytes are recorded.
    assert!(category("").leads.is_empty());
}

#[test]
fn identifiers_of_accounts_in_a_device_s_chats_do_not_tie_the_device_to_them() {
    let contacts = ("wa.db", "selector: account, agora/a1, phone, +393335550101, , , ,");
    let artefacts = [contacts, ("clients.met", ""), ("preferences.dat", ""), ("canceled.met", "")];
    let memory = Memory::default()
        .file("log", &logins("a1", "198.18.0.1", ""))
        .file("platform", "selector: account, agora/a1, phone, +393335550101, , , ,");
    let derived = amule(memory, "E-1", artefacts).derive();
    assert!(derived.leads[0].exhibits.is_empty());
}

#[test]
fn an_operation_without_exhibits_has_no_findings_on_devices() {
    let derived = Memory::default()
        .file("log", &logins("a1", "198.18.0.1", ""))
        .file("zip", &file("4564654", "/file 1.bin", "one"))
        .file("list", &format!("known_file: lista, , , , , {}, , , , , ,\n", md5("one")))
        .derive();
    for analysis in OF_DEVICES {
        assert!(findings(&derived, analysis).is_empty(), "{analysis}");
    }
    assert!(derived.leads.iter().all(|lead| lead.exhibits.is_empty()
        && lead.factors.iter().all(|factor| factor.name != "camera_of_known_files")));
}

/// Pictures of a telephone that states an identifier of an account, and of a camera of known files.
fn telephone() -> Memory {
    camera("SN 1")
        .file("phone", "selector: device, E-1, imei, 35-000000-000001-0, , , ,")
        .file("records", "selector: person, QRT1, camera_serial, sn 1, , , ,")
        .file("log", &logins("a1", "198.18.0.1", ""))
        .file("platform", "selector: account, agora/a1, imei, 350000000000010, , , ,")
}

/// Tables whose rows come one by one, in another order for each seed, and whose parts come backwards for odd ones.
struct Shuffled<'a>(&'a Memory, usize);

impl Tables for Shuffled<'_> {
    fn parts(&self, table: &TableInfo) -> Vec<Part> {
        let mut parts = self.0.parts(table);
        if self.1 % 2 == 1 {
            parts.reverse();
        }
        parts
    }

    fn scan(
        &self,
        table: &TableInfo,
        part: &Part,
        columns: &[&str],
        each: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
    ) -> Result<(), TablesError> {
        self.0.scan(table, part, columns, &mut |batch| {
            let mut rows: Vec<usize> = (0..batch.num_rows()).collect();
            rows.sort_by_key(|row| {
                row.wrapping_mul(2_654_435_761).wrapping_mul(self.1 * 2 + 1) >> 7 & 0xffff
            });
            rows.into_iter().try_for_each(|row| each(batch.slice(row, 1)))
        })
    }
}

#[test]
fn the_order_of_rows_and_files_reaches_nothing_that_is_said_of_devices() {
    // Rows of connections are listed in the order in which the store keeps them; everything else is compared.
    let said = |derived: Derived| {
        let of_devices: Vec<(&str, Vec<Finding>)> =
            derived.findings.into_iter().filter(|(name, _)| OF_DEVICES.contains(name)).collect();
        (of_devices, derived.leads)
    };
    for world in [sharing(), disk(), telephone(), linked(), camera("SN 1")] {
        let expected = said(world.derive());
        assert!(expected.0.iter().map(|(_, findings)| findings.len()).sum::<usize>() > 3);
        for seed in 0..20 {
            let derived = derive(&Shuffled(&world, seed), &Decisions::new(), &mut |_| ()).expect("memory");
            assert!(said(derived) == expected, "seed {seed}");
        }
    }
}

#[test]
fn every_statement_on_devices_is_said_with_all_its_values() {
    // More than are told one by one: known files, absent attachments and cancelled downloads.
    let many: String =
        (0..201).map(|n| format!("cancelled_file: aMule, , ed2k:{}\n", ed2k(&format!("f{n}")))).collect();
    let all: String = (0..201)
        .map(|n| format!("known_file: lista, , , , , , , , {}, , ,\n", ed2k(&format!("f{n}"))))
        .collect();
    let seeds: String =
        (0..65).map(|seed| format!("cancelled_file: eMule, {seed}, seeded_md5:{}\n", md5("x"))).collect();
    let crowded = amule(
        Memory::default(),
        "E-1",
        [("known.met", ""), ("clients.met", ""), ("preferences.dat", ""), ("canceled.met", &(many + &seeds))],
    )
    .file("list", &all)
    .file("added", "exhibit: E-9, , disco, , , , raw, , , ,");
    let unread: String = ["damaged", "truncated", "limit", "encrypted", "unsupported", "disagreement"]
        .map(|why| format!("unread: E-1, /{why}, {why}, ,\n"))
        .concat();
    let part =
        "known_match: E-1, /p.bin, , md5:00112233445566778899aabbccddeeff, part, lista, , , , , , , , false";
    let worlds = [
        sharing(),
        disk(),
        telephone(),
        linked(),
        crowded,
        disk().file("unread", &unread).file("part", part),
        disk().file("tried", "list_tried: E-1, B, 3, , ed2k, 2, 0, 0"),
        disk().file("films", &film("/a/film 1.avi", "film 1", "12, 3000, 11000")),
    ];
    let catalogue = Catalogue::new(&tutela_analyses::statements());
    let mut said = BTreeSet::new();
    for derived in worlds.iter().map(Memory::derive) {
        let findings = derived.findings.iter().flat_map(|(_, findings)| findings).flat_map(|finding| {
            let whys = finding.alternatives.iter().map(|other| &other.why);
            [&finding.statement].into_iter().chain(&finding.refuted_by).chain(whys)
        });
        let leads = derived.leads.iter().flat_map(|lead| {
            let steps = lead.next_steps.iter().flat_map(|step| [&step.ask, &step.why]);
            let whys = lead.alternatives.iter().map(|other| &other.why);
            steps.chain(&lead.missing).chain(&lead.propositions).chain(whys)
        });
        for phrase in findings.chain(leads) {
            for lang in [Lang::It, Lang::En] {
                let sentence = catalogue.say(phrase, lang);
                assert!(sentence != phrase.key && !sentence.contains('?'), "{}: {sentence}", phrase.key);
            }
            said.insert(phrase.key.clone());
        }
        let factors = derived.leads.iter().flat_map(|lead| &lead.factors);
        said.extend(factors.map(|factor| format!("factor.{}", factor.name)));
        let words = |phrase: &Phrase| phrase.text("why").to_owned();
        let of_unread =
            derived.findings.iter().flat_map(|(_, findings)| findings).map(|f| words(&f.statement));
        said.extend(of_unread.map(|word| format!("word.{word}")));
    }
    for analysis in ANALYSES.iter().filter(|analysis| OF_DEVICES.contains(&analysis.name)) {
        let unsaid: Vec<&str> = analysis
            .statements
            .iter()
            .map(|statement| statement.key)
            .filter(|key| !said.contains(*key))
            .collect();
        assert!(unsaid.is_empty(), "{unsaid:?}");
    }
}
