//! Work of many pieces on the threads that there are, with results that do not tell which thread was first.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

use super::survey::Means;

/// Does the same with each of these, as many at one time as there are threads. What comes of it is in their order.
pub fn each_at_once<T: Send, R: Send>(
    means: &Means<'_>,
    all: Vec<T>,
    does: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let n_threads = means.jobs.clamp(1, all.len().max(1));
    let (next, done) = (Mutex::new(all.into_iter().enumerate()), Mutex::new(BTreeMap::new()));
    let (next, done, does) = (&next, &done, &does);
    let take = || next.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        Box::new(move || {
            while let Some((idx, one)) = take() {
                let result = does(one);
                done.lock().unwrap_or_else(PoisonError::into_inner).insert(idx, result);
            }
        }) as Box<dyn FnOnce() + Send + '_>
    };
    (means.work)((0..n_threads).map(|_| work()).collect());
    std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner)).into_values().collect()
}

/// Turns in the order of numbers, which threads take that work at one time.
#[derive(Default)]
pub struct Turns {
    next: Mutex<usize>,
    passed: Condvar,
}

/// A turn, which is over when it is dropped. Every number needs one, or those after it wait for ever.
pub struct Turn<'a> {
    /// The turns.
    pub turns: &'a Turns,
    /// Its number, from 0 without a gap.
    pub number: usize,
}

impl Turn<'_> {
    /// Returns when all turns before are over.
    pub fn wait(&self) {
        let next = self.turns.next.lock().unwrap_or_else(PoisonError::into_inner);
        let is_early = |next: &mut usize| *next < self.number;
        drop(self.turns.passed.wait_while(next, is_early).unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.wait();
        *self.turns.next.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.turns.passed.notify_all();
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "that the order of threads reaches no result is what is tested"
)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sharing::{MemoryShelf, Works};

    fn on_threads(works: Works<'_>) {
        std::thread::scope(|scope| works.into_iter().for_each(|work| drop(scope.spawn(work))));
    }

    #[test]
    fn results_and_turns_are_in_order_whichever_thread_is_first() {
        let shelf = MemoryShelf::default();
        let means = Means { work: &on_threads, jobs: 4, ..Means::alone(&shelf) };
        let (turns, taken) = (Turns::default(), Mutex::new(Vec::new()));
        let results = each_at_once(&means, (0..40).collect(), |number: usize| {
            let turn = Turn { turns: &turns, number };
            // Later ones are quicker, and some never ask for their turn.
            std::thread::sleep(Duration::from_micros(400 - 10 * number as u64));
            if number % 7 != 3 {
                turn.wait();
                taken.lock().expect("nobody panics").push(number);
            }
            number * number
        });
        assert_eq!(results, (0..40).map(|number| number * number).collect::<Vec<_>>());
        let expected: Vec<usize> = (0..40).filter(|number| number % 7 != 3).collect();
        assert_eq!(taken.into_inner().expect("nobody panics"), expected);
    }
}
