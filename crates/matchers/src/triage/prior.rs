//! Which files are read first: those that lie where people keep what they take, send and fetch, and look like media.
//!
//! The order decides how soon a file that is known is met. No statement of confidence rests on it: see [`super`].

/// Folders that people fetch into, send from and keep pictures in, as systems and programs name them, in lower case.
const OF_PEOPLE: &[&str] = &[
    "download",
    "downloads",
    "incoming",
    "temp",
    "shared",
    "emule",
    "amule",
    "torrents",
    "pictures",
    "immagini",
    "images",
    "photos",
    "foto",
    "videos",
    "video",
    "dcim",
    "camera",
    "whatsapp",
    "telegram",
    "telegram desktop",
    "desktop",
    "documents",
    "documenti",
    "media",
    "recycle.bin",
    "$recycle.bin",
    ".trash",
    ".trashes",
    "received files",
    "my received files",
];

/// Where what people keep lies on a system, in lower case.
const HOMES: &[&str] = &["users", "home", "documents and settings", "media", "data", "sdcard"];

/// Folders of systems and programs, in lower case.
const OF_SYSTEMS: &[&str] = &[
    "windows",
    "program files",
    "program files (x86)",
    "programdata",
    "winsxs",
    "system32",
    "usr",
    "lib",
    "lib64",
    "bin",
    "sbin",
    "system",
    "library",
    "applications",
    "node_modules",
    ".git",
    "system volume information",
];

/// Endings of pictures, films and archives.
const MEDIA: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp", "heic", "heif", "avif", "tif", "tiff", "mp4",
    "m4v", "mov", "avi", "mkv", "wmv", "mpg", "mpeg", "3gp", "webm", "flv", "ts", "vob", "rm", "rmvb", "asf",
    "zip", "rar", "7z", "part",
];

/// How early a file is read, by its path on the device: 0 last, 7 first.
#[must_use]
pub fn score(path: &str) -> u8 {
    let path = path.to_lowercase();
    let mut names = path.rsplit('/');
    let name = names.next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let (mut people, mut home, mut system) = (false, false, false);
    for folder in names {
        people |= OF_PEOPLE.contains(&folder);
        home |= HOMES.contains(&folder);
        system |= OF_SYSTEMS.contains(&folder);
    }
    // A deleted file has often lost its folders and its name: what nothing is known of is not read last.
    4 * u8::from(MEDIA.contains(&ending)) + 2 * u8::from(people || home) + u8::from(!system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_keep_is_read_before_what_systems_have() {
        let paths = [
            "volume-1/Users/rossi/Downloads/a.JPG",
            "volume-1/foto.mp4",
            "volume-1/Windows/Web/Wallpaper/img0.jpg",
            "volume-1/Users/rossi/lettera.doc",
            "volume-1/$OrphanFiles/_12",
            "volume-1/Windows/System32/kernel32.dll",
        ];
        let scores: Vec<u8> = paths.iter().map(|path| score(path)).collect();
        assert_eq!(scores, [7, 5, 4, 3, 1, 0]);
    }
}
