//! What a team's server shows as its own: the certificate that the unit gives it, or one that it makes for itself, which
//! browsers then ask about once.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tutela_model::Digest;

use super::accounts::folder_of_ones_own;
use crate::ending::{Doing as _, Exit, Failure};
use crate::talk::{path_text, phrase};

/// A certificate and its key, as PEM files.
#[derive(Clone, Debug)]
pub struct Files {
    /// The certificate, then those that stand for it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Files {
    /// Those of a team's folder, made where there are none: for these names and addresses, without an end, since nobody
    /// but those who compare its digest rely on it.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn in_folder(folder: &Path, names: &[String]) -> anyhow::Result<Self> {
        let files = Self { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
        if files.certificate.exists() && files.key.exists() {
            return Ok(files);
        }
        let writing = || phrase!("team.unwritable", path = path_text(folder));
        folder_of_ones_own(folder).doing(writing)?;
        let made = rcgen::generate_simple_self_signed(names).doing(writing)?;
        write_own(&files.key, &made.signing_key.serialize_pem()).doing(writing)?;
        write_own(&files.certificate, &made.cert.pem()).doing(writing)?;
        Ok(files)
    }

    /// What connections are made with, TLS 1.3 alone, and the SHA-256 of the certificate, as browsers show it.
    ///
    /// # Errors
    /// A file cannot be read, holds no certificate or key, or the two do not belong together.
    pub fn config(&self) -> anyhow::Result<(Arc<ServerConfig>, String)> {
        let reading = || phrase!("team.certificate", path = path_text(&self.certificate));
        let chain: Result<Vec<CertificateDer<'_>>, _> =
            CertificateDer::pem_file_iter(&self.certificate).doing(reading)?.collect();
        let chain = chain.doing(reading)?;
        let Some(own) = chain.first() else { return Err(Failure::new(Exit::Failed, reading()).into()) };
        let fingerprint = fingerprint(own);
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .doing(|| phrase!("team.certificate", path = path_text(&self.key)))?;
        let engine = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(engine)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .doing(reading)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .doing(reading)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok((Arc::new(config), fingerprint))
    }
}

/// SHA-256 in pairs of digits with colons.
fn fingerprint(certificate: &[u8]) -> String {
    let pairs = Digest::of(certificate).0.map(|byte| format!("{byte:02X}"));
    pairs.join(":")
}

/// Writes a file that only its owner may read.
fn write_own(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_certificate_is_made_once_and_what_is_none_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = ["localhost".to_owned(), "192.0.2.7".to_owned()];
        let files = Files::in_folder(folder.path(), &names).expect("it is made");
        let (_, first) = files.config().expect("they belong together");
        let (_, again) =
            Files::in_folder(folder.path(), &names).expect("there is one").config().expect("the same");
        assert!(first == again && first.len() == 95, "{first}");
        fs::write(&files.key, "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n")
            .expect("damaged");
        assert!(files.config().is_err());
        fs::write(&files.certificate, "").expect("damaged");
        assert!(files.config().is_err());
    }
}
