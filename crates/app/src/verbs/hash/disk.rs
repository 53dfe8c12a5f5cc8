//! Whether a path lies on a disk that spins. Such a disk reads several times as fast in one place as in many; asked for 32
//! files at once it does little but move its head.

use std::path::Path;

/// The disk of a path.
#[derive(Debug, PartialEq, Eq)]
pub struct Disk {
    /// As the system calls it.
    pub name: String,
    /// Whether it says that it turns. A virtual disk may say so and not do it.
    pub spins: bool,
}

/// The disk of a path; none where the system does not say: a network, a file system in memory or of several disks, another
/// system than Linux.
#[cfg(target_os = "linux")]
pub fn of(path: &Path) -> Option<Disk> {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let found = path.metadata().ok()?;
    // A disk that is named itself lies in the system's folder of devices, which is on no disk.
    let device = if found.file_type().is_block_device() { found.rdev() } else { found.dev() };
    let numbers = format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device));
    known(&Path::new("/sys/dev/block").join(numbers))
}

#[cfg(not(target_os = "linux"))]
pub fn of(_: &Path) -> Option<Disk> {
    None
}

/// What the system's folder of a disk or of a part of one says.
#[cfg(any(target_os = "linux", test))]
fn known(folder: &Path) -> Option<Disk> {
    // A part of a disk lies in the folder of the disk, which has the queue.
    let folder = folder.canonicalize().ok()?;
    let disk = [Some(folder.as_path()), folder.parent()]
        .into_iter()
        .flatten()
        .find(|folder| folder.join("queue/rotational").is_file())?;
    let said = std::fs::read_to_string(disk.join("queue/rotational")).ok()?;
    let name = disk.file_name()?.to_string_lossy().into_owned();
    match said.trim() {
        "0" => Some(Disk { name, spins: false }),
        "1" => Some(Disk { name, spins: true }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_disk_and_a_part_of_one_say_whether_they_spin() {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, said) in [("sda", "1\n"), ("nvme0n1", "0\n"), ("odd", "x\n")] {
            fs::create_dir_all(dir.path().join(name).join("queue")).expect("a folder");
            fs::create_dir_all(dir.path().join(name).join("part1")).expect("a folder");
            fs::write(dir.path().join(name).join("queue/rotational"), said).expect("a file");
        }
        let disk = |name: &str, spins| Some(Disk { name: name.to_owned(), spins });
        assert_eq!(known(&dir.path().join("sda")), disk("sda", true));
        assert_eq!(known(&dir.path().join("sda/part1")), disk("sda", true));
        assert_eq!(known(&dir.path().join("nvme0n1/part1")), disk("nvme0n1", false));
        assert_eq!(known(&dir.path().join("odd")), None);
        assert_eq!(known(&dir.path().join("none")), None);
    }
}
