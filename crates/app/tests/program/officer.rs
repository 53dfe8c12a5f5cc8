//! Keys of officers: made, opened, refused. The passphrase comes through stdin here; [`crate::terminal`] types it.

use std::fs;
use std::io::Write as _;

use age::armor::{ArmoredWriter, Format};
use age::secrecy::SecretString;
use age::{Encryptor, scrypt};
use tutela_ledger::key::{Algorithm, Signer};

use crate::folder::{Ran, command, files, run, run_with};

/// The passphrase of these tests.
pub const PASSPHRASE: &str = "otto gatti sul tetto";

/// What a tool writes for a text and [`PASSPHRASE`], with as little work as there can be.
pub fn sealed(text: &str) -> Vec<u8> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(PASSPHRASE));
    recipient.set_work_factor(1);
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as _)).expect("one recipient");
    let armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).expect("memory takes it");
    let mut writer = encryptor.wrap_output(armor).expect("memory takes it");
    writer.write_all(text.as_bytes()).expect("memory takes it");
    writer.finish().and_then(ArmoredWriter::finish).expect("memory takes it")
}

/// A key that is not made by the program, and its file as another tool writes it.
fn key() -> (Signer, Vec<u8>) {
    let signer = Signer::new("questura.example/verdi", Algorithm::Ed25519, &[7; 32]).expect("a name");
    let sealed = sealed(&signer.secret_text());
    (signer, sealed)
}

/// The program with these arguments and a first line of stdin.
pub fn told(args: &[&str], passphrase: &str) -> Ran {
    let args = [args, &["--passphrase-stdin"]].concat();
    run_with(&mut command(&args), &format!("{passphrase}\n"))
}

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().expect("temporary paths are UTF-8").to_owned()
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        fs::write(self.path(name), content).expect("a file");
        self.path(name)
    }
}

#[cfg(unix)]
fn mode(path: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn a_key_is_its_owners_alone_and_its_public_half_lies_beside_it() {
    let place = Place::new();
    for (name, option, kind) in [("rossi", None, "officer"), ("tribunale", Some("--witness"), "witness")] {
        let (path, public) = (place.path(&format!("{name}.key")), place.path(&format!("{name}.vkey")));
        let key_name = format!("questura.example/{name}");
        let args: Vec<&str> = ["officer", "new", &key_name, "-o", &path].into_iter().chain(option).collect();
        let made = told(&args, PASSPHRASE).ended(0);
        assert_eq!(made.out, fs::read_to_string(&public).expect("the public half"));
        assert!(
            made.out.starts_with(&format!("{key_name}+")) && made.out.lines().count() == 1,
            "{}",
            made.out
        );
        let opened = told(&["officer", "show", &path], PASSPHRASE).ended(0);
        let shown = run(&mut command(&["officer", "show", &public, "--no-input"])).ended(0);
        assert_eq!((&opened.out, &shown.out), (&made.out, &made.out));
        let data = run(&mut command(&["officer", "show", &public, "--json"])).ended(0).json();
        let key_id = made.out.split('+').nth(1).expect("a key id");
        assert_eq!((data["schema"].as_str(), data["kind"].as_str()), (Some("tutela.officer/1"), Some(kind)));
        assert_eq!((data["name"].as_str(), data["key_id"].as_str()), (Some(&*key_name), Some(key_id)));
        assert_eq!(
            (data["public"].as_str(), data["file"].as_str()),
            (Some(made.out.trim_end()), Some(&*public))
        );
        #[cfg(unix)]
        assert_eq!((mode(&path), mode(&public)), (0o600, 0o644));
    }
    assert_eq!(files(place.dir.path()).len(), 4);
}

#[test]
fn a_key_that_another_tool_encrypted_is_opened_by_option_or_variable() {
    let place = Place::new();
    let (signer, sealed) = key();
    let path = place.file("verdi.age", &sealed);
    let public = format!("{}\n", signer.verifier());
    assert_eq!(told(&["officer", "show", &path], PASSPHRASE).ended(0).out, public);
    assert_eq!(told(&["officer", "show", "--key", &path], PASSPHRASE).ended(0).out, public);
    let by_variable = |args: &[&str]| {
        let args = [&["officer", "show", "--passphrase-stdin"], args].concat();
        run_with(command(&args).env("TUTELA_KEY", &path), &format!("{PASSPHRASE}\n"))
    };
    assert_eq!(by_variable(&[]).ended(0).out, public);
    // What is said on the line goes before the environment.
    by_variable(&["--key", &place.path("none.key")]).ended(1);
}

#[test]
fn no_file_is_overwritten_by_a_key_and_none_is_left_by_a_refusal() {
    let place = Place::new();
    for taken in ["rossi.key", "rossi.vkey"] {
        let path = place.file(taken, b"kept");
        let refused = told(&["officer", "new", "rossi", "-o", &place.path("rossi.key")], PASSPHRASE).ended(1);
        assert!(refused.err.contains(taken) && refused.err.contains("hint: "), "{}", refused.err);
        assert_eq!(files(place.dir.path()).into_values().collect::<Vec<_>>(), [b"kept"]);
        fs::remove_file(path).expect("it is ours");
    }
    told(&["officer", "new", "rossi", "-o", &place.path("rossi.key")], "undici car.").ended(1);
    told(&["officer", "new", "rossi", "-o", &place.path("rossi.key")], "").ended(2);
    told(&["officer", "new", "rossi", "-o", &place.path("none/rossi.key")], PASSPHRASE).ended(1);
    told(&["officer", "new", "due parole", "-o", &place.path("rossi.key")], PASSPHRASE).ended(2);
    run(&mut command(&["officer", "new", "rossi", "-o", &place.path("rossi.key"), "--no-input"])).ended(2);
    assert!(files(place.dir.path()).is_empty());
}

#[test]
fn neither_passphrase_nor_secret_is_in_anything_that_is_said() {
    let place = Place::new();
    let (signer, sealed) = key();
    let path = place.file("verdi.key", &sealed);
    let secret = signer.secret_text().to_string();
    let other = place.file("other.key", &self::sealed(&secret.replace("PRIVATE", "PUBLIC")));
    let digits = secret.rsplit('+').next().expect("its bytes");
    for args in [
        &["officer", "show", &path, "-vv"][..],
        &["officer", "show", &path, "--json"],
        &["officer", "show", &other],
        &["officer", "show", &other, "--lang", "it"],
        &["officer", "new", "rossi", "-o", &path],
        &["leads", "--key", &path],
    ] {
        for passphrase in [PASSPHRASE, "un'altra ancora"] {
            let ran = told(args, passphrase);
            let said = ran.out + &ran.err;
            for hidden in [passphrase, digits, "PRIVATE", "PUBLIC+KEY"] {
                assert!(!said.contains(hidden), "{args:?}: {said}");
            }
        }
    }
}

#[test]
fn a_key_that_does_not_open_says_why_in_italian_with_a_hint() {
    let place = Place::new();
    let (_, sealed) = key();
    let path = place.file("verdi.key", &sealed);
    let other = place.file("other.key", &self::sealed("x"));
    let damaged = place.file("damaged.key", &sealed[..200]);
    for (file, passphrase, said) in [
        (&path, "un'altra", "errore: passphrase errata per il file della chiave: "),
        (&damaged, PASSPHRASE, "errore: non è il file di una chiave, o è danneggiato"),
        (&other, PASSPHRASE, "errore: quanto decifrato non è una chiave: "),
        (&place.path("none"), PASSPHRASE, "errore: file o cartella inesistente: "),
    ] {
        let ran = told(&["officer", "show", file, "--lang", "it"], passphrase).ended(1);
        assert!(ran.err.starts_with(said) && ran.err.contains("\nsuggerimento: "), "{}", ran.err);
    }
}
