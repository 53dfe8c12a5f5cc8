//! Measures hashing: `pdq_speed WIDTH HEIGHT TIMES` hashes one made-up picture of so many pixels, decoded, in both profiles
//! and in eight orientations, and prints milliseconds of CPU for each; also `pdq_speed FILE TIMES`, decoding included.

use tutela_matchers::pdq::{Profile, View, hash, hash_turned};
use tutela_matchers::picture::{Limits, take};

#[expect(clippy::print_stdout, reason = "what a measurement is for")]
fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |idx: usize| args[idx].parse::<u32>().expect("a number");
    let measure = |what: &str, times: u32, work: &dyn Fn()| {
        let before = cpu_ms();
        (0..times).for_each(|_| work());
        println!("{what}: {:.3} ms", (cpu_ms() - before) / f64::from(times));
    };
    if args.len() == 2 {
        let bytes = std::fs::read(&args[0])?;
        measure("decode, both profiles, EXIF", number(1), &|| {
            std::hint::black_box(take(&bytes, Limits::default()));
        });
        return Ok(());
    }
    let (width, height, times) = (number(0), number(1), number(2));
    let values = (0..width * height * 3).map(|idx| (idx.wrapping_mul(2_654_435_761) >> 24) as u8);
    let pixels: Vec<u8> = values.collect();
    let view = View::rgb(width, height, &pixels).expect("a picture");
    for profile in [Profile::Full, Profile::Ref512] {
        measure(profile.word(), times, &|| {
            std::hint::black_box(hash(view, profile));
        });
    }
    measure("full, eight orientations", times, &|| {
        std::hint::black_box(hash_turned(view, Profile::Full));
    });
    Ok(())
}

/// Milliseconds that the process was on a processor (proc(5), schedstat: nanoseconds).
fn cpu_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e6
}
