//! A server of the program, and HTTP as tests speak it.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::folder::Folder;

/// A running server, ended when it is dropped.
pub struct Serving(Child);

impl Serving {
    /// Starts one: with what it printed first.
    pub fn start(folder: &Folder, args: &[&str]) -> (Self, String) {
        let mut serve = folder.command(&[&["serve", "--bind", "127.0.0.1:0"], args].concat());
        serve.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = serve.spawn().expect("it starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("it talks");
        BufReader::new(out).read_line(&mut line).expect("an address");
        (Self(child), line.trim().to_owned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}{}", self.head, self.body))
    }

    /// The code of a refusal; nothing of any other answer.
    pub fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The cookie that is set, with its attributes.
    pub fn set_cookie(&self) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix("set-cookie: "))
    }
}

/// A connection to a server.
#[expect(clippy::disallowed_methods, reason = "a test asks the server that it has started")]
pub fn connect(host: &str) -> TcpStream {
    let stream = TcpStream::connect(host).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a time");
    stream
}

/// A request for one answer; `host` stands unless the headers have another.
pub fn request(what: &str, host: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut request = format!("{what} HTTP/1.1\r\nconnection: close\r\n");
    let own = [("host", host)];
    let own = own.iter().filter(|_| !headers.iter().any(|(name, _)| *name == "host"));
    for (name, value) in own.chain(headers) {
        let _ = write!(request, "{name}: {value}\r\n");
    }
    let _ = write!(request, "content-length: {}\r\n\r\n{body}", body.len());
    request
}

/// Sends a request as it is written, and reads the answer to its end.
pub fn exchange(mut stream: impl Read + Write, request: &str) -> Answer {
    // A server that refuses may have closed before all is sent, and without TLS's farewell.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// What a browser that has come in keeps.
pub struct Kept {
    pub cookie: String,
    pub csrf: String,
}

impl Kept {
    /// The cookie without its attributes, and the session's secret that each write must bring.
    pub fn of(set_cookie: &str, session: impl FnOnce(&str) -> Answer) -> Self {
        let cookie = set_cookie.split(';').next().expect("a pair").to_owned();
        let csrf = session(&cookie).json()["csrf"].as_str().unwrap_or_default().to_owned();
        Self { cookie, csrf }
    }

    /// The headers of a request of the browser.
    pub fn headers(&self) -> [(&str, &str); 3] {
        [("cookie", &self.cookie), ("x-tutela-csrf", &self.csrf), ("content-type", "application/json")]
    }
}
