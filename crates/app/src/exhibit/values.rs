//! The names of what the child computes from an entry's bytes.

/// MD5, 16 bytes.
pub const MD5: &str = "md5";
/// SHA-1, 20 bytes.
pub const SHA1: &str = "sha1";
/// SHA-256, 32 bytes.
pub const SHA256: &str = "sha256";
/// The eDonkey hash, 16 bytes.
pub const ED2K: &str = "ed2k";
/// The name of the reader of a file whose bytes are handed on.
pub const READER: &str = "reader";
/// That a file's bytes are handed on because it may belong to a file of a program: the log of a database.
pub const BESIDE: &str = "beside";
/// That a file's bytes are handed on because it begins as a film does.
pub const FILM: &str = "film";
/// The perceptual hashes in the profiles `ref512` and `full`: a byte of quality, then 32 bytes.
pub const PDQ: [&str; 2] = ["pdq_ref512", "pdq_full"];
/// What was done to a picture before it was hashed.
pub const NORMALISED: &str = "normalised";
/// Why a picture has no perceptual hash.
pub const NOT_PERCEIVED: &str = "not_perceived";
/// The camera's maker and model.
pub const CAMERA: &str = "camera";
/// The camera's serial number.
pub const CAMERA_SERIAL: &str = "camera_serial";
/// When a picture was taken, as it says.
pub const TAKEN: &str = "taken";
/// Where, as it says.
pub const POSITION: &str = "position";
