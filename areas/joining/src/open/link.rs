//! `/l/{token}`: what somebody was sent. Opening it changes nothing; the button does.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use db::Tx;
use joining_rules::sign_up::State as Stand;
use kernel::{Actor, SignUpId};
use mail::link::{self, Opened, Purpose};
use people::person::Stored;
use serde::Deserialize;
use texts::Texts;
use web::ui::{Html, rendered};
use web::{App, Fields, Form, Source, WebError};

use super::{frame, mine};
use crate::desk::stays_text;
use crate::sign_up::{self, By, SignUp, filled, language, values_of};
use crate::{Broken, Refused, offer};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// `opzeggen`: the page before a cancellation.
    stap: String,
}

/// What a link leads to.
enum Leads {
    Nowhere(link::Refused),
    SignUp(Box<About>),
    Member(Opened),
}

/// A sign-up with whom it is about.
struct About {
    opened: Opened,
    sign_up: SignUp,
    person: Stored,
}

async fn leads(tx: &mut Tx, source: Source, token: &str) -> Result<Leads, Broken> {
    let opened = match link::open(tx, source, token).await? {
        Ok(opened) => opened,
        Err(refused) => return Ok(Leads::Nowhere(refused)),
    };
    match opened.purpose {
        Purpose::Member => Ok(Leads::Member(opened)),
        Purpose::ConfirmSignUp | Purpose::Withdraw => {
            let sign_up = sign_up::by_id(tx, SignUpId(opened.subject_id)).await?;
            let person = people::person::by_id(tx, opened.person_id, people::Sight::All).await?;
            Ok(match sign_up.zip(person) {
                Some((sign_up, person)) => {
                    Leads::SignUp(Box::new(About { opened, sign_up, person }))
                }
                None => Leads::Nowhere(link::Refused::Unknown),
            })
        }
        // Sent by whoever keeps mandates, and not from here.
        Purpose::ConfirmAccount => Ok(Leads::Nowhere(link::Refused::Unknown)),
    }
}

/// A link that leads nowhere says why, in the language of the browser.
fn nowhere(app: &App, headers: &HeaderMap, refused: link::Refused) -> Result<Response, WebError> {
    let t = app.texts(frame::language(headers, ""));
    let sentence = refused.sentence(&t, app.db().clock().now());
    let status = match refused {
        link::Refused::Unknown => StatusCode::NOT_FOUND,
        link::Refused::Expired { .. } | link::Refused::Used { .. } => StatusCode::GONE,
        link::Refused::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
    };
    frame::says(app, &t, (&t.get("joining-link"), &sentence), status)
}

pub(super) async fn show(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    // Wrong guesses are counted.
    let found = app.db().write(Actor::SYSTEM, async |tx| leads(tx, source, &token).await).await?;
    match found {
        Leads::Nowhere(refused) => nowhere(&app, &headers, refused),
        Leads::Member(opened) => {
            mine::show(&app, &token, &opened, asked.stap == "opzeggen", None).await
        }
        Leads::SignUp(about) => render(&app, &token, *about, None).await,
    }
}

/// Does what the link is for.
pub(super) async fn act(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let found = app.db().write(Actor::SYSTEM, async |tx| leads(tx, source, &token).await).await?;
    let about = match found {
        Leads::Nowhere(refused) => return nowhere(&app, &headers, refused),
        Leads::Member(opened) => return mine::act(&app, &token, &opened, &typed).await,
        Leads::SignUp(about) => *about,
    };
    let id = about.sign_up.id;
    let done = app
        .db()
        .write(Actor::SYSTEM, async |tx| {
            // Used before: the page shows what came of it, below.
            if link::spend(tx, &about.opened).await?.is_err() {
                return Ok(());
            }
            match about.opened.purpose {
                Purpose::Withdraw => sign_up::withdraw(tx, &app, id).await,
                _ => {
                    let parent_agrees = typed.text("ouder") == "ja";
                    sign_up::confirm(tx, &app, id, By::Link, parent_agrees).await.map(drop)
                }
            }
        })
        .await;
    let t = app.texts(language(&about.person.person));
    let wrong = match done {
        Ok(()) => None,
        Err(Refused::Stays(stays)) => Some(stays_text(&t, stays)),
        Err(Refused::Broken(error)) => return Err(error.into()),
        Err(_) => return Err(WebError::NotFound),
    };
    let again = async |tx: &mut Tx| sign_up::by_id(tx, id).await;
    let sign_up = app.db().read(Actor::SYSTEM, again).await?.ok_or(WebError::NotFound)?;
    render(&app, &token, About { sign_up, ..about }, wrong).await
}

/// What is confirmed or withdrawn, or what came of it.
#[derive(Template)]
#[template(path = "open_sign_up.html")]
struct SignUpPage<'a> {
    t: &'a Texts,
    token: &'a str,
    association: &'a str,
    name: String,
    sign_up: &'a SignUp,
    amount: String,
    is_to_withdraw: bool,
    today: jiff::civil::Date,
    texts: Vec<wording::Filled>,
    parent: Option<wording::Filled>,
    wrong: Option<String>,
}

impl SignUpPage<'_> {
    fn html(&self, text: &wording::Filled) -> Html {
        rendered(text.html.clone())
    }

    fn starts(&self) -> String {
        self.t.date(self.sign_up.starts_on)
    }

    fn withdraw_until(&self) -> Option<String> {
        Some(self.t.date(self.sign_up.withdraw_until?))
    }

    fn may_confirm(&self) -> bool {
        !self.is_to_withdraw && self.sign_up.stands().confirm(self.today, true).is_ok()
    }

    fn may_withdraw(&self) -> bool {
        self.is_to_withdraw && self.sign_up.stands().withdraw(self.today).is_ok()
    }

    /// What became of it, where nothing is left to do here.
    fn stands(&self) -> String {
        let stands = self.sign_up.stands();
        match self.sign_up.state {
            Stand::Withdrawn => self.t.get("joining-open-withdrawn"),
            Stand::Lapsed => self.t.get("joining-stays-lapsed"),
            Stand::Confirmed if !self.is_to_withdraw => self.t.with2(
                "joining-open-confirmed",
                "association",
                self.association,
                "day",
                self.starts(),
            ),
            _ => {
                let why = if self.is_to_withdraw {
                    stands.withdraw(self.today).err()
                } else {
                    stands.confirm(self.today, true).err()
                };
                why.map(|why| stays_text(self.t, why)).unwrap_or_default()
            }
        }
    }
}

async fn render(
    app: &App,
    token: &str,
    about: About,
    wrong: Option<String>,
) -> Result<Response, WebError> {
    let About { opened, sign_up, person } = about;
    let t = app.texts(language(&person.person));
    let (today, is_to_withdraw) = (app.now().date(), opened.purpose == Purpose::Withdraw);
    let texts = async |tx: &mut Tx| {
        let values = values_of(tx, app, &t, &sign_up, &person.person).await?;
        let mut text = async |key: &str| {
            let wording = wording::on(tx, key, t.language(), today).await?;
            Ok::<_, Broken>(filled(&wording, &values)?.text)
        };
        let mut texts = vec![text("text.signup.information").await?];
        if sign_up.mandate_id.is_some() {
            texts.push(text("text.mandate.sepa").await?);
        }
        let parent =
            if sign_up.needs_parent { Some(text("text.signup.parent").await?) } else { None };
        Ok::<_, Broken>((texts, parent))
    };
    let (texts, parent) = app.db().read(Actor::SYSTEM, texts).await?;
    let SignUp { cents, usual_cents, per, intro_until, .. } = sign_up;
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let body = SignUpPage {
        t: &t,
        token,
        association: &app.settings().association,
        name: kernel::capital(&people::person::whom(
            &person.person.name,
            person.person.sex,
            t.language(),
        )),
        sign_up: &sign_up,
        amount: offer::amount(&t, cents, usual_cents, per, intro_until),
        is_to_withdraw,
        today,
        texts,
        parent,
        wrong,
    };
    let title = if is_to_withdraw { "joining-open-withdraw" } else { "joining-open-confirm" };
    frame::page(app, &t, &t.get(title), status, &body)
}
