use access_rules::presence::{Connection, Intent, Place};
use askama::Template;
use texts::Texts;
use web::ui::{Html, PresenceShape, presence_shape};
use web::{App, PartFuture, User};

use super::store::{Mate, Now, mates_of, now};
use crate::message::{Message, unread};

/// What the menu offers, in this order: the keys follow it.
const OFFERED: [Intent; 7] = [
    Intent::Available,
    Intent::OutboundOnly,
    Intent::Lunch,
    Intent::Break,
    Intent::Coaching,
    Intent::Meeting,
    Intent::Admin,
];

fn shape(intent: Intent) -> PresenceShape {
    match intent {
        Intent::Available | Intent::OutboundOnly => PresenceShape::Free,
        Intent::Lunch | Intent::Break => PresenceShape::Break,
        Intent::Coaching | Intent::Meeting => PresenceShape::Coach,
        Intent::Admin => PresenceShape::After,
        Intent::SignedOut => PresenceShape::Away,
    }
}

/// The word of an intent.
#[must_use]
pub fn intent_text(intent: Intent) -> &'static str {
    match intent {
        Intent::SignedOut => "access-intent-signed-out",
        Intent::Available => "access-intent-available",
        Intent::OutboundOnly => "access-intent-outbound-only",
        Intent::Lunch => "access-intent-lunch",
        Intent::Break => "access-intent-break",
        Intent::Coaching => "access-intent-coaching",
        Intent::Meeting => "access-intent-meeting",
        Intent::Admin => "access-intent-admin",
    }
}

#[derive(Template)]
#[template(path = "presence.html")]
struct Presence<'a> {
    t: &'a Texts,
    now: Now,
    in_call: bool,
    after_call: bool,
}

impl Presence<'_> {
    fn offered(&self) -> impl Iterator<Item = (usize, &'static str, String, Html, bool)> + '_ {
        OFFERED.into_iter().enumerate().map(|(nr, intent)| {
            (
                nr + 1,
                intent.code(),
                self.t.get(intent_text(intent)),
                presence_shape(shape(intent)),
                intent == self.now.intent,
            )
        })
    }

    fn shape(&self) -> Html {
        presence_shape(match (self.in_call, self.after_call) {
            (true, _) => PresenceShape::Call,
            (false, true) => PresenceShape::After,
            (false, false) => shape(self.now.intent),
        })
    }

    fn status(&self) -> String {
        self.t.get(match (self.in_call, self.after_call) {
            (true, _) => "access-status-in-call",
            (false, true) => "access-status-after-call",
            (false, false) => intent_text(self.now.intent),
        })
    }

    fn pending(&self) -> Option<String> {
        let pending = self.now.pending_intent?;
        Some(self.t.with("access-status-pending", "intent", self.t.get(intent_text(pending))))
    }

    fn is_home(&self) -> bool {
        self.now.place == Place::Home
    }
}

/// My own status in the top bar, with the menu to choose another.
pub(crate) fn own(app: App, user: User) -> PartFuture {
    Box::pin(async move {
        if !user.may(kernel::Action::WorkCalls) {
            return Ok(String::new());
        }
        let (found, in_call, after_call) = app
            .db()
            .read(user.actor(), async |tx| {
                let found = now(tx, user.id).await?;
                let in_call: i64 = tx
                    .value(
                        "select count(*) as value from attempts where agent_id = $1 and ended_at is null",
                        db::args![user.id],
                    )
                    .await?;
                let busy: i64 = tx
                    .value(
                        "select count(*) as value from claims where agent_id = $1 and released_at is null and busy",
                        db::args![user.id],
                    )
                    .await?;
                Ok::<_, db::Error>((found, in_call > 0, busy > 0))
            })
            .await?;
        let t = app.texts(user.language);
        let since_at = app.db().clock().now();
        let nothing =
            Now { intent: Intent::SignedOut, place: Place::Office, since_at, pending_intent: None };
        let part = Presence { t: &t, now: found.unwrap_or(nothing), in_call, after_call };
        Ok(part.render().unwrap_or_default())
    })
}

#[derive(Template)]
#[template(path = "mates.html")]
struct Beside<'a> {
    t: &'a Texts,
    mates: Vec<Mate>,
    messages: Vec<Message>,
    /// Whether this user asks for help.
    asks: bool,
}

/// What somebody is doing, as a shape.
#[must_use]
pub fn shape_of(mate: &Mate) -> Html {
    presence_shape(match (mate.in_call, mate.after_call) {
        (true, _) => PresenceShape::Call,
        (false, true) => PresenceShape::After,
        (false, false) => shape(mate.intent.unwrap_or(Intent::SignedOut)),
    })
}

/// What somebody is doing, and from where, in words.
#[must_use]
pub fn status_of(t: &Texts, mate: &Mate) -> String {
    let doing = t.get(match (mate.in_call, mate.after_call) {
        (true, _) => "access-mate-in-call",
        (false, true) => "access-mate-after-call",
        (false, false) => match mate.intent.unwrap_or(Intent::SignedOut) {
            Intent::SignedOut => "access-mate-signed-out",
            Intent::Available => "access-mate-available",
            Intent::OutboundOnly => "access-mate-outbound-only",
            Intent::Lunch => "access-mate-lunch",
            Intent::Break => "access-mate-break",
            Intent::Coaching => "access-mate-coaching",
            Intent::Meeting => "access-mate-meeting",
            Intent::Admin => "access-mate-admin",
        },
    });
    if mate.connection == Some(Connection::Lost) {
        return format!("{doing}, {}", t.get("access-mate-lost"));
    }
    match mate.place.filter(|_| mate.is_here()) {
        Some(Place::Home) => format!("{doing}, {}", t.get("access-place-at-home")),
        Some(Place::Office) => format!("{doing}, {}", t.get("access-place-at-office")),
        None => doing,
    }
}

impl Beside<'_> {
    fn shape(&self, mate: &Mate) -> Html {
        shape_of(mate)
    }

    fn status(&self, mate: &Mate) -> String {
        status_of(self.t, mate)
    }

    fn monogram(&self, mate: &Mate) -> String {
        web::monogram(&mate.name)
    }
}

/// Who else is there, under the telephone.
pub(crate) fn mates(app: App, user: User) -> PartFuture {
    Box::pin(async move {
        if !user.may(kernel::Action::WorkCalls) {
            return Ok(String::new());
        }
        let (mates, messages, asks) = app
            .db()
            .read(user.actor(), async |tx| {
                let asks: i64 = tx
                    .value(
                        "select count(*) as value from presence where user_id = $1 and help_at is not null",
                        db::args![user.id],
                    )
                    .await?;
                Ok::<_, db::Error>((
                    mates_of(tx, user.team, user.id).await?,
                    unread(tx, user.id).await?,
                    asks > 0,
                ))
            })
            .await?;
        let t = app.texts(user.language);
        Ok(Beside { t: &t, mates, messages, asks }.render().unwrap_or_default())
    })
}
