use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path as UrlPath, Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use import_rules::columns::{Kind, Mapping};
use kernel::{Actor, ImportId};
use serde::Deserialize;
use tokio::io::AsyncWriteExt as _;
use tokio::task::JoinHandle;
use web::{Administrator, App, Form, Page, WebError};

use crate::Uploads;
use crate::file::{Row, Table};
use crate::page::{ImportPage, ListPage, Standing};
use crate::run::{self, Counts, Progress, Run, register};
use crate::store::{self, Import, State as ImportState, by_id};

/// Two million rows with room to spare.
pub(crate) const FILE_MAX: usize = 1 << 30;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/import", get(list).post(upload).layer(DefaultBodyLimit::max(FILE_MAX)))
        .route("/import/{id}", get(show))
        .route("/import/{id}/stand", get(standing))
        .route("/import/{id}/kolommen", post(change_mapping))
        .route("/import/{id}/proef", post(dry_run))
        .route("/import/{id}/voer-in", post(take_in))
        .route("/import/{id}/terug", post(undo))
        .route("/import/{id}/fouten.csv", get(errors))
        .route("/import/voorbeeld/{kind}", get(example))
}

/// How far the imports of this process are.
#[derive(Default)]
pub(crate) struct Running(Mutex<HashMap<ImportId, Progress>>);

pub(crate) fn progress(app: &App, id: ImportId) -> Option<Counts> {
    let running = app.state::<Running>();
    let running = running.0.lock().expect("nobody panics while holding it");
    running.get(&id).map(Progress::so_far)
}

/// Begins an import or a dry run behind the request that asked for it.
pub(crate) fn begin(app: &App, actor: Actor, run: Run, for_real: bool) -> JoinHandle<()> {
    let progress = Progress::default();
    let running: Arc<Running> = app.state();
    running.0.lock().expect("nobody panics while holding it").insert(run.id, progress.clone());
    let app = app.clone();
    tokio::spawn(async move {
        let today = app.now().date();
        let ended = if for_real {
            run::run(app.db(), actor, &run, today, &progress).await
        } else {
            run::dry_run(app.db(), actor, &run, today, &progress).await
        };
        if let Err(error) = ended {
            tracing::warn!(import = run.id.0, %error, "an import did not end well");
        }
        running.0.lock().expect("nobody panics while holding it").remove(&run.id);
    })
}

/// What is wrong with an upload.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum WrongUpload {
    #[error(
        "say what the file is about: persons, memberships, organisations, prospects, consents, objections, contacts or callbacks"
    )]
    Kind,
    #[error("choose a file that ends in .csv or .xlsx")]
    File,
    #[error("the upload broke off")]
    BrokenOff,
}

impl WrongUpload {
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::File | Self::BrokenOff => "file",
        }
    }

    pub(crate) fn text_id(self) -> &'static str {
        match self {
            Self::Kind => "import-wrong-kind",
            Self::File => "import-wrong-file",
            Self::BrokenOff => "import-wrong-broken-off",
        }
    }
}

/// Receives an upload into the folder for them: kind, name and path.
pub(crate) async fn receive(
    app: &App,
    mut multipart: Multipart,
) -> Result<(Kind, String, PathBuf), WrongUpload> {
    let uploads = app.state::<Uploads>();
    let broken = |_| WrongUpload::BrokenOff;
    std::fs::create_dir_all(&uploads.0).map_err(|_| WrongUpload::BrokenOff)?;
    let (mut kind, mut file) = (None, None);
    while let Some(mut field) = multipart.next_field().await.map_err(broken)? {
        match field.name() {
            Some("kind") => kind = crate::api::kind(&field.text().await.map_err(broken)?),
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                let ending = Path::new(&name)
                    .extension()
                    .and_then(|ending| ending.to_str())
                    .unwrap_or_default();
                let ending = ending.to_lowercase();
                if !["csv", "txt", "tsv", "xlsx", "xls", "ods"].contains(&ending.as_str()) {
                    return Err(WrongUpload::File);
                }
                let path = uploads.0.join(format!("new-{}.{ending}", db::new_id()));
                let mut written =
                    tokio::fs::File::create(&path).await.map_err(|_| WrongUpload::BrokenOff)?;
                while let Some(chunk) = field.chunk().await.map_err(broken)? {
                    written.write_all(&chunk).await.map_err(|_| WrongUpload::BrokenOff)?;
                }
                written.flush().await.map_err(|_| WrongUpload::BrokenOff)?;
                file = Some((name, path));
            }
            _ => {}
        }
    }
    let (name, path) = file.ok_or(WrongUpload::File)?;
    Ok((kind.ok_or(WrongUpload::Kind)?, name, path))
}

/// Gives an uploaded file the name of its import.
pub(crate) fn keep(path: &Path, app: &App, id: ImportId) -> Result<PathBuf, std::io::Error> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("csv");
    let kept = app.state::<Uploads>().0.join(format!("{id}.{ending}"));
    std::fs::rename(path, &kept)?;
    Ok(kept)
}

/// The file of an import, if this machine has it.
fn kept(app: &App, id: ImportId) -> Option<PathBuf> {
    let folder = &app.state::<Uploads>().0;
    ["csv", "txt", "tsv", "xlsx", "xls", "ods"]
        .into_iter()
        .map(|ending| folder.join(format!("{id}.{ending}")))
        .find(|path| path.exists())
}

pub(crate) fn errors_path(app: &App, id: ImportId) -> PathBuf {
    app.state::<Uploads>().0.join(format!("{id}-fouten.csv"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    gedaan: String,
}

async fn list(State(app): State<App>, admin: Administrator) -> Result<Response, WebError> {
    render_list(&app, &admin, None).await
}

async fn render_list(
    app: &App,
    admin: &Administrator,
    wrong: Option<WrongUpload>,
) -> Result<Response, WebError> {
    let t = app.texts(admin.language);
    let imports = app.db().read(admin.actor(), async |tx| store::list(tx).await).await?;
    let body = ListPage { t: &t, now: app.db().clock().now(), imports, wrong };
    let page = Page::new(t.get("import-nav"), "/import");
    if wrong.is_some() {
        web::again(app, admin, page, &body).await
    } else {
        web::show(app, admin, page, &body).await
    }
}

async fn upload(
    State(app): State<App>,
    admin: Administrator,
    multipart: Multipart,
) -> Result<Response, WebError> {
    let (kind, name, path) = match receive(&app, multipart).await {
        Ok(received) => received,
        Err(wrong) => return render_list(&app, &admin, Some(wrong)).await,
    };
    let Ok(headers) = run::headers(&path) else {
        return render_list(&app, &admin, Some(WrongUpload::File)).await;
    };
    let joined = headers.join("\u{1f}");
    let saved = app
        .db()
        .read(admin.actor(), async |tx| store::saved_mapping(tx, kind, &joined).await)
        .await?;
    let mapping =
        saved.map_or_else(|| Mapping::recognised(&headers), |saved| Mapping::read(&saved));
    let id = register(app.db(), admin.actor(), kind, &name, &mapping).await?;
    keep(&path, &app, id).map_err(web::Broken::new)?;
    Ok(Redirect::to(&format!("/import/{id}")).into_response())
}

async fn found(app: &App, admin: &Administrator, id: ImportId) -> Result<Import, WebError> {
    let found = app.db().read(admin.actor(), async |tx| by_id(tx, id).await).await?;
    found.ok_or(WebError::NotFound)
}

/// The beginning of a file: its headers and a few rows, to see what the columns hold.
struct Glance {
    headers: Vec<String>,
    rows: Vec<Row>,
}

fn glance(path: &Path) -> Option<Glance> {
    let mut table = Table::open(path).ok()?;
    let rows = table.by_ref().take(3).filter_map(Result::ok).collect();
    Some(Glance { headers: table.headers, rows })
}

async fn show(
    State(app): State<App>,
    admin: Administrator,
    UrlPath(id): UrlPath<ImportId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    render(&app, &admin, id, &asked.gedaan, None).await
}

async fn render(
    app: &App,
    admin: &Administrator,
    id: ImportId,
    done: &str,
    wrong: Option<String>,
) -> Result<Response, WebError> {
    let t = app.texts(admin.language);
    let import = found(app, admin, id).await?;
    let glance = kept(app, id).and_then(|path| glance(&path));
    let refused =
        app.db().read(admin.actor(), async |tx| crate::page::refused(tx, id).await).await?;
    let notice = match done {
        "ongedaan" => Some(t.get("import-undone")),
        "kolommen" => Some(t.get("import-mapping-saved")),
        _ => None,
    };
    let is_wrong = wrong.is_some();
    let (headers, rows) =
        glance.map_or_else(Default::default, |glance| (glance.headers, glance.rows));
    let body = ImportPage {
        t: &t,
        standing: Standing { t: &t, so_far: progress(app, id), import: &import },
        mapping: Mapping::read(&import.mapping),
        headers,
        rows,
        refused,
        has_errors: errors_path(app, id).exists(),
        may_campaign: admin.may(kernel::Action::ManageCampaigns),
        wrong,
        notice,
        import: &import,
    };
    let page = Page::new(t.get("import-nav"), "/import");
    if is_wrong {
        web::again(app, admin, page, &body).await
    } else {
        web::show(app, admin, page, &body).await
    }
}

/// How far an import is, alone.
async fn standing(
    State(app): State<App>,
    admin: Administrator,
    UrlPath(id): UrlPath<ImportId>,
) -> Result<Response, WebError> {
    let t = app.texts(admin.language);
    let import = found(&app, &admin, id).await?;
    let standing = Standing { t: &t, so_far: progress(&app, id), import: &import };
    Ok(Html(askama::Template::render(&standing)?).into_response())
}

async fn change_mapping(
    State(app): State<App>,
    admin: Administrator,
    UrlPath(id): UrlPath<ImportId>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let import = found(&app, &admin, id).await?;
    if !matches!(import.state, ImportState::Uploaded | ImportState::Checked) {
        return Err(WebError::AlreadyDone);
    }
    let columns: Vec<_> = form
        .iter()
        .filter(|(name, _)| name.starts_with("kolom-"))
        .map(|(_, code)| code.parse().ok())
        .collect();
    let mapping = Mapping(columns);
    let t = app.texts(admin.language);
    let twice = mapping
        .0
        .iter()
        .flatten()
        .find(|field| mapping.0.iter().flatten().filter(|other| other == field).count() > 1);
    if let Some(field) = twice {
        let wrong = t.with("import-mapping-twice", "field", field.code());
        return render(&app, &admin, id, "", Some(wrong)).await;
    }
    let path = kept(&app, id).ok_or(WebError::NotFound)?;
    let headers = run::headers(&path).map_err(web::Broken::new)?.join("\u{1f}");
    let stored = mapping.stored();
    app.db()
        .write(admin.actor(), async |tx| store::set_mapping(tx, &import, &headers, &stored).await)
        .await?;
    Ok(Redirect::to(&format!("/import/{id}?gedaan=kolommen")).into_response())
}

async fn dry_run(
    State(app): State<App>,
    admin: Administrator,
    UrlPath(id): UrlPath<ImportId>,
) -> Result<Response, WebError> {
    start(&app, &admin, id, false).await
}

async fn take_in(
    State(app): State<App>,
    admin: Administrator,
    UrlPath(id): UrlPath<ImportId>,
) -> Result<Response, WebError> {
    start(&app, &admin, id, true).await
}

async fn start(
    app: &App,
    admin: &Administrator,
    id: ImportId,
    for_real: bool,
) -> Result<Response, WebError> {
    let import = found(app, admin, id).await?;
    let t = app.texts(admin.language);
    let Some(file) = kept(app, id) else {
        return render(app, admin, id, "", Some(t.get("import-file-gone"))).await;
    };
    let mapping = Mapping::read(&import.mapping);
    let lacks = mapping.lacks(import.kind);
    if let Some(field) = lacks.first() {
        let wrong = t.with("import-lacks", "field", field.code());
        return render(app, admin, id, "", Some(wrong)).await;
    }
    if !matches!(import.state, ImportState::Uploaded | ImportState::Checked | ImportState::Failed) {
        return Ok(Redirect::to(&format!("/import/{id}")).into_response());
    }
    let run = Run { id, kind: import.kind, file, mapping, errors: Some(errors_path(app, id)) };
    let running = begin(app, admin.actor(), run, for_real);
    // A small file is done before anybody could look at a progress bar.
    let _ = tokio::time::timeout(std::time::Duration::from_millis(1_500), running).await;
    Ok(Redirect::to(&format!("/import/{id}")).into_response())
}

async fn undo(
    State(app): State<App>,
    admin: Administrator,
    UrlPath(id): UrlPath<ImportId>,
) -> Result<Response, WebError> {
    let t = app.texts(admin.language);
    let days = app.rulebook().number("import.undo_days", app.now().date())?;
    match run::undo(app.db(), admin.actor(), id, days).await {
        Ok(undone) if undone.kept.is_empty() => {
            Ok(Redirect::to(&format!("/import/{id}?gedaan=ongedaan")).into_response())
        }
        Ok(undone) => {
            let lines =
                undone.kept.iter().take(20).map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let wrong = t.with2("import-undone-but", "n", undone.kept.len(), "lines", lines);
            render(&app, &admin, id, "", Some(wrong)).await
        }
        Err(run::UndoFailed::TooOld { days }) => {
            render(&app, &admin, id, "", Some(t.with("import-too-old", "days", days))).await
        }
        Err(run::UndoFailed::NotDone) => {
            render(&app, &admin, id, "", Some(t.get("import-not-done"))).await
        }
        Err(run::UndoFailed::Broken(error)) => Err(error.into()),
    }
}

async fn errors(
    State(app): State<App>,
    admin: Administrator,
    UrlPath(id): UrlPath<ImportId>,
) -> Result<Response, WebError> {
    found(&app, &admin, id).await?;
    let bytes = tokio::fs::read(errors_path(&app, id)).await.map_err(|_| WebError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"fouten-{id}.csv\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// An empty file with the headers of a kind, to see what can be in it.
async fn example(
    _admin: Administrator,
    UrlPath(kind): UrlPath<String>,
) -> Result<Response, WebError> {
    let kind = crate::api::kind(kind.trim_end_matches(".csv")).ok_or(WebError::NotFound)?;
    let columns: Vec<&str> =
        crate::export::columns(kind).into_iter().map(import_rules::columns::Field::code).collect();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{kind}.csv\"")),
    ];
    Ok((headers, columns.join(";") + "\n").into_response())
}

/// Goes on with what was running when the program stopped, for files that this machine has.
pub async fn resume(app: App) {
    let unfinished = app
        .db()
        .read(Actor::SYSTEM, async |tx| store::list(tx).await)
        .await
        .unwrap_or_default()
        .into_iter()
        .filter(|import| matches!(import.state, ImportState::Running | ImportState::Checking));
    for import in unfinished {
        let Some(file) = kept(&app, import.id) else { continue };
        let for_real = import.state == ImportState::Running;
        let mapping = Mapping::read(&import.mapping);
        let errors = Some(errors_path(&app, import.id));
        let run = Run { id: import.id, kind: import.kind, file, mapping, errors };
        begin(&app, Actor::user(import.made_by), run, for_real);
    }
}
