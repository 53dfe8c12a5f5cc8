//! The Sleuth Kit's programs, where they are installed, in a sandboxed child, on images that nobody here made.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use tutela_evidence::difference::{Seen, What, difference};
use tutela_evidence::entry::Why;
use tutela_evidence::parent::{Budget, Received};
use tutela_evidence::sleuthkit::{FOLDERS, Tools};
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
    // Files that are bit-exact, and deleted ones among them: three pictures were packed anew on their way to Debian.
    for (sample, n_entries, n_same, n_deleted) in
        [("fs.ntfs", 71, 33, 17), ("fs.vfat", 44, 33, 17), ("fs.exfat", 84, 33, 17)]
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

#[test]
fn names_that_lie_are_entries_with_what_is_hidden_told() {
    let made = ["/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4"].into_iter().find(|path| Path::new(path).exists());
    if missing(&[made.unwrap_or("/usr/sbin/mkfs.ext4")]) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let files = folder.path().join("files");
    fs::create_dir(&files).expect("a folder");
    let names = ["a\nr~r 9:\tb", "pipe|x", "ends (deleted)", "rtl\u{202e}x", "colon:name", "plain"];
    names.iter().for_each(|name| fs::write(files.join(name), name).expect("a file"));
    let image = folder.path().join("names.dd");
    let mut mkfs = Command::new(made.expect("it is there"));
    let status = mkfs.args(["-q", "-d"]).arg(&files).arg(&image).arg("4M").status().expect("mkfs.ext4 runs");
    assert!(status.success());
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
