use askama::Template;
use kernel::PersonId;
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use super::store::{SpeaksFor, of_person, period};

#[derive(Template)]
#[template(path = "contact_person_panel.html")]
struct RolesPanel<'a> {
    t: &'a Texts,
    roles: Vec<SpeaksFor>,
}

impl RolesPanel<'_> {
    fn period(&self, role: &SpeaksFor) -> String {
        period(self.t, role.from_on, role.until_on)
    }
}

/// For which organisations somebody speaks; nothing for who never did.
pub(crate) fn panel(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let roles = app.db().read(user.actor(), async |tx| of_person(tx, person).await).await?;
        if roles.is_empty() {
            return Ok(None);
        }
        let t = app.texts(user.language);
        let html = RolesPanel { t: &t, roles }.render().unwrap_or_default();
        Ok(Some(Panel { side: Side::Beside, rank: 15, html }))
    })
}
