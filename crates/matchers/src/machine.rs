//! Vector instructions, chosen when the machine is seen to have them, and hints to its caches.
//!
//! Functions are written once, in plain Rust, and compiled for several machines: what they give is the same on each, and
//! only how much of it is done at once differs.

/// Declares a function that runs the body compiled for the widest instructions that the machine has.
///
/// The body is a function of the same arguments that is always inlined.
macro_rules! for_machine {
    ($(#[doc = $doc:literal])* $vis:vis fn $name:ident($($arg:ident: $of:ty),* $(,)?) $(-> $gives:ty)? = $body:path) => {
        $(#[doc = $doc])*
        $vis fn $name($($arg: $of),*) $(-> $gives)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,popcnt,bmi1,bmi2")]
                fn widest($($arg: $of),*) $(-> $gives)? {
                    $body($($arg),*)
                }

                #[target_feature(enable = "avx2,popcnt,bmi1,bmi2")]
                fn wide($($arg: $of),*) $(-> $gives)? {
                    $body($($arg),*)
                }

                match $crate::machine::width() {
                    $crate::machine::Width::Avx512 => {
                        // SAFETY: the machine was seen to have these instructions.
                        #[expect(unsafe_code, reason = "vector instructions that the machine has")]
                        return unsafe { widest($($arg),*) };
                    }
                    $crate::machine::Width::Avx2 => {
                        // SAFETY: the machine was seen to have these instructions.
                        #[expect(unsafe_code, reason = "vector instructions that the machine has")]
                        return unsafe { wide($($arg),*) };
                    }
                    $crate::machine::Width::Portable => {}
                }
            }
            $body($($arg),*)
        }
    };
}

pub(crate) use for_machine;

/// What the machine has.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) enum Width {
    /// 512 bits, with a count of bits.
    Avx512,
    /// 256 bits.
    Avx2,
    /// What every machine has.
    Portable,
}

/// What the machine has. The standard library keeps the answer.
#[cfg(target_arch = "x86_64")]
pub(crate) fn width() -> Width {
    let popcnt = is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2");
    let foundation = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
    let rest = is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vpopcntdq");
    match (popcnt, foundation && rest, is_x86_feature_detected!("avx2")) {
        (true, true, _) => Width::Avx512,
        (true, false, true) => Width::Avx2,
        _ => Width::Portable,
    }
}

/// Asks for the memory of an element before it is needed. An element that there is not is asked for without harm.
#[inline(always)]
pub(crate) fn soon<T>(of: &[T], idx: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let place = of.as_ptr().wrapping_add(idx);
        // SAFETY: the instruction is a hint: it reads nothing into the program and never faults, whatever the address.
        #[expect(unsafe_code, reason = "a hint to the cache")]
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(place.cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (of, idx);
}
