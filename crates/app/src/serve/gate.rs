//! Who may ask, and what browsers may do with the answers.
//!
//! A page of another site can make a browser send requests here. It is kept out by the name that it asked for (DNS
//! rebinding), by its own name, by a cookie that does not travel with requests of other sites, and for writes by a secret
//! that only our own pages can read.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN, REFERRER_POLICY, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tutela_model::Lang;

use super::Server;
use super::answer::Refused;
use super::sessions::Session;
use super::{pages, rights};
use crate::talk::phrase;
use crate::team::secrets::secret;

/// The header that a write brings, with the session's secret.
pub const CSRF: HeaderName = HeaderName::from_static("x-tutela-csrf");

/// A secret of one answer, which marks the styles that its page may add.
#[derive(Clone)]
pub struct Nonce(pub String);

/// Lets a request in or refuses it, and says what browsers may do with the answer.
pub async fn pass(State(server): State<Arc<Server>>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce(secret().unwrap_or_default());
    request.extensions_mut().insert(nonce.clone());
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = match admit(&server, &mut request) {
        Admitted::Yes => next.run(request).await,
        Admitted::No(response) => response,
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy(&nonce, is_api));
    for (name, value) in HARMLESS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if server.team.is_some() {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    // What is not the same for everybody is kept by nobody.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// What every answer says, besides its policy.
const HARMLESS: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), usb=()"),
];

/// Content Security Policy Level 3: nothing from elsewhere, no scripts but files of ours, no frames.
fn policy(nonce: &Nonce, is_api: bool) -> HeaderValue {
    let text = if is_api {
        "default-src 'none'; frame-ancestors 'none'".to_owned()
    } else {
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' data:; \
             font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'",
            nonce.0
        )
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

enum Admitted {
    Yes,
    No(Response),
}

fn admit(server: &Server, request: &mut Request) -> Admitted {
    let lang = lang_of(request.headers(), server.run.lang);
    let refused = |status, code, what| Admitted::No(Refused::new(status, code, what, lang).into_response());
    let headers = request.headers();
    let host = text(headers, &HOST).or_else(|| Some(request.uri().authority()?.as_str()));
    if !host.is_some_and(|host| server.hosts.iter().any(|known| known == host)) {
        return refused(StatusCode::MISDIRECTED_REQUEST, "host", phrase!("serve.host"));
    }
    let is_ours = |origin: &str| {
        let host = origin.strip_prefix(server.scheme()).unwrap_or_default();
        server.hosts.iter().any(|known| known == host)
    };
    if headers.contains_key(ORIGIN) && !text(headers, &ORIGIN).is_some_and(is_ours) {
        return refused(StatusCode::FORBIDDEN, "origin", phrase!("serve.origin"));
    }
    let cookie = cookie(headers, &cookie_name(server)).map(str::to_owned);
    let session = cookie.as_deref().and_then(|cookie| server.sessions.of(cookie));
    if server.team.is_none()
        && let Some(link) = link_of(request)
    {
        return Admitted::No(come_in(server, &link, session.is_some(), lang));
    }
    let Some(session) = session else { return without_session(server, request, lang) };
    // On one's own machine nobody keeps others waiting.
    if server.team.is_some() && !session.pace.takes(Instant::now()) {
        return refused(StatusCode::TOO_MANY_REQUESTS, "too_many", phrase!("serve.too_many"));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD)
        && text(request.headers(), &CSRF) != Some(session.csrf.as_str())
    {
        return refused(StatusCode::FORBIDDEN, "csrf", phrase!("serve.csrf"));
    }
    match rights::member_of(server, &session, request, lang) {
        Ok(member) => request.extensions_mut().insert(member),
        Err(response) => return Admitted::No(*response),
    };
    request.extensions_mut().insert::<Arc<Session>>(session);
    Admitted::Yes
}

/// What is answered to whoever has no session: the app's own files, and in a team the way in.
fn without_session(server: &Server, request: &Request, lang: Lang) -> Admitted {
    let path = request.uri().path();
    let is_team = server.team.is_some();
    let is_open = match path {
        "/api/v1/openapi.json" => true,
        "/" => is_team,
        _ if rights::is_way_in(path.strip_prefix("/api/v1").unwrap_or_default()) => is_team,
        _ => !path.starts_with("/api/"),
    };
    if is_open {
        return Admitted::Yes;
    }
    let refused =
        |code, what| Admitted::No(Refused::new(StatusCode::UNAUTHORIZED, code, what, lang).into_response());
    match (is_team, path) {
        (true, _) => refused("sign_in", phrase!("serve.sign_in")),
        (false, "/") => Admitted::No(pages::no_session(lang, false)),
        (false, _) => refused("no_session", phrase!("serve.no_session")),
    }
}

/// The secret of a link: `/?t=…`.
fn link_of(request: &Request) -> Option<String> {
    let is_link = *request.method() == Method::GET && request.uri().path() == "/";
    let query = request.uri().query().filter(|_| is_link)?;
    query.split('&').find_map(|pair| pair.strip_prefix("t=")).map(str::to_owned)
}

/// Opens a session for a link, and leads to the app without the secret in its address.
fn come_in(server: &Server, link: &str, has_session: bool, lang: Lang) -> Response {
    let cookie = match server.sessions.open(link, &server.run.why) {
        Ok(Some(cookie)) => cookie,
        // The browser's own link once more: it is in already.
        Ok(None) if has_session => return (StatusCode::SEE_OTHER, [(LOCATION, "/")]).into_response(),
        Ok(None) => return pages::no_session(lang, true),
        Err(error) => return Refused::of(&error, lang).into_response(),
    };
    let cookie = set_cookie(server, &cookie);
    (StatusCode::SEE_OTHER, [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie)]).into_response()
}

/// The header that gives a browser its session; with no secret, that takes it away.
pub fn set_cookie(server: &Server, secret: &str) -> String {
    let end = if secret.is_empty() { "; Max-Age=0" } else { "" };
    let secure = if server.team.is_some() { "; Secure" } else { "" };
    format!("{}={secret}; HttpOnly; SameSite=Strict; Path=/{secure}{end}", cookie_name(server))
}

/// Cookies do not tell ports apart, and two operations may be served at once. A name that begins with `__Host-` is
/// taken by browsers only from this host itself, over TLS (RFC 6265bis, section 4.1.3.2).
pub fn cookie_name(server: &Server) -> String {
    let port = server.hosts.first().and_then(|host| host.rsplit_once(':')).map_or("", |(_, port)| port);
    let prefix = if server.team.is_some() { "__Host-" } else { "" };
    format!("{prefix}tutela-{port}")
}

/// A cookie of a request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(found, _)| *found == name))
        .map(|(_, value)| value)
}

/// The language that the browser asks for first, of the two that there are.
pub fn lang_of(headers: &HeaderMap, otherwise: Lang) -> Lang {
    let asked = headers.get(axum::http::header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut asked = asked.unwrap_or_default().split(',').map(str::trim);
    asked
        .find_map(|tag| match tag.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("it") => Some(Lang::It),
            Some("en") => Some(Lang::En),
            _ => None,
        })
        .unwrap_or(otherwise)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    // Two of them would be read by others as one or the other.
    values.next().filter(|_| values.next().is_none())?.to_str().ok()
}
