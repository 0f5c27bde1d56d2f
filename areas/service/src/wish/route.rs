use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::ToSpan as _;
use kernel::{Action, OrganisationId, PersonId, WishId};
use people::Sight;
use serde::Deserialize;
use service_rules::cells::protect;
use service_rules::owner::Owner;
use service_rules::wish::{NewWish, Refused, Step};
use web::{App, FigureReader, FileReader, Form, Page, WebError};

use super::page::{Asked, CountsPage, NewPage, WishForm, WishPage, WishesPage, Wrong};
use super::store::{self, Failed, Only, Wish};
use crate::owned::{colleagues, read_owner};
use crate::subject::{self, Subject};
use crate::theme;
use crate::words::theme_name;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/wensen", get(show_list))
        .route("/wensen/nieuw", get(new).post(add))
        .route("/wensen/tellingen", get(counts))
        .route("/wensen/{id}", get(show))
        .route("/wensen/{id}/antwoord", post(answer))
        .route("/wensen/{id}/verteld", post(tell))
        .route("/wensen/{id}/heropend", post(reopen))
        .route("/wensen/{id}/ingetrokken", post(withdraw))
        .route("/wensen/{id}/geef", post(give))
}

const SHOWN_MAX: i64 = 200;

fn page(app: &App, reader: &FileReader) -> Page {
    Page::new(app.texts(reader.language).get("service-wishes"), "/wensen")
}

fn sight(reader: &FileReader) -> Sight {
    Sight::of(reader.scope, reader.id)
}

async fn show_list(
    State(app): State<App>,
    reader: FileReader,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let only = Only {
        all: asked.alles == "ja",
        theme: asked.thema.parse().ok(),
        owner: (asked.mijn == "ja").then_some(Owner::User(reader.id)),
        ..Only::default()
    };
    let (wishes, themes) = app
        .db()
        .read(reader.actor(), async |tx| {
            let wishes = store::list(tx, &only, sight(&reader), SHOWN_MAX).await?;
            Ok::<_, db::Error>((wishes, theme::all(tx).await?))
        })
        .await?;
    let t = app.texts(reader.language);
    let body = WishesPage {
        t: &t,
        today: app.now().date(),
        user: reader.id,
        wishes,
        themes,
        asked: &asked,
    };
    web::show(&app, &reader, page(&app, &reader), &body).await
}

/// A wish is about somebody.
async fn of(app: &App, reader: &FileReader, form: &WishForm) -> Result<Subject, WebError> {
    let (actor, sight) = (reader.actor(), sight(reader));
    let of = subject::of_form(app, actor, sight, &form.organisatie, &form.lid).await?;
    if of.name.is_empty() { Err(WebError::NotFound) } else { Ok(of) }
}

async fn new(
    State(app): State<App>,
    reader: FileReader,
    Query(mut form): Query<WishForm>,
) -> Result<Response, WebError> {
    let of = of(&app, &reader, &form).await?;
    let now = app.now();
    let days = app.rulebook().number("service.answer_days", now.date())?;
    let days = u16::try_from(days).unwrap_or(0);
    if form.due.is_empty() {
        form.due = app.rulebook().calendar.working_days_after(now.date(), days).to_string();
    }
    if form.kind.is_empty() {
        form.kind = "question".into();
    }
    if form.source.is_empty() {
        form.source = "call".into();
    }
    render_new(&app, &reader, of, &form, None).await
}

async fn render_new(
    app: &App,
    reader: &FileReader,
    of: Subject,
    form: &WishForm,
    wrong: Wrong,
) -> Result<Response, WebError> {
    let t = app.texts(reader.language);
    let (themes, colleagues, teams, experts) = app
        .db()
        .read(reader.actor(), async |tx| {
            Ok::<_, db::Error>((
                theme::all(tx).await?,
                colleagues(tx).await?,
                access::teams::all(tx).await?,
                theme::experts(tx, None).await?,
            ))
        })
        .await?;
    let body = NewPage { t: &t, of: of.name, form, themes, colleagues, teams, experts, wrong };
    let page = page(app, reader);
    match wrong {
        None => web::show(app, reader, page, &body).await,
        Some(_) => web::again(app, reader, page, &body).await,
    }
}

async fn add(
    State(app): State<App>,
    reader: FileReader,
    Form(form): Form<WishForm>,
) -> Result<Response, WebError> {
    let of = of(&app, &reader, &form).await?;
    let today = app.now().date();
    let (organisation, person) = (of.organisation, of.person);
    let added = app
        .db()
        .write(reader.actor(), async |tx| {
            let wish = match read(tx, &form, organisation, person).await? {
                Ok(wish) => wish,
                Err(wrong) => return Ok::<_, db::Error>(Err(wrong)),
            };
            let wish = match wish.check(today) {
                Ok(wish) => wish,
                Err(Refused::NoWords) => return Ok(Err(("words", "service-wish-no-words"))),
                Err(_) => return Ok(Err(("due", "service-day-past"))),
            };
            Ok(Ok(store::add(tx, &wish, None).await?))
        })
        .await?;
    match added {
        Ok(id) => Ok(Redirect::to(&format!("/wensen/{id}?gedaan=nieuw")).into_response()),
        Err(wrong) => render_new(&app, &reader, of, &form, Some(wrong)).await,
    }
}

/// What the form says, or the field that says nothing.
async fn read(
    tx: &mut db::Tx,
    form: &WishForm,
    organisation: Option<OrganisationId>,
    person: Option<PersonId>,
) -> Result<Result<NewWish, (&'static str, &'static str)>, db::Error> {
    let Ok(kind) = form.kind.parse() else {
        return Ok(Err(("kind", "service-choose-kind")));
    };
    let theme = match form.theme.parse() {
        Ok(id) if theme::is_there(tx, id).await? => id,
        _ => return Ok(Err(("theme", "service-choose-theme"))),
    };
    let Ok(source) = form.source.parse() else {
        return Ok(Err(("source", "service-choose-source")));
    };
    let owner = match form.owner.as_str() {
        "expert" => theme::who_knows(tx, theme).await?,
        typed => match read_owner(tx, typed).await? {
            Some(owner) => owner,
            None => return Ok(Err(("owner", "service-choose-owner"))),
        },
    };
    let Some(due_on) = kernel::parse_day(&form.due) else {
        return Ok(Err(("due", "service-no-day")));
    };
    let words = form.words.clone();
    Ok(Ok(NewWish { kind, theme, words, person, organisation, source, owner, due_on }))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    gedaan: String,
}

async fn show(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<WishId>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    let t = app.texts(reader.language);
    let notice = match shown.gedaan.as_str() {
        "nieuw" => Some(t.get("service-wish-done-new")),
        "antwoord" => Some(t.get("service-wish-done-answered")),
        "verteld" => Some(t.get("service-wish-done-told")),
        "gegeven" => Some(t.get("service-done-given")),
        "heropend" => Some(t.get("service-wish-done-reopened")),
        "ingetrokken" => Some(t.get("service-wish-done-withdrawn")),
        _ => None,
    };
    render(&app, &reader, id, "", None, notice).await
}

async fn render(
    app: &App,
    reader: &FileReader,
    id: WishId,
    typed: &str,
    wrong: Option<&'static str>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let sight = sight(reader);
    let found = app
        .db()
        .write(reader.actor(), async |tx| {
            let Some(wish) = store::by_id(tx, id, sight).await? else { return Ok(None) };
            // Who is named on the page, and the note that it was seen, are one step.
            if let Some(person) = wish.person_id {
                activity::log_read(tx, person, activity::Why::Wish).await?;
            }
            let experts = theme::experts(tx, Some(wish.theme_id)).await?;
            let before = store::answered_before(tx, &wish, sight).await?;
            let (colleagues, teams) = (colleagues(tx).await?, access::teams::all(tx).await?);
            Ok::<_, db::Error>(Some((wish, experts, before, colleagues, teams)))
        })
        .await?;
    let (wish, experts, before, colleagues, teams) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(reader.language);
    let now = app.now();
    let body = WishPage {
        t: &t,
        now: now.timestamp(),
        today: now.date(),
        user: reader.id,
        may_withdraw: may_withdraw(reader, &wish),
        wish,
        experts,
        before,
        colleagues,
        teams,
        typed,
        wrong,
        notice,
    };
    let page = page(app, reader);
    match wrong {
        None => web::show(app, reader, page, &body).await,
        Some(_) => web::again(app, reader, page, &body).await,
    }
}

/// The owner and whoever leads a team; see `docs/states.md` §3.
pub(super) fn may_withdraw(reader: &FileReader, wish: &Wish) -> bool {
    wish.state.is_open()
        && (wish.owner_user_id == Some(reader.id)
            || reader.scope(Action::KeepAgreements) >= Some(kernel::Scope::Team))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StepForm {
    version: String,
    words: String,
    how: String,
    solved: String,
    why: String,
    owner: String,
}

async fn answer(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<WishId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let step = Step::Answer { words: form.words.clone() };
    take(&app, &reader, id, &form, step, "antwoord").await
}

async fn tell(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<WishId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let (Ok(how), "ja" | "nee") = (form.how.parse(), form.solved.as_str()) else {
        return render(&app, &reader, id, "", Some("service-wish-say-how"), None).await;
    };
    let step = Step::Tell { how, solved: form.solved == "ja" };
    take(&app, &reader, id, &form, step, "verteld").await
}

async fn reopen(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<WishId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let today = app.now().date();
    let days = app.rulebook().number("service.answer_days", today)?;
    let days = u16::try_from(days).unwrap_or(0);
    let due_on = app.rulebook().calendar.working_days_after(today, days);
    take(&app, &reader, id, &form, Step::Reopen { due_on }, "heropend").await
}

async fn withdraw(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<WishId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let Ok(why) = form.why.parse() else {
        return render(&app, &reader, id, "", Some("service-choose-why"), None).await;
    };
    take(&app, &reader, id, &form, Step::Withdraw { why }, "ingetrokken").await
}

/// Takes a step, if nobody took another since the page was shown.
async fn take(
    app: &App,
    reader: &FileReader,
    id: WishId,
    form: &StepForm,
    step: Step,
    done: &str,
) -> Result<Response, WebError> {
    let version: i64 = form.version.parse().map_err(|_| WebError::Unreadable)?;
    let sight = sight(reader);
    let taken = app
        .db()
        .write(reader.actor(), async |tx| {
            let wish = store::by_id(tx, id, sight).await?;
            let Some(wish) = wish else { return Err(Failed::Broken(db::Error::Raced)) };
            if matches!(step, Step::Withdraw { .. }) && !may_withdraw(reader, &wish) {
                return Ok(false);
            }
            store::take(tx, &Wish { version, ..wish }, &step).await?;
            Ok(true)
        })
        .await;
    let wrong = match taken {
        Ok(true) => {
            return Ok(Redirect::to(&format!("/wensen/{id}?gedaan={done}")).into_response());
        }
        Ok(false) => return Err(WebError::Forbidden),
        Err(Failed::Refused(Refused::NoWords)) => "service-wish-no-answer",
        Err(Failed::Refused(Refused::NoAnswer)) => "service-wish-answer-first",
        Err(Failed::Refused(_)) => "service-wish-over",
        Err(Failed::Broken(db::Error::Raced)) => "service-changed-meanwhile",
        Err(Failed::Broken(error)) => return Err(error.into()),
    };
    render(app, reader, id, &form.words, Some(wrong), None).await
}

async fn give(
    State(app): State<App>,
    reader: FileReader,
    Path(id): Path<WishId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let version: i64 = form.version.parse().map_err(|_| WebError::Unreadable)?;
    let sight = sight(&reader);
    let given = app
        .db()
        .write(reader.actor(), async |tx| {
            let wish = store::by_id(tx, id, sight).await?.ok_or(db::Error::Raced)?;
            let Some(owner) = read_owner(tx, &form.owner).await? else { return Ok(false) };
            store::hand_over(tx, &Wish { version, ..wish }, owner).await?;
            Ok(true)
        })
        .await;
    match given {
        Ok(true) => Ok(Redirect::to(&format!("/wensen/{id}?gedaan=gegeven")).into_response()),
        Ok(false) => render(&app, &reader, id, "", Some("service-choose-owner"), None).await,
        Err(db::Error::Raced) => {
            render(&app, &reader, id, "", Some("service-changed-meanwhile"), None).await
        }
        Err(error) => Err(error.into()),
    }
}

/// How often members asked about what, for editors and negotiators.
async fn counts(State(app): State<App>, reader: FigureReader) -> Result<Response, WebError> {
    let now = app.now();
    let least = app.rulebook().number("service.cell_min", now.date())?;
    // Whole months that are over: two looks on two days cannot be subtracted from each other.
    let until = now.date().first_of_month();
    let since = until.saturating_sub(1.year());
    let at = |day: jiff::civil::Date| {
        day.in_tz(kernel::AMSTERDAM).map(|at| at.timestamp()).map_err(web::Broken::new)
    };
    let (from, before) = (at(since)?, at(until)?);
    let (found, themes) = app
        .db()
        .read(reader.actor(), async |tx| {
            Ok::<_, db::Error>((store::counts(tx, from, before).await?, theme::all(tx).await?))
        })
        .await?;
    let t = app.texts(reader.language);
    let mut sectors: Vec<String> = found.iter().map(|count| count.sector.clone()).collect();
    sectors.sort();
    sectors.dedup();
    let grid: Vec<Vec<u64>> = themes
        .iter()
        .map(|theme| {
            let of = |sector: &String| {
                let here =
                    |count: &&store::Count| count.theme_id == theme.id && count.sector == *sector;
                found.iter().find(here).map_or(0, |count| u64::try_from(count.n).unwrap_or(0))
            };
            sectors.iter().map(of).collect()
        })
        .collect();
    let table = protect(&grid, u64::try_from(least).unwrap_or(u64::MAX));
    let no_sector = t.get("service-no-sector");
    let body = CountsPage {
        t: &t,
        themes: themes.iter().map(|theme| theme_name(&t, &theme.name_nl, &theme.name_en)).collect(),
        sectors: sectors
            .into_iter()
            .map(|sector| if sector.is_empty() { no_sector.clone() } else { sector })
            .collect(),
        table,
        since,
        until: until.yesterday().unwrap_or(until),
        least,
    };
    let page = Page::new(t.get("service-counts"), "/wensen");
    web::show(&app, &reader, page, &body).await
}
