//! The web app's server: one operation, for this machine or for a team. It listens and never connects; who may ask stands
//! in `gate`, what may be asked in `api`, what a role may ask in `rights`.

mod answer;
mod api;
mod files;
mod gate;
mod jobs;
mod line_indexes;
mod opened;
mod pages;
mod rights;
mod sessions;
mod sought;
mod window;

use std::io::{BufRead as _, IsTerminal as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;
use tutela_case::Case;

use crate::ending::{Doing as _, Exit, Failure};
use crate::run::Run;
use crate::talk::phrase;
use crate::team::Team;
use crate::team::passkeys::RelyingParty;

pub use self::api::Place;

use self::jobs::Jobs;
use self::line_indexes::LineIndexes;
use self::opened::Current;
use self::sessions::Sessions;
use self::window::Windows;

/// What all requests share.
pub struct Server {
    /// The settings that the server was started with.
    run: Run,
    /// The operation.
    current: Current,
    /// What tells it from all others.
    origin: String,
    /// The accounts of a team; none where only this machine is served.
    team: Option<Team>,
    /// As whom passkeys know it; none where this machine is served, or browsers use no name.
    passkeys: Option<RelyingParty>,
    /// Who has come in.
    sessions: Sessions,
    /// Work in the background.
    jobs: Jobs,
    /// What was asked of large tables, so that scrolling asks it once.
    windows: Windows,
    /// Where the lines of large files are, so that opening a row's place does not walk there.
    line_indexes: LineIndexes,
    /// The names under which it may be asked: `127.0.0.1:8787`.
    hosts: Vec<String>,
}

/// The most that a request may bring; files are imported by the command line.
const BODY_BYTES: usize = 1 << 20;

/// How long a client may take for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections at a time; a browser opens six.
const CONNECTIONS: usize = 1_024;

/// How long requests may take to end when the server is stopped.
const LAST_REQUESTS: Duration = Duration::from_secs(3);

/// Those who share a server, and under which names they reach it.
pub struct Members {
    /// Who has an account.
    pub team: Team,
    /// How connections are made.
    pub tls: Arc<ServerConfig>,
    /// The SHA-256 of the certificate.
    pub fingerprint: String,
    /// Names of the machine, besides the address that it listens on.
    pub names: Vec<String>,
}

/// The machine that a request came from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Server {
    fn new(run: &Run, case: &Case, address: SocketAddr, names: &[String], team: Option<Team>) -> Arc<Self> {
        // Browsers of this machine call it so.
        let own = address.ip().is_loopback().then_some("localhost");
        let host = names.iter().map(String::as_str).chain(own).find_map(RelyingParty::of);
        Arc::new(Self {
            run: run.clone(),
            passkeys: host.filter(|_| team.is_some()),
            current: Current::new(case.dir().to_owned()),
            origin: case.record().origin().to_owned(),
            team,
            sessions: Sessions::default(),
            jobs: Jobs::default(),
            windows: Windows::default(),
            line_indexes: LineIndexes::default(),
            hosts: hosts(address, names),
        })
    }

    /// A link that lets one browser in, once.
    fn link(&self, address: SocketAddr) -> anyhow::Result<String> {
        Ok(format!("http://{address}/?t={}", self.sessions.new_link()?))
    }

    /// How browsers begin its address.
    pub fn scheme(&self) -> &'static str {
        if self.team.is_some() { "https://" } else { "http://" }
    }
}

/// What a browser may call the server. Where the port is the usual one of HTTPS, it is not said.
fn hosts(address: SocketAddr, names: &[String]) -> Vec<String> {
    let port = address.port();
    let own = ["127.0.0.1", "localhost", "[::1]"].map(str::to_owned);
    let own = own.iter().chain(names);
    let short = own.clone().filter(|_| port == 443).cloned();
    let long = own.clone().map(|name| format!("{name}:{port}"));
    long.chain(short).chain([address.to_string()]).collect()
}

/// All that is answered, behind the gate.
fn router(server: &Arc<Server>) -> Router {
    Router::new()
        .route("/", get(pages::app))
        .nest("/api/v1", api::router(server))
        .fallback(pages::file)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(server), gate::pass))
        .with_state(Arc::clone(server))
}

/// Serves an operation until the user stops it: to this machine, or to those who have an account.
///
/// # Errors
/// The address cannot be listened on, or is one that other machines reach and nobody has an account.
pub fn serve(run: &Run, case: &Case, address: SocketAddr, members: Option<Members>) -> anyhow::Result<Exit> {
    if members.is_none() && !address.ip().is_loopback() {
        let what = phrase!("serve.not_loopback", address = address.to_string());
        return Err(Failure::new(Exit::Usage, what).hint(phrase!("serve.not_loopback.hint")).into());
    }
    let listener =
        TcpListener::bind(address).doing(|| phrase!("serve.cannot_listen", address = address.to_string()))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let (server, tls) = match members {
        Some(Members { team, tls, fingerprint, names }) => {
            let host = names
                .first()
                .map_or_else(|| address.to_string(), |name| format!("{name}:{}", address.port()));
            run.list(|out| Ok(writeln!(out, "https://{host}/")?))?;
            run.say(phrase!("team.started", fingerprint = fingerprint));
            (Server::new(run, case, address, &names, Some(team)), Some(TlsAcceptor::from(tls)))
        }
        None => {
            let server = Server::new(run, case, address, &[], None);
            let link = server.link(address)?;
            run.list(|out| Ok(writeln!(out, "{link}")?))?;
            run.say(phrase!("serve.started"));
            if std::io::stdin().is_terminal() && !run.no_input {
                hand_out_links(Arc::clone(&server), address);
            }
            (server, None)
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(accept(Arc::clone(&server), listener, tls))?;
    // Jobs end at their next record; what they stored holds.
    server.jobs.stop_all();
    runtime.shutdown_timeout(LAST_REQUESTS);
    run.say(phrase!("serve.ended"));
    Ok(Exit::Done)
}

/// Each Enter at the terminal prints a further link: the first serves once.
fn hand_out_links(server: Arc<Server>, address: SocketAddr) {
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            match line.map(|_| server.link(address)) {
                Ok(Ok(link)) => server.run.aloud(link),
                _ => break,
            }
        }
    });
}

async fn accept(server: Arc<Server>, listener: TcpListener, tls: Option<TlsAcceptor>) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let router = router(&server);
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let ending = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // One client's trouble, or no more file descriptors: the others go on.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = stopped(&server.run) => break,
        };
        let Ok(room) = Arc::clone(&connections).acquire_owned().await else { break };
        let (router, tls, watcher) = (router.clone(), tls.clone(), ending.watcher());
        tokio::spawn(async move {
            match tls {
                None => talk_to(stream, Peer(peer), router, watcher).await,
                Some(tls) => {
                    // Whoever does not finish its greeting in time is no browser.
                    if let Ok(Ok(stream)) = tokio::time::timeout(HEAD_TIMEOUT, tls.accept(stream)).await {
                        talk_to(stream, Peer(peer), router, watcher).await;
                    }
                }
            }
            drop(room);
        });
    }
    let _ = tokio::time::timeout(LAST_REQUESTS, ending.shutdown()).await;
    Ok(())
}

/// Answers the requests of a connection.
async fn talk_to<S>(stream: S, peer: Peer, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    // A client that goes away is no failure of ours.
    let _ = watcher.watch(connection).await;
}

/// Ends when the user has asked to stop.
async fn stopped(run: &Run) {
    while !run.is_stopped() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
