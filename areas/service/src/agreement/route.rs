use askama::Template as _;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Action, AgreementId, Scope};
use people::Sight;
use serde::Deserialize;
use service_rules::agreement::{NewAgreement, Refused, Source};
use service_rules::owner::Owner;
use web::ui::rendered;
use web::{AgreementKeeper, App, Form, Page, WebError};

use super::page::{AgreementForm, AgreementPage, NewPage, Promised, PromisedList, PromisedPage};
use super::store::{self, Agreement, Change, Failed, Only, Whose};
use crate::owned::{colleagues, read_owner};
use crate::subject::{self, Subject};
use crate::wish;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/afspraken", get(show_list))
        .route("/afspraken/lijst", get(show_part))
        .route("/afspraken/nieuw", get(new).post(add))
        .route("/afspraken/{id}", get(show))
        .route("/afspraken/{id}/gedaan", post(done))
        .route("/afspraken/{id}/verzet", post(move_it))
        .route("/afspraken/{id}/geef", post(give))
        .route("/afspraken/{id}/vervalt", post(drop_it))
}

const SHOWN_MAX: i64 = 200;

fn page(app: &App, keeper: &AgreementKeeper) -> Page {
    Page::new(app.texts(keeper.language).get("service-promised"), "/afspraken")
}

/// How far this right reaches.
pub(super) fn whose(keeper: &AgreementKeeper) -> Whose {
    match keeper.scope {
        Scope::All => Whose::All,
        Scope::Team | Scope::Region => Whose::Team(keeper.id, keeper.team),
        Scope::Own | Scope::Aggregates => Whose::Own(keeper.id),
    }
}

/// Whose names this user may see: without the right to open files, nobody's.
pub(super) fn sight(keeper: &AgreementKeeper) -> Sight {
    keeper.scope(Action::OpenFiles).map_or(Sight::Nobody, |scope| Sight::of(scope, keeper.id))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    toon: String,
    gedaan: String,
}

/// What a list shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Show {
    /// Mine to do, and my team's.
    Mine,
    /// What I promised and somebody else does.
    Given,
    /// Everybody's whom I may see.
    All,
}

impl Show {
    fn of(keeper: &AgreementKeeper, asked: &Asked) -> Self {
        match asked.toon.as_str() {
            "beloofd" => Self::Given,
            "alles" if keeper.scope > Scope::Own => Self::All,
            _ => Self::Mine,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Mine => "mijn",
            Self::Given => "beloofd",
            Self::All => "alles",
        }
    }
}

async fn show_list(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let show = Show::of(&keeper, &asked);
    let list = list(&app, &keeper, show).await?;
    let t = app.texts(keeper.language);
    let notice = match asked.gedaan.as_str() {
        "nieuw" => Some(t.get("service-agreement-done-new")),
        "gedaan" => Some(t.get("service-agreement-done-done")),
        _ => None,
    };
    let body = PromisedPage {
        t: &t,
        list: rendered(list),
        may_see_more: keeper.scope > Scope::Own,
        show,
        may_see_counts: keeper.may(Action::SeeFigures),
        notice,
    };
    web::show(&app, &keeper, page(&app, &keeper), &body).await
}

/// The list alone, for a page that is open while somebody does something.
async fn show_part(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, WebError> {
    Ok(Html(list(&app, &keeper, Show::of(&keeper, &asked)).await?))
}

/// Agreements and wishes that wait, the most pressing first.
async fn list(app: &App, keeper: &AgreementKeeper, show: Show) -> Result<String, WebError> {
    let (whose, sight) = (whose(keeper), sight(keeper));
    // What is the team's is everybody's in it until somebody takes it.
    let owners: Vec<Option<Owner>> = match show {
        Show::Mine => {
            let team = keeper.team.map(Owner::Team);
            std::iter::once(Owner::User(keeper.id)).chain(team).map(Some).collect()
        }
        Show::Given | Show::All => vec![None],
    };
    let made_by = (show == Show::Given).then_some(keeper.id);
    let (promised, mentions) = app
        .db()
        .read(keeper.actor(), async |tx| {
            let mut all: Vec<Promised> = Vec::new();
            for owner in owners {
                let whose = match owner {
                    Some(Owner::Team(team)) => Whose::Team(keeper.id, Some(team)),
                    _ => whose,
                };
                let only = Only { owner, made_by, ..Only::default() };
                let agreements = store::list(tx, whose, only, sight, SHOWN_MAX).await?;
                all.extend(agreements.into_iter().map(Promised::Agreement));
                if show == Show::Given {
                    continue;
                }
                let only = wish::Only { owner, ..wish::Only::default() };
                let wishes = wish::list(tx, &only, sight, SHOWN_MAX).await?;
                all.extend(wishes.into_iter().map(Promised::Wish));
            }
            all.sort_by_key(Promised::due_on);
            let mentions = match show {
                Show::Mine => crate::mention::unseen(tx, keeper.id).await?,
                Show::Given | Show::All => vec![],
            };
            Ok::<_, db::Error>((all, mentions))
        })
        .await?;
    let t = app.texts(keeper.language);
    let body = PromisedList {
        t: &t,
        today: app.now().date(),
        user: keeper.id,
        promised,
        mentions,
        now: app.now().timestamp(),
        opens_files: keeper.may(Action::OpenFiles),
    };
    Ok(body.render()?)
}

/// With whom: nobody, or a member whom this user may see.
async fn with(
    app: &App,
    keeper: &AgreementKeeper,
    form: &AgreementForm,
) -> Result<Subject, WebError> {
    let (actor, sight) = (keeper.actor(), sight(keeper));
    subject::of_form(app, actor, sight, &form.organisatie, &form.lid).await
}

async fn new(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Query(mut form): Query<AgreementForm>,
) -> Result<Response, WebError> {
    let with = with(&app, &keeper, &form).await?;
    if form.due.is_empty() {
        let today = app.now().date();
        form.due = app.rulebook().calendar.working_days_after(today, 3).to_string();
    }
    render_new(&app, &keeper, with, &form, None).await
}

async fn render_new(
    app: &App,
    keeper: &AgreementKeeper,
    with: Subject,
    form: &AgreementForm,
    wrong: Option<(&'static str, &'static str)>,
) -> Result<Response, WebError> {
    let t = app.texts(keeper.language);
    let (colleagues, teams) = app
        .db()
        .read(keeper.actor(), async |tx| {
            Ok::<_, db::Error>((colleagues(tx).await?, access::teams::all(tx).await?))
        })
        .await?;
    let body = NewPage {
        t: &t,
        of: Some(with.name).filter(|name| !name.is_empty()),
        form,
        colleagues,
        teams,
        wrong,
    };
    let page = page(app, keeper);
    match wrong {
        None => web::show(app, keeper, page, &body).await,
        Some(_) => web::again(app, keeper, page, &body).await,
    }
}

async fn add(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Form(form): Form<AgreementForm>,
) -> Result<Response, WebError> {
    let with = with(&app, &keeper, &form).await?;
    let today = app.now().date();
    let (organisation, person) = (with.organisation, with.person);
    let added = app
        .db()
        .write(keeper.actor(), async |tx| {
            let Some(owner) = read_owner(tx, &form.owner).await? else {
                return Ok(Err(("owner", "service-choose-owner")));
            };
            let Some(due_on) = kernel::parse_day(&form.due) else {
                return Ok(Err(("due", "service-no-day")));
            };
            let what = form.what.clone();
            let new =
                NewAgreement { what, owner, due_on, person, organisation, source: Source::Hand };
            let new = match new.check(today) {
                Ok(new) => new,
                Err(Refused::NoWords) => return Ok(Err(("what", "service-agreement-no-words"))),
                Err(_) => return Ok(Err(("due", "service-day-past"))),
            };
            Ok::<_, db::Error>(Ok(store::add(tx, &new, None).await?))
        })
        .await?;
    match added {
        Ok(_) => Ok(Redirect::to("/afspraken?gedaan=nieuw").into_response()),
        Err(wrong) => render_new(&app, &keeper, with, &form, Some(wrong)).await,
    }
}

async fn show(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Path(id): Path<AgreementId>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let t = app.texts(keeper.language);
    let notice = match asked.gedaan.as_str() {
        "gedaan" => Some(t.get("service-agreement-done-done")),
        "verzet" => Some(t.get("service-agreement-done-moved")),
        "gegeven" => Some(t.get("service-done-given")),
        "vervalt" => Some(t.get("service-agreement-done-dropped")),
        _ => None,
    };
    render(&app, &keeper, id, None, notice).await
}

async fn render(
    app: &App,
    keeper: &AgreementKeeper,
    id: AgreementId,
    wrong: Option<&'static str>,
    notice: Option<String>,
) -> Result<Response, WebError> {
    let (whose, sight) = (reach(keeper), sight(keeper));
    let found = app
        .db()
        .write(keeper.actor(), async |tx| {
            let Some(agreement) = store::by_id(tx, id, whose, sight).await? else {
                return Ok(None);
            };
            if let Some(person) = agreement.person_id {
                activity::log_read(tx, person, activity::Why::Wish).await?;
            }
            Ok::<_, db::Error>(Some((
                agreement,
                colleagues(tx).await?,
                access::teams::all(tx).await?,
            )))
        })
        .await?;
    let (agreement, colleagues, teams) = found.ok_or(WebError::NotFound)?;
    let t = app.texts(keeper.language);
    let now = app.now();
    let body = AgreementPage {
        t: &t,
        now: now.timestamp(),
        today: now.date(),
        user: keeper.id,
        may_change: may_change(keeper, &agreement),
        agreement,
        colleagues,
        teams,
        wrong,
        notice,
    };
    let page = page(app, keeper);
    match wrong {
        None => web::show(app, keeper, page, &body).await,
        Some(_) => web::again(app, keeper, page, &body).await,
    }
}

/// What is the team's may be taken by anybody in it.
pub(super) fn reach(keeper: &AgreementKeeper) -> Whose {
    match (whose(keeper), keeper.team) {
        (Whose::Own(_), Some(_)) => Whose::OwnOrTeams(keeper.id, keeper.team),
        (whose, _) => whose,
    }
}

/// The owner, anybody of the team that it lies with, and whoever leads; see `docs/states.md` §4.
pub(super) fn may_change(keeper: &AgreementKeeper, agreement: &Agreement) -> bool {
    agreement.owner_user_id == Some(keeper.id)
        || (agreement.owner_team_id.is_some() && agreement.owner_team_id == keeper.team)
        || keeper.scope > Scope::Own
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StepForm {
    version: String,
    due: String,
    by_member: String,
    owner: String,
    why: String,
    /// `lijst` when the button stands in the list.
    van: String,
}

/// The agreement as this user may change it, in the version that the page showed.
async fn as_shown(
    tx: &mut db::Tx,
    keeper: &AgreementKeeper,
    id: AgreementId,
    version: i64,
) -> Result<Option<Agreement>, db::Error> {
    let found = store::by_id(tx, id, reach(keeper), sight(keeper)).await?;
    let found = found.filter(|agreement| may_change(keeper, agreement));
    Ok(found.map(|agreement| Agreement { version, ..agreement }))
}

/// Takes one step, and says what was in the way of it.
async fn step(
    app: &App,
    keeper: &AgreementKeeper,
    id: AgreementId,
    form: &StepForm,
    change: Change,
) -> Result<Response, WebError> {
    let version: i64 = form.version.parse().map_err(|_| WebError::Unreadable)?;
    let taken = app
        .db()
        .write(keeper.actor(), async |tx| match as_shown(tx, keeper, id, version).await? {
            None => Ok(false),
            Some(agreement) => store::change(tx, &agreement, change).await.map(|()| true),
        })
        .await;
    let wrong = match taken {
        Ok(true) if form.van == "lijst" => {
            return Ok(Redirect::to("/afspraken?gedaan=gedaan").into_response());
        }
        Ok(true) => {
            let done = match change {
                Change::Done => "gedaan",
                Change::Move { .. } => "verzet",
                Change::Give(_) => "gegeven",
                Change::Drop(_) => "vervalt",
            };
            return Ok(Redirect::to(&format!("/afspraken/{id}?gedaan={done}")).into_response());
        }
        Ok(false) => return Err(WebError::NotFound),
        Err(Failed::Refused(Refused::DayPast)) => "service-day-past",
        Err(Failed::Refused(_)) => "service-agreement-over",
        Err(Failed::Broken(db::Error::Raced)) => "service-changed-meanwhile",
        Err(Failed::Broken(error)) => return Err(error.into()),
    };
    render(app, keeper, id, Some(wrong), None).await
}

async fn done(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Path(id): Path<AgreementId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    step(&app, &keeper, id, &form, Change::Done).await
}

async fn move_it(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Path(id): Path<AgreementId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let Some(to) = kernel::parse_day(&form.due) else {
        return render(&app, &keeper, id, Some("service-no-day"), None).await;
    };
    let by_member = form.by_member == "ja";
    step(&app, &keeper, id, &form, Change::Move { to, by_member }).await
}

async fn give(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Path(id): Path<AgreementId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let typed = form.owner.clone();
    let owner = app.db().read(keeper.actor(), async |tx| read_owner(tx, &typed).await).await?;
    let Some(owner) = owner else {
        return render(&app, &keeper, id, Some("service-choose-owner"), None).await;
    };
    step(&app, &keeper, id, &form, Change::Give(owner)).await
}

async fn drop_it(
    State(app): State<App>,
    keeper: AgreementKeeper,
    Path(id): Path<AgreementId>,
    Form(form): Form<StepForm>,
) -> Result<Response, WebError> {
    let Ok(why) = form.why.parse() else {
        return render(&app, &keeper, id, Some("service-choose-why"), None).await;
    };
    step(&app, &keeper, id, &form, Change::Drop(why)).await
}
