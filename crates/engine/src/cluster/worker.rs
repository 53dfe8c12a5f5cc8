//! A worker: listens on one address, answers questions, and forgets them.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use datafusion::common::exec_err;
use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion_distributed::{
    DistributedExt as _, WorkerPlanRewriteEvent, WorkerPlanRewriteEventResponse, WorkerQueryContext,
};
use tokio::sync::Semaphore;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use super::WorkerSettings;
use super::channels::JOBS;
use super::step::{Codec, Hands, Step};
use crate::EngineError;

/// How often it is looked whether to end.
const LOOK: Duration = Duration::from_millis(100);

/// Works until it is stopped.
pub fn serve(settings: WorkerSettings, listening: &mut dyn FnMut(SocketAddr)) -> Result<(), EngineError> {
    let of_address = |error: std::io::Error| EngineError::Cluster(format!("{}: {error}", settings.listen));
    if !settings.listen.ip().is_loopback() {
        return Err(EngineError::NotThisMachine(settings.listen));
    }
    let listener = TcpListener::bind(settings.listen).map_err(of_address)?;
    listener.set_nonblocking(true).map_err(of_address)?;
    let address = listener.local_addr().map_err(of_address)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| EngineError::Cluster(error.to_string()))?;
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(of_address)?;
        let worker = worker(&settings).map_err(|error| EngineError::Cluster(error.to_string()))?;
        listening(address);
        let server = Server::builder()
            .add_service(worker.into_worker_server())
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
        tokio::select! {
            served = server => served.map_err(|error| EngineError::Cluster(error.to_string())),
            () = stopped(&settings) => Ok(()),
        }
    });
    // What is still worked on nobody waits for.
    runtime.shutdown_background();
    served
}

async fn stopped(settings: &WorkerSettings) {
    while !(settings.stopped)() {
        tokio::time::sleep(LOOK).await;
    }
}

fn worker(settings: &WorkerSettings) -> Result<datafusion_distributed::Worker> {
    let permits = Arc::new(Semaphore::new(settings.jobs.max(1)));
    let codec = Codec(Some(Hands { work: Arc::clone(&settings.work), permits }));
    let session = move |query: WorkerQueryContext| {
        let codec = codec.clone();
        async move {
            Ok(query
                .builder
                .with_distributed_user_codec(codec)
                .with_distributed_worker_plan_rewrite_handler(only_steps)
                .build())
        }
    };
    // A step sorts and groups nothing, so there is nothing to put on a disk.
    let no_disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
    let environment = RuntimeEnvBuilder::new().with_disk_manager_builder(no_disk).build_arc()?;
    Ok(datafusion_distributed::Worker::from_session_builder(session)
        .with_runtime_env(environment)
        .with_version(format!("{}{JOBS}{}", settings.version, settings.jobs.max(1))))
}

/// Refuses a plan of anything but our step before any of it runs: what reads or writes files, above all.
fn only_steps(event: WorkerPlanRewriteEvent<'_>) -> Result<WorkerPlanRewriteEventResponse> {
    event.plan.apply(|plan| {
        if plan.downcast_ref::<Step>().is_none() {
            return exec_err!("a worker does not run this: {}", plan.name());
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(WorkerPlanRewriteEventResponse::new(event.plan))
}
