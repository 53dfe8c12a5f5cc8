//! Asks questions of the workers, and again of the rest when one is lost.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::exec_err;
use datafusion::datasource::TableType;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SessionStateBuilder;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_distributed::{
    DesiredTaskCountEvent, DesiredTaskCountEventResponse, DistributedExt as _, DistributedLeafExec,
    RouteTasksEvent, RouteTasksEventResponse, ScaleUpLeafNodeEvent, ScaleUpLeafNodeEventResponse,
    SessionStateBuilderExt as _,
};
use futures::StreamExt as _;

use super::channels::{Told, url};
use super::step::{Codec, Question, Step, messages};
use super::{Answered, Workers};
use crate::EngineError;
use crate::session::message;

/// Questions asked of each worker at one time, for each that it works on at one time: the next waits where it will be
/// worked on, and what is held of answers stays small.
const WAITING: usize = 2;

/// Asks the questions, some at a time; while their answers are taken the next are worked on.
pub fn ask(
    workers: &[SocketAddr],
    version: &str,
    questions: &[Vec<u8>],
    take: &mut dyn FnMut(Answered) -> ControlFlow<()>,
) -> Result<Workers, EngineError> {
    if let Some(outside) = workers.iter().find(|worker| !worker.ip().is_loopback()) {
        return Err(EngineError::NotThisMachine(*outside));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| EngineError::Cluster(error.to_string()))?;
    let version: Arc<str> = version.into();
    let asked = runtime.block_on(async {
        let mut cluster = Cluster { version, workers: Workers::default(), jobs: 0 };
        cluster.keep_present(workers.to_vec()).await?;
        let mut open = (0..).zip(questions).map(|(number, bytes)| Question { number, bytes: bytes.clone() });
        let some = |open: &mut dyn Iterator<Item = Question>, cluster: &Cluster| {
            open.take(cluster.jobs * WAITING).collect::<Vec<_>>()
        };
        let first = some(&mut open, &cluster);
        let mut round = tokio::spawn(cluster.answers(first));
        loop {
            let (cluster, answers) =
                round.await.map_err(|error| EngineError::Cluster(error.to_string()))??;
            if answers.is_empty() {
                return Ok(cluster.workers);
            }
            let next = some(&mut open, &cluster);
            round = tokio::spawn(cluster.answers(next));
            if answers.into_values().try_for_each(&mut *take).is_break() {
                // What is still worked on ends by itself; nobody waits for it.
                return Ok(Workers::default());
            }
        }
    });
    runtime.shutdown_background();
    asked
}

/// The workers that are asked.
struct Cluster {
    /// The program that all are.
    version: Arc<str>,
    workers: Workers,
    /// Questions that all together work on at one time.
    jobs: usize,
}

impl Cluster {
    /// Answers to all of these questions, whoever is lost on the way. What came is kept, and only the rest asked again.
    async fn answers(
        mut self,
        questions: Vec<Question>,
    ) -> Result<(Self, BTreeMap<u64, Answered>), EngineError> {
        let mut answers = BTreeMap::new();
        let mut again = true;
        loop {
            let open: Vec<Question> = questions
                .iter()
                .filter(|question| !answers.contains_key(&question.number))
                .cloned()
                .collect();
            if open.is_empty() {
                return Ok((self, answers));
            }
            let Err(error) = attempt(&self.workers.present, open, &mut answers).await else { continue };
            let before = std::mem::take(&mut self.workers.present);
            let n_before = before.len();
            self.keep_present(before).await?;
            // All are there: one was started again, or the question itself cannot be answered.
            if self.workers.present.len() == n_before && !std::mem::take(&mut again) {
                return Err(failed(&error));
            }
        }
    }

    /// Parts those of these workers that answer from those that are lost.
    async fn keep_present(&mut self, workers: Vec<SocketAddr>) -> Result<(), EngineError> {
        // Connections of their own: one that broke is not taken again.
        let connections = Told::new(&workers).map_err(|error| failed(&error))?;
        self.jobs = 0;
        for worker in workers {
            match connections.said(worker).await {
                Some((said, jobs)) if said == *self.version => {
                    self.workers.present.push(worker);
                    self.jobs += jobs;
                }
                Some((said, _)) => {
                    return Err(EngineError::OtherProgram {
                        worker,
                        said,
                        expected: self.version.to_string(),
                    });
                }
                None => self.workers.lost.push(worker),
            }
        }
        if self.workers.present.is_empty() {
            return Err(EngineError::NoWorker(self.workers.lost.clone()));
        }
        Ok(())
    }
}

fn failed(error: &DataFusionError) -> EngineError {
    EngineError::Cluster(message(error))
}

/// Asks these questions once.
async fn attempt(
    workers: &[SocketAddr],
    open: Vec<Question>,
    answers: &mut BTreeMap<u64, Answered>,
) -> Result<()> {
    let connections = Told::new(workers)?;
    let n_tasks = workers.len().max(2);
    let worker_of: BTreeMap<u64, SocketAddr> = open
        .iter()
        .enumerate()
        .map(|(at, question)| (question.number, connections.of_task(at % n_tasks)))
        .collect();
    let session = session(&connections, n_tasks)?;
    // One partition would be worked on here: there are no hands here.
    let mut questions: Vec<Option<Question>> = open.into_iter().map(Some).collect();
    questions.resize(questions.len().max(2), None);
    let step: Arc<dyn ExecutionPlan> = Arc::new(Step::new(questions, None));
    let plan = session.read_table(Arc::new(Asked(step)))?.create_physical_plan().await?;
    let mut batches = execute_stream(plan, session.task_ctx())?;
    let mut parts: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    while let Some(batch) = batches.next().await {
        for (question, n_bytes, bytes) in messages(&batch?) {
            let part = parts.entry(question).or_default();
            part.extend_from_slice(bytes);
            if part.len() as u64 == n_bytes
                && let (Some(worker), Some(bytes)) = (worker_of.get(&question), parts.remove(&question))
            {
                answers.insert(question, Answered { question: question as usize, bytes, worker: *worker });
            }
        }
    }
    match worker_of.keys().find(|question| !answers.contains_key(question)) {
        None => Ok(()),
        Some(question) => exec_err!("question {question} was not answered to the end"),
    }
}

fn session(connections: &Told, n_tasks: usize) -> Result<SessionContext> {
    let routes = connections.clone();
    let builder = SessionStateBuilder::new()
        .with_default_features()
        .with_config(SessionConfig::new().with_target_partitions(2))
        .with_distributed_worker_resolver(connections.clone())
        .with_distributed_channel_resolver(connections.clone())
        .with_distributed_user_codec(Codec(None))
        .with_distributed_desired_task_count_handler(move |event: DesiredTaskCountEvent<'_>| {
            event.plan.downcast_ref::<Step>()?;
            Some(Ok(DesiredTaskCountEventResponse::desired(n_tasks)))
        })
        .with_distributed_scale_up_leaf_node_handler(|event: ScaleUpLeafNodeEvent<'_>| {
            let step = event.plan.downcast_ref::<Step>()?;
            Some(dealt(event.plan, step, event.task_count).map(ScaleUpLeafNodeEventResponse::new))
        })
        .with_distributed_route_tasks_handler(move |event: RouteTasksEvent<'_>| {
            let urls = (0..event.task_count).map(|task| url(routes.of_task(task)));
            Some(urls.collect::<Result<_>>().map(RouteTasksEventResponse::new))
        })
        // What is measured of a plan is not needed, and waiting for it would outlive a worker that was lost.
        .with_distributed_metrics_collection(false)?
        // Runs are dense already.
        .with_distributed_compression(None)?
        .with_distributed_planner();
    Ok(SessionContext::new_with_state(builder.build()))
}

/// The questions dealt to so many tasks, as cards are.
fn dealt(plan: &Arc<dyn ExecutionPlan>, step: &Step, n_tasks: usize) -> Result<Arc<dyn ExecutionPlan>> {
    let n_each = step.questions.len().div_ceil(n_tasks).max(1);
    let of_task = |task: usize| -> Arc<dyn ExecutionPlan> {
        let questions = (0..n_each).map(|turn| step.questions.get(turn * n_tasks + task).cloned().flatten());
        Arc::new(Step::new(questions.collect(), None))
    };
    Ok(Arc::new(DistributedLeafExec::try_new(Arc::clone(plan), (0..n_tasks).map(of_task))?))
}

/// The step as a table, which is how a plan is made of it.
#[derive(Debug)]
struct Asked(Arc<dyn ExecutionPlan>);

#[async_trait]
impl TableProvider for Asked {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        _: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::clone(&self.0))
    }
}
