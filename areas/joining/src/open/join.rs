//! `/word-lid`: somebody signs up on the website. First what it costs, then the button that says so (BW 6:230v lid 3).

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use db::{Tx, new_id};
use joining_rules::sign_up::Method;
use kernel::{Actor, Pii};
use serde::Deserialize;
use texts::Texts;
use web::ui::{Html, rendered};
use web::{App, Form, Source, WebError};

use super::{frame, mine};
use crate::desk::{Look, look, says, situations};
use crate::known::{self, Asked as Alike};
use crate::sign_up;
use crate::typed::{NewSignUp, Typed, Wrong};
use crate::{Broken, Refused, settings};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// The code of the member who passed the address on.
    code: String,
    lang: String,
}

/// What the form sends besides the sign-up itself.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    #[serde(flatten)]
    typed: Typed,
    /// The amount that stood on the page.
    seen: String,
    /// `lid` for the button that makes a member.
    doen: String,
}

#[derive(Template)]
#[template(path = "open_join.html")]
struct JoinPage<'a> {
    t: &'a Texts,
    association: &'a str,
    typed: &'a Typed,
    look: &'a Look,
    /// Everything was understood: the amount is shown, and the button that makes a member.
    is_ready: bool,
    wrong: &'a [Wrong],
    refused: Option<String>,
}

impl JoinPage<'_> {
    fn why(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|(found, _)| *found == field).map(|(_, why)| why.as_str())
    }

    fn html(&self, text: &wording::Filled) -> Html {
        rendered(text.html.clone())
    }

    fn amount(&self) -> String {
        self.look.offer.as_ref().map(|offer| offer.amount(self.t)).unwrap_or_default()
    }

    fn situations(&self) -> Vec<(&'static str, String, bool)> {
        situations(self.t, &self.typed.situation)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let language = frame::language(&headers, &asked.lang);
    let typed = Typed {
        key: new_id().to_string(),
        referral: asked.code,
        language: language.code().to_owned(),
        ..Typed::default()
    };
    render(&app, &typed, (false, &[]), None).await
}

async fn render(
    app: &App,
    typed: &Typed,
    (is_ready, wrong): (bool, &[Wrong]),
    refused: Option<String>,
) -> Result<Response, WebError> {
    let t = app.texts(typed.language.parse().unwrap_or_default());
    // Nothing of whom we know is shown to whoever types.
    let look = app.db().read(Actor::SYSTEM, async |tx| look(tx, app, typed, None).await).await?;
    let is_wrong = !wrong.is_empty() || refused.is_some();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let association = &app.settings().association;
    let body = JoinPage { t: &t, association, typed, look: &look, is_ready, wrong, refused };
    frame::page(app, &t, &t.get("joining-open-join"), status, &body)
}

pub(super) async fn send(
    State(app): State<App>,
    source: Source,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let Sent { mut typed, seen, doen } = sent;
    // A form on the website says by itself how it came, and is about nobody whom we know.
    typed.person.clear();
    typed.other = false;
    typed.way = "email".into();
    let t = app.texts(typed.language.parse().unwrap_or_default());
    let (book, today) = (app.rulebook(), app.now().date());
    let starts_on = settings::starts_on(&book, today)?;
    let new = match typed.read(&t, Method::Web, (today, starts_on)) {
        Ok(new) => new,
        Err(wrong) => return render(&app, &typed, (false, &wrong), None).await,
    };
    let offered = async |tx: &mut Tx| look(tx, &app, &typed, None).await;
    let offered = app.db().read(Actor::SYSTEM, offered).await?.offer;
    let amount = offered.map(|offer| offer.amount(&t)).unwrap_or_default();
    // Whoever changed something since sees what it costs now before it counts.
    if doen != "lid" || seen != amount {
        return render(&app, &typed, (true, &[]), None).await;
    }
    // By itself: a try counts also where nothing comes of it.
    let count = async |tx: &mut Tx| web::guesses::count(tx, "word-lid", source).await;
    if let Some(wait) = app.db().write(Actor::SYSTEM, count).await? {
        let says = t.with("joining-open-often", "minutes", (wait.as_secs() + 59) / 60);
        return render(&app, &typed, (true, &[]), Some(says)).await;
    }
    let commit = async |tx: &mut Tx| sign_up::commit(tx, &app, &new).await;
    match app.db().write(Actor::SYSTEM, commit).await {
        Ok(_) => {}
        // Whether somebody is a member is told to nobody but her: she gets a link to what is there.
        Err(Refused::LooksKnown | Refused::AlreadyMember) => tell_members(&app, &new).await?,
        Err(Refused::Broken(error)) => return Err(error.into()),
        Err(refused) => {
            let (field, says) = says(&t, &refused);
            return match field {
                Some(field) => render(&app, &typed, (true, &[(field, says)]), None).await,
                None => render(&app, &typed, (true, &[]), Some(says)).await,
            };
        }
    }
    let title = t.get("joining-open-look-in-mail");
    frame::says(&app, &t, (&title, &t.get("joining-open-look-in-mail-says")), StatusCode::OK)
}

/// Whoever looks like whom was typed and is a member gets a link to the own page.
async fn tell_members(app: &App, new: &NewSignUp) -> Result<(), WebError> {
    let today = app.now().date();
    let tell = async |tx: &mut Tx| {
        let typed = new.typed.reveal();
        let asked = Alike {
            name: Some(&typed.name),
            born: typed.birth_date,
            email: typed.email.as_ref().and_then(|email| email.usable.as_ref()),
            phones: &typed.numbers(),
            iban: new.iban.as_ref().map(Pii::reveal),
        };
        for known in known::alike(tx, app.keys(), asked, today).await? {
            if known.is_member && known.alike.is_likely() {
                mine::send_to(tx, app, known.id, today).await?;
            }
        }
        Ok::<_, Broken>(())
    };
    Ok(app.db().write(Actor::SYSTEM, tell).await?)
}
