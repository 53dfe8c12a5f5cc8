//! Images that nobody here made: Debian's `forensics-samples-*` packages, whose originals lie beside them.
//!
//! Where the packages are not installed this is said, and nothing is tried: see tools/verify/install.sh.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};
use tutela_evidence::image::Image;
use tutela_evidence::walk::{Exhibit, Limits};
use tutela_model::tables::{FileKind, FileState};

use crate::made::{Seen, absent, seen_of};

const SAMPLES: &str = "/usr/share/forensics-samples";

/// Bytes at which the only volume of the images begins.
const VOLUME: u64 = 2048 * 512;

/// Unpacks an image; none where it is not installed.
fn image(name: &str, folder: &Path) -> Option<PathBuf> {
    let packed = format!("{SAMPLES}/fs.{name}.xz");
    let unpacked = Command::new("xz").args(["-dc", &packed]).output();
    match unpacked {
        Ok(output) if output.status.success() => {
            let path = folder.join(format!("fs.{name}.raw"));
            fs::write(&path, output.stdout).expect("a temporary folder takes it");
            Some(path)
        }
        _ => {
            absent(&format!("forensics-samples-{name} or xz is not installed"));
            None
        }
    }
}

fn walked(path: &Path) -> Seen {
    let image = Image::open(path).expect("an image");
    seen_of(&Exhibit::Image(image), Limits::default(), &|| false)
}

/// SHA-256 of all files below a folder.
fn originals(folder: &Path, found: &mut BTreeMap<Vec<u8>, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            originals(&entry.path(), found);
        } else if let Ok(bytes) = fs::read(entry.path()) {
            found.insert(Sha256::digest(&bytes).to_vec(), entry.path().display().to_string());
        }
    }
}

/// What the Sleuth Kit lists: the number of each entry and whether it is deleted; its own virtual files left out.
fn listed(image: &Path) -> Option<BTreeSet<(String, bool)>> {
    let output = Command::new("fls").args(["-o", "2048", "-r", "-p"]).arg(image).output();
    let Ok(output) = output else {
        absent("fls is not installed");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let entry = |line: &str| {
        let (entry, path) = line.split_once(":\t")?;
        let mut words = entry.split(' ');
        let virtual_file = words.next()?.eq_ignore_ascii_case("v/v");
        let deleted = entry.contains(" * ");
        // An empty label; and bytes of free clusters that it takes for entries of exFAT: of 37 none has the checksum that
        // sets have.
        let number = words.find(|word| *word != "*")?.to_owned();
        let garbage = path.contains("/OrphanFile-") || path.contains("$EMPTY_VOLUME_LABEL");
        let left_out = virtual_file || garbage && image.ends_with("fs.exfat.raw");
        (!left_out).then_some((number, deleted))
    };
    Some(text.lines().filter_map(entry).collect())
}

#[test]
fn every_file_and_every_deleted_file_of_debians_images_is_equal_to_its_original() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut known = BTreeMap::new();
    originals(&Path::new(SAMPLES).join("original-files"), &mut known);
    if known.is_empty() {
        absent("forensics-samples-files is not installed");
        return;
    }
    for (name, n_entries) in [("ntfs", 71), ("vfat", 44), ("exfat", 46)] {
        let Some(path) = image(name, folder.path()) else { continue };
        let seen = walked(&path);
        let mut equal: BTreeMap<&str, bool> = BTreeMap::new();
        for (entry, bytes) in &seen.entries {
            if let Some(Ok(bytes)) = bytes
                && let Some(original) = known.get(&*Sha256::digest(bytes))
            {
                equal.insert(original, entry.state == FileState::Allocated);
            }
        }
        let deleted = equal.values().filter(|allocated| !**allocated).count();
        // Three pictures lie in the package in another packing than in the images.
        assert_eq!((equal.len(), deleted), (33, 17), "{name}: {equal:#?}");
        assert_eq!(seen.entries.len(), n_entries, "{name}: {seen:?}");
        assert_eq!(seen.findings(), [], "{name}");
        assert!(seen.parts.iter().any(|part| part.offset == VOLUME), "{name}: {:?}", seen.parts);
        let Some(listed) = listed(&path) else { continue };
        let ours: BTreeSet<(String, bool)> = seen
            .entries
            .iter()
            .map(|(entry, _)| (entry.id.clone(), entry.state != FileState::Allocated))
            .collect();
        assert_eq!(ours, listed, "{name}");
    }
}

#[test]
fn an_image_of_several_volumes_names_each_and_reads_those_that_it_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(path) = image("multiple", folder.path()) else { return };
    let seen = walked(&path);
    let what: Vec<&str> = seen.parts.iter().map(|part| part.what.as_str()).collect();
    let expected = [
        "Btrfs; type 0x83",
        "ext2, ext3 or ext4; type 0x83",
        "exFAT; type 0x07",
        "NTFS; type 0x07",
        "held by no volume",
    ];
    assert_eq!(what, expected);
    let files = seen.entries.iter().filter(|(entry, _)| {
        entry.kind == FileKind::File
            && (entry.path.ends_with("/debian_logo.jpg") || entry.path.ends_with("/test.txt"))
    });
    for (entry, bytes) in files.clone() {
        let name = entry.path.rsplit('/').next().expect("a name");
        if let Ok(original) = fs::read(Path::new(SAMPLES).join("original-multiple").join(name)) {
            assert_eq!(
                bytes.as_ref().and_then(|bytes| bytes.as_ref().ok()),
                Some(&original),
                "{}",
                entry.path
            );
        }
    }
    assert_eq!(files.count(), 4);
    // The exFAT says that it is larger than its volume: whoever made the image cut it.
    assert!(seen.unread.iter().any(|unread| unread.place == "volume-3"), "{seen:?}");
}

#[test]
fn an_e01_of_a_real_image_by_libewf_gives_the_same_and_a_missing_segment_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(path) = image("vfat", folder.path()) else { return };
    for (format, packing) in
        [("encase6", "fast"), ("encase5", "none"), ("ewf", "best"), ("ftk", "fast"), ("smart", "fast")]
    {
        let target = folder.path().join(format);
        let made = Command::new("ewfacquire")
            .args(["-u", "-q", "-S", "3145728", "-d", "sha1", "-f", format, "-c", packing, "-t"])
            .args([&target, &path])
            .output();
        match made {
            Ok(made) if made.status.success() => {}
            Ok(made) => panic!("{}", String::from_utf8_lossy(&made.stdout)),
            Err(_) => {
                absent("ewfacquire is not installed");
                return;
            }
        }
        let extension = match format {
            "smart" => "s",
            "ewf" => "e",
            _ => "E",
        };
        let first = target.with_extension(format!("{extension}01"));
        let image = Image::open(&first).expect("an image");
        assert_eq!(image.findings, [], "{format}");
        let taken = image.hashes(&|| false).expect("whole");
        if format != "smart" {
            assert!(image.stored.md5.is_some(), "{format}");
        }
        assert!(image.stored.md5.is_none_or(|md5| Some(md5) == taken.md5), "{format}");
        assert!(image.stored.sha1.is_none_or(|sha1| Some(sha1) == taken.sha1), "{format}");
        assert_eq!(walked(&first).entries.len(), walked(&path).entries.len(), "{format}");
        let second = target.with_extension(format!("{extension}02"));
        fs::remove_file(&second).expect("there are more segments than one");
        let image = Image::open(&first).expect("an image with a hole");
        assert_eq!(image.findings[0].found, "segment 3: 1 missing", "{format}");
        assert!(image.hashes(&|| false).is_err(), "{format}");
    }
}

#[test]
fn a_raw_image_in_segments_gives_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(path) = image("exfat", folder.path()) else { return };
    let bytes = fs::read(&path).expect("it was written");
    for (part_idx, part) in bytes.chunks(20_000_000).enumerate() {
        fs::write(folder.path().join(format!("split.{:03}", part_idx + 1)), part).expect("written");
    }
    let whole = walked(&path);
    assert_eq!(walked(&folder.path().join("split.001")).entries, whole.entries);
    fs::remove_file(folder.path().join("split.002")).expect("there are three");
    let holed = walked(&folder.path().join("split.001"));
    assert_eq!(holed.findings()[0].2, "segment 3: 1 missing");
    // What is listed is equal or said to be missing, and folders that lie in the hole are said too.
    assert!(holed.entries.len() > 30 && holed.entries.len() < whole.entries.len());
    for (entry, bytes) in &holed.entries {
        let (same, of_whole) =
            whole.entries.iter().find(|(whole, _)| whole.path == entry.path).expect("as before");
        let lost = holed.unread.iter().any(|unread| unread.place == entry.path);
        assert!(lost || entry == same && bytes == of_whole, "{}", entry.path);
    }
}
