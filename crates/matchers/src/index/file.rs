//! Writing the file of an index: sections one after the other, the manifest last, the head when all else is there.

use std::fs::{File, Permissions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use tutela_model::Digest;

use super::manifest::{Manifest, Section};
use super::{At as _, IndexError};

/// What the file begins with.
pub const MAGIC: &[u8; 8] = b"TUTELIST";
/// The version of the form.
pub const VERSION: u32 = 1;
/// Bytes before the first section.
pub const HEAD: usize = 64;
/// Sections begin at multiples of this.
const ALIGNED: u64 = 64;
/// The most keys: their numbers have four bytes, and the last value says that there is none.
pub const MOST: u64 = u32::MAX as u64 - 1;

/// An index that is being written.
pub struct Writer {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    at: u64,
    digest: Sha256,
    open: Option<Section>,
    sections: Vec<Section>,
    /// Rows of the section that are not yet in its digest nor in the file: both take many at once.
    pending: Vec<u8>,
}

/// How many bytes are pending at most.
const PENDING: usize = 1 << 16;

impl Writer {
    /// Begins a file, under another name than it will have.
    ///
    /// # Errors
    /// There is a file already; the disk.
    pub fn new(path: &Path) -> Result<Self, IndexError> {
        if path.exists() {
            return Err(IndexError::Exists(path.to_owned()));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::with_prefix_in(".list", folder).at("write", folder)?;
        let mut writer = Self {
            file: BufWriter::with_capacity(1 << 18, file),
            path: path.to_owned(),
            at: 0,
            digest: Sha256::new(),
            open: None,
            sections: Vec::new(),
            pending: Vec::with_capacity(PENDING),
        };
        writer.put(&[0; HEAD])?;
        Ok(writer)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), IndexError> {
        self.at += bytes.len() as u64;
        self.file.write_all(bytes).at("write", &self.path)
    }

    /// Begins a section of rows of `width` bytes.
    ///
    /// # Errors
    /// The disk.
    pub fn begin(&mut self, name: &str, width: u32) -> Result<(), IndexError> {
        let gap = self.at.next_multiple_of(ALIGNED) - self.at;
        self.put(&[0; ALIGNED as usize][..gap as usize])?;
        self.digest = Sha256::new();
        self.open = Some(Section {
            name: name.to_owned(),
            offset: self.at,
            bytes: 0,
            width,
            rows: 0,
            bits: None,
            first: None,
            sha256: String::new(),
        });
        Ok(())
    }

    /// Writes rows of the section.
    ///
    /// # Errors
    /// The disk.
    pub fn write(&mut self, rows: &[u8]) -> Result<(), IndexError> {
        if self.pending.len() + rows.len() > PENDING {
            self.settle()?;
        }
        self.pending.extend_from_slice(rows);
        Ok(())
    }

    fn settle(&mut self) -> Result<(), IndexError> {
        let mut pending = std::mem::take(&mut self.pending);
        self.digest.update(&pending);
        self.put(&pending)?;
        pending.clear();
        self.pending = pending;
        Ok(())
    }

    /// Ends the section, which has this many rows; gives it to be completed.
    ///
    /// # Errors
    /// The disk.
    ///
    /// # Panics
    /// No section was begun.
    pub fn end(&mut self, rows: u64) -> Result<&mut Section, IndexError> {
        self.settle()?;
        let mut section = self.open.take().expect("a section was begun");
        section.bytes = self.at - section.offset;
        section.rows = rows;
        section.sha256 = Digest(std::mem::take(&mut self.digest).finalize().into()).hex();
        self.sections.push(section);
        Ok(self.sections.last_mut().expect("it was pushed"))
    }

    /// Writes a section from rows that were kept aside.
    ///
    /// # Errors
    /// The disk.
    pub fn append(&mut self, name: &str, width: u32, spool: Spool) -> Result<(), IndexError> {
        let path = self.path.clone();
        let mut rows = spool.rewound().at("read", &path)?;
        self.begin(name, width)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = rows.read(&mut buffer).at("read", &path)?;
            if read == 0 {
                break;
            }
            self.write(&buffer[..read])?;
        }
        self.settle()?;
        let bytes = self.at - self.open.as_ref().map_or(0, |section| section.offset);
        self.end(bytes / u64::from(width.max(1)))?;
        Ok(())
    }

    /// Writes the directory of the keys that were the last section: `KIND.directory`.
    ///
    /// # Errors
    /// The disk.
    pub fn directory(&mut self, name: &str) -> Result<(), IndexError> {
        let path = self.path.clone();
        let keys = self.sections.last().expect("keys were written").clone();
        self.file.flush().at("write", &path)?;
        let mut file = self.file.get_ref().reopen().at("read", &path)?;
        file.seek(SeekFrom::Start(keys.offset)).at("read", &path)?;
        let mut file = BufReader::with_capacity(1 << 18, file);
        let bits = directory_bits(keys.rows);
        self.begin(name, 4)?;
        let mut key = vec![0; keys.width as usize];
        let mut next = 0u64;
        for row in 0..keys.rows {
            file.read_exact(&mut key).at("read", &path)?;
            let first = first_bits(&key, bits);
            while next <= first {
                self.write(&(row as u32).to_le_bytes())?;
                next += 1;
            }
        }
        while next <= 1 << bits {
            self.write(&(keys.rows as u32).to_le_bytes())?;
            next += 1;
        }
        self.end(next)?.bits = Some(bits);
        Ok(())
    }

    /// Writes manifest and head, and gives the file its name. Gives the digest of the list.
    ///
    /// # Errors
    /// There is a file of this name by now; the disk.
    pub fn finish(mut self, mut manifest: Manifest) -> Result<Digest, IndexError> {
        manifest.sections = std::mem::take(&mut self.sections);
        let mut text =
            serde_json::to_vec_pretty(&manifest).map_err(io::Error::from).at("write", &self.path)?;
        text.push(b'\n');
        let digest = Digest::of(&text);
        let offset = self.at;
        self.put(&text)?;
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(MAGIC);
        head[8..12].copy_from_slice(&VERSION.to_le_bytes());
        head[16..24].copy_from_slice(&offset.to_le_bytes());
        head[24..32].copy_from_slice(&(text.len() as u64).to_le_bytes());
        head[32..64].copy_from_slice(&digest.0);
        let path = self.path;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .map_or(PathBuf::from("."), Path::to_owned);
        let named = |file: BufWriter<NamedTempFile>| -> io::Result<()> {
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&head)?;
            file.as_file().set_permissions(read_only(file.as_file())?)?;
            file.as_file().sync_all()?;
            file.persist_noclobber(&path).map_err(|error| error.error)?;
            // The name is synced too, where a folder can be opened.
            File::open(&folder).and_then(|folder| folder.sync_all()).or(Ok(()))
        };
        match named(self.file) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(IndexError::Exists(path)),
            done => done.at("write", &path).map(|()| digest),
        }
    }
}

#[cfg(unix)]
fn read_only(_: &File) -> io::Result<Permissions> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(Permissions::from_mode(0o440))
}

#[cfg(not(unix))]
fn read_only(file: &File) -> io::Result<Permissions> {
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(true);
    Ok(permissions)
}

/// How many bits of a key a directory tells apart: two to four keys share a row.
pub fn directory_bits(keys: u64) -> u32 {
    keys.max(1).ilog2().saturating_sub(1)
}

/// The first bits of a key, at most 32.
pub fn first_bits(key: &[u8], bits: u32) -> u64 {
    let mut first = [0; 8];
    let known = key.len().min(8);
    first[..known].copy_from_slice(&key[..known]);
    u64::from_be_bytes(first).checked_shr(64 - bits).unwrap_or(0)
}

/// Rows that are kept aside on disk until their section is written.
pub struct Spool(BufWriter<File>);

impl Spool {
    /// Keeps rows in a file of this folder that has no name.
    ///
    /// # Errors
    /// The disk.
    pub fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self(BufWriter::with_capacity(1 << 16, tempfile::tempfile_in(folder)?)))
    }

    /// Takes a row.
    ///
    /// # Errors
    /// The disk.
    pub fn push(&mut self, row: &[u8]) -> io::Result<()> {
        self.0.write_all(row)
    }

    /// The rows from the first on.
    ///
    /// # Errors
    /// The disk.
    pub fn rewound(self) -> io::Result<BufReader<File>> {
        let mut file = self.0.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(BufReader::with_capacity(1 << 16, file))
    }
}
