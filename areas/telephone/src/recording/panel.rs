//! The recordings in the file of a person, for those who may hear them.

use askama::Template as _;
use kernel::{Action, PersonId};
use web::{App, Panel, PanelFuture, Side, User};

use super::page::RecordingsPanel;
use super::route::sight;
use super::store;

pub(crate) fn of_person(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let Some(scope) = user.scope(Action::ReplayRecordings) else { return Ok(None) };
        let sight = sight(scope, &user);
        let recordings = app
            .db()
            .read(user.actor(), async |tx| store::of_person(tx, sight, person).await)
            .await?;
        if recordings.is_empty() {
            return Ok(None);
        }
        let t = app.texts(user.language);
        let now = app.db().clock().now();
        let html = RecordingsPanel { t: &t, now, recordings: &recordings }.render();
        Ok(html.ok().map(|html| Panel { side: Side::Beside, rank: 60, html }))
    })
}
