//! A request that has passed the gate: whose it is, in which language, and how it is answered.

use std::sync::Arc;

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tutela_model::Lang;

use crate::ear::Ear;
use crate::ending::Exit;
use crate::operation::Operation;
use crate::run::{Format, Run};
use crate::serve::Server;
use crate::serve::answer::{Answer, Refused};
use crate::serve::gate::lang_of;
use crate::serve::opened::Opened;
use crate::serve::rights::Member;
use crate::serve::sessions::Session;
use crate::talk::phrase;
use crate::team::roles::Right;

/// A request that has passed the gate.
pub struct Asked {
    /// What all requests share.
    pub server: Arc<Server>,
    /// Whose it is.
    pub session: Arc<Session>,
    /// The account behind it, with its role; none where only this machine is served.
    pub member: Option<Member>,
    /// The language of its sentences.
    pub lang: Lang,
}

impl FromRequestParts<Arc<Server>> for Asked {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Refused> {
        let lang = lang_of(&parts.headers, server.run.lang);
        let session = parts.extensions.get::<Arc<Session>>().cloned();
        let refused =
            || Refused::new(StatusCode::UNAUTHORIZED, "no_session", phrase!("serve.no_session"), lang);
        let member = parts.extensions.get::<Option<Member>>().cloned().flatten();
        Ok(Self { server: Arc::clone(server), session: session.ok_or_else(refused)?, member, lang })
    }
}

/// What came of a request: an error of the program, or what the request itself did not meet.
pub type Came<T> = anyhow::Result<Result<T, Refused>>;

impl Asked {
    /// A run of a verb on behalf of this request.
    pub fn run(&self) -> Run {
        let officer = self.member.as_ref().map_or(&self.server.run.officer, |member| &member.officer);
        Run {
            officer: officer.clone(),
            lang: self.lang,
            format: Format::Json,
            op: Some(self.server.current.folder().clone()),
            why: self.session.reason(),
            output: None,
            no_input: true,
            quiet: true,
            ..self.server.run.clone()
        }
    }

    /// Whether whoever asks has a right; on this machine everybody has every one.
    pub fn may(&self, right: Right) -> bool {
        self.member.as_ref().is_none_or(|member| member.role.may(right))
    }

    /// Answers with what names nobody.
    pub async fn tell<T: Send + 'static>(
        self,
        answer: impl FnOnce(&Self, &Arc<Opened>, &Run) -> Came<T> + Send + 'static,
    ) -> Answer<T> {
        let lang = self.lang;
        let work = move || {
            let opened = self.server.current.now()?;
            let run = self.run();
            answer(&self, &opened, &run)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(answer)) => answer.map(Json),
            Ok(Err(error)) => Err(Refused::of(&error, lang)),
            Err(fault) => Err(Refused::of(&anyhow::anyhow!("{fault}"), lang)),
        }
    }

    /// Answers with personal data: that it was looked at, by whom and why, is recorded first.
    pub async fn show<T: Send + 'static>(
        self,
        (asked, of): (&'static str, String),
        answer: impl FnOnce(&Self, &Arc<Opened>, &Run) -> Came<T> + Send + 'static,
    ) -> Answer<T> {
        self.tell(move |this, opened, run| {
            if opened.case().rules().reasons && run.why.trim().is_empty() {
                let what = phrase!("serve.reason");
                return Ok(Err(Refused::new(
                    StatusCode::PRECONDITION_REQUIRED,
                    "reason_needed",
                    what,
                    run.lang,
                )));
            }
            this.record_look(&opened.operation, run, asked, &of)?;
            answer(this, opened, run)
        })
        .await
    }

    /// Answers with what a verb writes with --json.
    pub async fn verb(
        self,
        look: (&'static str, String),
        verb: impl FnOnce(&Run) -> anyhow::Result<Exit> + Send + 'static,
    ) -> Answer<Value> {
        self.show(look, |_, _, run| Ok(Ok(heard(run, verb)?))).await
    }

    fn record_look(&self, operation: &Operation, run: &Run, asked: &str, of: &str) -> anyhow::Result<()> {
        if !self.session.looks(asked, of) {
            return Ok(());
        }
        operation.consult(run, asked, of).inspect_err(|_| self.session.not_recorded(asked, of))
    }
}

/// What a verb writes with --json, of a look that is recorded already.
pub fn heard(run: &Run, verb: impl FnOnce(&Run) -> anyhow::Result<Exit>) -> anyhow::Result<Value> {
    let ear = Arc::<Ear>::default();
    verb(&Run { ear: Some(Arc::clone(&ear)), is_recorded: true, ..run.clone() })?;
    Ok(serde_json::from_slice(&ear.data())?)
}

/// The longest reason, in characters.
const REASON: usize = 2_000;

/// The reason of an act without what stands around it.
///
/// # Errors
/// It is empty or too long.
pub fn reason(said: &str, lang: Lang) -> Result<String, Refused> {
    let said = said.trim();
    let fits = (1..=REASON).contains(&said.chars().count());
    fits.then(|| said.to_owned()).ok_or_else(|| Refused::wrong(phrase!("decide.reason"), lang))
}

/// A document as an output writes it. In builds for tests it must be what the description says of it.
pub fn described<T: DeserializeOwned>(document: Value) -> Value {
    if cfg!(debug_assertions)
        && let Err(error) = T::deserialize(&document)
    {
        panic!("{} does not describe the document: {error}\n{document:#}", std::any::type_name::<T>());
    }
    document
}
