use askama::Template;
use jiff::civil::Date;
use kernel::{Action, OrganisationId, PersonId, UserId};
use people::Sight;
use texts::Texts;
use web::{App, Panel, PanelFuture, Side, User};

use crate::agreement::{self, Agreement, Whose};
use crate::wish::{self, Wish, state_text, tone};
use crate::words::{owner_name, theme_name};

#[derive(Template)]
#[template(path = "service_panel.html")]
struct ServicePanel<'a> {
    t: &'a Texts,
    today: Date,
    user: UserId,
    /// Of the address of a new one: `organisatie=…` or `lid=…`.
    of: String,
    wishes: Vec<Wish>,
    agreements: Vec<Agreement>,
    may_agree: bool,
}

impl ServicePanel<'_> {
    fn theme(&self, wish: &Wish) -> String {
        theme_name(self.t, &wish.theme_nl, &wish.theme_en)
    }

    fn state(&self, wish: &Wish) -> String {
        self.t.get(state_text(wish.state))
    }

    fn tone(&self, wish: &Wish) -> &'static str {
        tone(wish.state, wish.is_overdue(self.today))
    }

    fn wish_owner(&self, wish: &Wish) -> String {
        owner_name(self.t, wish.owner_user_id, wish.owner.as_deref(), self.user)
    }

    fn owner(&self, agreement: &Agreement) -> String {
        owner_name(self.t, agreement.owner_user_id, agreement.owner.as_deref(), self.user)
    }

    fn due(&self, day: &Date) -> String {
        self.t.recent_day(*day, self.today)
    }

    fn is_late(&self, agreement: &Agreement) -> bool {
        agreement.is_overdue(self.today)
    }
}

/// So many of what is over are shown with what is open.
const SHOWN: i64 = 8;

/// What was promised and is not done, and what this organisation asked.
pub(crate) fn of_organisation(app: App, user: User, organisation: OrganisationId) -> PanelFuture {
    Box::pin(async move {
        let only =
            wish::Only { all: true, organisation: Some(organisation), ..wish::Only::default() };
        let of = format!("organisatie={organisation}");
        panel(&app, &user, of, only, Whose::OfOrganisation(organisation)).await
    })
}

/// The same of a person.
pub(crate) fn of_person(app: App, user: User, person: PersonId) -> PanelFuture {
    Box::pin(async move {
        let only = wish::Only { all: true, person: Some(person), ..wish::Only::default() };
        panel(&app, &user, format!("lid={person}"), only, Whose::OfPerson(person)).await
    })
}

async fn panel(
    app: &App,
    user: &User,
    of: String,
    only: wish::Only,
    whose: Whose,
) -> Result<Option<Panel>, db::Error> {
    let sight =
        user.scope(Action::OpenFiles).map_or(Sight::Nobody, |scope| Sight::of(scope, user.id));
    let (wishes, agreements) = app
        .db()
        .read(user.actor(), async |tx| {
            let open = agreement::Only::default();
            Ok::<_, db::Error>((
                wish::list(tx, &only, sight, SHOWN).await?,
                agreement::list(tx, whose, open, sight, SHOWN).await?,
            ))
        })
        .await?;
    let t = app.texts(user.language);
    let body = ServicePanel {
        t: &t,
        today: app.now().date(),
        user: user.id,
        of,
        wishes,
        agreements,
        may_agree: user.may(Action::KeepAgreements),
    };
    let html = body.render().unwrap_or_default();
    Ok(Some(Panel { side: Side::Beside, rank: 12, html }))
}
