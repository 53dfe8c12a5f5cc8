//! What becomes of a panic. The readers catch those of foreign decoders and tell them as problems of the file; any
//! other is a fault of the program, and is said like every other failure.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

/// Does work, and hands back what a panic said that ended it. One that was caught on the way says nothing.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&said);
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if let Ok(mut said) = listener.lock() {
            said.push(panic.to_string());
        }
    }));
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(before);
    done.map_err(|_| said.lock().map(|said| said.join("\n")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_handed_back_with_what_it_said_on_whatever_thread() {
        let said = caught(|| {
            let inner = std::thread::spawn(|| panic!("the inner one")).join();
            inner.expect("it ended");
        });
        let said = said.expect_err("it panicked");
        assert!(said.contains("the inner one") && said.contains("it ended"), "{said}");
        assert_eq!(caught(|| panic::catch_unwind(|| panic!("caught")).is_err()), Ok(true));
    }
}
