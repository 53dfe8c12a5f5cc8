//! Foreign bytes for the readers of lists of known files. The first byte chooses the layout.
#![no_main]

use tutela_matchers::lists::{Counts, Declared, Layout, Note, Problem, ReadError, Record, Take, read_bytes};

/// Counts what is taken twice: as the reader's counts do, and call by call.
#[derive(Default)]
struct Taken {
    counts: Counts,
    records: u64,
}

impl Take for Taken {
    fn record(&mut self, record: Record<'_>) -> Result<(), ReadError> {
        self.records += 1;
        self.counts.record(&record);
        Ok(())
    }

    fn problem(&mut self, problem: Problem) -> Result<(), ReadError> {
        self.records += u64::from(problem.lost);
        self.counts.problem(&problem);
        Ok(())
    }

    fn note(&mut self, note: Note) {
        self.counts.note(note);
    }

    fn scheme(&mut self, _: &str) {}
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let (_, layout) = Layout::WORDS[usize::from(*first) % Layout::WORDS.len()];
    let declared = Declared { block_bytes: Some(4096), ..Declared::default() };
    let mut taken = Taken::default();
    let _ = read_bytes(&mut &bytes[..], layout, &declared, &mut taken);
    assert_eq!(taken.counts.records(), taken.records);
    let _ = tutela_matchers::lists::recognise::of_beginning(bytes);
});
