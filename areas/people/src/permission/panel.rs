use askama::Template;
use jiff::Timestamp;
use kernel::PersonId;
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use super::page::{about, channel, purpose};
use super::store::{Channel, Consent, Objection, Purpose, consents, objections};

#[derive(Template)]
#[template(path = "permission_panel.html")]
struct PermissionPanel<'a> {
    t: &'a Texts,
    person: PersonId,
    consents: Vec<Consent>,
    objections: Vec<Objection>,
    opened: usize,
    may_change: bool,
}

impl PermissionPanel<'_> {
    fn channel(&self, code: &Channel) -> String {
        channel(self.t, *code)
    }

    fn about(&self, consent: &Consent) -> String {
        about(self.t, consent)
    }

    fn purpose(&self, code: &Purpose) -> String {
        purpose(self.t, *code)
    }

    fn purposes(&self) -> Vec<(&'static str, String)> {
        Purpose::ALL.iter().map(|code| (code.code(), purpose(self.t, *code))).collect()
    }

    fn since(&self, at: &Timestamp) -> String {
        self.t.date(kernel::local(*at).date())
    }

    fn objects_to_calls(&self) -> bool {
        self.objections
            .iter()
            .filter(|found| found.channel == Channel::Phone && found.withdrawn_at.is_none())
            .any(|found| found.purpose == Purpose::Any)
    }
}

/// What may be done, for what and since when; and how often the file was opened.
pub(crate) fn panel(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let t = app.texts(user.language);
        let now = app.db().clock().now();
        let month_ago = now - jiff::SignedDuration::from_hours(24 * 30);
        let (consents, objections, opened) = app
            .db()
            .read(user.actor(), async |tx| {
                let opened = activity::opened_by(tx, person, month_ago).await?;
                Ok::<_, db::Error>((
                    consents(tx, person).await?,
                    objections(tx, person).await?,
                    opened,
                ))
            })
            .await?;
        let mut colleagues: Vec<_> = opened
            .into_iter()
            // Whoever saw a name on an organisation's page did not open this file.
            .filter(|read| read.why != activity::Why::Organisation)
            .map(|read| read.user_name)
            .collect();
        colleagues.sort_unstable();
        colleagues.dedup();
        let may_change = crate::sight::may_write(&user);
        let panel = PermissionPanel {
            t: &t,
            person,
            consents,
            objections,
            opened: colleagues.len(),
            may_change,
        };
        let html = panel.render().unwrap_or_default();
        Ok(Some(Panel { side: Side::Beside, rank: 20, html }))
    })
}
