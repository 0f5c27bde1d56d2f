//! Recruiting, on the page of the member.

use askama::Template;
use kernel::{Action, PersonId};
use membership::Holder;
use people::Sight;
use referral_rules::code::Code;
use referral_rules::earn::State;
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use crate::code;
use crate::line::{Line, given, of_member, referrer_of};
use crate::named::{Named, named};

/// So many new members are shown; the page behind it shows all.
const SHOWN: usize = 5;

#[derive(Template)]
#[template(path = "referral_panel.html")]
struct RecruitingPanel<'a> {
    t: &'a Texts,
    person: PersonId,
    code: Option<Code>,
    given: i64,
    lines: Vec<(Line, Named)>,
    /// Whose code this member joined with.
    referrer: Option<Named>,
    may_give: bool,
}

impl RecruitingPanel<'_> {
    fn shown(&self) -> &[(Line, Named)] {
        &self.lines[..self.lines.len().min(SHOWN)]
    }

    /// `4 uitgedeeld, 2 lid geworden, 1 verdiend, 1 uitbetaald`
    fn counts(&self) -> String {
        let count = |states: &[State]| {
            let found = self.lines.iter().filter(|(line, _)| states.contains(&line.state)).count();
            i64::try_from(found).unwrap_or(i64::MAX).into()
        };
        self.t.fill(
            "referral-counts",
            [
                ("given", self.given.into()),
                ("joined", count(State::ALL)),
                ("earned", count(&[State::Earned, State::Paid])),
                ("paid", count(&[State::Paid])),
            ],
        )
    }
}

pub(crate) fn of_person(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let may_give = user.may(Action::WorkCalls);
        if !may_give && !user.may(Action::ManageDues) {
            return Ok(None);
        }
        let today = app.now().date();
        let scope = user.scope(Action::OpenFiles);
        let sight = scope.map_or(Sight::Nobody, |scope| Sight::of(scope, user.id));
        let (member, code, given, lines, referrer) = app
            .db()
            // Whoever is named here is written down as seen.
            .write(user.actor(), async |tx| {
                let member = membership::current(tx, Holder::Person(person), today).await?;
                let code = code::of_person(tx, person).await?;
                let given = given(tx, person).await?;
                let mut lines = Vec::new();
                for (nr, line) in of_member(tx, person).await?.into_iter().enumerate() {
                    // Only who is shown.
                    let sight = if nr < SHOWN { sight } else { Sight::Nobody };
                    let who = named(tx, line.person_id, sight).await?;
                    lines.push((line, who));
                }
                let referrer = match referrer_of(tx, person).await? {
                    Some(referrer) => Some(named(tx, referrer, sight).await?),
                    None => None,
                };
                Ok::<_, db::Error>((member, code, given, lines, referrer))
            })
            .await?;
        let may_give = may_give && member.is_some();
        if !may_give && code.is_none() && referrer.is_none() {
            return Ok(None);
        }
        let t = app.texts(user.language);
        let body = RecruitingPanel { t: &t, person, code, given, lines, referrer, may_give };
        let html = body.render().unwrap_or_default();
        Ok(Some(Panel { side: Side::Beside, rank: 14, html }))
    })
}
