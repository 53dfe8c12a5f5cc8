//! Locks that go on after a thread that held one has panicked: what they guard is whole between any two statements.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a lock guards.
pub fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
