//! Whether somebody signed up, on her page, with the way to do it.

use askama::Template;
use kernel::{Action, PersonId};
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use super::page::state_text;
use crate::known::is_member;
use crate::sign_up::{SignUp, of_person};

#[derive(Template)]
#[template(path = "sign_up_panel.html")]
struct SignUpPanel<'a> {
    t: &'a Texts,
    sign_ups: Vec<SignUp>,
    new: Option<String>,
    now: jiff::Timestamp,
}

impl SignUpPanel<'_> {
    fn state(&self, sign_up: &SignUp) -> String {
        self.t.get(state_text(sign_up.state))
    }

    fn when(&self, sign_up: &SignUp) -> String {
        self.t.moment(sign_up.made_at, self.now)
    }
}

pub(crate) fn member_panel(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let today = app.now().date();
        let (sign_ups, is_member) = app
            .db()
            .read(user.actor(), async |tx| {
                Ok::<_, db::Error>((
                    of_person(tx, person).await?,
                    is_member(tx, person, today).await?,
                ))
            })
            .await?;
        let may_sign_up = user.may(Action::WorkCalls) && !is_member;
        if sign_ups.is_empty() && !may_sign_up {
            return Ok(None);
        }
        let t = app.texts(user.language);
        let new = may_sign_up.then(|| format!("/aanmelden?lid={person}"));
        let panel = SignUpPanel { t: &t, sign_ups, new, now: app.db().clock().now() };
        let html = panel.render().unwrap_or_default();
        Ok(Some(Panel { side: Side::Beside, rank: 13, html }))
    })
}
