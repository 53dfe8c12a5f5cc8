//! Measures the search: `near_speed HASHES QUERIES [LAYOUT]`, hashes and queries as files of 32 bytes each.
//!
//! Prints the layout, the CPU seconds of building, the memory, the microseconds of CPU a query, how many hashes were
//! found, and a digest of them by which other programs' answers can be compared.

#[expect(clippy::print_stdout, reason = "what a measurement is for")]
fn main() -> std::io::Result<()> {
    use tutela_matchers::near::{Index, Layout, Scratch};
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (hashes, queries) = (read(&args[0])?, read(&args[1])?);
    let layout = match args.get(2).map(String::as_str) {
        Some("scan") => Layout::Scan,
        Some("sixteen") => Layout::Sixteen,
        Some("eleven") => Layout::Eleven,
        _ => Layout::of(hashes.len()),
    };
    let before = cpu_s();
    let index = Index::build(&hashes, layout)?;
    let built = cpu_s() - before;
    drop(hashes);
    let mut scratch = Scratch::default();
    let mut sum = (0_u64, 0_u64);
    for round in 0..3 {
        let before = cpu_s();
        sum = (0, 0);
        for query in &queries {
            for found in index.search(&mut scratch, *query, 31) {
                sum =
                    (sum.0 + 1, sum.1.wrapping_add(u64::from(found.number) * 31 + u64::from(found.distance)));
            }
        }
        let us = (cpu_s() - before) * 1e6 / queries.len() as f64;
        println!("round {round}: {us:.2} us CPU a query");
    }
    let before = cpu_s();
    let together: usize = index.search_all(&mut scratch, &queries, 31).iter().map(Vec::len).sum();
    let us = (cpu_s() - before) * 1e6 / queries.len() as f64;
    assert_eq!(together as u64, sum.0, "together and one by one");
    println!("together: {us:.2} us CPU a query");
    let memory = index.memory();
    println!(
        "{layout:?}, {} hashes, build {built:.2} s CPU, {} MB, of which locked {} MB",
        index.len(),
        memory.bytes >> 20,
        memory.locked_bytes >> 20
    );
    println!("found {} sum {}", sum.0, sum.1);
    Ok(())
}

fn read(path: &str) -> std::io::Result<Vec<tutela_matchers::pdq::PdqHash>> {
    let bytes = std::fs::read(path)?;
    let (hashes, _) = bytes.as_chunks::<32>();
    Ok(hashes
        .iter()
        .map(|hash| {
            let (limbs, _) = hash.as_chunks::<8>();
            tutela_matchers::pdq::PdqHash::of_limbs(std::array::from_fn(|idx| u64::from_le_bytes(limbs[idx])))
        })
        .collect())
}

/// Seconds that the process was on a processor (proc(5), schedstat: nanoseconds).
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e9
}
