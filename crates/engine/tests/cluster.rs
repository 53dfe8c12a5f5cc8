//! Workers on this machine, asked by this machine: every answer is the one that the work gives here, whoever is lost.
#![cfg(feature = "cluster")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use tutela_engine::EngineError;
use tutela_engine::cluster::{Answered, WorkerSettings, Workers, ask, serve};

const PROGRAM: &str = "made-up program 1";

/// A worker on a port of its own, until it is dropped.
struct Running {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// The question's bytes as often as its first byte says, so that answers are of all lengths, none and long ones too.
fn answer(question: &[u8]) -> Result<Vec<u8>, String> {
    match question.first() {
        Some(255) => Err("this question has no answer".to_owned()),
        first => Ok(question.repeat(usize::from(first.copied().unwrap_or_default()) * 1_000)),
    }
}

fn worker(version: &str) -> Running {
    let stop = Arc::new(AtomicBool::new(false));
    let (sender, receiver) = mpsc::channel();
    let (told, version) = (Arc::clone(&stop), version.to_owned());
    thread::spawn(move || {
        let settings = WorkerSettings {
            listen: ([127, 0, 0, 1], 0).into(),
            version,
            jobs: 2,
            work: Arc::new(answer),
            stopped: Arc::new(move || told.load(Ordering::Relaxed)),
        };
        serve(settings, &mut |address| sender.send(address).expect("the test waits")).expect("it serves");
    });
    Running { address: receiver.recv().expect("it listens"), stop }
}

fn addresses(workers: &[Running]) -> Vec<SocketAddr> {
    workers.iter().map(|worker| worker.address).collect()
}

fn questions(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|number| vec![(number * 37 % 230) as u8; number % 40]).collect()
}

/// Asks, and holds every answer against the one that is given here.
fn asked(workers: &[SocketAddr], questions: &[Vec<u8>]) -> Result<Workers, EngineError> {
    let mut answers: Vec<Answered> = Vec::new();
    let did = ask(workers, PROGRAM, questions, &mut |answered| {
        answers.push(answered);
        ControlFlow::Continue(())
    })?;
    assert_eq!(answers.len(), questions.len());
    for (number, (answered, question)) in answers.iter().zip(questions).enumerate() {
        assert_eq!(answered.question, number);
        assert!(answered.bytes == answer(question).expect("it has an answer"), "question {number}");
        assert!(workers.contains(&answered.worker));
    }
    Ok(did)
}

#[expect(clippy::disallowed_methods, reason = "a test stands between two ports of this machine")]
fn connected(worker: SocketAddr) -> TcpStream {
    TcpStream::connect(worker).expect("the worker listens")
}

/// A port before a worker's that breaks all connections off after so many bytes from it, and answers no more.
fn cut_after(worker: SocketAddr, n_bytes: usize) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there are ports");
    let address = listener.local_addr().expect("it has an address");
    let left = Arc::new(AtomicUsize::new(n_bytes));
    thread::spawn(move || {
        for from in listener.incoming().filter_map(Result::ok) {
            if left.load(Ordering::Relaxed) == 0 {
                continue;
            }
            let to = connected(worker);
            let copy = |mut from: TcpStream, mut to: TcpStream, counted: bool| {
                let left = Arc::clone(&left);
                thread::spawn(move || {
                    let mut bytes = [0; 16 << 10];
                    while let Ok(n @ 1..) = from.read(&mut bytes) {
                        let rest = left.load(Ordering::Relaxed);
                        if rest == 0 || to.write_all(&bytes[..n]).is_err() {
                            break;
                        }
                        if counted {
                            left.store(rest.saturating_sub(n), Ordering::Relaxed);
                        }
                    }
                    for stream in [from, to] {
                        stream.shutdown(std::net::Shutdown::Both).ok();
                    }
                });
            };
            copy(from.try_clone().expect("a handle"), to.try_clone().expect("a handle"), false);
            copy(to, from, true);
        }
    });
    address
}

#[test]
fn answers_are_those_that_are_given_here_and_in_order() {
    for n_workers in 1..=3 {
        let workers: Vec<Running> = (0..n_workers).map(|_| worker(PROGRAM)).collect();
        for n_questions in [0, 1, 2, 3, 50] {
            let did = asked(&addresses(&workers), &questions(n_questions)).expect("there are answers");
            assert_eq!((did.present, did.lost), (addresses(&workers), Vec::new()));
        }
    }
}

#[test]
fn an_answer_of_several_messages_is_whole() {
    let workers = [worker(PROGRAM), worker(PROGRAM)];
    // 229,000 times 100 bytes: 22 MiB, six messages.
    asked(&addresses(&workers), &[vec![229; 100], vec![3; 10], vec![228; 90]]).expect("there are answers");
}

#[test]
fn what_a_lost_worker_did_not_answer_the_others_do() {
    let workers = [worker(PROGRAM), worker(PROGRAM)];
    let questions = questions(60);
    for n_bytes in [200, 1_000, 10_000, 100_000, 1_000_000, 10_000_000] {
        let cut = cut_after(workers[0].address, n_bytes);
        let did = asked(&[cut, workers[1].address], &questions).expect("the other answers");
        assert_eq!((did.present, did.lost), (vec![workers[1].address], vec![cut]), "after {n_bytes} bytes");
    }
    let nobody = cut_after(workers[0].address, 0);
    let did = asked(&[nobody, workers[1].address], &questions).expect("the other answers");
    assert_eq!(did.lost, [nobody]);
}

#[test]
fn when_all_are_lost_it_is_said() {
    let workers = [worker(PROGRAM), worker(PROGRAM)];
    let cut = [cut_after(workers[0].address, 20_000), cut_after(workers[1].address, 60_000)];
    let error = asked(&cut, &questions(60)).expect_err("nobody answers");
    assert!(matches!(&error, EngineError::NoWorker(lost) if lost.len() == 2), "{error}");
}

#[test]
fn a_question_without_an_answer_is_told_and_not_asked_for_ever() {
    let workers = [worker(PROGRAM), worker(PROGRAM)];
    let error = asked(&addresses(&workers), &[vec![1], vec![255], vec![2]]).expect_err("one has no answer");
    assert!(error.to_string().contains("this question has no answer"), "{error}");
    // The workers go on.
    asked(&addresses(&workers), &questions(5)).expect("there are answers");
}

#[test]
fn another_program_is_refused() {
    let workers = [worker(PROGRAM), worker("made-up program 2")];
    let error = asked(&addresses(&workers), &questions(5)).expect_err("one is another program");
    assert!(
        matches!(&error, EngineError::OtherProgram { said, .. } if said == "made-up program 2"),
        "{error}"
    );
}

#[test]
fn an_address_that_others_could_reach_is_refused() {
    let outside: SocketAddr = "192.0.2.1:7301".parse().expect("an address");
    let error = asked(&[outside], &questions(1)).expect_err("it is not this machine's");
    assert!(matches!(error, EngineError::NotThisMachine(_)));
    let settings = WorkerSettings {
        listen: ([0, 0, 0, 0], 0).into(),
        version: PROGRAM.to_owned(),
        jobs: 1,
        work: Arc::new(answer),
        stopped: Arc::new(|| true),
    };
    let error = serve(settings, &mut |_| panic!("it listens")).expect_err("others could reach it");
    assert!(matches!(error, EngineError::NotThisMachine(_)));
}

/// The workers as the engine asks for them.
struct Named(Vec<url::Url>);

impl datafusion_distributed::WorkerResolver for Named {
    fn get_urls(&self) -> datafusion::error::Result<Vec<url::Url>> {
        Ok(self.0.clone())
    }
}

/// Somebody else's client of the same engine asks a worker to read files: that is not what it does.
#[test]
fn a_plan_of_anything_else_is_refused() {
    use datafusion::execution::SessionStateBuilder;
    use datafusion::prelude::{CsvReadOptions, SessionConfig, SessionContext};
    use datafusion_distributed::{DistributedExt as _, SessionStateBuilderExt as _};

    let workers = [worker(PROGRAM), worker(PROGRAM)];
    let url = |worker: &Running| url::Url::parse(&format!("http://{}", worker.address)).expect("a URL");
    let folder = tempfile::tempdir().expect("a folder");
    for number in 0..4 {
        let file = folder.path().join(format!("{number}.csv"));
        std::fs::write(file, format!("n\n{number}\n")).expect("there is room");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    let answered = runtime.block_on(async {
        let state = SessionStateBuilder::new()
            .with_default_features()
            .with_config(SessionConfig::new().with_target_partitions(2))
            .with_distributed_worker_resolver(Named(workers.iter().map(url).collect()))
            .with_distributed_desired_task_count_handler(2_usize)
            .with_distributed_planner()
            .build();
        let session = SessionContext::new_with_state(state);
        let path = folder.path().to_str().expect("a text");
        session.register_csv("made", path, CsvReadOptions::new()).await?;
        session.sql("SELECT * FROM made").await?.collect().await
    });
    let error = answered.expect_err("a worker reads no files for others");
    assert!(error.to_string().contains("a worker does not run this"), "{error}");
}

#[test]
fn whoever_takes_the_answers_may_break_off() {
    let workers = [worker(PROGRAM)];
    let mut n_taken = 0;
    ask(&addresses(&workers), PROGRAM, &questions(50), &mut |_| {
        n_taken += 1;
        if n_taken == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .expect("breaking off is no error");
    assert_eq!(n_taken, 3);
}
