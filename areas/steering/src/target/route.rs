use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use figures::figure::{may_see, names, universe_of};
use figures_rules::{Dim, Figure, Month, Universe};
use kernel::{Action, Feature, Scope, UserId};
use people::Sight;
use serde::Deserialize;
use service::Colleague;
use service_rules::agreement::{self, NewAgreement, Source};
use steering_rules::target::{Answer, Refused, WORDS_MAX, Wanted, read_number, typed_number};
use web::{App, Fields, FigureReader, Form, Page, User, WebError};

use super::page::{Choice, FormPage, Shown, TargetPage, TargetsPage};
use super::store::{self, Failed, Target};
use crate::proposer::Proposer;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/doelen", get(show_list))
        .route("/doelen/nieuw", get(new).post(add))
        .route("/doelen/{id}", get(show))
        .route("/doelen/{id}/wijzig", get(edit).post(change))
        .route("/doelen/{id}/antwoord", post(answer))
        .route("/doelen/{id}/intrek", post(withdraw))
        .route("/doelen/{id}/afspraak", post(agree))
}

fn page(app: &App, user: &User) -> Page {
    Page::new(app.texts(user.language).get("steering-nav"), "/cijfers")
}

/// Whether somebody sees a target: whoever sees its figure, and whoever it was put to.
pub(crate) fn sees(user: &User, target: &Target) -> bool {
    may_see(user, &target.dim) || target.concerns(user.id)
}

/// Whether somebody proposes, changes and withdraws targets: leads and directors. Source: product description, "targets,
/// agreements".
pub(crate) fn may_propose(user: &User) -> bool {
    user.scope(Action::KeepAgreements).is_some_and(|scope| scope > Scope::Own)
}

/// Whether somebody withdraws it: who proposed it, and who leads everybody.
pub(super) fn may_withdraw(user: &User, target: &Target) -> bool {
    may_propose(user) && (target.made_by == user.id || leads_all(user))
}

fn leads_all(user: &User) -> bool {
    user.scope(Action::KeepAgreements) == Some(Scope::All)
}

/// Whether somebody sets targets for this place: a lead for her own team and who is in it, a director for everybody.
pub(super) async fn may_set(tx: &mut db::Tx, user: &User, dim: &Dim) -> Result<bool, db::Error> {
    if leads_all(user) {
        return Ok(true);
    }
    Ok(match dim {
        Dim::Team(team) => user.team.is_some_and(|own| own.0 == *team),
        Dim::User(id) => {
            let colleagues = service::colleagues(tx).await?;
            let found = colleagues.iter().find(|colleague| colleague.id.0 == *id);
            *id == user.id.0 || found.is_some_and(|found| found.team_id == user.team)
        }
        _ => true,
    })
}

/// Proposes a target where this user may.
pub(super) async fn propose(app: &App, user: &User, wanted: &Wanted) -> Result<i64, Failed> {
    app.db()
        .write(user.actor(), async |tx| {
            if !may_set(tx, user, &wanted.dim).await? {
                return Err(Refused::NotYours.into());
            }
            store::propose(tx, wanted.clone()).await
        })
        .await
}

/// Proposes another version where this user may.
pub(super) async fn change_it(
    tx: &mut db::Tx,
    user: &User,
    id: i64,
    wanted: Wanted,
) -> Result<(), Failed> {
    if !may_set(tx, user, &wanted.dim).await? {
        return Err(Refused::NotYours.into());
    }
    store::change(tx, id, wanted, leads_all(user)).await
}

/// A target with where it will end, as far as `viewer` is told, and what is being done for it.
pub(crate) async fn with_outlook(
    tx: &mut db::Tx,
    target: Target,
    universe: Universe,
    viewer: UserId,
) -> Result<Shown, db::Error> {
    let (outlook, so_far) = if target.tells(viewer) {
        let (outlook, so_far) = store::outlook_of(tx, &target, target.shown(), universe).await?;
        (Some(outlook), so_far)
    } else {
        (None, vec![])
    };
    let whose = service::agreement::Whose::OfTarget(target.id);
    let only = service::agreement::Only::default();
    let open = service::agreement::list(tx, whose, only, Sight::Nobody, 20).await?;
    Ok(Shown { target, outlook, so_far, open })
}

/// The targets that this user sees, each with where it will end.
pub(crate) async fn seen(
    tx: &mut db::Tx,
    user: &User,
    universe: Universe,
) -> Result<Vec<Shown>, db::Error> {
    let mut shown = Vec::new();
    for target in store::all(tx).await? {
        if sees(user, &target) {
            shown.push(with_outlook(tx, target, universe, user.id).await?);
        }
    }
    Ok(shown)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Done {
    gedaan: String,
}

async fn show_list(
    State(app): State<App>,
    reader: FigureReader,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let universe = universe_of(&app);
    let (targets, withdrawn) = app
        .db()
        .read(reader.actor(), async |tx| {
            let mut withdrawn = store::withdrawn(tx).await?;
            withdrawn.retain(|target| sees(&reader, target));
            Ok::<_, db::Error>((seen(tx, &reader, universe).await?, withdrawn))
        })
        .await?;
    let t = app.texts(reader.language);
    let today = app.now().date();
    let body = TargetsPage {
        t: &t,
        today,
        now: Month::of(today),
        user: reader.id,
        targets,
        withdrawn,
        may_propose: may_propose(&reader),
        names: reader.may(Action::KeepAgreements),
        notice: (done.gedaan == "intrek").then(|| t.get("steering-done-withdrawn")),
    };
    web::show(&app, &reader, page(&app, &reader), &body).await
}

/// The targets that hold and that this user sees.
pub(crate) async fn held(
    tx: &mut db::Tx,
    user: &User,
    universe: Universe,
) -> Result<Vec<Shown>, db::Error> {
    let now = Month::of(kernel::local(tx.now()).date());
    let mut shown = Vec::new();
    for target in store::all(tx).await? {
        if sees(user, &target) && target.holds(now) {
            shown.push(with_outlook(tx, target, universe, user.id).await?);
        }
    }
    Ok(shown)
}

/// Where members stand, and who works here: what this user can set a target for.
async fn choices(
    tx: &mut db::Tx,
    app: &App,
    user: &User,
    colleagues: &[Colleague],
) -> Result<Vec<(String, Vec<Choice>)>, db::Error> {
    db::row! { struct Sector { sector: String } }

    let t = app.texts(user.language);
    let sql = match universe_of(app) {
        Universe::Persons => {
            "select distinct sector from people where sector <> '' order by sector limit 60"
        }
        _ => {
            "select distinct sector from organisations where sector <> '' order by sector limit 60"
        }
    };
    let sectors: Vec<Sector> = tx.all(sql, db::args![]).await?;
    let sectors = sectors
        .into_iter()
        .map(|row| Choice { value: format!("sector:{}", row.sector), label: row.sector })
        .collect();
    let mut groups = vec![
        (String::new(), vec![Choice { value: "all:".into(), label: t.get("steering-whole") }]),
        (t.get("figures-line-sector"), sectors),
    ];
    let mut teams = names(tx, "team").await?;
    let (leads_all, own) = (leads_all(user), user.team.map(|team| team.0.to_string()));
    teams.retain(|key, _| leads_all || Some(key) == own.as_ref());
    let users = colleagues
        .iter()
        .filter(|colleague| leads_all || colleague.team_id == user.team || colleague.id == user.id)
        .map(|colleague| (colleague.id.to_string(), colleague.name.clone()))
        .collect();
    let mut lines = vec![("team", teams), ("user", users)];
    if app.settings().uses(Feature::Visits) {
        lines.insert(0, ("class", names(tx, "class").await?));
    }
    for (on, named) in lines {
        let mut found: Vec<Choice> = named
            .into_iter()
            .map(|(key, label)| Choice { value: format!("{on}:{key}"), label })
            .collect();
        found.sort_by(|one, other| one.label.cmp(&other.label));
        groups.push((t.get(&format!("steering-line-{on}")), found));
    }
    Ok(groups)
}

async fn new(
    State(app): State<App>,
    keeper: Proposer,
    Query(typed): Query<Fields>,
) -> Result<Response, WebError> {
    let year = app.now().date().year();
    let mut typed = typed;
    for (name, value) in [("van", format!("{year}-01")), ("tot", format!("{year}-12"))] {
        if typed.text(name).is_empty() {
            typed.push(name, value);
        }
    }
    render_form(&app, &keeper, None, &typed, None).await
}

async fn edit(
    State(app): State<App>,
    keeper: Proposer,
    Path(id): Path<i64>,
) -> Result<Response, WebError> {
    let target = changeable(&app, &keeper, id).await?;
    let version = target.versions.last().ok_or(WebError::NotFound)?;
    let mut typed = Fields::default();
    typed.push("getal", typed_number(target.figure, version.number_e6));
    typed.push("van", version.from.to_string());
    typed.push("tot", version.to.to_string());
    for person in &version.people {
        typed.push("wie", person.user_id.to_string());
    }
    render_form(&app, &keeper, Some(&target), &typed, None).await
}

async fn changeable(app: &App, keeper: &Proposer, id: i64) -> Result<Target, WebError> {
    let found = app.db().read(keeper.actor(), async |tx| store::by_id(tx, id).await).await?;
    let is_open = |target: &Target| sees(keeper, target) && target.withdrawn_why.is_none();
    found.filter(is_open).ok_or(WebError::NotFound)
}

async fn render_form(
    app: &App,
    keeper: &Proposer,
    of: Option<&Target>,
    typed: &Fields,
    wrong: Option<&'static str>,
) -> Result<Response, WebError> {
    let (places, colleagues) = app
        .db()
        .read(keeper.actor(), async |tx| {
            let colleagues = service::colleagues(tx).await?;
            let places = choices(tx, app, keeper, &colleagues).await?;
            Ok::<_, db::Error>((places, colleagues))
        })
        .await?;
    let t = app.texts(keeper.language);
    let body = FormPage { t: &t, of, places, colleagues, typed, wrong };
    let page = page(app, keeper);
    match wrong {
        None => web::show(app, keeper, page, &body).await,
        Some(_) => web::again(app, keeper, page, &body).await,
    }
}

/// The form becomes what is wanted, or the text that says what is wrong.
fn read(of: Option<&Target>, typed: &Fields) -> Result<Wanted, &'static str> {
    let (figure, dim): (Figure, Dim) = match of {
        Some(target) => (target.figure, target.dim.clone()),
        None => {
            let figure = typed.text("cijfer").parse().map_err(|_| "steering-no-figure")?;
            let dim = typed.text("voor").split_once(':').and_then(|(on, key)| Dim::read(on, key));
            (figure, dim.ok_or("steering-no-line")?)
        }
    };
    let month = |name: &str| typed.text(name).parse::<Month>().map_err(|_| "steering-no-period");
    Ok(Wanted {
        number_e6: read_number(figure, typed.text("getal")).ok_or(number_text(figure))?,
        from: month("van")?,
        to: month("tot")?,
        people: typed.all("wie").filter_map(|id| id.parse().ok()).map(UserId).collect(),
        reason: typed.text("reden").to_owned(),
        figure,
        dim,
    })
}

fn number_text(figure: Figure) -> &'static str {
    if figure.shown() == figures_rules::Shown::Percent {
        "steering-no-number"
    } else {
        "steering-no-whole-number"
    }
}

pub(super) fn refused_text(why: Refused) -> &'static str {
    match why {
        Refused::Number => "steering-no-number",
        Refused::Period => "steering-no-period",
        Refused::Nobody => "steering-nobody",
        Refused::Line => "steering-no-line-there",
        Refused::Reason => "steering-no-reason",
        Refused::Over => "steering-over",
        Refused::NotAsked => "steering-not-asked",
        Refused::Words => "steering-no-words",
        Refused::Theirs => "steering-theirs",
        Refused::NotYours => "steering-not-yours",
        Refused::Double => "steering-double",
        Refused::TooLong => "steering-too-long",
    }
}

async fn add(
    State(app): State<App>,
    keeper: Proposer,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let wrong = match read(None, &typed) {
        Err(wrong) => wrong,
        Ok(wanted) => match propose(&app, &keeper, &wanted).await {
            Ok(id) => {
                return Ok(Redirect::to(&format!("/doelen/{id}?gedaan=nieuw")).into_response());
            }
            Err(Failed::Refused(why)) => refused_text(why),
            Err(Failed::Broken(error)) => return Err(error.into()),
        },
    };
    render_form(&app, &keeper, None, &typed, Some(wrong)).await
}

async fn change(
    State(app): State<App>,
    keeper: Proposer,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let target = changeable(&app, &keeper, id).await?;
    let wrong = match read(Some(&target), &typed) {
        Err(wrong) => wrong,
        Ok(wanted) => {
            let changed = app
                .db()
                .write(keeper.actor(), async |tx| change_it(tx, &keeper, id, wanted.clone()).await)
                .await;
            match changed {
                Ok(()) => {
                    return Ok(Redirect::to(&format!("/doelen/{id}?gedaan=versie")).into_response());
                }
                Err(Failed::Refused(why)) => refused_text(why),
                Err(Failed::Broken(error)) => return Err(error.into()),
            }
        }
    };
    render_form(&app, &keeper, Some(&target), &typed, Some(wrong)).await
}

async fn show(
    State(app): State<App>,
    reader: FigureReader,
    Path(id): Path<i64>,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let t = app.texts(reader.language);
    let notice = match done.gedaan.as_str() {
        "nieuw" => Some(t.get("steering-done-new")),
        "versie" => Some(t.get("steering-done-version")),
        "antwoord" => Some(t.get("steering-done-answered")),
        "afspraak" => Some(t.get("steering-done-agreement")),
        _ => None,
    };
    render(&app, &reader, id, None, None, notice).await
}

async fn render(
    app: &App,
    reader: &FigureReader,
    id: i64,
    typed: Option<&Fields>,
    wrong: Option<&'static str>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let universe = universe_of(app);
    let found = app
        .db()
        .read(reader.actor(), async |tx| {
            let Some(target) = store::by_id(tx, id).await? else { return Ok(None) };
            if !sees(reader, &target) {
                return Ok(None);
            }
            let whose = service::agreement::Whose::OfTarget(id);
            let only =
                service::agreement::Only { all: true, ..service::agreement::Only::default() };
            let mut all = service::agreement::list(tx, whose, only, Sight::Nobody, 100).await?;
            all.retain(|agreement| agreement.state != service_rules::agreement::State::Open);
            let decisions = crate::session::decisions_about(tx, id).await?;
            let shown = with_outlook(tx, target, universe, reader.id).await?;
            let others = service::others(tx, reader.id).await?;
            Ok::<_, db::Error>(Some((shown, all, decisions, others)))
        })
        .await?;
    let (shown, done, decisions, colleagues) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(reader.language);
    let now = app.now();
    let names = reader.may(Action::KeepAgreements);
    let body = TargetPage {
        t: &t,
        today: now.date(),
        now: Month::of(now.date()),
        at: now.timestamp(),
        user: reader.id,
        may_withdraw: may_withdraw(reader, &shown.target),
        shown,
        done,
        colleagues,
        decisions,
        gap: app.rulebook().number("figures.rejoin_gap_days", now.date())?,
        may_change: may_propose(reader),
        names,
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

/// A target that this user sees, for a step with it.
async fn of_reader(app: &App, reader: &FigureReader, id: i64) -> Result<Target, WebError> {
    let found = app.db().read(reader.actor(), async |tx| store::by_id(tx, id).await).await?;
    found.filter(|target| sees(reader, target)).ok_or(WebError::NotFound)
}

async fn answer(
    State(app): State<App>,
    reader: FigureReader,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    of_reader(&app, &reader, id).await?;
    let said = if typed.text("antwoord") == "ja" { Answer::Yes } else { Answer::No };
    let answered = app
        .db()
        .write(reader.actor(), async |tx| store::answer(tx, id, said, typed.text("woorden")).await)
        .await;
    match answered {
        Ok(_) => Ok(Redirect::to(&format!("/doelen/{id}?gedaan=antwoord")).into_response()),
        Err(Failed::Refused(why)) => {
            render(&app, &reader, id, Some(&typed), Some(refused_text(why)), None).await
        }
        Err(Failed::Broken(error)) => Err(error.into()),
    }
}

async fn withdraw(
    State(app): State<App>,
    reader: Proposer,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let target = of_reader(&app, &reader, id).await?;
    if !may_withdraw(&reader, &target) {
        return Err(WebError::Forbidden);
    }
    let withdrawn = app
        .db()
        .write(reader.actor(), async |tx| store::withdraw(tx, id, typed.text("reden")).await)
        .await;
    match withdrawn {
        Ok(()) => Ok(Redirect::to("/doelen?gedaan=intrek").into_response()),
        Err(Failed::Refused(why)) => {
            render(&app, &reader, id, Some(&typed), Some(refused_text(why)), None).await
        }
        Err(Failed::Broken(error)) => Err(error.into()),
    }
}

/// Who does what about it, by when.
async fn agree(
    State(app): State<App>,
    reader: FigureReader,
    Path(id): Path<i64>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    if !reader.may(Action::KeepAgreements) {
        return Err(WebError::Forbidden);
    }
    of_reader(&app, &reader, id).await?;
    let made = app
        .db()
        .write(reader.actor(), async |tx| make_agreement(tx, &typed, Some(id), None).await)
        .await?;
    match made {
        Ok(()) => Ok(Redirect::to(&format!("/doelen/{id}?gedaan=afspraak")).into_response()),
        Err(wrong) => render(&app, &reader, id, Some(&typed), Some(wrong), None).await,
    }
}

/// Makes an agreement for a target, in a meeting perhaps; or says what is missing.
pub(crate) async fn make_agreement(
    tx: &mut db::Tx,
    typed: &Fields,
    target: Option<i64>,
    session: Option<i64>,
) -> Result<Result<(), &'static str>, db::Error> {
    let today = kernel::local(tx.now()).date();
    // Nobody does anything for what nobody said yes to.
    if let Some(target) = target
        && store::by_id(tx, target)
            .await?
            .is_none_or(|target| target.current().is_none() || target.withdrawn_why.is_some())
    {
        return Ok(Err("steering-not-agreed-yet"));
    }
    let Some(owner) = service::read_owner(tx, typed.text("owner")).await? else {
        return Ok(Err("steering-agreement-no-who"));
    };
    let Some(due_on) = kernel::parse_day(typed.text("due")) else {
        return Ok(Err("steering-no-day"));
    };
    let what = typed.text("what");
    if what.chars().count() > WORDS_MAX {
        return Ok(Err("steering-too-long"));
    }
    let new = NewAgreement {
        what: what.to_owned(),
        owner,
        due_on,
        person: None,
        organisation: None,
        source: if session.is_some() { Source::Session } else { Source::Hand },
    };
    let new = match new.check(today) {
        Ok(new) => new,
        Err(agreement::Refused::NoWords) => return Ok(Err("steering-agreement-no-what")),
        Err(_) => return Ok(Err("steering-no-day")),
    };
    let id = service::agreement::add(tx, &new, None).await?;
    service::agreement::is_for(tx, id, target, session).await?;
    Ok(Ok(()))
}
