//! What the program says of seized devices, lists of known files and grades.

use tutela_model::Statement;

use super::line;

/// The sentences, by verb.
pub static DEVICES: &[Statement] = &[
    line(
        "grade.none",
        "no file of the operation has this hash: {hash}",
        "nessun file dell'operazione ha questa impronta: {hash}",
    ),
    line(
        "grade.none.hint",
        "grades are given to files of exhibits that were processed: see `tutela table file`",
        "le classificazioni si danno ai file dei reperti già esaminati: vedi `tutela table file`",
    ),
    line("grade.done", "{n} graded", "{n} classificati"),
    line("grade.headings", "scheme · category · by · at · hash", "schema · categoria · da · il · impronta"),
];
