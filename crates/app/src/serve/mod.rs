//! The web app's server: one operation, on this machine. It listens and never connects; who may ask stands in `gate`,
//! what may be asked in `api`.

mod answer;
mod api;
mod files;
mod gate;
mod jobs;
mod opened;
mod pages;
mod sessions;
mod sought;
mod window;

use std::io::{BufRead as _, IsTerminal as _};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::sync::Semaphore;

use crate::ending::{Doing as _, Exit, Failure};
use crate::run::Run;
use crate::talk::phrase;

use self::jobs::Jobs;
use self::opened::Current;
use self::sessions::Sessions;
use self::window::Windows;

/// What all requests share.
pub struct Server {
    /// The settings that the server was started with.
    run: Run,
    /// The operation.
    current: Current,
    /// Who has come in.
    sessions: Sessions,
    /// Work in the background.
    jobs: Jobs,
    /// What was asked of large tables, so that scrolling asks it once.
    windows: Windows,
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

impl Server {
    fn new(run: &Run, folder: PathBuf, address: SocketAddr) -> Arc<Self> {
        Arc::new(Self {
            run: run.clone(),
            current: Current::new(folder),
            sessions: Sessions::default(),
            jobs: Jobs::default(),
            windows: Windows::default(),
            hosts: hosts(address),
        })
    }

    /// A link that lets one browser in, once.
    fn link(&self, address: SocketAddr) -> anyhow::Result<String> {
        Ok(format!("http://{address}/?t={}", self.sessions.new_link()?))
    }
}

/// What a browser on this machine may call the server.
fn hosts(address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let names = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}"));
    names.into_iter().chain([address.to_string()]).collect()
}

/// All that is answered, behind the gate.
fn router(server: &Arc<Server>) -> Router {
    Router::new()
        .route("/", get(pages::app))
        .nest("/api/v1", api::router())
        .fallback(pages::file)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::clone(server), gate::pass))
        .with_state(Arc::clone(server))
}

/// Serves an operation until the user stops it.
///
/// # Errors
/// The address cannot be listened on, or is one that other machines reach.
pub fn serve(run: &Run, folder: PathBuf, address: SocketAddr) -> anyhow::Result<Exit> {
    if !address.ip().is_loopback() {
        let what = phrase!("serve.not_loopback", address = address.to_string());
        return Err(Failure::new(Exit::Usage, what).hint(phrase!("serve.not_loopback.hint")).into());
    }
    let listener =
        TcpListener::bind(address).doing(|| phrase!("serve.cannot_listen", address = address.to_string()))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let server = Server::new(run, folder, address);
    let link = server.link(address)?;
    run.list(|out| Ok(writeln!(out, "{link}")?))?;
    run.say(phrase!("serve.started"));
    if std::io::stdin().is_terminal() && !run.no_input {
        hand_out_links(Arc::clone(&server), address);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(accept(Arc::clone(&server), listener))?;
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

async fn accept(server: Arc<Server>, listener: TcpListener) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let service = TowerToHyperService::new(router(&server));
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let ending = GracefulShutdown::new();
    loop {
        let (stream, _) = tokio::select! {
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
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service.clone());
        let connection = ending.watch(connection);
        tokio::spawn(async move {
            // A client that goes away is no failure of ours.
            let _ = connection.await;
            drop(room);
        });
    }
    let _ = tokio::time::timeout(LAST_REQUESTS, ending.shutdown()).await;
    Ok(())
}

/// Ends when the user has asked to stop.
async fn stopped(run: &Run) {
    while !run.is_stopped() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
