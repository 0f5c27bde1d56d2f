//! `/incasso` and `/uitbetalen`: the same pages for the two ways that money goes.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use dues_rules::amount::Kind;
use dues_rules::run::{LeftOut, Refused};
use kernel::{Action, Cents, DueId, PaymentRunId};
use serde::Deserialize;
use web::{App, Fields, Form, Page, Releaser, Treasurer, User, WebError};

use super::fill::{fill, left_out_of};
use super::page::{LeftPage, Line, Named, NewPage, RunPage, RunsPage, refused_text};
use super::release::{Failed, release, withdraw};
use super::store::{PaymentRun, by_id, file_of, latest, make};
use crate::settings::run_rules;
use crate::words::{name_of, place};
use crate::{Broken, amount, creditor, file, period};

pub(super) fn routes() -> Router<App> {
    let collections = Router::new()
        .route("/incasso", get(list_collections))
        .route("/incasso/nieuw", get(new_collection).post(make_collection))
        .route("/incasso/{id}", get(show))
        .route("/incasso/{id}/vrijgeven", post(let_go))
        .route("/incasso/{id}/intrekken", post(take_back))
        .route("/incasso/{id}/aangekondigd", post(announced))
        .route("/incasso/{id}/bestand", get(download))
        .route("/incasso/{id}/blijft-achter", get(left_out));
    let pay_outs = Router::new()
        .route("/uitbetalen", get(list_pay_outs))
        .route("/uitbetalen/nieuw", get(new_pay_out).post(make_pay_out))
        .route("/uitbetalen/{id}", get(show))
        .route("/uitbetalen/{id}/vrijgeven", post(let_go))
        .route("/uitbetalen/{id}/intrekken", post(take_back))
        .route("/uitbetalen/{id}/bestand", get(download))
        .route("/uitbetalen/{id}/blijft-achter", get(left_out));
    collections.merge(pay_outs)
}

const SHOWN: i64 = 50;

fn page(app: &App, user: &User, kind: Kind) -> Page {
    let t = app.texts(user.language);
    match kind {
        Kind::Collection => Page::new(t.get("dues-collections"), "/incasso"),
        Kind::PayOut => Page::new(t.get("dues-pay-outs"), "/incasso"),
    }
}

async fn list_collections(State(app): State<App>, user: Releaser) -> Result<Response, WebError> {
    list(&app, &user, Kind::Collection).await
}

async fn list_pay_outs(State(app): State<App>, user: Releaser) -> Result<Response, WebError> {
    list(&app, &user, Kind::PayOut).await
}

async fn list(app: &App, user: &Releaser, kind: Kind) -> Result<Response, WebError> {
    db::row! { struct Sums { n: i64, cents: Cents } }

    let may_change = user.may(Action::ManageDues);
    let today = app.now().date();
    let (runs, due, waiting, goes_back, offered) = app
        .db()
        .read(user.actor(), async |tx| {
            let runs = latest(tx, kind, PaymentRunId(i64::MAX), SHOWN).await?;
            let due: Option<Sums> = tx
                .one(
                    "select count(*) as n, cast(coalesce(sum(cents), 0) as bigint) as cents
                       from dues where kind = $1 and state = 'due'",
                    db::args![kind],
                )
                .await?;
            let waiting: i64 = tx
                .value("select count(*) as value from dues where waits_as is not null", db::args![])
                .await?;
            let goes_back: i64 = tx
                .value(
                    "select count(*) as value from dues where goes_back_why is not null",
                    db::args![],
                )
                .await?;
            let offered = match kind {
                Kind::Collection if may_change => period::offered(tx, today).await?,
                _ => None,
            };
            Ok::<_, db::Error>((runs, due, waiting, goes_back, offered))
        })
        .await?;
    let t = app.texts(user.language);
    let body = RunsPage {
        t: &t,
        kind,
        runs,
        due: due.map_or((0, Cents(0)), |sums| (sums.n, sums.cents)),
        waiting,
        goes_back,
        may_change,
        offered,
        now: app.now().timestamp(),
    };
    web::show(app, user, page(app, user, kind), &body).await
}

async fn new_collection(State(app): State<App>, user: Treasurer) -> Result<Response, WebError> {
    new(&app, &user, Kind::Collection).await
}

async fn new_pay_out(State(app): State<App>, user: Treasurer) -> Result<Response, WebError> {
    new(&app, &user, Kind::PayOut).await
}

async fn new(app: &App, user: &Treasurer, kind: Kind) -> Result<Response, WebError> {
    let (book, today) = (app.rulebook(), app.now().date());
    let rules = run_rules(&book, today)?;
    let first = dues_rules::run::first_day(today, &rules, &book.calendar).to_string();
    render_new(app, user, kind, &first, "", None).await
}

async fn render_new(
    app: &App,
    user: &Treasurer,
    kind: Kind,
    day: &str,
    chosen: &str,
    wrong: Option<String>,
) -> Result<Response, WebError> {
    let mut creditors = app.db().read(user.actor(), async |tx| creditor::all(tx).await).await?;
    creditors.retain(|creditor| creditor.ended_at.is_none());
    if creditors.is_empty() {
        // Nothing can be collected before the association says under which number.
        return Ok(Redirect::to("/incasso/incassant").into_response());
    }
    let t = app.texts(user.language);
    let is_wrong = wrong.is_some();
    let body = NewPage { t: &t, kind, day, creditor: chosen, creditors, wrong };
    if is_wrong {
        web::again(app, user, page(app, user, kind), &body).await
    } else {
        web::show(app, user, page(app, user, kind), &body).await
    }
}

async fn make_collection(
    State(app): State<App>,
    user: Treasurer,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    make_run(&app, &user, Kind::Collection, &typed).await
}

async fn make_pay_out(
    State(app): State<App>,
    user: Treasurer,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    make_run(&app, &user, Kind::PayOut, &typed).await
}

async fn make_run(
    app: &App,
    user: &Treasurer,
    kind: Kind,
    typed: &Fields,
) -> Result<Response, WebError> {
    let t = app.texts(user.language);
    let (day, chosen) = (typed.text("dag"), typed.text("incassant"));
    let wrong = match (kernel::parse_day(day), chosen.parse::<i64>()) {
        (Some(date), Ok(creditor)) => {
            let book = app.rulebook();
            let made = app
                .db()
                .write(user.actor(), async |tx| {
                    if creditor::by_id(tx, creditor).await?.is_none() {
                        return Ok(None);
                    }
                    make(tx, &book, kind, creditor, date).await.map(Some)
                })
                .await;
            match made {
                Ok(Some(id)) => return begin(app, kind, id).await,
                Ok(None) => return Err(WebError::NotFound),
                Err(Failed::Refused(refused)) => refused_text(&t, refused),
                Err(Failed::Broken(broken)) => return Err(broken.into()),
            }
        }
        _ => t.get("dues-no-day"),
    };
    render_new(app, user, kind, day, chosen, Some(wrong)).await
}

/// Fills behind the request; whoever waits a moment sees it full.
async fn begin(app: &App, kind: Kind, id: PaymentRunId) -> Result<Response, WebError> {
    let filling = tokio::spawn({
        let app = app.clone();
        async move {
            if let Err(error) = fill(&app, id).await {
                tracing::warn!(run = id.0, %error, "a run was not filled to its end; it goes on later");
            }
        }
    });
    // A small run is full at once; of a large one the page says that it is being filled.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(2), filling).await;
    Ok(Redirect::to(&format!("{}/{id}", place(kind))).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    na: String,
    gedaan: String,
}

impl Asked {
    fn after(&self) -> DueId {
        self.na.parse().unwrap_or(DueId(0))
    }
}

async fn show(
    State(app): State<App>,
    user: Releaser,
    Path(id): Path<PaymentRunId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let notice = match asked.gedaan.as_str() {
        "vrij" => Some("dues-done-released"),
        "ingetrokken" => Some("dues-done-withdrawn"),
        "aangekondigd" => Some("dues-done-announced"),
        _ => None,
    };
    render(&app, &user, id, asked.after(), None, notice).await
}

async fn render(
    app: &App,
    user: &User,
    id: PaymentRunId,
    after: DueId,
    wrong: Option<Refused>,
    notice: Option<&'static str>,
) -> Result<Response, WebError> {
    let opens_files = user.may(Action::OpenFiles);
    let found = app
        .db()
        .write(user.actor(), async |tx| {
            let Some(run) = by_id(tx, id).await? else { return Ok::<_, db::Error>(None) };
            let lines = if opens_files { Some(lines(tx, id, after).await?) } else { None };
            Ok(Some((run, left_outs(tx, id).await?, lines)))
        })
        .await?;
    let (run, left_out, lines) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(user.language);
    let full = lines.as_ref().filter(|lines| i64::try_from(lines.len()) == Ok(SHOWN));
    let next = full.and_then(|lines| lines.last()).map(|line| line.due_id);
    let is_wrong = wrong.is_some();
    let body = RunPage {
        t: &t,
        run: &run,
        left_out,
        next,
        lines,
        is_mine: run.made_by == user.id,
        may_change: user.may(Action::ManageDues),
        now: app.now().timestamp(),
        wrong: wrong.map(|refused| refused_text(&t, refused)),
        notice: notice.map(|notice| t.get(notice)),
    };
    let page = page(app, user, run.kind);
    if is_wrong {
        web::again(app, user, page, &body).await
    } else {
        web::show(app, user, page, &body).await
    }
}

async fn left_outs(
    tx: &mut db::Tx,
    id: PaymentRunId,
) -> Result<Vec<(LeftOut, i64, Cents)>, db::Error> {
    db::row! { struct Row { why: LeftOut, n: i64, cents: Cents } }

    let rows: Vec<Row> = tx
        .all(
            "select why, row_count as n, cents from payment_left_out where run_id = $1 order by row_count desc, why",
            db::args![id],
        )
        .await?;
    Ok(rows.into_iter().map(|Row { why, n, cents }| (why, n, cents)).collect())
}

/// The next lines of a run, with a line in the read log for each name.
async fn lines(tx: &mut db::Tx, id: PaymentRunId, after: DueId) -> Result<Vec<Line>, db::Error> {
    let lines: Vec<Line> = tx
        .all(
            "select w.due_id, d.person_id, d.organisation_id, p.initials, p.first_name, p.call_name, p.prefix, p.surname,
                    o.name as organisation, w.remittance, w.cents, w.ended_as, w.amended
               from payment_rows w
               join dues d on d.id = w.due_id
               left join people p on p.id = d.person_id
               left join organisations o on o.id = d.organisation_id
              where w.run_id = $1 and (w.ended_as is null or w.ended_as = 'returned') and w.due_id > $2
              order by w.due_id limit $3",
            db::args![id, after, SHOWN],
        )
        .await?;
    for person in lines.iter().filter_map(|line| line.person_id) {
        activity::log_read(tx, person, activity::Why::Dues).await?;
    }
    Ok(lines)
}

async fn let_go(
    State(app): State<App>,
    user: Releaser,
    Path(id): Path<PaymentRunId>,
) -> Result<Response, WebError> {
    let run = kept(&app, &user, id).await?;
    match release(&app, user.actor(), id).await {
        Ok(()) => Ok(to(&run, "vrij")),
        Err(Failed::Refused(refused)) => {
            render(&app, &user, id, DueId(0), Some(refused), None).await
        }
        Err(Failed::Broken(broken)) => Err(broken.into()),
    }
}

async fn kept(app: &App, user: &User, id: PaymentRunId) -> Result<PaymentRun, WebError> {
    let found = app.db().read(user.actor(), async |tx| by_id(tx, id).await).await?;
    found.ok_or(WebError::NotFound)
}

fn to(run: &PaymentRun, done: &str) -> Response {
    Redirect::to(&format!("{}/{}?gedaan={done}", place(run.kind), run.id)).into_response()
}

async fn take_back(
    State(app): State<App>,
    user: Treasurer,
    Path(id): Path<PaymentRunId>,
) -> Result<Response, WebError> {
    let run = kept(&app, &user, id).await?;
    let done = app.db().write(user.actor(), async |tx| withdraw(tx, id).await).await;
    match done {
        Ok(()) => Ok(to(&run, "ingetrokken")),
        Err(Failed::Refused(refused)) => {
            render(&app, &user, id, DueId(0), Some(refused), None).await
        }
        Err(Failed::Broken(broken)) => Err(broken.into()),
    }
}

/// Everybody who can be collected from on the day of this run was told, on a day that somebody names.
async fn announced(
    State(app): State<App>,
    user: Treasurer,
    Path(id): Path<PaymentRunId>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let run = kept(&app, &user, id).await?;
    let today = app.now().date();
    let Some(on) = kernel::parse_day(typed.text("dag")).filter(|day| *day <= today) else {
        return Err(WebError::Unreadable);
    };
    app.db().write(user.actor(), async |tx| amount::announce_all(tx, run.day, on).await).await?;
    Ok(to(&run, "aangekondigd"))
}

async fn download(
    State(app): State<App>,
    user: Treasurer,
    Path(id): Path<PaymentRunId>,
) -> Result<Response, WebError> {
    let run = app.db().write(user.actor(), async |tx| file_of(tx, id).await).await?;
    Ok(file::download(&app, &run.ok_or(WebError::NotFound)?).await?)
}

async fn left_out(
    State(app): State<App>,
    user: Treasurer,
    Path(id): Path<PaymentRunId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let (book, today) = (app.rulebook(), app.now().date());
    let run = kept(&app, &user, id).await?;
    let (left, next) = app
        .db()
        .write(user.actor(), async |tx| {
            let (left, looked) = left_out_of(tx, &book, &run, asked.after()).await?;
            let shown = usize::try_from(SHOWN).expect("a small number");
            // Behind what is shown, or behind what was looked at.
            let next = left.get(shown - 1).map(|last| last.due).or(looked);
            let mut named = Vec::new();
            for left in left.into_iter().take(shown) {
                let name = name_of(tx, left.person, left.organisation, today).await?;
                named.push(Named { left, name });
            }
            Ok::<_, Broken>((named, next))
        })
        .await?;
    let t = app.texts(user.language);
    let body = LeftPage { t: &t, run: &run, left, next };
    web::show(&app, &user, page(&app, &user, run.kind), &body).await
}
