use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{ThemeId, UserId};
use serde::Deserialize;
use web::{Administrator, App, Fields, Form, Page, WebError};

use super::page::{ThemeForm, ThemePage, ThemesPage};
use super::store::{self, Theme};
use crate::owned::colleagues;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/themas", get(show))
        .route("/beheer/themas/nieuw", get(new).post(add))
        .route("/beheer/themas/{id}", get(edit).post(change))
        .route("/beheer/themas/{id}/einde", post(end))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
}

fn page(app: &App, administrator: &Administrator) -> Page {
    Page::new(app.texts(administrator.language).get("service-themes"), "/beheer")
}

async fn show(
    State(app): State<App>,
    administrator: Administrator,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let (themes, experts) = app
        .db()
        .read(administrator.actor(), async |tx| {
            Ok::<_, db::Error>((store::all(tx).await?, store::experts(tx, None).await?))
        })
        .await?;
    let t = app.texts(administrator.language);
    let notice = (shown.gedaan == "ja").then(|| t.get("service-theme-done"));
    let body = ThemesPage { t: &t, themes, experts, notice };
    web::show(&app, &administrator, page(&app, &administrator), &body).await
}

async fn new(State(app): State<App>, administrator: Administrator) -> Result<Response, WebError> {
    render(&app, &administrator, None, &ThemeForm::default(), vec![], None).await
}

async fn edit(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<ThemeId>,
) -> Result<Response, WebError> {
    let (theme, named) = stored(&app, &administrator, id).await?;
    let form = ThemeForm { name_nl: theme.name_nl.clone(), name_en: theme.name_en.clone() };
    render(&app, &administrator, Some(theme), &form, named, None).await
}

async fn stored(
    app: &App,
    administrator: &Administrator,
    id: ThemeId,
) -> Result<(Theme, Vec<UserId>), WebError> {
    let (themes, experts) = app
        .db()
        .read(administrator.actor(), async |tx| {
            Ok::<_, db::Error>((store::all(tx).await?, store::experts(tx, Some(id)).await?))
        })
        .await?;
    let theme = themes.into_iter().find(|theme| theme.id == id).ok_or(WebError::NotFound)?;
    let named = experts.into_iter().filter(|expert| expert.is_named).map(|expert| expert.id);
    Ok((theme, named.collect()))
}

async fn render(
    app: &App,
    administrator: &Administrator,
    theme: Option<Theme>,
    form: &ThemeForm,
    named: Vec<UserId>,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let colleagues = app.db().read(administrator.actor(), async |tx| colleagues(tx).await).await?;
    let t = app.texts(administrator.language);
    let body = ThemePage { t: &t, theme, form, colleagues, named, wrong };
    let page = page(app, administrator);
    match wrong {
        None => web::show(app, administrator, page, &body).await,
        Some(_) => web::again(app, administrator, page, &body).await,
    }
}

/// The names of the form, and the colleagues that were ticked.
fn read(fields: &Fields) -> (ThemeForm, Vec<UserId>) {
    let form = ThemeForm {
        name_nl: fields.text("name_nl").to_owned(),
        name_en: fields.text("name_en").to_owned(),
    };
    (form, fields.all("expert").filter_map(|id| id.parse().ok()).collect())
}

async fn add(
    State(app): State<App>,
    administrator: Administrator,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    keep(&app, &administrator, None, &fields).await
}

async fn change(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<ThemeId>,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let (theme, _) = stored(&app, &administrator, id).await?;
    keep(&app, &administrator, Some(theme), &fields).await
}

async fn keep(
    app: &App,
    administrator: &Administrator,
    theme: Option<Theme>,
    fields: &Fields,
) -> Result<Response, WebError> {
    let (form, experts) = read(fields);
    if form.name_nl.is_empty() {
        let wrong = Some("service-theme-no-name");
        return render(app, administrator, theme, &form, experts, wrong).await;
    }
    let id = theme.as_ref().map(|theme| theme.id);
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| {
            // Somebody who left meanwhile knows nothing here.
            let here = colleagues(tx).await?;
            let stays = |expert: &&UserId| here.iter().any(|colleague| colleague.id == **expert);
            let experts: Vec<UserId> = experts.iter().filter(stays).copied().collect();
            store::keep(tx, id, &form.name_nl, &form.name_en, &experts).await
        })
        .await;
    match kept {
        Ok(_) => Ok(Redirect::to("/beheer/themas?gedaan=ja").into_response()),
        Err(db::Error::Duplicate) => {
            let wrong = Some("service-theme-taken");
            render(app, administrator, theme, &form, experts, wrong).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn end(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<ThemeId>,
) -> Result<Redirect, WebError> {
    stored(&app, &administrator, id).await?;
    app.db().write(administrator.actor(), async |tx| store::end(tx, id).await).await?;
    Ok(Redirect::to("/beheer/themas?gedaan=ja"))
}
