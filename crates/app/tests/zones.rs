//! What `zone_shift` says of made-up answers whose clock is known; the example `zone_detection` prints the same over as
//! many operations as one likes.

#[path = "../examples/zone_detection/trials.rs"]
mod trials;

use trials::{MISTAKES, OF_ROWS, SIZES, trials};

#[test]
fn a_wrong_clock_that_three_connections_tell_is_indicated() {
    let mistakes: Vec<&str> = MISTAKES.iter().map(|(name, _)| *name).collect();
    let (mut n_enough, mut n_indicated, mut n_whole, mut n_right) = (0, 0, 0, 0);
    for seed in 1..=5 {
        for trial in trials(seed, 0.1, &mistakes.join(",")).iter().filter(|trial| trial.telling >= 3) {
            assert!(trial.fault.is_some());
            n_enough += 1;
            n_indicated += usize::from(trial.indicated.is_some());
            // With all connections the reading itself is found, not only that something is wrong.
            if trial.size.is_none() {
                n_whole += 1;
                n_right += usize::from(trial.right);
            }
        }
    }
    assert!(n_enough >= 40, "{n_enough} trials with three telling connections of {SIZES:?}");
    assert!(n_indicated * 100 >= n_enough * 97, "{n_indicated} of {n_enough}");
    assert!(n_right * 10 >= n_whole * 8, "{n_right} of {n_whole}");
}

#[test]
fn a_right_clock_is_not_doubted_whatever_single_rows_say() {
    let mut n = 0;
    for (seed, faults) in [(1, ""), (2, OF_ROWS), (3, OF_ROWS)] {
        for trial in trials(seed, 0.1, faults).iter().filter(|trial| trial.fault.is_none()) {
            assert_eq!(trial.indicated, None, "seed {seed}, {:?} connections", trial.size);
            n += 1;
        }
    }
    assert!(n >= 40, "{n} trials");
}
