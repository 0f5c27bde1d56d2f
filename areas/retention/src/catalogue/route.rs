use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use db::{Error, Tx};
use membership::tariff::HolderKind;
use serde::Deserialize;
use texts::Texts;
use web::{Administrator, App, Fields, Form, Page, RuleReader, WebError};

use super::form::{self, Wrong};
use super::page::{CataloguePage, EditPage, What};
use super::store;
use crate::argument::{self, Argument};
use crate::article::{self, Article};
use crate::reason::{self, Reason};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/behoud", get(show))
        .route("/beheer/behoud/{what}/{nr}", get(edit).post(keep))
}

const HOME: &str = "/beheer/behoud";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
}

fn page(t: &Texts) -> Page {
    Page::new(t.get("retention-catalogue"), "/beheer")
}

/// All that there is, of people first.
struct Catalogue {
    reasons: Vec<Reason>,
    arguments: Vec<Argument>,
    articles: Vec<Article>,
}

async fn catalogue(tx: &mut Tx) -> Result<Catalogue, Error> {
    let (mut reasons, mut arguments) = (Vec::new(), Vec::new());
    for holder in HolderKind::ALL {
        reasons.extend(reason::all(tx, *holder).await?);
        arguments.extend(argument::all(tx, *holder).await?);
    }
    Ok(Catalogue { reasons, arguments, articles: article::all(tx).await? })
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let Catalogue { reasons, arguments, articles } =
        app.db().read(reader.actor(), async |tx| catalogue(tx).await).await?;
    let t = app.texts(reader.language);
    let notice = (shown.gedaan == "ja").then(|| t.get("retention-catalogue-done"));
    let today = app.now().date();
    let body = CataloguePage { t: &t, reasons, arguments, articles, today, notice };
    web::show(&app, &reader, page(&t), &body).await
}

/// What an address names: which kind, and which of it; none for another one.
fn named(what: &str, nr: &str) -> Result<(What, Option<i64>), WebError> {
    let what = What::read(what).ok_or(WebError::NotFound)?;
    match nr {
        "nieuw" => Ok((what, None)),
        nr => Ok((what, Some(nr.parse().map_err(|_| WebError::NotFound)?))),
    }
}

async fn edit(
    State(app): State<App>,
    reader: RuleReader,
    Path((what, nr)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let (what, nr) = named(&what, &nr)?;
    let found = app.db().read(reader.actor(), async |tx| catalogue(tx).await).await?;
    let t = app.texts(reader.language);
    let typed = typed(&t, &found, what, nr)?;
    render(&app, &reader, (what, nr), &typed, None).await
}

/// The form of what is there, or of another one.
fn typed(t: &Texts, found: &Catalogue, what: What, nr: Option<i64>) -> Result<Fields, WebError> {
    let mut typed = Fields::default();
    let flag = |on: bool| if on { "ja" } else { "" };
    let Some(nr) = nr else {
        for (field, value) in [
            ("van", "person"),
            ("vermijdbaar", "ja"),
            ("plaats", "50"),
            ("soort", "argument"),
            ("nodig", "nothing"),
            ("wie", "agent"),
        ] {
            typed.push(field, value);
        }
        return Ok(typed);
    };
    match what {
        What::Reason => {
            let reason = found.reasons.iter().find(|reason| reason.nr == nr);
            let reason = reason.ok_or(WebError::NotFound)?;
            typed.push("van", reason.holder.code());
            let parent = reason.parent_nr.map(|nr| nr.to_string());
            typed.push("onder", parent.unwrap_or_default());
            typed.push("naam", reason.name_nl.clone());
            typed.push("naam_en", reason.name_en.clone());
            typed.push("vermijdbaar", flag(reason.avoidable));
            typed.push("plaats", reason.position.to_string());
        }
        What::Argument => {
            let argument = found.arguments.iter().find(|argument| argument.nr == nr);
            let argument = argument.ok_or(WebError::NotFound)?;
            let cost = t.money(argument.cost_cents);
            let article = argument.article_nr.map(|nr| nr.to_string()).unwrap_or_default();
            for (field, value) in [
                ("van", argument.holder.to_string()),
                ("soort", argument.kind.to_string()),
                ("naam", argument.name_nl.clone()),
                ("naam_en", argument.name_en.clone()),
                ("uitleg", argument.says_nl.clone()),
                ("uitleg_en", argument.says_en.clone()),
                ("zeg", argument.say_nl.clone()),
                ("zeg_en", argument.say_en.clone()),
                ("nodig", argument.needs.to_string()),
                ("wie", argument.authority.to_string()),
                ("kosten", cost.trim_start_matches('€').trim().to_owned()),
                ("artikel", article),
                ("plaats", argument.position.to_string()),
            ] {
                typed.push(field, value);
            }
            for reason in argument.reasons.split(',').filter(|nr| !nr.is_empty()) {
                typed.push("bij", reason);
            }
        }
        What::Article => {
            let article = found.articles.iter().find(|article| article.nr == nr);
            let article = article.ok_or(WebError::NotFound)?;
            typed.push("naam", article.title_nl.clone());
            typed.push("naam_en", article.title_en.clone());
            typed.push("tekst", article.body_nl.clone());
            typed.push("tekst_en", article.body_en.clone());
            let until = article.expires_on.map(|day| day.to_string()).unwrap_or_default();
            typed.push("tot", until);
            let owner = article.owner_id.map(|owner| owner.to_string()).unwrap_or_default();
            typed.push("eigenaar", owner);
        }
    }
    Ok(typed)
}

async fn render(
    app: &App,
    reader: &RuleReader,
    (what, nr): (What, Option<i64>),
    typed: &Fields,
    wrong: Option<Wrong>,
) -> Result<Response, WebError> {
    let (found, colleagues) = app
        .db()
        .read(reader.actor(), async |tx| {
            Ok::<_, Error>((catalogue(tx).await?, store::colleagues(tx).await?))
        })
        .await?;
    let t = app.texts(reader.language);
    let Catalogue { reasons, arguments: _, articles } = found;
    let body = EditPage { t: &t, what, nr, typed, wrong, reasons, articles, colleagues };
    match wrong {
        None => web::show(app, reader, page(&t), &body).await,
        Some(_) => web::again(app, reader, page(&t), &body).await,
    }
}

async fn keep(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Path((what, nr)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Result<Response, WebError> {
    let (what, nr) = named(&what, &nr)?;
    let found = app.db().read(reader.actor(), async |tx| catalogue(tx).await).await?;
    let t = app.texts(reader.language);
    // Only of what is there another version is written.
    typed(&t, &found, what, nr)?;
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| {
            match what {
                What::Reason => match form::reason(&fields, nr, &found.reasons) {
                    Ok(new) => store::keep_reason(tx, &new).await?,
                    Err(wrong) => return Ok(Some(wrong)),
                },
                What::Argument => match form::argument(&fields, nr) {
                    Ok(new) => store::keep_argument(tx, &new).await?,
                    Err(wrong) => return Ok(Some(wrong)),
                },
                What::Article => match form::article(&fields, nr) {
                    Ok(new) => store::keep_article(tx, &new).await?,
                    Err(wrong) => return Ok(Some(wrong)),
                },
            }
            Ok::<_, Error>(None)
        })
        .await?;
    match kept {
        None => Ok(Redirect::to(&format!("{HOME}?gedaan=ja")).into_response()),
        Some(wrong) => render(&app, &reader, (what, nr), &fields, Some(wrong)).await,
    }
}
