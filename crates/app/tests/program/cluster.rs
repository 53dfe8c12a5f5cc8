//! An operation whose sightings two workers count, of which one is killed half-way: what is stored is the same to the
//! byte.
#![cfg(feature = "cluster")]

use std::fs;
use std::io::BufReader;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use serde_json::Value;

use crate::folder::{Folder, command, files, run};

/// A worker on a port of its own, ended when it is dropped.
struct Worker {
    child: Child,
    said: BufReader<ChildStdout>,
    address: String,
}

impl Worker {
    fn on(operation: &str) -> Self {
        let mut worker =
            command(&["--op", operation, "--json", "--jobs", "1", "worker", "--listen", "127.0.0.1:0"]);
        let mut child = worker.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut said = BufReader::new(child.stdout.take().expect("it talks"));
        let address = line(&mut said)["listening"].as_str().expect("it says where it listens").to_owned();
        Self { child, said, address }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn line(said: &mut impl std::io::BufRead) -> Value {
    let mut line = String::new();
    said.read_line(&mut line).expect("it says something");
    serde_json::from_str(&line).expect("JSON")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

#[test]
fn a_worker_that_is_killed_half_way_changes_nothing() {
    let folder = Folder::new();
    folder.run(&["simulate", "sharing-network", "--size", "0.1", "-o", &folder.path("made-up")]).ended(0);
    folder.run(&["import", &folder.path("made-up")]);
    let (here, there) = (folder.path("operation"), folder.path("there"));
    copy(Path::new(&here), Path::new(&there));
    folder.run(&["analyse"]).ended(0);

    let (one, mut other) = (Worker::on(&there), Worker::on(&there));
    let addresses = format!("{},{}", one.address, other.address);
    let mut analyse = command(&["--op", &there, "--json", "analyse", "--cluster", &addresses]);
    let analyse = analyse.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    assert!(line(&mut other.said)["made"].as_u64().is_some_and(|n_rows| n_rows > 0));
    other.child.kill().expect("it is killed");

    let ended = analyse.wait_with_output().expect("it ends");
    let told: Value = serde_json::from_slice(&ended.stdout).expect("JSON");
    assert!(ended.status.success());
    assert_eq!(told["cluster"]["workers"], serde_json::json!([one.address]));
    assert_eq!(told["cluster"]["lost"], serde_json::json!([other.address]));
    assert!(told["cluster"]["rechecked"].as_u64().is_some_and(|n_runs| n_runs > 0), "{told}");
    let findings = |operation: &str| files(&Path::new(operation).join("findings"));
    assert!(findings(&here) == findings(&there));
    run(&mut command(&["--op", &there, "rebuild", "--check"])).ended(0);
}

/// The ports on which a process listens (proc(5): `/proc/PID/fd`, `/proc/PID/net/tcp`).
#[cfg(target_os = "linux")]
fn listening(pid: u32) -> Vec<u16> {
    let links = fs::read_dir(format!("/proc/{pid}/fd")).expect("it runs").filter_map(Result::ok);
    let sockets: Vec<String> = links
        .filter_map(|link| fs::read_link(link.path()).ok())
        .filter_map(|to| Some(to.to_str()?.strip_prefix("socket:[")?.trim_end_matches(']').to_owned()))
        .collect();
    let mut ports = Vec::new();
    for table in ["tcp", "tcp6"] {
        let table = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        for line in table.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            // State 0A is LISTEN; the tenth field is the socket.
            if fields[3] == "0A" && sockets.iter().any(|socket| socket == fields[9]) {
                let port = fields[1].rsplit(':').next().and_then(|port| u16::from_str_radix(port, 16).ok());
                ports.push(port.expect("a port in hexadecimal digits"));
            }
        }
    }
    ports
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_listens_where_it_is_told_and_nowhere_else() {
    let folder = Folder::new();
    let worker = Worker::on(&folder.path("operation"));
    let told: std::net::SocketAddr = worker.address.parse().expect("an address");
    assert!(told.ip().is_loopback());
    assert_eq!(listening(worker.child.id()), [told.port()]);
}

#[test]
fn without_a_worker_nothing_changes_and_the_analysis_can_be_run_here() {
    let folder = Folder::new();
    let rows = "network,address,peer,file_hash,at,observed,ip_basis\n\
        ed2k,198.51.100.7,0a0b0c0d0a0b0c0d0a0b0c0d0a0b0c0d,sha1:00112233445566778899aabbccddeeff00112233,\
        2026-03-01T10:00:00Z,offered,connected\n";
    folder.run(&["import", &folder.file("sighting-1.csv", rows)]).ended(0);
    // A port that was free a moment ago.
    let port =
        std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|port| port.local_addr()).expect("a port");
    let ran = folder.run(&["analyse", "--cluster", &port.to_string()]).ended(1);
    assert!(ran.err.contains("no worker answers"), "{}", ran.err);
    folder.run(&["analyse"]).ended(0);
    folder.run(&["rebuild", "--check"]).ended(0);
}
