//! Hashes pictures by hand: `pdq_hash FILE…` prints for each the hash, its quality, the profile and what was done before,
//! separated by commas, and the file's name. Hashes are printed because they are asked for; nothing is shown.

use std::process::ExitCode;

use tutela_matchers::picture::{Limits, take};

#[expect(clippy::print_stdout, reason = "what a program by hand is for")]
fn main() -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for file in std::env::args().skip(1) {
        let record = match std::fs::read(&file) {
            Ok(bytes) => take(&bytes, Limits::default()),
            Err(error) => {
                println!("cannot be read: {error},,,,{file}");
                code = ExitCode::FAILURE;
                continue;
            }
        };
        match record.perceived {
            Ok(perceived) => {
                for (profile, taken) in perceived.stored.each() {
                    let taken = taken.upright();
                    let (hash, quality) = (taken.hash.hex(), taken.quality);
                    println!("{hash},{quality},{},{},{file}", profile.word(), perceived.normalised);
                }
            }
            Err(error) => {
                println!("{error},,,,{file}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}
