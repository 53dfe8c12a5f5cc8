//! Giving up rights: what a reading child can still do after it has opened what it reads.
//!
//! Linux gives four things to a process without rights of its own: it can never gain any (`no_new_privs`), files that it
//! has not opened are out of its reach (Landlock), so is every system call that it has no use for (seccomp), and so are
//! more processor time, memory and open files than it was given (limits). What a kernel does not have is said, in
//! [`Hello::lacking`](crate::frame::Hello); the child goes on without. On other systems it has none of them and says so.
//!
//! A call that is refused fails with "operation not permitted": a damaged file then costs an error and not the child.
//! A network namespace is not entered: it takes rights that many machines do not give, and a process that cannot make a
//! socket has no use for one.

use std::path::PathBuf;

/// Where programs lie that come with a system or were put there by its administrator.
pub const FOLDERS: [&str; 4] = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin"];

/// Where libraries lie, and the list of them: for [`Rules::run`].
pub const LIBRARIES: [&str; 6] =
    ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"];

/// What a child keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Files, and folders with what is in them, that it still opens for reading. None where it has opened them.
    pub read: Vec<PathBuf>,
    /// Programs that it runs, and folders of their libraries. None where it runs none; it can then start no process.
    pub run: Vec<PathBuf>,
    /// Its limits; the programs that it runs have the same, each for itself.
    pub limits: Limits,
}

/// How much a process may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Seconds of processor time.
    pub cpu_s: u64,
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Files open at once.
    pub open_files: u64,
}

impl Default for Limits {
    /// A day of processor time, 4 GiB, 256 files: an image of some terabytes takes hours to hash, and no reader holds
    /// more than its tables in memory.
    fn default() -> Self {
        Self { cpu_s: 86_400, memory_bytes: 4 << 30, open_files: 256 }
    }
}

/// What keeps the child in, and what does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// What does: `no new rights`, `landlock 6`, `seccomp`, `limits`.
    pub held: Vec<String>,
    /// What does not, in sentences.
    pub lacking: Vec<String>,
}

/// Gives up every right but those of `rules`, for good. To be called before any thread is started and after what is read
/// is open.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn enter(_: &Rules) -> Held {
    Held { held: Vec::new(), lacking: vec!["readers have no sandbox on this system".to_owned()] }
}

#[cfg(target_os = "linux")]
pub use linux::enter;

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeMap;
    use std::fmt::Display;
    use std::path::PathBuf;

    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, RestrictionStatus,
        Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
    };
    use rustix::process::{Resource, Rlimit, Signal, setrlimit};
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule,
    };

    use super::{Held, Limits, Rules};

    /// Gives up every right but those of `rules`, for good. To be called before any thread is started and after what is
    /// read is open.
    #[must_use]
    pub fn enter(rules: &Rules) -> Held {
        let mut held = Held::default();
        if std::fs::read_dir("/proc/self/task").is_ok_and(|tasks| tasks.count() > 1) {
            held.lacking.push("threads were started before the sandbox: they are outside of it".to_owned());
        }
        let death = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
        held.take("ends with its parent", death);
        held.take("limits", limit(&rules.limits));
        match confine(rules) {
            Err(error) => held.lacking.push(format!("no Landlock: {error}")),
            Ok(status) => held.take_landlock(&status),
        }
        let filtered = filters(rules).and_then(|filters| {
            filters.iter().try_for_each(|filter| seccompiler::apply_filter(filter).map_err(|e| e.to_string()))
        });
        held.take("seccomp", filtered);
        held
    }

    impl Held {
        fn take<E: Display>(&mut self, what: &str, result: Result<(), E>) {
            match result {
                Ok(()) => self.held.push(what.to_owned()),
                Err(error) => self.lacking.push(format!("not held by the system: {what}: {error}")),
            }
        }

        fn take_landlock(&mut self, status: &RestrictionStatus) {
            if status.no_new_privs {
                self.held.push("no new rights".to_owned());
            }
            match status.landlock {
                LandlockStatus::Available { effective_abi, .. } => {
                    if status.ruleset != RulesetStatus::NotEnforced {
                        self.held.push(format!("landlock {effective_abi}"));
                    }
                    if status.ruleset != RulesetStatus::FullyEnforced {
                        self.lacking.push(format!(
                            "Landlock of this kernel, version {effective_abi}, holds less than version {ABI_WANTED}"
                        ));
                    }
                }
                LandlockStatus::NotEnabled => {
                    self.lacking.push("no Landlock: this kernel has it and it is switched off".to_owned());
                }
                LandlockStatus::NotImplemented => {
                    self.lacking.push("no Landlock on this kernel: it came with Linux 5.13".to_owned());
                }
            }
        }
    }

    /// Versions are asked for by number, so that the same program holds the same everywhere it can.
    const ABI_WANTED: ABI = ABI::V6;

    fn limit(limits: &Limits) -> rustix::io::Result<()> {
        let up_to = |resource, most: u64, hard: u64| {
            // No more than there was: raising a limit takes rights.
            let old = rustix::process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
            setrlimit(resource, Rlimit { current: Some(most.min(old)), maximum: Some(hard.min(old)) })
        };
        let set = |resource, most| up_to(resource, most, most);
        set(Resource::Core, 0)?;
        set(Resource::Fsize, 0)?;
        set(Resource::Nofile, limits.open_files)?;
        set(Resource::As, limits.memory_bytes)?;
        // At the first limit comes a signal that says what it is, at the second one that does not.
        up_to(Resource::Cpu, limits.cpu_s, limits.cpu_s + 1)
    }

    /// Landlock: nothing can be opened, made, bound or signalled but what the rules name.
    fn confine(rules: &Rules) -> Result<RestrictionStatus, RulesetError> {
        let there =
            |paths: &[PathBuf]| paths.iter().filter(|path| path.exists()).cloned().collect::<Vec<_>>();
        let run = there(&rules.run);
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(ABI_WANTED))?
            .handle_access(AccessNet::from_all(ABI_WANTED))?
            .scope(Scope::from_all(ABI_WANTED))?
            .create()?
            .add_rules(path_beneath_rules(
                there(&rules.read),
                AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::IoctlDev,
            ))?
            .add_rules(path_beneath_rules(run, AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::Execute))?
            .restrict_self()
    }

    /// The filters of system calls, to be set in this order: one that makes `clone3` unknown, since its flags lie where
    /// no filter sees them and libraries then take `clone`; and the list of what is allowed.
    fn filters(rules: &Rules) -> Result<[BpfProgram; 2], String> {
        let unknown = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
        let no_clone3 = (unknown, SeccompAction::Allow, SeccompAction::Errno(libc::ENOSYS as u32));
        let allowed = (allowed(rules)?, SeccompAction::Errno(libc::EPERM as u32), SeccompAction::Allow);
        let [first, second] = [no_clone3, allowed].map(|(calls, otherwise, listed)| {
            let arch = std::env::consts::ARCH.try_into().map_err(|error| format!("{error}"))?;
            let filter =
                SeccompFilter::new(calls, otherwise, listed, arch).map_err(|error| error.to_string())?;
            BpfProgram::try_from(filter).map_err(|error| error.to_string())
        });
        Ok([first?, second?])
    }

    type Calls = BTreeMap<i64, Vec<SeccompRule>>;

    /// The system calls that are allowed, each with the arguments for which it is; all of them where there is no rule.
    fn allowed(rules: &Rules) -> Result<Calls, String> {
        let runs = !rules.run.is_empty();
        let opens = runs || !rules.read.is_empty();
        let mut calls: Calls = ALWAYS.iter().map(|call| (*call, Vec::new())).collect();
        let mut only = |call, argument, mask, value| -> Result<(), String> {
            let (long, how) = (SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(mask));
            let condition = SeccompCondition::new(argument, long, how, value).map_err(|e| e.to_string())?;
            let rule = SeccompRule::new(vec![condition]).map_err(|e| e.to_string())?;
            calls.entry(call).or_default().push(rule);
            Ok(())
        };
        // New limits lie behind the third argument: limits are read, never set.
        only(libc::SYS_prlimit64, 2, u64::MAX, 0)?;
        for name in [libc::PR_SET_NAME as u64, u64::from(PR_SET_VMA)] {
            only(libc::SYS_prctl, 0, u64::MAX, name)?;
        }
        if opens {
            only(libc::SYS_openat, 2, WRITING, 0)?;
            #[cfg(target_arch = "x86_64")]
            only(libc::SYS_open, 1, WRITING, 0)?;
        }
        if runs {
            only(libc::SYS_clone, 0, NAMESPACES, 0)?;
            for request in [TCGETS, BLKGETSIZE64, BLKSSZGET] {
                only(libc::SYS_ioctl, 1, u64::from(u32::MAX), request)?;
            }
        } else {
            // Threads, and no process.
            only(libc::SYS_clone, 0, NAMESPACES | THREAD, THREAD)?;
            // What is not code cannot become code.
            only(libc::SYS_mmap, 2, libc::PROT_EXEC as u64, 0)?;
            only(libc::SYS_mprotect, 2, libc::PROT_EXEC as u64, 0)?;
            // An abort is a signal to oneself.
            only(libc::SYS_tgkill, 0, u64::from(u32::MAX), u64::from(std::process::id()))?;
        }
        let opening = OPENING.iter().filter(|_| opens);
        let running = RUNNING.iter().filter(|_| runs);
        calls.extend(opening.chain(running).map(|call| (*call, Vec::new())));
        Ok(calls)
    }

    const THREAD: u64 = libc::CLONE_THREAD as u64;

    /// Flags that make namespaces, in which a process has rights that it has not outside.
    const NAMESPACES: u64 = (libc::CLONE_NEWNS
        | libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET) as u32 as u64;

    /// Flags of opening that write, make or cut.
    const WRITING: u64 =
        (libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND) as u64;

    /// Names memory for whoever looks at a process; allocators call it (`linux/prctl.h`).
    const PR_SET_VMA: u32 = 0x5356_4d41;

    /// Whether something is a terminal (`asm-generic/ioctls.h`); how large a device is and its sectors are (`linux/fs.h`).
    const TCGETS: u64 = 0x5401;
    const BLKGETSIZE64: u64 = 0x8008_1272;
    const BLKSSZGET: u64 = 0x1268;

    /// What every program does: read and write what is open, ask for memory, wait, ask for the time, end.
    const ALWAYS: &[i64] = &[
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_pread64,
        libc::SYS_preadv,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_lseek,
        libc::SYS_close,
        libc::SYS_fstat,
        libc::SYS_newfstatat,
        libc::SYS_statx,
        libc::SYS_fadvise64,
        libc::SYS_fcntl,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_clone3,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_set_robust_list,
        libc::SYS_rseq,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_gettimeofday,
        libc::SYS_ppoll,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll,
    ];

    /// What walking through a folder takes besides.
    const OPENING: &[i64] = &[libc::SYS_getdents64, libc::SYS_readlinkat];

    /// What starting a program takes besides, and what its libraries do when it starts. Its signals stay inside where
    /// Landlock has version 6.
    const RUNNING: &[i64] = &[
        libc::SYS_execve,
        libc::SYS_wait4,
        libc::SYS_waitid,
        libc::SYS_kill,
        libc::SYS_tgkill,
        libc::SYS_pipe2,
        libc::SYS_dup,
        libc::SYS_dup3,
        libc::SYS_mmap,
        libc::SYS_mprotect,
        libc::SYS_set_tid_address,
        libc::SYS_faccessat,
        libc::SYS_faccessat2,
        libc::SYS_getcwd,
        libc::SYS_uname,
        libc::SYS_sysinfo,
        libc::SYS_getuid,
        libc::SYS_geteuid,
        libc::SYS_getgid,
        libc::SYS_getegid,
        libc::SYS_getppid,
        libc::SYS_statfs,
        libc::SYS_fstatfs,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_arch_prctl,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_access,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_dup2,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_pipe,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_fork,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_vfork,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_readlink,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_stat,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_lstat,
    ];

    #[cfg(test)]
    mod tests {
        use super::*;

        /// Calls that no reader has: sockets, other processes, keys, mounts, kernel code, other ways to the disk.
        const NEVER: &[i64] = &[
            libc::SYS_socket,
            libc::SYS_socketpair,
            libc::SYS_connect,
            libc::SYS_bind,
            libc::SYS_sendto,
            libc::SYS_sendmsg,
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_pidfd_getfd,
            libc::SYS_keyctl,
            libc::SYS_add_key,
            libc::SYS_request_key,
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_open_tree,
            libc::SYS_move_mount,
            libc::SYS_pivot_root,
            libc::SYS_chroot,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_bpf,
            libc::SYS_perf_event_open,
            libc::SYS_io_uring_setup,
            libc::SYS_userfaultfd,
            libc::SYS_init_module,
            libc::SYS_finit_module,
            libc::SYS_kexec_load,
            libc::SYS_memfd_create,
            libc::SYS_execveat,
            libc::SYS_openat2,
            libc::SYS_open_by_handle_at,
            libc::SYS_unlinkat,
            libc::SYS_renameat2,
            libc::SYS_linkat,
            libc::SYS_symlinkat,
            libc::SYS_mkdirat,
            libc::SYS_mknodat,
            libc::SYS_ftruncate,
            libc::SYS_truncate,
            libc::SYS_fallocate,
            libc::SYS_fchmodat,
            libc::SYS_fchownat,
            libc::SYS_utimensat,
            libc::SYS_setxattr,
            libc::SYS_setuid,
            libc::SYS_setrlimit,
            libc::SYS_reboot,
        ];

        fn rules(read: &[&str], run: &[&str]) -> Rules {
            let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect();
            Rules { read: paths(read), run: paths(run), limits: Limits::default() }
        }

        #[test]
        fn no_reader_has_a_call_that_reaches_out() {
            let opened = [libc::SYS_openat, libc::SYS_getdents64];
            let started = [libc::SYS_execve, libc::SYS_kill, libc::SYS_pipe2];
            for (rules, opens, runs) in [
                (rules(&[], &[]), false, false),
                (rules(&["/a"], &[]), true, false),
                (rules(&["/a"], &["/usr/bin/fls"]), true, true),
            ] {
                let calls = allowed(&rules).expect("the rules are well made");
                let kept: Vec<_> = NEVER.iter().filter(|call| calls.contains_key(call)).collect();
                assert!(kept.is_empty(), "allowed: {kept:?}");
                assert!(opened.iter().all(|call| calls.contains_key(call) == opens));
                assert!(started.iter().all(|call| calls.contains_key(call) == runs));
                assert!(filters(&rules).is_ok());
            }
        }

        #[test]
        fn calls_that_depend_on_their_arguments_have_rules() {
            let conditional = |rules: &Rules| -> Vec<i64> {
                let calls = allowed(rules).expect("the rules are well made");
                calls.into_iter().filter(|(_, rules)| !rules.is_empty()).map(|(call, _)| call).collect()
            };
            let native = conditional(&rules(&[], &[]));
            for call in
                [libc::SYS_clone, libc::SYS_mmap, libc::SYS_mprotect, libc::SYS_tgkill, libc::SYS_prlimit64]
            {
                assert!(native.contains(&call), "without a rule: {call}");
            }
            let tools = conditional(&rules(&["/a"], &["/usr/bin/fls"]));
            for call in
                [libc::SYS_clone, libc::SYS_openat, libc::SYS_ioctl, libc::SYS_prctl, libc::SYS_prlimit64]
            {
                assert!(tools.contains(&call), "without a rule: {call}");
            }
        }
    }
}
