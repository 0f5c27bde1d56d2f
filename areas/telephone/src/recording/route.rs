//! Recordings for those who may hear them: first a reason, then the sound; and deleting one when a member asks for it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::{Error, Tx};
use jiff::SignedDuration;
use kernel::{Action, PersonId, RecordingId, RecordingPlayId, Scope};
use serde::Deserialize;
use texts::Texts;
use web::{App, Broken, Form, Page, PrivacyOfficer, Replayer, User, WebError};

use super::kept;
use super::listen::Sound;
use super::page::{RecordingPage, RecordingsPage};
use super::store::{self, Because, Played, Reason, Recording, Sight};
use super::sweep;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/opnames", get(list))
        .route("/opnames/{recording}", get(show))
        .route("/opnames/{recording}/luister", post(play))
        .route("/opnames/{recording}/geluid/{play}", get(listen))
        .route("/opnames/{recording}/wis", post(delete))
}

/// Whoever gave a reason may listen for so long; then it is asked again.
const LISTENS_FOR: SignedDuration = SignedDuration::from_hours(1);
const WORDS_MAX: usize = 300;

/// How far the right reaches: a team hears what was recorded to learn from, nobody else's calls and for nothing else.
pub(super) fn sight(scope: Scope, user: &User) -> Sight {
    if scope == Scope::All { Sight::All } else { Sight::Team(user.team) }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Before {
    voor: String,
}

async fn list(
    State(app): State<App>,
    replayer: Replayer,
    Query(before): Query<Before>,
) -> Result<Response, WebError> {
    let sight = sight(replayer.scope, &replayer);
    let t = app.texts(replayer.language);
    let (recordings, who) = app
        .db()
        .read(replayer.actor(), async |tx| {
            let recordings = store::list(tx, sight, before.voor.parse().ok()).await?;
            let mut who = Vec::new();
            for recording in &recordings {
                who.push(name(&app, tx, &t, &replayer, recording.person_id).await?);
            }
            Ok::<_, Error>((recordings, who))
        })
        .await?;
    let body = RecordingsPage {
        t: &t,
        now: app.db().clock().now(),
        recordings: &recordings,
        who,
        is_team: sight != Sight::All,
    };
    web::show(&app, &replayer, page(&t), &body).await
}

fn page(t: &Texts) -> Page {
    Page::new(t.get("telephone-records"), "/opnames")
}

/// Whose it is, for whoever may find people.
async fn name(
    app: &App,
    tx: &mut Tx,
    t: &Texts,
    user: &User,
    person: PersonId,
) -> Result<Option<String>, Error> {
    if user.scope(Action::OpenFiles) != Some(Scope::All) {
        return Ok(None);
    }
    let found = people::person::find(tx, person, app.now().date()).await?;
    Ok(found.map(|found| people::person::formal(t, &found)))
}

async fn show(
    State(app): State<App>,
    replayer: Replayer,
    Path(id): Path<RecordingId>,
    Query(shown): Query<Shown>,
) -> Result<Response, WebError> {
    render(&app, &replayer, id, &shown, Typed::default()).await
}

/// What the address says besides.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown {
    /// The time for which a reason was given.
    keer: String,
}

#[derive(Default)]
struct Typed<'a> {
    words: &'a str,
    is_wrong: bool,
}

async fn render(
    app: &App,
    replayer: &Replayer,
    id: RecordingId,
    shown: &Shown,
    typed: Typed<'_>,
) -> Result<Response, WebError> {
    let sight = sight(replayer.scope, replayer);
    let t = app.texts(replayer.language);
    let found = app
        .db()
        .read(replayer.actor(), async |tx| {
            let Some(recording) = store::find(tx, sight, id).await? else { return Ok(None) };
            let who = name(app, tx, &t, replayer, recording.person_id).await?;
            let (gaps, played) = (store::gaps(tx, id).await?, store::played(tx, id).await?);
            Ok::<_, Error>(Some((recording, who, gaps, played)))
        })
        .await?;
    let (recording, who, gaps, played) = found.ok_or(WebError::NotFound)?;
    let now = app.db().clock().now();
    let wanted: Option<RecordingPlayId> = shown.keer.parse().ok();
    let may_listen =
        |one: &&Played| Some(one.id) == wanted && holds(one, replayer, now) && is_whole(&recording);
    let body = RecordingPage {
        t: &t,
        now,
        recording: &recording,
        may_open: who.is_some(),
        who,
        gaps: &gaps,
        play: played.iter().find(may_listen).map(|one| one.id),
        played: &played,
        may_delete: replayer.may(Action::GuardPrivacy),
        typed: typed.words,
        is_wrong: typed.is_wrong,
    };
    if typed.is_wrong {
        web::again(app, replayer, page(&t), &body).await
    } else {
        web::show(app, replayer, page(&t), &body).await
    }
}

fn is_whole(recording: &Recording) -> bool {
    recording.deleted_at.is_none() && recording.ended_at.is_some()
}

/// It is this user's own reason, and of not long ago.
fn holds(played: &Played, user: &User, now: jiff::Timestamp) -> bool {
    played.user_id == user.id && now < played.at + LISTENS_FOR
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WhyForm {
    reden: String,
    woorden: String,
}

/// Somebody says why, and hears it then.
async fn play(
    State(app): State<App>,
    replayer: Replayer,
    Path(id): Path<RecordingId>,
    Form(form): Form<WhyForm>,
) -> Result<Response, WebError> {
    let words = form.woorden.trim();
    let reason: Option<Reason> = form.reden.parse().ok();
    let is_right = !words.is_empty() && words.chars().count() <= WORDS_MAX;
    let Some(reason) = reason.filter(|_| is_right) else {
        let typed = Typed { words, is_wrong: true };
        return render(&app, &replayer, id, &Shown::default(), typed).await;
    };
    let sight = sight(replayer.scope, &replayer);
    let play = app
        .db()
        .write(replayer.actor(), async |tx| {
            let found = store::find(tx, sight, id).await?;
            let Some(recording) = found.filter(is_whole) else { return Ok(None) };
            store::plays(tx, &recording, reason, words).await.map(Some)
        })
        .await?
        .ok_or(WebError::NotFound)?;
    Ok(Redirect::to(&format!("/opnames/{id}?keer={play}#luister")).into_response())
}

/// The sound, for whoever said why.
async fn listen(
    State(app): State<App>,
    replayer: Replayer,
    Path((id, play)): Path<(RecordingId, RecordingPlayId)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let sight = sight(replayer.scope, &replayer);
    let now = app.db().clock().now();
    let found = app
        .db()
        .read(replayer.actor(), async |tx| {
            let Some(recording) = store::find(tx, sight, id).await? else { return Ok(None) };
            let played = store::played(tx, id).await?;
            let may = played.iter().any(|one| one.id == play && holds(one, &replayer, now));
            if !may || !is_whole(&recording) {
                return Ok(None);
            }
            let key = store::key(tx, app.keys(), id).await?;
            let pieces = store::pieces(tx, id).await?;
            Ok(key.map(|key| (key, pieces)))
        })
        .await
        .map_err(|error: store::NotBegun| WebError::Broken(Broken::new(error)))?;
    let (key, pieces) = found.ok_or(WebError::NotFound)?;
    let kept: Arc<_> = kept::of(&app).map_err(Broken::new)?;
    Ok(Sound { id, key, pieces, kept }.answer(&headers))
}

/// A member asked for it: the key is destroyed, and what was kept is taken away.
async fn delete(
    State(app): State<App>,
    officer: PrivacyOfficer,
    Path(id): Path<RecordingId>,
) -> Result<Redirect, WebError> {
    let is_deleted = app
        .db()
        .write(officer.actor(), async |tx| {
            let Some(recording) = store::find(tx, Sight::All, id).await? else { return Ok(false) };
            // Of one that goes on more would come.
            if recording.ended_at.is_none() {
                return Ok(false);
            }
            store::delete(tx, id, Because::Request).await
        })
        .await?;
    if !is_deleted {
        return Err(WebError::NotFound);
    }
    sweep::clear_or_later(&app, id).await;
    Ok(Redirect::to(&format!("/opnames/{id}")))
}
