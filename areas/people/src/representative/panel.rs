use askama::Template;
use jiff::civil::Date;
use kernel::PersonId;
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use super::page::{relation_text, scope_text};
use super::store::{Representative, of_person};

#[derive(Template)]
#[template(path = "representative_panel.html")]
struct RepresentativePanel<'a> {
    t: &'a Texts,
    person: PersonId,
    all: Vec<Representative>,
    today: Date,
    may_change: bool,
}

impl RepresentativePanel<'_> {
    fn relation(&self, found: &Representative) -> String {
        self.t.get(relation_text(found.relation))
    }

    fn scopes(&self, found: &Representative) -> String {
        let scopes = found.scopes().into_iter().map(|scope| self.t.get(scope_text(scope)));
        scopes.collect::<Vec<_>>().join(", ")
    }

    /// `sinds 1 maart 2024`, or from when to when.
    fn period(&self, found: &Representative) -> String {
        let t = self.t;
        let last = found.ended_at.map(|at| kernel::local(at).date()).or(found.until_on);
        let from = t.date(found.from_on);
        match last {
            None => t.with("people-since", "day", from),
            Some(until) => {
                t.with2("people-contact-person-from-until", "from", from, "until", t.date(until))
            }
        }
    }

    fn proof(&self, found: &Representative) -> String {
        let day = self.t.date(found.seen_on);
        let what = found.proof.reveal().as_str();
        self.t.with2("people-representative-proof-seen", "what", what, "day", day)
    }

    fn holds(&self, found: &Representative) -> bool {
        found.holds_on(self.today)
    }

    /// Whether there is something to end: today's, and those who begin later.
    fn can_end(&self, found: &Representative) -> bool {
        let is_over = found.until_on.is_some_and(|until| until < self.today);
        self.may_change && found.ended_at.is_none() && !is_over
    }
}

/// Who speaks for somebody; those who did before stay in sight, because of what was agreed with them.
pub(crate) fn panel(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let all = app.db().read(user.actor(), async |tx| of_person(tx, person).await).await?;
        let may_change = crate::sight::may_write(&user);
        if all.is_empty() && !may_change {
            return Ok(None);
        }
        let (t, today) = (app.texts(user.language), app.now().date());
        let panel = RepresentativePanel { t: &t, person, all, today, may_change };
        let html = panel.render().unwrap_or_default();
        Ok(Some(Panel { side: Side::Beside, rank: 17, html }))
    })
}
