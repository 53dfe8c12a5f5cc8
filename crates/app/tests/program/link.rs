//! `tutela link` on a table of anybody's: it needs no operation.

use std::fs;

use crate::folder::tutela;

const TABLE: &str = "id,name,born,person\n\
    c,Ida Prova,1980-02-03,1\n\
    a,Ida Prova,1980-02-03,1\n\
    d,Ugo Esempio,1975-11-30,2\n\
    b,Ugo Esempoi,1975-11-30,2\n\
    e,Lia Modello,1991-07-15,3\n";

#[test]
fn a_table_without_an_operation_is_resolved_judged_and_explained() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("table.csv");
    fs::write(&path, TABLE).expect("a file");
    let file = path.to_str().expect("temporary paths are UTF-8");
    let columns = ["link", file, "--columns", "name:name,born:date", "--id", "id"];

    let found = tutela(&[&columns[..], &["--truth", "person"]].concat()).ended(0);
    assert!(found.out.starts_with("record,set,margin_millibans\nc,"), "{}", found.out);
    assert_eq!(found.out.lines().count(), 6);
    assert!(found.err.contains("precision 1.000"), "{}", found.err);

    let mut turned: Vec<&str> = TABLE.lines().collect();
    turned[1..].reverse();
    fs::write(&path, turned.join("\n")).expect("a file");
    let again = tutela(&columns).ended(0);
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&again.out), sorted(&found.out));

    let pair = tutela(&[&columns[..], &["--explain", "a", "c", "--json"]].concat()).ended(0).json();
    assert_eq!(pair["schema"], "tutela.link_pair/1");
    assert_eq!(pair["steps"][0]["level"], "same");
}

#[test]
fn a_wrong_column_kind_or_record_is_named_with_what_there_is() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("table.csv");
    fs::write(&path, TABLE).expect("a file");
    let file = path.to_str().expect("temporary paths are UTF-8");
    for (columns, more, code, said) in [
        ("surname:name", &[][..], 2, "its columns are: id, name, born, person"),
        ("name:word", &[], 2, "the kinds are: name, date"),
        ("name:name:x", &[], 2, "name:name:x"),
        ("name:name", &["--id", "id", "--explain", "a", "z"], 1, "no record has this id: z"),
    ] {
        let ran = tutela(&[&["link", file, "--columns", columns], more].concat()).ended(code);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}
