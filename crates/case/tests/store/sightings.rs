//! Sightings as an observer exports them: months in no order, millions of files of which few are near each other.

use std::io::Read as _;

use tutela_case::{Limits, ToImport};
use tutela_model::field::AddressSaid;
use tutela_model::source::{Declared, Fit, Input, Reader, Refusal, Sink};
use tutela_model::table::{Tables as _, all_rows};
use tutela_model::tables::{IpBasis, Observed, SharingNetwork, Sighting};
use tutela_model::time::{Precision, utc};
use tutela_model::{Digest, Spot, Table as _, Text, Time, ZoneKnown};

use crate::made_up::{at, day, go_on, item, operation, receive, table_digests, write};

const SIGHTINGS: Reader = Reader {
    name: "sightings",
    version: 1,
    about: "As many sightings as the file says",
    tables: &["sighting"],
    recognise: |_| Fit::Sure,
    read,
};

fn read(mut input: Input, _: &Declared, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let mut text = String::new();
    input.bytes.read_to_string(&mut text)?;
    let n_rows: u64 = text.trim().parse().map_err(|_| Refusal::Declared(text))?;
    for line in 1..=n_rows {
        let mixed = line.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        let file = Digest::of(&(mixed % 40_000).to_be_bytes()).hex();
        let at_us = 1_767_000_000_000_000 + (mixed % 20_000_000) as i64 * 1_000_000;
        sink.record();
        sink.row(
            Sighting {
                network: if mixed % 3 == 0 { SharingNetwork::Ed2k } else { SharingNetwork::Gnutella },
                address: AddressSaid::parse("198.18.0.1").expect("an address"),
                port: None,
                peer: (mixed % 50 > 0).then(|| Text::from(format!("{:032x}", mixed % 7_001))),
                file_hash: Text::from(format!("sha1:{}", &file[..40])),
                file_name: Some(Text::from(format!("archivio {}", &file[..8]))),
                file_size: Some(mixed % 9_973),
                at: Time {
                    at_us,
                    said: utc(at_us).into(),
                    precision: Precision::Second,
                    zone: ZoneKnown::InFormat,
                },
                client: None,
                observed: Observed::Listed,
                ip_basis: IpBasis::Unknown,
                place: Spot::Line(line),
            }
            .into(),
        )?;
    }
    Ok(())
}

#[test]
fn sightings_in_no_order_are_sorted_by_peer_and_time_whatever_memory_and_threads() {
    // Enough for two row groups, and for five runs when memory ends with every batch.
    const N_ROWS: usize = 135_000;
    let mut seen = None;
    for (memory, jobs) in [(400 << 20, 1), (1, 3)] {
        let dir = tempfile::tempdir().expect("a folder");
        let mut writer = operation(dir.path()).lock("R. Rossi", at()).expect("nobody else writes");
        let received = receive(&mut writer, &write(dir.path(), "export.txt", &N_ROWS.to_string()));
        let received = received.expect("it is received");
        let basis = writer.case().basis(None, day("2026-03-01")).expect("it covers");
        let to_import = ToImport { reader: SIGHTINGS, ..item(received) };
        writer.import(to_import, &basis, at(), Limits { memory, jobs }, &go_on).expect("it is imported");
        let digests = table_digests(writer.case());
        assert_eq!(*seen.get_or_insert(digests.clone()), digests, "{memory} bytes, {jobs} threads");
        if memory > 1 {
            continue;
        }
        let tables = writer.case().tables();
        assert_eq!(tables.parts(&Sighting::INFO)[0].n_rows, N_ROWS as u64);
        let rows = all_rows::<Sighting>(&tables).expect("they are stored");
        let key = |row: &Sighting| (row.peer.clone(), row.network.word(), row.at.at_us, line(row));
        assert!(rows.windows(2).all(|pair| key(&pair[0].1) < key(&pair[1].1)));
    }
}

fn line(row: &Sighting) -> u64 {
    match row.place {
        Spot::Line(line) => line,
        _ => 0,
    }
}
