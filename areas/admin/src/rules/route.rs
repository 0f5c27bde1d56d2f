use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use db::{Error, Tx, args};
use jiff::Timestamp;
use kernel::Action;
use rulebook::Rule;
use serde::Deserialize;
use web::{Administrator, App, Form, Page, RuleReader, WebError};

use super::page::{Read, RuleForm, RulePage, RulesPage, Wrong, groups};
use super::parts;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/beheer/regels", get(list))
        .route("/beheer/regels/{key}", get(show).post(change))
}

async fn all(app: &App, reader: &web::User) -> Result<Vec<Rule>, Error> {
    app.db().read(reader.actor(), async |tx| rulebook::history(tx).await).await
}

async fn list(State(app): State<App>, reader: RuleReader) -> Result<Response, WebError> {
    let rules = all(&app, &reader).await?;
    let t = app.texts(reader.language);
    let body = RulesPage { t: &t, groups: groups(&rules, app.now().date()) };
    web::show(&app, &reader, Page::new(t.get("admin-rules"), "/beheer"), &body).await
}

#[derive(Deserialize)]
struct Done {
    gedaan: Option<String>,
}

async fn show(
    State(app): State<App>,
    reader: RuleReader,
    Path(key): Path<String>,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    render(&app, &reader, &key, None, &[], done.gedaan.is_some()).await
}

async fn change(
    State(app): State<App>,
    administrator: Administrator,
    reader: RuleReader,
    Path(key): Path<String>,
    Form(form): Form<RuleForm>,
) -> Result<Response, WebError> {
    let (rules, today) = (all(&app, &reader).await?, app.now().date());
    let newest = rules
        .iter()
        .filter(|rule| rule.key == key)
        .max_by_key(|rule| (rule.valid_from, rule.changed_at));
    let newest = newest.ok_or(WebError::NotFound)?;
    let like = parts::of(&newest.json()).ok_or(WebError::NotFound)?;
    let Read { parts, valid_from, source, grade, note } = match form.read(&key, &like, today) {
        Ok(read) => read,
        Err(wrong) => return render(&app, &reader, &key, Some(&form), &wrong, false).await,
    };
    let rule = Rule {
        value: parts::json(&parts).to_string(),
        valid_from,
        source,
        grade: grade.into(),
        note,
        ..newest.clone()
    };
    app.db()
        .write(administrator.actor(), async |tx| rulebook::change(tx, rule.clone()).await)
        .await?;
    // This process knows it at once; others hear of it through the log.
    app.reload_rules().await?;
    Ok(Redirect::to(&format!("/beheer/regels/{key}?gedaan=ja")).into_response())
}

db::row! {
    struct Changer { id: i64, name: String }
}

async fn changers(tx: &mut Tx) -> Result<Vec<Changer>, Error> {
    tx.all(
        "select u.id, u.name from users u where u.id in (select changed_by from rules where changed_by is not null)",
        args![],
    )
    .await
}

async fn render(
    app: &App,
    reader: &RuleReader,
    key: &str,
    form: Option<&RuleForm>,
    wrong: &[Wrong],
    done: bool,
) -> Result<Response, WebError> {
    let (rules, changers) = app
        .db()
        .read(reader.actor(), async |tx| {
            Ok::<_, Error>((rulebook::history(tx).await?, changers(tx).await?))
        })
        .await?;
    let today = app.now().date();
    let name = |rule: &Rule| {
        changers.iter().find(|user| rule.changed_by == Some(user.id)).map(|user| user.name.as_str())
    };
    let mut versions: Vec<_> =
        rules.iter().filter(|rule| rule.key == key).map(|rule| (rule, name(rule))).collect();
    versions.sort_by_key(|(rule, _): &(&Rule, Option<&str>)| {
        std::cmp::Reverse::<(jiff::civil::Date, Timestamp)>((rule.valid_from, rule.changed_at))
    });
    let (newest, _) = versions.first().ok_or(WebError::NotFound)?;
    let like = parts::of(&newest.json()).ok_or(WebError::NotFound)?;
    let now = versions.iter().map(|(rule, _)| *rule).find(|rule| rule.valid_from <= today);
    let prefilled = RuleForm::of(&like, today);
    let t = app.texts(reader.language);
    let body = RulePage {
        t: &t,
        key,
        now,
        versions,
        like: &like,
        form: form.unwrap_or(&prefilled),
        wrong,
        may_change: reader.may(Action::Administer),
        done,
    };
    let page = Page::new(t.get("admin-rules"), "/beheer");
    if wrong.is_empty() {
        web::show(app, reader, page, &body).await
    } else {
        web::again(app, reader, page, &body).await
    }
}
