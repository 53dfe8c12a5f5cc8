//! What a request gets: a JSON document, or a refusal with what is wrong, how to mend it, and a number to quote.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tutela_model::{Digest, Lang, Phrase};
use utoipa::ToSchema;

use super::jobs::JobTold;
use crate::ending::{self, Exit};
use crate::talk::{self, phrase};

/// What went wrong, in the words of the program.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refused {
    #[serde(skip)]
    status: StatusCode,
    /// `tutela.error/1`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// What went wrong.
    error: Wrong,
}

/// What went wrong, and how to mend it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Wrong {
    /// One word for programs: `locked`, `conflict`, `not_found`, `preparing`.
    #[schema(value_type = String)]
    code: &'static str,
    /// What is wrong, in the language asked for.
    what: String,
    /// How to mend it, where that is known.
    hint: Option<String>,
    /// A number to quote: the same for the same words.
    id: String,
    /// The work that must end first, with the code `preparing`; the same may be asked again when it has ended.
    #[schema(nullable)]
    job: Option<Box<JobTold>>,
}

/// What a handler gives.
pub type Answer<T> = Result<Json<T>, Refused>;

impl Refused {
    /// A refusal in the words of the catalogue.
    pub fn new(status: StatusCode, code: &'static str, what: Phrase, lang: Lang) -> Self {
        Self::in_words(status, code, talk::say(&what, lang), None)
    }

    fn in_words(status: StatusCode, code: &'static str, what: String, hint: Option<String>) -> Self {
        let id = format!("E-{}", &Digest::of(format!("{code}\n{what}").as_bytes()).hex()[..10]);
        Self { status, schema: "tutela.error/1", error: Wrong { code, what, hint, id, job: None } }
    }

    /// There is no such thing.
    pub fn not_found(what: Phrase, lang: Lang) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", what, lang)
    }

    /// Nothing has been analysed yet.
    pub fn not_analysed(lang: Lang) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_analysed", phrase!("serve.not_analysed"), lang)
    }

    /// What was asked makes no sense.
    pub fn wrong(what: Phrase, lang: Lang) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "wrong_request", what, lang)
    }

    /// A table cannot be sorted and filtered yet.
    pub fn preparing(table: &str, job: Box<JobTold>, lang: Lang) -> Self {
        let mut refused =
            Self::new(StatusCode::CONFLICT, "preparing", phrase!("serve.preparing", table = table), lang);
        refused.error.job = Some(job);
        refused
    }

    /// An error of the program, as the command line would end with it.
    pub fn of(error: &anyhow::Error, lang: Lang) -> Self {
        let (status, code) = match ending::exit_of(error) {
            Exit::Usage => (StatusCode::BAD_REQUEST, "wrong_request"),
            Exit::NoBasis => (StatusCode::CONFLICT, "no_basis"),
            Exit::Locked => (StatusCode::LOCKED, "locked"),
            Exit::Stopped => (StatusCode::CONFLICT, "stopped"),
            Exit::Integrity => (StatusCode::INTERNAL_SERVER_ERROR, "integrity"),
            Exit::Done | Exit::Failed | Exit::Problems | Exit::Found => {
                (StatusCode::INTERNAL_SERVER_ERROR, "failed")
            }
        };
        let told = ending::tell(error, lang);
        let mark = format!("\n{}: ", talk::say(&phrase!("hint"), lang));
        let (what, hint) = match told.split_once(&mark) {
            Some((what, hint)) => (what.to_owned(), Some(hint.replace(&mark, "\n"))),
            None => (told, None),
        };
        Self::in_words(status, code, what, hint)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

/// What the framework could not read of a request. Its words are English.
fn unread(status: StatusCode, what: String) -> Refused {
    Refused::in_words(status, "wrong_request", what, None)
}

impl From<JsonRejection> for Refused {
    fn from(rejection: JsonRejection) -> Self {
        unread(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Refused {
    fn from(rejection: QueryRejection) -> Self {
        unread(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Refused {
    fn from(rejection: PathRejection) -> Self {
        unread(rejection.status(), rejection.body_text())
    }
}
