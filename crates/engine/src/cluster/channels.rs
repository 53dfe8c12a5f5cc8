//! Connections to workers: to the addresses that were told, and to no other.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use datafusion::common::exec_datafusion_err;
use datafusion::error::Result;
use datafusion_distributed::grpc::{BoxCloneSyncChannel, create_worker_client};
use datafusion_distributed::{ChannelResolver, GetWorkerInfoRequest, WorkerChannel, WorkerResolver};
use tonic::transport::{Channel, Endpoint};
use url::Url;

/// How long a worker may take to accept a connection or to say what it is.
const ANSWER: Duration = Duration::from_secs(5);

/// How often a worker that says nothing is asked whether it is there, and how long it has to answer. Without this a
/// machine that lost its power would be waited for without end.
const ALIVE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(20));

/// What stands between the program that a worker is and the number of its jobs.
pub const JOBS: &str = " jobs ";

/// The most questions that a worker is believed to work on at one time.
const MOST: usize = 256;

/// The workers that were told, each with its connection.
#[derive(Clone)]
pub struct Told {
    workers: Vec<SocketAddr>,
    channels: Arc<BTreeMap<SocketAddr, Channel>>,
}

impl Told {
    /// Connections are made when they are first used. Needs a running Tokio.
    pub fn new(workers: &[SocketAddr]) -> Result<Self> {
        let channel = |worker: &SocketAddr| {
            let endpoint = Endpoint::from_shared(format!("http://{worker}"))
                .map_err(|error| exec_datafusion_err!("no address of a worker: {worker}: {error}"))?;
            let channel = endpoint
                .connect_timeout(ANSWER)
                .tcp_nodelay(true)
                .http2_keep_alive_interval(ALIVE.0)
                .keep_alive_timeout(ALIVE.1)
                .keep_alive_while_idle(true)
                .connect_lazy();
            Ok((*worker, channel))
        };
        let channels = workers.iter().map(channel).collect::<Result<_>>()?;
        Ok(Self { workers: workers.to_vec(), channels: Arc::new(channels) })
    }

    /// What program the worker says it is, and on how many questions it works at one time; none when it does not answer
    /// in time.
    pub async fn said(&self, worker: SocketAddr) -> Option<(String, usize)> {
        let channel = self.channels.get(&worker)?.clone();
        let mut client = create_worker_client(BoxCloneSyncChannel::new(channel));
        let answer = client.get_worker_info(GetWorkerInfoRequest {});
        let said = tokio::time::timeout(ANSWER, answer).await.ok()?.ok()?.version;
        Some(match said.rsplit_once(JOBS) {
            Some((version, jobs)) => (version.to_owned(), jobs.parse().unwrap_or(1).clamp(1, MOST)),
            None => (said, 1),
        })
    }

    /// The worker of a task.
    pub fn of_task(&self, task: usize) -> SocketAddr {
        self.workers[task % self.workers.len()]
    }
}

/// A worker's address as the engine names it.
pub fn url(worker: SocketAddr) -> Result<Url> {
    Url::parse(&format!("http://{worker}"))
        .map_err(|error| exec_datafusion_err!("no address of a worker: {worker}: {error}"))
}

#[async_trait]
impl ChannelResolver for Told {
    async fn get_worker_client_for_url(&self, asked: &Url) -> Result<Box<dyn WorkerChannel>> {
        let told = self.channels.iter().find(|(worker, _)| url(**worker).is_ok_and(|url| url == *asked));
        let (_, channel) =
            told.ok_or_else(|| exec_datafusion_err!("not one of the workers that were told: {asked}"))?;
        Ok(create_worker_client(BoxCloneSyncChannel::new(channel.clone())))
    }
}

impl WorkerResolver for Told {
    fn get_urls(&self) -> Result<Vec<Url>> {
        // A plan with one task is not sent anywhere: one worker stands for two.
        (0..self.workers.len().max(2)).map(|task| url(self.of_task(task))).collect()
    }
}
