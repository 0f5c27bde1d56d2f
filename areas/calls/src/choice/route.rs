use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use calls_rules::choice::{Choice, check};
use jiff::SignedDuration;
use kernel::Action;
use serde::Deserialize;
use web::{Administrator, App, Form, Page, RuleReader, WebError};

use super::page::{ChoiceForm, ChoicePage, OutcomesPage, Refused};
use super::store::{chosen_since, keep, tree, versions};
use crate::settings::outcome_settings;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/uitkomsten", get(list).post(add))
        .route("/beheer/uitkomsten/nieuw", get(new))
        .route("/beheer/uitkomsten/{nr}", get(show).post(change))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    gedaan: String,
    /// The result under which a new reason comes.
    onder: String,
}

/// So far back is counted how often a choice was made.
const COUNTED: SignedDuration = SignedDuration::from_hours(30 * 24);

async fn list(
    State(app): State<App>,
    reader: RuleReader,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let settings = outcome_settings(&app.rulebook(), app.now().date())?;
    let (tree, chosen) = app
        .db()
        .read(reader.actor(), async |tx| {
            let since = tx.now() - COUNTED;
            Ok::<_, db::Error>((tree(tx).await?, chosen_since(tx, since).await?))
        })
        .await?;
    let t = app.texts(reader.language);
    let body = OutcomesPage {
        t: &t,
        tree: &tree,
        settings: &settings,
        chosen,
        may_change: reader.may(Action::Administer),
        notice: (asked.gedaan == "ja").then(|| t.get("calls-choice-done")),
    };
    web::show(&app, &reader, Page::new(t.get("calls-choices"), "/beheer"), &body).await
}

async fn new(
    State(app): State<App>,
    reader: RuleReader,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let tree = read_tree(&app, &reader).await?;
    let parent = match asked.onder.as_str() {
        "" => None,
        nr => Some(result(&tree, nr).ok_or(WebError::NotFound)?),
    };
    let beside = tree.iter().filter(|choice| choice.parent == parent.map(|parent| parent.nr));
    let place = beside.map(|choice| choice.place).max().unwrap_or(0) + 1;
    render(&app, &reader, &tree, None, &ChoiceForm::fresh(parent, place), None).await
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    Path(nr): Path<i64>,
) -> Result<Response, WebError> {
    let tree = read_tree(&app, &reader).await?;
    let choice = tree.iter().find(|choice| choice.nr == nr).ok_or(WebError::NotFound)?;
    render(&app, &reader, &tree, Some(choice), &ChoiceForm::of(choice), None).await
}

async fn add(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Form(form): Form<ChoiceForm>,
) -> Result<Response, WebError> {
    store(&app, &administrator, &reader, None, &form).await
}

async fn change(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Path(nr): Path<i64>,
    Form(form): Form<ChoiceForm>,
) -> Result<Response, WebError> {
    store(&app, &administrator, &reader, Some(nr), &form).await
}

/// Reads, checks and keeps in one step; of two administrators at the same moment one looks again, so that they do not
/// give the same letter away.
async fn store(
    app: &App,
    administrator: &Administrator,
    reader: &RuleReader,
    nr: Option<i64>,
    form: &ChoiceForm,
) -> Result<Response, WebError> {
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| {
            let tree = tree(tx).await?;
            let before = match nr {
                Some(nr) => match tree.iter().find(|choice| choice.nr == nr) {
                    Some(before) => Some(before),
                    None => return Ok(None),
                },
                None => None,
            };
            let wanted = form.read(before).and_then(|wanted| {
                check(&wanted, &tree)?;
                Ok(wanted)
            });
            match wanted {
                Ok(wanted) => Ok::<_, db::Error>(Some(Ok(keep(tx, &wanted).await?))),
                Err(wrong) => Ok(Some(Err(Refused::Wrong(wrong)))),
            }
        })
        .await;
    let kept = match kept {
        Err(db::Error::Duplicate) => Some(Err(Refused::Overtaken)),
        kept => kept?,
    };
    match kept.ok_or(WebError::NotFound)? {
        Ok(_) => Ok(Redirect::to("/beheer/uitkomsten?gedaan=ja").into_response()),
        Err(wrong) => {
            let tree = read_tree(app, reader).await?;
            let choice = tree.iter().find(|choice| Some(choice.nr) == nr);
            render(app, reader, &tree, choice, form, Some(wrong)).await
        }
    }
}

async fn read_tree(app: &App, reader: &RuleReader) -> Result<Vec<Choice>, WebError> {
    Ok(app.db().read(reader.actor(), async |tx| tree(tx).await).await?)
}

fn result<'a>(tree: &'a [Choice], nr: &str) -> Option<&'a Choice> {
    let nr: i64 = nr.parse().ok()?;
    tree.iter().find(|choice| choice.nr == nr && choice.parent.is_none())
}

async fn render(
    app: &App,
    reader: &RuleReader,
    tree: &[Choice],
    choice: Option<&Choice>,
    form: &ChoiceForm,
    wrong: Option<Refused>,
) -> Result<Response, WebError> {
    let settings = outcome_settings(&app.rulebook(), app.now().date())?;
    let versions = match choice {
        Some(choice) => {
            app.db().read(reader.actor(), async |tx| versions(tx, choice.nr).await).await?
        }
        None => Vec::new(),
    };
    let t = app.texts(reader.language);
    let body = ChoicePage {
        t: &t,
        choice,
        parent: result(tree, &form.parent),
        form,
        wrong,
        settings: &settings,
        versions,
        may_change: reader.may(Action::Administer),
        now: app.db().clock().now(),
    };
    let page = Page::new(t.get("calls-choices"), "/beheer");
    if wrong.is_some() {
        web::again(app, reader, page, &body).await
    } else {
        web::show(app, reader, page, &body).await
    }
}
