//! x
pub fn is_there() -> bool { false }
