//! Images that other programs make here and now: mkfs.fat and mtools, mkfs.exfat, mkntfs and ntfscp.
//!
//! Where they are not installed this is said, and nothing is tried: see tools/verify/install.sh.

use std::fs;
use std::path::Path;
use std::process::Command;

use tutela_evidence::image::Image;
use tutela_evidence::walk::{Exhibit, Limits};

use crate::made::{Seen, absent, content, seen_of};

/// Runs a program. No, said aloud, when it is not installed.
///
/// # Panics
/// When it is and fails.
fn ran(program: &str, arguments: &[&str]) -> bool {
    let paths = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    match Command::new(program).args(arguments).env("PATH", &paths).output() {
        Ok(output) if output.status.success() => true,
        Ok(output) => panic!("{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            absent(&format!("{program} is not installed"));
            false
        }
    }
}

fn walked(path: &Path) -> Seen {
    seen_of(&Exhibit::Image(Image::open(path).expect("an image")), Limits::default(), &|| false)
}

#[test]
fn what_mtools_writes_and_deletes_on_each_fat_is_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let names = ["short.txt", "a long name of some words.jpeg", "über.bin"];
    for (name_idx, name) in names.iter().enumerate() {
        fs::write(at(name), content(name_idx as u32, 3000 + name_idx * 40_000)).expect("written");
    }
    for (bits, blocks) in [("12", "2048"), ("16", "16384"), ("32", "65536")] {
        let image = at(&format!("fat{bits}"));
        if !ran("mkfs.fat", &["-C", "-F", bits, "-n", "MADE UP", &image, blocks])
            || !ran("mmd", &["-i", &image, "::/folder"])
        {
            return;
        }
        for name in names {
            ran("mcopy", &["-i", &image, &at(name), &format!("::/folder/{name}")]);
            ran("mcopy", &["-i", &image, &at(name), &format!("::/gone {name}")]);
        }
        for name in names {
            ran("mdel", &["-i", &image, &format!("::/gone {name}")]);
        }
        let seen = walked(Path::new(&image));
        for (name_idx, name) in names.iter().enumerate() {
            let expected = content(name_idx as u32, 3000 + name_idx * 40_000);
            assert_eq!(seen.bytes(&format!("folder/{name}")), expected, "FAT{bits}");
            assert_eq!(seen.bytes(&format!("gone {name}")), expected, "FAT{bits}, deleted");
            assert_eq!(seen.entry(&format!("gone {name}")).state.word(), "deleted");
        }
        assert_eq!(seen.findings(), [], "FAT{bits}");
    }
}

#[test]
fn what_ntfscp_writes_on_an_ntfs_is_read_back_with_its_streams() {
    let folder = tempfile::tempdir().expect("a folder");
    let image = folder.path().join("ntfs").display().to_string();
    for sizes in [["512", "4096"], ["512", "65536"], ["4096", "4096"]] {
        fs::write(&image, vec![0; 16 << 20]).expect("written");
        if !ran("mkntfs", &["-F", "-Q", "-q", "-s", sizes[0], "-c", sizes[1], &image]) {
            return;
        }
        let files = [("small.txt", 100), ("large.bin", 3_000_000), ("a name with \u{fc}mlauts.jpg", 70_000)];
        for (file_idx, (name, length)) in files.iter().enumerate() {
            let source = folder.path().join("source").display().to_string();
            fs::write(&source, content(file_idx as u32, *length)).expect("written");
            if !ran("ntfscp", &["-f", "-q", &image, &source, name]) {
                return;
            }
            if file_idx == 1 {
                fs::write(&source, b"[ZoneTransfer]\nZoneId=3\n").expect("written");
                ran("ntfscp", &["-f", "-q", "-N", "Zone.Identifier", &image, &source, name]);
            }
        }
        let seen = walked(Path::new(&image));
        for (file_idx, (name, length)) in files.iter().enumerate() {
            assert_eq!(seen.bytes(name), content(file_idx as u32, *length), "{sizes:?}");
        }
        assert_eq!(seen.bytes("large.bin:Zone.Identifier"), b"[ZoneTransfer]\nZoneId=3\n");
        assert_eq!(seen.findings(), [], "{sizes:?}");
    }
}

#[test]
fn an_exfat_by_mkfs_is_empty_and_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    let image = folder.path().join("exfat").display().to_string();
    fs::write(&image, vec![0; 16 << 20]).expect("written");
    if !ran("mkfs.exfat", &["-L", "MADE UP", &image]) {
        return;
    }
    let seen = walked(Path::new(&image));
    assert_eq!(seen.findings(), []);
    assert!(seen.paths().contains(&"MADE UP (Volume Label Entry)".to_owned()), "{seen:?}");
}
