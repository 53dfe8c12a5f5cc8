//! Writes the report of a made-up operation, to look at its pages and to time it: `report DIR [LEADS]`.
//! The record is not anchored in the Italian one and anchored in the English one.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "it writes files and takes times; the crate does not"
)]

#[path = "../src/example.rs"]
mod example;

use std::time::Instant;

use tutela_model::Lang;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = std::path::PathBuf::from(arguments.next().ok_or("expected a folder")?);
    let n_leads = arguments.next().map_or(Ok(30), |number| number.parse())?;
    let mut example = example::Example::new(n_leads);
    example.add_network();
    for (lang, name) in [(Lang::It, "relazione.pdf"), (Lang::En, "report.pdf")] {
        if lang == Lang::En {
            example.anchor();
        }
        let start = Instant::now();
        let pdf = tutela_outputs::report(&example.dossier(), lang)?;
        let took_s = start.elapsed().as_secs_f64();
        std::fs::write(folder.join(name), &pdf)?;
        eprintln!("{name}: {n_leads} leads, {} bytes, {took_s:.2} s", pdf.len());
        for picture in tutela_outputs::pictures(&example.dossier(), lang)? {
            std::fs::write(folder.join(picture.name), &picture.svg)?;
        }
    }
    Ok(())
}
