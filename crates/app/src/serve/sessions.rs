//! Who has come in: a link that serves once becomes a session of one browser.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tutela_model::Digest;

use crate::held::held;
use crate::team::secrets::secret;

/// Sessions, and the links that have not been used.
#[derive(Default)]
pub struct Sessions {
    /// Secrets are kept as their digests, so that looking one up tells nothing by its time.
    links: Mutex<Vec<Digest>>,
    all: Mutex<HashMap<Digest, Arc<Session>>>,
}

/// One browser's session.
pub struct Session {
    /// The account that came in; none where a link of this machine did.
    pub account: Option<String>,
    /// How fast it may ask.
    pub pace: Pace,
    /// What a write must bring in its header; pages of other sites cannot read it.
    pub csrf: String,
    /// Why personal data is consulted, as the user has said last.
    reason: Mutex<String>,
    began: Instant,
    last_used: Mutex<Instant>,
    consulted: Mutex<BTreeMap<(String, String), Instant>>,
}

/// A session of this machine that is not used for so long ends.
const IDLE: Duration = Duration::from_secs(8 * 3_600);

/// The same of an account's session, and how long one lasts however much it is used (NIST SP 800-63B-4, section 2.2.3,
/// allows an hour and a day).
const IDLE_ACCOUNT: Duration = Duration::from_secs(1_800);
const WHOLE_ACCOUNT: Duration = Duration::from_secs(12 * 3_600);

/// Sessions at a time: those that have not been used for longest make room.
const SESSIONS: usize = 4_096;

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
        let cookie = self.begin(None, reason)?;
        links.remove(idx);
        Ok(Some(cookie))
    }

    /// Begins a session of an account, or of this machine: the secret of its cookie, which no earlier session had.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn begin(&self, account: Option<&str>, reason: &str) -> anyhow::Result<String> {
        let (cookie, now) = (secret()?, Instant::now());
        let session = Session {
            account: account.map(str::to_owned),
            pace: Pace::new(now),
            csrf: secret()?,
            reason: Mutex::new(reason.to_owned()),
            began: now,
            last_used: Mutex::new(now),
            consulted: Mutex::default(),
        };
        let mut all = held(&self.all);
        if all.len() >= SESSIONS {
            let oldest = all.iter().min_by_key(|(_, session)| *held(&session.last_used)).map(|(key, _)| *key);
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        all.insert(Digest::of(cookie.as_bytes()), Arc::new(session));
        Ok(cookie)
    }

    /// The session of a cookie, unless it has ended.
    pub fn of(&self, cookie: &str) -> Option<Arc<Session>> {
        let mut all = held(&self.all);
        let now = Instant::now();
        all.retain(|_, session| session.lasts(now));
        let session = Arc::clone(all.get(&Digest::of(cookie.as_bytes()))?);
        *held(&session.last_used) = now;
        Some(session)
    }

    /// Ends the session of a cookie.
    pub fn close(&self, cookie: &str) {
        held(&self.all).remove(&Digest::of(cookie.as_bytes()));
    }

    /// Ends all sessions of an account.
    pub fn close_account(&self, account: &str) {
        held(&self.all).retain(|_, session| session.account.as_deref() != Some(account));
    }
}

impl Session {
    /// Whether it goes on.
    fn lasts(&self, now: Instant) -> bool {
        let idle = now.saturating_duration_since(*held(&self.last_used));
        match self.account {
            None => idle < IDLE,
            Some(_) => idle < IDLE_ACCOUNT && now.saturating_duration_since(self.began) < WHOLE_ACCOUNT,
        }
    }

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

/// How fast somebody may ask: a stock of requests that fills again.
pub struct Pace {
    stock: Mutex<(f64, Instant)>,
}

/// Requests at once, and requests a second from there on: a page asks some ten at a time, a scrolled table ten a second.
const AT_ONCE: f64 = 300.0;
const A_SECOND: f64 = 50.0;

impl Pace {
    /// A full stock.
    pub fn new(now: Instant) -> Self {
        Self { stock: Mutex::new((AT_ONCE, now)) }
    }

    /// Whether a request may be made, which then counts.
    pub fn takes(&self, now: Instant) -> bool {
        let mut stock = held(&self.stock);
        let filled = stock.0 + now.saturating_duration_since(stock.1).as_secs_f64() * A_SECOND;
        let left = filled.min(AT_ONCE) - 1.0;
        *stock = (left.max(0.0), now);
        left >= 0.0
    }
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
    fn an_accounts_session_ends_unused_after_half_an_hour_and_in_any_case_after_half_a_day() {
        let sessions = Sessions::default();
        let cookie = sessions.begin(Some("rossi"), "").expect("random numbers");
        let session = sessions.of(&cookie).expect("a session");
        let used = |ago: Duration| *held(&session.last_used) = session.began + ago;
        assert!(session.lasts(session.began + IDLE_ACCOUNT - Duration::from_secs(1)));
        assert!(!session.lasts(Instant::now() + IDLE_ACCOUNT));
        used(WHOLE_ACCOUNT - Duration::from_secs(2));
        assert!(session.lasts(session.began + WHOLE_ACCOUNT - Duration::from_secs(1)));
        assert!(!session.lasts(session.began + WHOLE_ACCOUNT));
        used(Duration::ZERO);
        sessions.close_account("bianchi");
        assert!(sessions.of(&cookie).is_some());
        sessions.close_account("rossi");
        assert!(sessions.of(&cookie).is_none());
    }

    #[test]
    fn whoever_asks_too_fast_waits_and_then_goes_on() {
        let start = Instant::now();
        let pace = Pace::new(start);
        let taken = (0..400).filter(|_| pace.takes(start)).count();
        assert_eq!(taken, 300);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..400).filter(|_| pace.takes(later)).count(), 50);
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
