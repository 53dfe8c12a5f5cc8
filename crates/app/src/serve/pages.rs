//! Pages: the app's, its files, and plain ones without scripts for whoever has no session or a program without the app.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use tutela_model::{Lang, Phrase};

use super::Server;
use super::answer::Refused;
use super::files;
use super::gate::{Nonce, lang_of};
use crate::talk::{self, phrase};

/// The app, or the plain page of a program that was built without it.
pub async fn app(
    State(server): State<Arc<Server>>,
    Extension(nonce): Extension<Nonce>,
    headers: HeaderMap,
) -> Response {
    let lang = lang_of(&headers, server.run.lang);
    match files::page() {
        Some(page) => Html(page.replace("__NONCE__", &nonce.0)).into_response(),
        None => {
            plain(lang, &nonce.0, phrase!("serve.no_app"), &[phrase!("serve.no_app.how")]).into_response()
        }
    }
}

/// A file of the app. An address that is none of them is one of the app's own views, which it reads itself.
pub async fn file(
    State(server): State<Arc<Server>>,
    Extension(nonce): Extension<Nonce>,
    request: Request,
) -> Response {
    let (path, lang) = (request.uri().path(), lang_of(request.headers(), server.run.lang));
    if !matches!(*request.method(), Method::GET | Method::HEAD) || path.starts_with("/api/") {
        let what = phrase!("serve.no_such", path = path);
        return Refused::not_found(what, lang).into_response();
    }
    let Some(file) = files::file(path) else {
        let is_view = !path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        return match files::page().filter(|_| is_view) {
            Some(page) => Html(page.replace("__NONCE__", &nonce.0)).into_response(),
            None => Refused::not_found(phrase!("serve.no_such", path = path), lang).into_response(),
        };
    };
    let takes_gzip = request
        .headers()
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"));
    // A file's name holds its digest: another version has another name.
    let kept = (CACHE_CONTROL, "public, max-age=31536000, immutable");
    let headers = [(CONTENT_TYPE, file.kind), kept, (VARY, "accept-encoding")];
    match takes_gzip {
        true => (headers, [(CONTENT_ENCODING, "gzip")], file.gzip).into_response(),
        false => match file.bytes() {
            Ok(bytes) => (headers, bytes).into_response(),
            Err(error) => Refused::of(&error, lang).into_response(),
        },
    }
}

/// What whoever comes without a session reads: how to come in.
pub fn no_session(lang: Lang, was_used: bool) -> Response {
    let what = if was_used { phrase!("serve.link_used") } else { phrase!("serve.no_session") };
    let page = plain(lang, "", what, &[phrase!("serve.link_how")]);
    (StatusCode::UNAUTHORIZED, page).into_response()
}

/// A page of sentences.
fn plain(lang: Lang, nonce: &str, what: Phrase, how: &[Phrase]) -> Html<String> {
    let say = |phrase: &Phrase| talk::say(phrase, lang);
    let page: Markup = html! {
        (DOCTYPE)
        html lang=(if lang == Lang::It { "it" } else { "en" }) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Tutela" }
                @if !nonce.is_empty() { style nonce=(nonce) { "body{max-width:40rem;margin:4rem auto;font:1rem/1.5 sans-serif}" } }
            }
            body {
                main {
                    h1 { "Tutela" }
                    p { (say(&what)) }
                    @for line in how { p { (say(line)) } }
                }
            }
        }
    };
    Html(page.into_string())
}
