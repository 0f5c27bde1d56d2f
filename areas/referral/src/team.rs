//! `/werving`: what this month brought, and whom to ask again. Sums only: nobody is ranked.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use db::{Error, Tx, args};
use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};
use texts::Texts;
use web::{App, Caller, Page, WebError};

use crate::remind::{Reminder, of_owner};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/werving", get(show))
}

/// So many are shown of whom to ask again, and so far ahead.
const SHOWN: i64 = 50;
const DAYS_AHEAD: i64 = 14;

db::row! {
    struct Month { given: i64, joined: i64, earned: i64, stayed: i64 }
}

#[derive(Template)]
#[template(path = "referral_team.html")]
struct TeamPage<'a> {
    t: &'a Texts,
    today: Date,
    month: Month,
    reminders: Vec<Reminder>,
    may_pay: bool,
}

impl TeamPage<'_> {
    fn name(&self, reminder: &Reminder) -> String {
        reminder.name().short()
    }

    fn day(&self, reminder: &Reminder) -> String {
        self.t.recent_day(reminder.due_on, self.today)
    }

    fn figures(&self) -> [(String, String); 4] {
        let line = |id, n| (self.t.get(id), self.t.number(n));
        [
            line("referral-month-given", self.month.given),
            line("referral-month-joined", self.month.joined),
            line("referral-month-stayed", self.month.stayed),
            line("referral-month-earned", self.month.earned),
        ]
    }
}

async fn show(State(app): State<App>, caller: Caller) -> Result<Response, WebError> {
    let now = app.now();
    let today = now.date();
    let until = today.checked_add(jiff::Span::new().days(DAYS_AHEAD)).unwrap_or(today);
    let (month, reminders) = app
        .db()
        .write(caller.actor(), async |tx| {
            let month = month(tx, &now).await?;
            let reminders = of_owner(tx, caller.id, until, SHOWN).await?;
            for reminder in &reminders {
                activity::log_read(tx, reminder.person_id, activity::Why::Referral).await?;
            }
            Ok::<_, Error>((month, reminders))
        })
        .await?;
    let t = app.texts(caller.language);
    let may_pay = caller.may(kernel::Action::ManageDues);
    let body = TeamPage { t: &t, today, month, reminders, may_pay };
    web::show(&app, &caller, Page::new(t.get("referral-nav"), "/werving"), &body).await
}

async fn month(tx: &mut Tx, now: &ZonedDateTime) -> Result<Month, Error> {
    let began = now.first_of_month().and_then(|first| first.start_of_day());
    let began = began.map_or(Timestamp::UNIX_EPOCH, |first| first.timestamp());
    let first = now.date().first_of_month();
    let found: Option<Month> = tx
        .one(
            "select (select cast(coalesce(sum(number), 0) as bigint) from referral_invitations where given_at >= $1) as given,
                    (select count(*) from referrals where joined_on >= $2) as joined,
                    (select count(*) from referrals where earned_on >= $3 and state in ('earned', 'paid')) as earned,
                    (select count(*) from referrals where joined_on >= $4 and state in ('joined', 'earned', 'paid')) as stayed",
            args![began, first, first, first],
        )
        .await?;
    found.ok_or(Error::Column("given"))
}
