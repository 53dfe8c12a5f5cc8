//! The Sleuth Kit's programs, where they are installed, in a sandboxed child, on images that nobody here made.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use tutela_evidence::difference::{Seen, What, difference};
use tutela_evidence::entry::{Entry, Why};
use tutela_evidence::parent::{Budget, Received};
use tutela_evidence::sandbox::FOLDERS;
use tutela_evidence::sleuthkit::Tools;
use tutela_model::tables::{FileKind, FileState};

mod common;
use common::{Kept, kept};

/// Reads an image in a child, hashed.
fn read(reader: &str, image: &Path) -> Kept {
    let image = image.to_str().expect("a plain path");
    let kept = kept(&["child", reader, "2", image], 2, &Budget::default(), &|| None);
    for hello in &kept.summary.children {
        eprintln!("{}: held {}; lacking {}", hello.reader, hello.held.join(", "), hello.lacking.join("; "));
    }
    kept
}

/// Every entry is told as it is where `icat` alone reads the bytes, but for where these lie. How many were told that.
fn same_as_by_icat(image: &Path, kept: &Kept) -> usize {
    let by_icat = read("icat", image);
    assert_eq!(by_icat.entries.len(), kept.entries.len(), "{image:?}");
    for (one, other) in kept.entries.iter().zip(&by_icat.entries) {
        assert!(other.entry.runs.is_empty());
        let without = Entry { runs: Vec::new(), ..one.entry.clone() };
        assert_eq!((&without, &one.values), (&other.entry, &other.values), "{image:?}");
    }
    assert_eq!(kept.unread, by_icat.unread);
    kept.entries.iter().filter(|received| !received.entry.runs.is_empty()).count()
}

/// What is missing to read real images.
fn missing(files: &[&str]) -> bool {
    let tools = Tools::find(&FOLDERS.map(Path::new)).err().map(|unread| unread.found);
    let files =
        files.iter().find(|file| !Path::new(file).exists()).map(|file| format!("not installed: {file}"));
    let missing = tools.or(files);
    if let Some(missing) = &missing {
        eprintln!("not tried: {missing}");
    }
    missing.is_some()
}

const SAMPLES: &str = "/usr/share/forensics-samples";

/// The digests of Debian's original files.
fn originals() -> Vec<Vec<u8>> {
    let mut originals = Vec::new();
    for folder in fs::read_dir(Path::new(SAMPLES).join("original-files")).expect("the originals") {
        for file in fs::read_dir(folder.expect("a folder").path()).expect("a folder") {
            let file = file.expect("a file");
            originals.push(Sha256::digest(fs::read(file.path()).expect("its bytes")).to_vec());
        }
    }
    originals
}

fn unpacked(sample: &str, folder: &Path) -> PathBuf {
    let image = folder.join(sample);
    let output = fs::File::create(&image).expect("a file");
    let unpacked =
        Command::new("xz").args(["-dkc", &format!("{SAMPLES}/{sample}.xz")]).stdout(output).status();
    assert!(unpacked.expect("xz runs").success());
    image
}

#[test]
fn debians_images_give_their_original_files_and_deleted_ones_bit_by_bit() {
    let originals_at = format!("{SAMPLES}/original-files");
    let folder = tempfile::tempdir().expect("a folder");
    // Files that are bit-exact, and deleted ones among them: three pictures were packed anew on their way to Debian, and
    // where a deleted file lay ext4 does not keep.
    for (sample, n_entries, n_same, n_deleted) in
        [("fs.ntfs", 71, 33, 17), ("fs.vfat", 44, 33, 17), ("fs.exfat", 84, 33, 17), ("fs.ext4", 45, 16, 0)]
    {
        if missing(&[&originals_at, &format!("{SAMPLES}/{sample}.xz"), "/usr/bin/xz"]) {
            continue;
        }
        let image = unpacked(sample, folder.path());
        let before = Sha256::digest(fs::read(&image).expect("the image"));
        let (kept, originals) = (read("sleuthkit", &image), originals());
        assert!(kept.summary.complete && kept.unread.is_empty(), "{sample}: {:?}", kept.unread);
        // By bytes alone: FAT loses the first letter of a deleted name.
        let of = |state: fn(FileState) -> bool| -> BTreeSet<&[u8]> {
            let entries = kept.entries.iter().filter(|received| state(received.entry.state));
            entries.flat_map(|received| &received.values).map(|value| &value.bytes[..]).collect()
        };
        let count = |digests: BTreeSet<&[u8]>| {
            originals.iter().filter(|digest| digests.contains(&digest[..])).count()
        };
        let (same, deleted) = (count(of(|_| true)), count(of(|state| state != FileState::Allocated)));
        assert_eq!((kept.entries.len(), same, deleted), (n_entries, n_same, n_deleted), "{sample}");
        assert_eq!(Sha256::digest(fs::read(&image).expect("the image")), before, "{sample} was written to");
        same_as_by_icat(&image, &kept);
        // The same image cut short: what is left is told, whatever the programs make of it.
        let bytes = fs::read(&image).expect("the image");
        let cut = folder.path().join("cut.dd");
        fs::write(&cut, &bytes[..bytes.len() / 8]).expect("a shorter image");
        let short = read("sleuthkit", &cut);
        assert!(!short.unread.is_empty() && short.entries.len() <= kept.entries.len(), "{sample}");
    }
}

#[test]
fn two_readers_disagree_about_debians_images_where_it_is_known_and_nowhere_else() {
    let folder = tempfile::tempdir().expect("a folder");
    for (sample, wanted) in [
        ("fs.ntfs", vec![]),
        // A deleted file's long name, of which the Sleuth Kit gives the short one.
        ("fs.vfat", vec![(What::Path, 1)]),
        // Remains and an empty label that the Sleuth Kit takes for entries; its names for the map of clusters and the
        // table of letters, which are no files.
        ("fs.exfat", vec![(What::Presence, 38), (What::Kind, 2), (What::Digest, 2)]),
        // An ext4 volume that one reader alone reads, and an exFAT one as above.
        ("fs.multiple", vec![(What::Presence, 5), (What::Kind, 2), (What::Digest, 2)]),
    ] {
        if missing(&[&format!("{SAMPLES}/{sample}.xz"), "/usr/bin/xz"]) {
            continue;
        }
        let image = unpacked(sample, folder.path());
        let readers = ["native", "sleuthkit"];
        let [native, sleuthkit] = readers.map(|reader| {
            let seen = |Received { entry, values, .. }| Seen {
                entry,
                digest: values.into_iter().next().map(|value| value.bytes),
            };
            read(reader, &image).entries.into_iter().map(seen).collect::<Vec<_>>()
        });
        let difference = difference(readers, native, sleuthkit);
        assert_eq!(
            difference.counts().into_iter().collect::<Vec<_>>(),
            wanted,
            "{sample}\n{}",
            difference.table()
        );
        assert!(difference.same_digest > 20, "{sample}: {}", difference.same_digest);
        assert!(difference.unread().all(|unread| unread.why == Why::Disagreement));
    }
}

/// An ext4 image of a folder, made beside it; none where there is nothing to make or read it with.
fn ext4(files: &Path, options: &[&str], size: &str) -> Option<PathBuf> {
    let made = ["/usr/sbin/mke2fs", "/sbin/mke2fs"].into_iter().find(|path| Path::new(path).exists());
    if missing(&[made.unwrap_or("/usr/sbin/mke2fs")]) {
        return None;
    }
    let image = files.with_extension("dd");
    let mut mke2fs = Command::new(made.expect("it is there"));
    mke2fs.args(["-q", "-t", "ext4", "-b", "1024"]).args(options).arg("-d").arg(files);
    assert!(mke2fs.arg(&image).arg(size).status().expect("mke2fs runs").success());
    Some(image)
}

#[test]
fn thousands_of_files_are_read_where_they_lie_and_are_what_icat_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = folder.path().join("files");
    fs::create_dir(&files).expect("a folder");
    let byte = |at: u64| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    let some = |from: u64, length: u64| (from..from + length).map(byte).collect::<Vec<_>>();
    for n_folder in 0..30 {
        let inside = files.join(format!("DCIM {n_folder}"));
        fs::create_dir(&inside).expect("a folder");
        for idx in 0..100_u64 {
            let bytes = some(n_folder * 1000 + idx, 1 + idx * 97 % 5000);
            fs::write(inside.join(format!("IMG_{idx}.jpg")), bytes).expect("a file");
        }
    }
    // Small enough to lie in their records, as this file system is made; empty; one with holes, in more pieces than a
    // record holds; two names of one.
    let small = 50;
    (0..small).for_each(|idx| fs::write(files.join(format!("small {idx}")), some(idx, 20)).expect("a file"));
    fs::write(files.join("empty"), []).expect("a file");
    let mut holes = fs::File::create(files.join("holes")).expect("a file");
    for idx in 0..12 {
        holes.seek(SeekFrom::Start(idx * 200_000)).expect("a place");
        holes.write_all(&some(idx, 5000)).expect("some bytes");
    }
    fs::hard_link(files.join("holes"), files.join("same holes")).expect("another name");
    let Some(image) = ext4(&files, &["-O", "inline_data", "-I", "256"], "40M") else { return };
    let kept = read("sleuthkit", &image);
    assert!(kept.summary.complete && kept.unread.is_empty(), "{:?}", kept.unread);
    let read = |received: &&Received| !received.values.is_empty();
    assert_eq!(kept.entries.iter().filter(read).count() as u64, 3000 + small + 1 + 2);
    for Received { entry, values, .. } in kept.entries.iter().filter(read) {
        let original = fs::read(files.join(&entry.path)).expect("the file");
        assert_eq!(values[0].bytes, Sha256::digest(original).to_vec(), "{}", entry.path);
    }
    let mut n_runs = kept.entries.iter().filter(|received| received.entry.path.contains("holes"));
    assert!(n_runs.all(|received| received.entry.runs.len() > 12));
    let n_placed = kept.entries.iter().filter(|received| !received.entry.runs.is_empty()).count() as u64;
    assert!((2800..=3002).contains(&n_placed), "{n_placed} were told where they lie");
    // Files whose bytes `icat` writes cost 15 ms each: those of two folders and the others are held against it.
    for n_folder in 0..28 {
        fs::remove_dir_all(files.join(format!("DCIM {n_folder}"))).expect("a folder that was made");
    }
    let image = ext4(&files, &["-O", "inline_data", "-I", "256"], "40M").expect("as before");
    same_as_by_icat(&image, &crate::read("sleuthkit", &image));
}

#[test]
fn names_that_lie_are_entries_with_what_is_hidden_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = folder.path().join("files");
    fs::create_dir(&files).expect("a folder");
    let names = ["a\nr~r 9:\tb", "pipe|x", "ends (deleted)", "rtl\u{202e}x", "colon:name", "plain"];
    names.iter().for_each(|name| fs::write(files.join(name), name).expect("a file"));
    let Some(image) = ext4(&files, &[], "4M") else { return };
    let kept = read("sleuthkit", &image);
    assert!(kept.summary.complete);
    for name in names {
        let digest = Sha256::digest(name).to_vec();
        let entry = kept
            .entries
            .iter()
            .find(|received| received.values.first().is_some_and(|value| value.bytes == digest));
        let entry = &entry.unwrap_or_else(|| panic!("not read: {name:?} {:?}", kept.unread)).entry;
        assert_eq!((entry.kind, entry.state), (FileKind::File, FileState::Allocated));
        assert_eq!(entry.path, name.replace(['\n', '\t'], "^"));
    }
    let [told] = &kept.unread[..] else { panic!("one name hides something: {:?}", kept.unread) };
    assert_eq!(told.place, "a^r~r 9:^b");
}
