//! The one step that a worker runs: questions in, answers out.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, LargeBinaryArray, RecordBatch, UInt64Array};
use datafusion::arrow::buffer::{Buffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, UInt64Type};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{exec_datafusion_err, exec_err, internal_err};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, SchedulingType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::Work;

/// Bytes of an answer that travel as one message.
const MESSAGE: usize = 4 << 20;

/// Who works, and how much at one time.
#[derive(Clone)]
pub struct Hands {
    /// What is done.
    pub work: Arc<Work>,
    /// The permits to do it.
    pub permits: Arc<Semaphore>,
}

/// A question with its position among all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The position.
    pub number: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The step: a partition for each question, empty where there is none.
#[derive(Clone)]
pub struct Step {
    /// The questions.
    pub questions: Vec<Option<Question>>,
    /// Only a worker has hands.
    hands: Option<Hands>,
    properties: Arc<PlanProperties>,
}

impl Step {
    /// The step of these questions.
    pub fn new(questions: Vec<Option<Question>>, hands: Option<Hands>) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(answers()),
            Partitioning::UnknownPartitioning(questions.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        )
        // The work is on threads of its own: waiting for it never keeps another from going on.
        .with_scheduling_type(SchedulingType::Cooperative);
        Self { questions, hands, properties: Arc::new(properties) }
    }
}

/// What comes back: the question, how many bytes its answer has, and some of them.
fn answers() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("question", DataType::UInt64, false),
        Field::new("n_bytes", DataType::UInt64, false),
        Field::new("bytes", DataType::LargeBinary, false),
    ]))
}

/// The messages of a batch: the question, how many bytes its answer has, and those that came.
pub fn messages(batch: &RecordBatch) -> impl Iterator<Item = (u64, u64, &[u8])> {
    let numbers = |column: usize| batch.column(column).as_primitive::<UInt64Type>();
    let (questions, lengths) = (numbers(0), numbers(1));
    let bytes = batch.column(2).as_binary::<i64>();
    (0..batch.num_rows()).map(move |row| (questions.value(row), lengths.value(row), bytes.value(row)))
}

fn batches(question: u64, answer: Vec<u8>) -> Result<Vec<RecordBatch>> {
    let n_bytes = answer.len();
    let answer = Buffer::from_vec(answer);
    let begins = (0..n_bytes.max(1)).step_by(MESSAGE);
    let batch = |begin: usize| {
        let len = MESSAGE.min(n_bytes - begin);
        let offsets = OffsetBuffer::from_lengths([len]);
        let bytes = LargeBinaryArray::new(offsets, answer.slice_with_length(begin, len), None);
        let number = |number: u64| -> ArrayRef { Arc::new(UInt64Array::from(vec![number])) };
        Ok(RecordBatch::try_new(answers(), vec![number(question), number(n_bytes as u64), Arc::new(bytes)])?)
    };
    begins.map(batch).collect()
}

/// Does the work on a thread of its own; the permit is held until the answer has left.
async fn answered(hands: Hands, question: Question) -> Result<BoxStream<'static, Result<RecordBatch>>> {
    let permit =
        Arc::clone(&hands.permits).acquire_owned().await.map_err(|error| exec_datafusion_err!("{error}"))?;
    let number = question.number;
    let worked = tokio::task::spawn_blocking(move || (hands.work)(&question.bytes)).await;
    let answer = worked
        .map_err(|error| exec_datafusion_err!("the work on question {number} ended early: {error}"))?
        .map_err(|error| exec_datafusion_err!("{error}"))?;
    let messages = stream::iter(batches(number, answer)?);
    Ok(messages
        .map(move |batch| {
            let _held = &permit;
            Ok(batch)
        })
        .boxed())
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Step of {} questions", self.questions.iter().flatten().count())
    }
}

impl DisplayAs for Step {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl ExecutionPlan for Step {
    fn name(&self) -> &'static str {
        "Step"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let Some(hands) = self.hands.clone() else { return exec_err!("questions are answered by workers") };
        let question = self.questions.get(partition).cloned().flatten();
        let answers_of =
            stream::iter(question).then(move |question| answered(hands.clone(), question)).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(answers(), answers_of)))
    }
}

/// The step as bytes. A worker's codec gives it hands.
#[derive(Clone)]
pub struct Codec(pub Option<Hands>);

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codec")
    }
}

impl PhysicalExtensionCodec for Codec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        _: &TaskContext,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if !inputs.is_empty() {
            return internal_err!("a step has no inputs");
        }
        let questions = serde_json::from_slice(bytes)
            .map_err(|error| exec_datafusion_err!("no questions of this program: {error}"))?;
        Ok(Arc::new(Step::new(questions, self.0.clone())))
    }

    fn try_encode(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        _: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(step) = plan.downcast_ref::<Step>() else {
            return internal_err!("only steps are sent to workers, not {}", plan.name());
        };
        serde_json::to_writer(bytes, &step.questions)
            .map_err(|error| exec_datafusion_err!("questions cannot be sent: {error}"))
    }
}
