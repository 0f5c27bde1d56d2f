//! `/beheer/opnemen`: which calls are recorded, what for, what is said before, and how long that is kept.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use db::{Error, Tx};
use kernel::{Action, QueueId};
use telephone_rules::record::{self, Allowed, Policy, Purpose, Refused};
use texts::Texts;
use web::{Administrator, App, Fields, Form, Page, RuleReader, User, WebError};

use super::page::purpose_text;
use super::policy::{self, Line, NewPolicy, Stored};
use crate::queue::{self, names, wav};

pub(crate) fn routes() -> Router<App> {
    let uploads = post(upload).layer(DefaultBodyLimit::max(wav::BYTES_MAX));
    Router::new()
        .route("/beheer/opnemen", get(show))
        .route("/beheer/opnemen/{line}", post(set))
        .route("/beheer/opnemen/{line}/melding", uploads.get(listen))
        .route("/beheer/opnemen/{line}/melding/weg", post(remove))
}

/// The calls that we make, in an address; a queue stands there by its id.
const OUT: &str = "uit";

fn line_of(text: &str) -> Option<Line> {
    if text == OUT { Some(Line::Out) } else { text.parse().ok().map(Line::Queue) }
}

#[derive(Template)]
#[template(path = "recording_settings.html")]
struct SettingsPage<'a> {
    t: &'a Texts,
    lines: Vec<Shown>,
    /// Each purpose and what the rules say of it today.
    purposes: Vec<(Purpose, Allowed)>,
    may_change: bool,
    typed: &'a Fields,
    wrong: Option<(Line, Wrong)>,
}

struct Shown {
    line: Line,
    name: String,
    stored: Option<Stored>,
}

/// What is wrong with what was typed or sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wrong {
    Refused(Refused),
    Days,
    TooLong,
    Sound(&'static str),
    /// There is nothing to play it before.
    NotSet,
}

impl SettingsPage<'_> {
    fn address(&self, shown: &Shown) -> String {
        match shown.line {
            Line::Out => OUT.to_owned(),
            Line::Queue(id) => id.to_string(),
        }
    }

    fn any_is_on(&self) -> bool {
        self.purposes.iter().any(|(_, allowed)| allowed.is_on)
    }

    fn purpose(&self, purpose: &Purpose) -> String {
        self.t.get(purpose_text(*purpose))
    }

    fn rule(&self, allowed: &Allowed) -> String {
        if allowed.is_on {
            self.t.with("telephone-record-rule-on", "days", i64::from(allowed.days_max))
        } else {
            self.t.get("telephone-record-rule-off")
        }
    }

    fn is_typed(&self, shown: &Shown) -> bool {
        self.wrong.as_ref().is_some_and(|(line, _)| *line == shown.line)
    }

    fn value(&self, shown: &Shown, name: &str) -> String {
        if self.is_typed(shown) {
            return self.typed.text(name).to_owned();
        }
        let Some(stored) = &shown.stored else { return String::new() };
        match name {
            "doel" => stored.purpose.map(|purpose| purpose.code().to_owned()).unwrap_or_default(),
            "nl" => stored.words_nl.clone(),
            "en" => stored.words_en.clone(),
            "dagen" if stored.purpose.is_some() => stored.keep_days.to_string(),
            "weigeren" if stored.may_refuse => "ja".to_owned(),
            _ => String::new(),
        }
    }

    fn may_refuse(&self, shown: &Shown) -> bool {
        shown.stored.is_none() && !self.is_typed(shown) || self.value(shown, "weigeren") == "ja"
    }

    fn is_chosen(&self, shown: &Shown, purpose: &Purpose) -> bool {
        self.value(shown, "doel") == purpose.code()
    }

    fn is_recorded(&self, shown: &Shown) -> bool {
        shown.stored.as_ref().is_some_and(|stored| stored.purpose.is_some())
    }

    /// It is set, and a rule that changed since stands above it.
    fn is_overruled(&self, shown: &Shown) -> bool {
        let purpose = shown.stored.as_ref().and_then(|stored| stored.purpose);
        purpose.is_some_and(|purpose| {
            self.purposes.iter().any(|(found, allowed)| *found == purpose && !allowed.is_on)
        })
    }

    fn has_sound(&self, shown: &Shown) -> bool {
        shown.stored.as_ref().is_some_and(|stored| stored.has_sound)
    }

    fn why(&self, shown: &Shown) -> Option<String> {
        let (_, wrong) = self.wrong.as_ref().filter(|(line, _)| *line == shown.line)?;
        Some(match wrong {
            Wrong::Refused(Refused::PurposeOff) => self.t.get("telephone-record-wrong-off"),
            Wrong::Refused(Refused::NoWords) => self.t.get("telephone-record-wrong-words"),
            Wrong::Refused(Refused::Days { max }) => {
                self.t.with("telephone-record-wrong-days", "max", i64::from(*max))
            }
            Wrong::Refused(Refused::MayRefuse) => self.t.get("telephone-record-wrong-refuse"),
            Wrong::Days => self.t.get("telephone-record-wrong-number"),
            Wrong::TooLong => self.t.get("telephone-record-wrong-long"),
            Wrong::Sound(text) => self.t.get(text),
            Wrong::NotSet => self.t.get("telephone-record-wrong-not-set"),
        })
    }
}

async fn show(State(app): State<App>, reader: RuleReader) -> Result<Response, WebError> {
    render(&app, &reader, &Fields::default(), None).await
}

async fn render(
    app: &App,
    user: &User,
    typed: &Fields,
    wrong: Option<(Line, Wrong)>,
) -> Result<Response, WebError> {
    let (queues, set) = app
        .db()
        .read(user.actor(), async |tx| Ok::<_, Error>((names(tx).await?, policy::all(tx).await?)))
        .await?;
    let mut set: BTreeMap<Option<QueueId>, Stored> =
        set.into_iter().map(|stored| (stored.queue_id, stored)).collect();
    let t = app.texts(user.language);
    let mut lines = vec![(Line::Out, t.get("telephone-record-out"))];
    lines.extend(queues.into_iter().map(|(id, name)| (Line::Queue(id), name)));
    let lines = lines.into_iter().map(|(line, name)| {
        let stored = set.remove(&line.queue());
        Shown { line, name, stored }
    });
    let (book, today) = (app.rulebook(), app.now().date());
    let purposes: Result<Vec<_>, _> = Purpose::ALL
        .iter()
        .map(|purpose| policy::allowed(&book, *purpose, today).map(|allowed| (*purpose, allowed)))
        .collect();
    let body = SettingsPage {
        t: &t,
        lines: lines.collect(),
        purposes: purposes?,
        may_change: user.may(Action::Administer),
        typed,
        wrong,
    };
    let page = Page::new(t.get("telephone-record-set"), "/beheer");
    if wrong.is_some() {
        web::again(app, user, page, &body).await
    } else {
        web::show(app, user, page, &body).await
    }
}

const WORDS_MAX: usize = 600;

/// What was typed; without a purpose these calls are not recorded.
fn read(app: &App, typed: &Fields) -> Result<Result<Option<Policy>, Wrong>, WebError> {
    let purpose = match typed.text("doel") {
        "" => return Ok(Ok(None)),
        code => code.parse::<Purpose>().map_err(|_| WebError::Unreadable)?,
    };
    let words = [typed.text("nl"), typed.text("en")];
    if words.iter().any(|words| words.chars().count() > WORDS_MAX) {
        return Ok(Err(Wrong::TooLong));
    }
    let Ok(keep_days) = typed.text("dagen").parse() else { return Ok(Err(Wrong::Days)) };
    let policy = Policy { purpose, keep_days, may_refuse: typed.text("weigeren") == "ja" };
    let allowed = policy::allowed(&app.rulebook(), purpose, app.now().date())?;
    let has_words = words.iter().all(|words| !words.is_empty());
    Ok(record::check(policy, allowed, has_words).map(|()| Some(policy)).map_err(Wrong::Refused))
}

async fn set(
    State(app): State<App>,
    administrator: Administrator,
    Path(line): Path<String>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let line = line_of(&line).ok_or(WebError::NotFound)?;
    let policy = match read(&app, &typed)? {
        Ok(policy) => policy,
        Err(wrong) => return render(&app, &administrator, &typed, Some((line, wrong))).await,
    };
    let words = |name| typed.text(name).chars().take(WORDS_MAX).collect::<String>();
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| {
            if !is_there(tx, line).await? {
                return Ok(false);
            }
            let before = policy::of_line(tx, line).await?;
            let sound = match before {
                Some(before) if before.has_sound => policy::sound(tx, before.id).await?,
                _ => None,
            };
            let (words_nl, words_en) = (words("nl"), words("en"));
            policy::set(tx, NewPolicy { line, policy, words_nl, words_en, sound }).await?;
            Ok::<_, Error>(true)
        })
        .await?;
    if kept { Ok(home()) } else { Err(WebError::NotFound) }
}

fn home() -> Response {
    Redirect::to("/beheer/opnemen").into_response()
}

async fn is_there(tx: &mut Tx, line: Line) -> Result<bool, Error> {
    match line {
        Line::Out => Ok(true),
        Line::Queue(id) => Ok(names(tx).await?.iter().any(|(queue, _)| *queue == id)),
    }
}

/// What was said before, with another sound; `false` where nothing is set.
async fn set_sound(tx: &mut Tx, line: Line, sound: Option<Vec<u8>>) -> Result<bool, Error> {
    let Some(stored) = policy::of_line(tx, line).await? else { return Ok(false) };
    let policy = stored.policy();
    if policy.is_none() || !is_there(tx, line).await? {
        return Ok(false);
    }
    let (words_nl, words_en) = (stored.words_nl, stored.words_en);
    policy::set(tx, NewPolicy { line, policy, words_nl, words_en, sound }).await?;
    Ok(true)
}

/// What somebody spoke, to be played instead of being said.
async fn upload(
    State(app): State<App>,
    administrator: Administrator,
    Path(line): Path<String>,
    mut form: Multipart,
) -> Result<Response, WebError> {
    let line = line_of(&line).ok_or(WebError::NotFound)?;
    let again =
        async |wrong| render(&app, &administrator, &Fields::default(), Some((line, wrong))).await;
    let mut file = Vec::new();
    while let Ok(Some(field)) = form.next_field().await {
        if field.name() == Some("bestand") {
            match field.bytes().await {
                Ok(bytes) => file = bytes.to_vec(),
                Err(_) => return again(Wrong::Sound("telephone-recording-long")).await,
            }
        }
    }
    let sound = match wav::a_law(&file) {
        Ok(sound) => sound,
        Err(wrong) => return again(Wrong::Sound(queue::wrong_sound(wrong))).await,
    };
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| set_sound(tx, line, Some(sound.clone())).await)
        .await?;
    if kept { Ok(home()) } else { again(Wrong::NotSet).await }
}

async fn listen(
    State(app): State<App>,
    reader: RuleReader,
    Path(line): Path<String>,
) -> Result<Response, WebError> {
    let line = line_of(&line).ok_or(WebError::NotFound)?;
    let sound = app
        .db()
        .read(reader.actor(), async |tx| {
            let Some(stored) = policy::of_line(tx, line).await? else { return Ok(None) };
            policy::sound(tx, stored.id).await
        })
        .await?
        .ok_or(WebError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "audio/wav")], wav::file(&sound)).into_response())
}

async fn remove(
    State(app): State<App>,
    administrator: Administrator,
    Path(line): Path<String>,
) -> Result<Response, WebError> {
    let line = line_of(&line).ok_or(WebError::NotFound)?;
    let kept =
        app.db().write(administrator.actor(), async |tx| set_sound(tx, line, None).await).await?;
    if kept { Ok(home()) } else { Err(WebError::NotFound) }
}
