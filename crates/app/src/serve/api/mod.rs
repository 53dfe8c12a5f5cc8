//! What may be asked, under `/api/v1`: a file for each kind of thing, which declares its addresses with what they take and
//! give. The description (`openapi.json`) is made from the same declarations.

mod access;
mod decisions;
mod exhibits;
mod exposure;
mod findings;
mod grades;
mod graph;
mod jobs;
mod leads;
mod ledger;
mod map;
mod overview;
mod passkeys;
mod places;
mod referrals;
mod reports;
mod requests;
mod search;
mod second_grades;
mod session;
mod sign_in;
mod sources;
mod status;
mod tables;
mod team;

mod asked;
mod words;

pub use asked::Asked;
pub use places::Place;

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::sought::Where;
use super::{Server, rights};

pub use self::words::JobState;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Tutela",
        description = "One operation, for this machine or a team. Every address needs a session, which the link that the \
                   program prints opens, or in a team the sign-in; a write also needs the header x-tutela-csrf, with the value that the session tells. Reads of \
                   personal data are recorded in the access log, writes in the ledger."
    ),
    components(schemas(Where))
)]
struct Description;

fn declared() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(session::get, session::change, session::end))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(sign_in::invitation))
        .routes(routes!(sign_in::challenge))
        .routes(routes!(sign_in::passkey))
        .routes(routes!(sign_in::passphrase))
        .routes(routes!(passkeys::all, passkeys::add))
        .routes(routes!(passkeys::challenge))
        .routes(routes!(passkeys::remove))
        .routes(routes!(team::accounts))
        .routes(routes!(team::log))
        .routes(routes!(status::status))
        .routes(routes!(overview::overview))
        .routes(routes!(leads::all))
        .routes(routes!(leads::one))
        .routes(routes!(findings::all))
        .routes(routes!(findings::one))
        .routes(routes!(decisions::all, decisions::decide))
        .routes(routes!(referrals::all, referrals::refer))
        .routes(routes!(requests::all))
        .routes(routes!(map::map))
        .routes(routes!(exhibits::all))
        .routes(routes!(grades::all, grades::grade))
        .routes(routes!(second_grades::queue, second_grades::grade))
        .routes(routes!(exposure::days))
        .routes(routes!(exposure::lift))
        .routes(routes!(search::search))
        .routes(routes!(tables::all))
        .routes(routes!(tables::rows))
        .routes(routes!(tables::values))
        .routes(routes!(tables::counts))
        .routes(routes!(graph::get))
        .routes(routes!(graph::hand_on))
        .routes(routes!(sources::place))
        .routes(routes!(reports::all))
        .routes(routes!(reports::file))
        .routes(routes!(ledger::entries))
        .routes(routes!(ledger::proof))
        .routes(routes!(access::looks))
        .routes(routes!(jobs::all, jobs::begin))
        .routes(routes!(jobs::one, jobs::stop))
}

/// The addresses below `/api/v1`, each for those whose role allows it.
pub fn router(server: &Arc<Server>) -> Router<Arc<Server>> {
    let allow = middleware::from_fn_with_state(Arc::clone(server), rights::allow);
    declared().split_for_parts().0.route_layer(allow).route("/openapi.json", get(description))
}

/// The description of the interface as JSON, which `web/` makes its types from.
pub fn openapi() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let mut described = declared().split_for_parts().1;
        name_whole(&mut described);
        described.to_pretty_json().unwrap_or_default()
    })
}

/// Writes every path as it is asked for, and names what is asked after its path: `get_leads_lead`.
fn name_whole(described: &mut OpenApi) {
    for (path, mut item) in std::mem::take(&mut described.paths.paths) {
        let name: String = path.replace(['{', '}'], "").replace('/', "_");
        let asked = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in asked {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}{name}"));
            }
        }
        described.paths.paths.insert(format!("/api/v1{path}"), item);
    }
}

async fn description() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], openapi())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two documents of one name would describe each other's fields.
    #[test]
    fn no_two_types_of_documents_have_one_name() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/serve");
        let files = |folder: String| std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
        let files = files(folder.to_owned())
            .chain(files(format!("{folder}/api")))
            .chain(files(format!("{folder}/../team")))
            .map(|entry| entry.path())
            .chain([format!("{folder}/../referrals.rs").into()]);
        let mut names = Vec::new();
        for path in files.filter(|path| path.is_file() && !path.ends_with("mod.rs")) {
            let text = std::fs::read_to_string(path).expect("a file");
            let mut is_described = false;
            for line in text.lines() {
                is_described |= line.starts_with("#[derive(") && line.contains("ToSchema");
                let line = line.trim_start_matches("pub ");
                let name = line.strip_prefix("struct ").or_else(|| line.strip_prefix("enum "));
                if let Some(name) = name.filter(|_| std::mem::take(&mut is_described)) {
                    names.extend(name.split([' ', '<']).next().map(str::to_owned));
                }
            }
        }
        let n_all = names.len();
        names.sort();
        names.dedup();
        let described = declared().split_for_parts().1.components.expect("schemas").schemas.len();
        assert_eq!((names.len(), described), (n_all, n_all), "{names:?}");
    }

    /// `BLESS=1` writes it anew.
    #[test]
    fn the_description_that_the_app_is_made_from_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/openapi.json");
        let text = format!("{}\n", openapi());
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &text).expect("the folder is there");
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text);
    }
}
