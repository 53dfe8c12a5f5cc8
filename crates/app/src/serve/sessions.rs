//! Who has come in: a link that serves once becomes a session of one browser.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tutela_model::Digest;

/// Sessions, and the links that have not been used.
#[derive(Default)]
pub struct Sessions {
    /// Secrets are kept as their digests, so that looking one up tells nothing by its time.
    links: Mutex<Vec<Digest>>,
    all: Mutex<HashMap<Digest, Arc<Session>>>,
}

/// One browser's session.
pub struct Session {
    /// What a write must bring in its header; pages of other sites cannot read it.
    pub csrf: String,
    /// Why personal data is consulted, as the user has said last.
    reason: Mutex<String>,
    last_used: Mutex<Instant>,
    consulted: Mutex<BTreeMap<(String, String), Instant>>,
}

/// A session that is not used for so long ends.
const IDLE: Duration = Duration::from_secs(8 * 3_600);

/// Looking at the same again within this time is one consultation, which a table that is scrolled would else make
/// hundreds of.
const ONE_LOOK: Duration = Duration::from_secs(600);

/// Links that wait for their browser: a further one ends the oldest.
const LINKS: usize = 8;

impl Sessions {
    /// A secret that lets one browser in, once.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn new_link(&self) -> anyhow::Result<String> {
        let secret = secret()?;
        let mut links = held(&self.links);
        if links.len() == LINKS {
            links.remove(0);
        }
        links.push(Digest::of(secret.as_bytes()));
        Ok(secret)
    }

    /// Opens a session for whoever brings an unused link: the secret of its cookie. None for any other.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn open(&self, link: &str, reason: &str) -> anyhow::Result<Option<String>> {
        let digest = Digest::of(link.as_bytes());
        let mut links = held(&self.links);
        let Some(idx) = links.iter().position(|link| *link == digest) else { return Ok(None) };
        let cookie = secret()?;
        let session = Session {
            csrf: secret()?,
            reason: Mutex::new(reason.to_owned()),
            last_used: Mutex::new(Instant::now()),
            consulted: Mutex::default(),
        };
        held(&self.all).insert(Digest::of(cookie.as_bytes()), Arc::new(session));
        links.remove(idx);
        Ok(Some(cookie))
    }

    /// The session of a cookie, unless it has ended.
    pub fn of(&self, cookie: &str) -> Option<Arc<Session>> {
        let mut all = held(&self.all);
        all.retain(|_, session| held(&session.last_used).elapsed() < IDLE);
        let session = Arc::clone(all.get(&Digest::of(cookie.as_bytes()))?);
        *held(&session.last_used) = Instant::now();
        Some(session)
    }

    /// Ends the session of a cookie.
    pub fn close(&self, cookie: &str) {
        held(&self.all).remove(&Digest::of(cookie.as_bytes()));
    }
}

impl Session {
    /// Why personal data is consulted.
    pub fn reason(&self) -> String {
        held(&self.reason).clone()
    }

    /// Takes another reason; what is looked at from here on is recorded with it.
    pub fn set_reason(&self, reason: &str) {
        *held(&self.reason) = reason.to_owned();
        held(&self.consulted).clear();
    }

    /// Whether looking at this is a consultation of its own, which then counts as begun.
    pub fn looks(&self, asked: &str, of: &str) -> bool {
        let mut consulted = held(&self.consulted);
        consulted.retain(|_, at| at.elapsed() < ONE_LOOK);
        let key = (asked.to_owned(), of.to_owned());
        let is_new = !consulted.contains_key(&key);
        if is_new {
            consulted.insert(key, Instant::now());
        }
        is_new
    }

    /// What was not recorded after all is recorded the next time.
    pub fn not_recorded(&self, asked: &str, of: &str) {
        held(&self.consulted).remove(&(asked.to_owned(), of.to_owned()));
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 256 random bits as hexadecimal digits.
///
/// # Errors
/// The system has no random numbers.
pub fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(Digest(bytes).hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_one_session_and_no_second() {
        let sessions = Sessions::default();
        let link = sessions.new_link().expect("random numbers");
        assert_eq!(sessions.open("something else", "").expect("random numbers"), None);
        let cookie = sessions.open(&link, "").expect("random numbers").expect("an unused link");
        assert_eq!(sessions.open(&link, "").expect("random numbers"), None);
        assert!(sessions.of(&cookie).is_some() && sessions.of(&link).is_none());
        sessions.close(&cookie);
        assert!(sessions.of(&cookie).is_none());
    }

    #[test]
    fn only_the_last_links_wait() {
        let sessions = Sessions::default();
        let links: Vec<String> = (0..=LINKS).map(|_| sessions.new_link().expect("random numbers")).collect();
        assert_eq!(sessions.open(&links[0], "").expect("random numbers"), None);
        assert!(sessions.open(&links[1], "").expect("random numbers").is_some());
    }

    #[test]
    fn the_same_look_is_recorded_once_and_again_for_another_reason() {
        let sessions = Sessions::default();
        let link = sessions.new_link().expect("random numbers");
        let cookie = sessions.open(&link, "").expect("random numbers").expect("an unused link");
        let session = sessions.of(&cookie).expect("a session");
        assert!(session.looks("leads", "all") && !session.looks("leads", "all"));
        assert!(session.looks("explain", "L-001"));
        session.set_reason("proc. 12");
        assert!(session.looks("leads", "all"));
        session.not_recorded("leads", "all");
        assert!(session.looks("leads", "all"));
    }
}
