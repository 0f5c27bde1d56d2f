//! Everything the desk knows of the person in front of the agent.

use calls_rules::callback::Warmth;
use calls_rules::gate::Ground;
use calls_rules::outcome::OwnRetries;
use calls_rules::score::{Moments, Reason, Weights, reasons};
use db::{Error, Tx, args};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};
use kernel::{PersonId, PhoneNumber, UserId};
use people::check::{NotChecked, require};
use people::contact::{Contact, Kind, Moment};
use people::person::Found;
use people::representative::Scope;
use texts::Texts;

use crate::arrears::{self, Arrears};
use crate::attempt::{self, Attempt};
use crate::claim::Claim;
use crate::note::{self, Note};
use crate::request::{self, Request};

/// A person on the desk, with what is needed to talk and no more.
#[derive(Clone, Debug)]
pub struct OnDesk {
    pub claim: Claim,
    pub person: Found,
    pub number: Option<PhoneNumber>,
    pub attempt: Option<Attempt>,
    pub ground: Option<Ground>,
    pub campaign: Option<String>,
    pub promise: Option<Promise>,
    /// What did not come in, if the call is about that.
    pub arrears: Vec<Arrears>,
    pub request: Option<Request>,
    pub contact: Option<Contact>,
    pub note: Note,
    pub moments: Vec<Moment>,
    /// Colleagues of this person, at the same employer, who are members.
    pub member_colleagues: i64,
    pub last_call: Option<Timestamp>,
    /// The sentence with which calls of this campaign begin, if a team lead wrote one.
    pub campaign_opening: Option<String>,
    /// How often the campaign tries, where it says so itself; `None` if no campaign gave the call.
    pub own_retries: Option<OwnRetries>,
    /// Tries of that campaign before this call.
    pub tries: u16,
    /// Why this person comes now.
    pub reasons: Vec<Reason>,
    /// Who was in touch with this person a few days ago: nobody likes to be asked the same twice.
    pub touched: Option<Touched>,
    /// Whoever calls was not checked yet: no more than a name is shown.
    pub closed: Option<NotChecked>,
}

db::row! {
    /// The latest talk with somebody, or the latest visit, letter or mail.
    #[derive(Clone, Debug)]
    pub struct Touched { pub at: Timestamp, pub who: Option<String>, pub kind: Option<Kind> }
}

db::row! {
    /// What was promised.
    #[derive(Clone, Debug)]
    pub struct Promise {
        pub due_on: Date,
        pub from_at: Timestamp,
        pub until_at: Timestamp,
        pub warmth: Option<Warmth>,
        pub opening: Option<String>,
        pub words: Option<String>,
        pub made_at: Timestamp,
        pub tries: u16,
        pub owner_id: Option<UserId>,
        pub owner_name: Option<String>,
    }
}

db::row! {
    struct CampaignRow {
        name: String,
        ground: Ground,
        opening: String,
        tries_max: Option<i64>,
        rest_minutes: Option<i64>,
    }
}

const MOMENTS: usize = 6;

/// The rule data that a look at the desk depends on.
#[derive(Clone, Copy, Debug)]
pub struct DeskRules {
    pub weights: Weights,
    /// So many days back somebody else's contact is worth a warning.
    pub touched_days: i64,
}

/// Reads the person of a claim. The caller logs that the record was opened.
pub async fn on_desk(
    tx: &mut Tx,
    claim: Claim,
    look: DeskRules,
    today: Date,
) -> Result<OnDesk, Error> {
    let mut person = people::person::find(tx, claim.person_id, today).await?.ok_or(Error::Raced)?;
    let closed = require(tx, claim.person_id, Scope::Information).await?.err();
    if closed.is_some() {
        conceal(&mut person);
    }
    let attempt = attempt::of_claim(tx, claim.id).await?;
    let campaign: Option<CampaignRow> = match claim.campaign_id {
        Some(id) => {
            tx.one(
                "select name, ground, opening, tries_max, rest_minutes from campaigns where id = $1",
                args![id],
            )
            .await?
        }
        None => None,
    };
    let promise = match claim.callback_id {
        Some(id) => {
            tx.one(
                "select b.due_on, b.from_at, b.until_at, b.warmth, b.opening, b.words, b.made_at, b.tries,
                        b.owner_id, u.name as owner_name
                   from callbacks b left join users u on u.id = b.owner_id where b.id = $1",
                args![id],
            )
            .await?
        }
        None => None,
    };
    let arrears = match claim.callback_id.filter(|_| closed.is_none()) {
        Some(id) => arrears::of_callback(tx, id).await?,
        None => vec![],
    };
    let now = tx.now();
    let moments = match closed {
        Some(_) => vec![],
        None => people::contact::timeline(tx, claim.person_id, now, MOMENTS).await?,
    };
    let employer = person.employer.clone();
    let member_colleagues =
        if employer.is_empty() { 0 } else { colleagues(tx, &employer, today).await? };
    let last_call: Option<Timestamp> = tx
        .value(
            "select max(started_at) as value from attempts
              where person_id = $1 and ended_at is not null and (claim_id is null or claim_id <> $2)",
            args![claim.person_id, claim.id],
        )
        .await?;
    let found = match claim.call_record_id {
        Some(_) => crate::campaign::moments(tx, claim.person_id).await?,
        None => Moments::default(),
    };
    let tries: Option<u16> = tx
        .value(
            "select max(tries) as value from call_records where id = $1",
            args![claim.call_record_id],
        )
        .await?;
    Ok(OnDesk {
        tries: tries.unwrap_or(0),
        number: attempt::usable_number(tx, claim.person_id).await?,
        request: request::open(tx, claim.person_id).await?,
        contact: people::contact::latest(tx, claim.person_id).await?,
        note: note::of_claim(tx, claim.id).await?,
        ground: campaign.as_ref().map(|campaign| campaign.ground),
        campaign_opening: campaign
            .as_ref()
            .map(|campaign| campaign.opening.clone())
            .filter(|opening| !opening.is_empty()),
        own_retries: campaign.as_ref().map(|campaign| OwnRetries {
            tries_max: campaign.tries_max,
            rest_minutes: campaign.rest_minutes,
        }),
        reasons: reasons(found, now, look.weights).into_iter().map(|(reason, _)| reason).collect(),
        touched: touched(tx, &claim, look.touched_days).await?,
        campaign: campaign.map(|campaign| campaign.name),
        claim,
        person,
        attempt,
        promise,
        arrears,
        moments,
        member_colleagues,
        last_call,
        closed,
    })
}

/// What the desk knows of a person besides the name and being a member.
pub fn conceal(person: &mut Found) {
    for text in [&mut person.employer, &mut person.sector, &mut person.town, &mut person.postcode] {
        text.clear();
    }
    (person.member_number, person.birth_date) = (None, None);
}

/// The latest contact of the last days, except under this claim and what brought the person here.
async fn touched(tx: &mut Tx, claim: &Claim, days: i64) -> Result<Option<Touched>, Error> {
    if claim.callback_id.is_some() {
        return Ok(None);
    }
    let since = tx.now() - SignedDuration::from_hours(24 * days);
    let person = claim.person_id;
    let talk: Option<Touched> = tx
        .one(
            "select a.started_at as at, u.name as who, cast(null as text) as kind
               from attempts a join outcomes o on o.attempt_id = a.id join users u on u.id = a.agent_id
              where a.person_id = $1 and a.started_at >= $2 and (a.claim_id is null or a.claim_id <> $3)
                and o.kind not in ('no_answer', 'busy', 'voicemail', 'wrong_number')
              order by a.started_at desc limit 1",
            args![person, since, claim.id],
        )
        .await?;
    let other: Option<Touched> = tx
        .one(
            "select k.happened_at as at, cast(null as text) as who, k.kind
               from contacts k where k.person_id = $1 and k.happened_at >= $2
                and k.kind in ('visit', 'mail', 'letter', 'call')
              order by k.happened_at desc limit 1",
            args![person, since],
        )
        .await?;
    Ok([talk, other].into_iter().flatten().max_by_key(|touched| touched.at))
}

/// That somebody was in touch a few days ago, in one sentence.
#[must_use]
pub(super) fn touched_words(t: &Texts, touched: &Touched, now: &ZonedDateTime) -> String {
    let ago = ago(t, touched.at, now);
    match (&touched.who, touched.kind) {
        (Some(who), _) => t.with2("calls-touched-call", "ago", ago, "who", who.as_str()),
        (None, Some(Kind::Visit)) => t.with("calls-touched-visit", "ago", ago),
        (None, Some(Kind::Call)) => t.with("calls-touched-phone", "ago", ago),
        (None, _) => t.with("calls-touched-mail", "ago", ago),
    }
}

/// Counted up to a limit: "more than 500" says as much.
async fn colleagues(tx: &mut Tx, employer: &str, today: Date) -> Result<i64, Error> {
    tx.value(
        "select count(*) as value from (select p.id from people p
           where p.employer = $1 and p.employer <> ''
             and exists (select 1 from memberships m where m.person_id = p.id
                  and (m.starts_on is null or m.starts_on <= $2) and (m.ends_on is null or m.ends_on >= $3))
           limit 500) as colleagues",
        args![employer, today, today],
    )
    .await
}

/// The reason for the call in one sentence.
#[must_use]
pub fn reason(t: &Texts, desk: &OnDesk, now: &ZonedDateTime) -> String {
    if desk.closed.is_some() {
        return t.get("calls-reason-inbound");
    }
    let ago = |at: Timestamp| ago(t, at, now);
    let day = |at: Timestamp| t.day(kernel::local(at).date());
    if let Some(promise) = &desk.promise {
        let (ago, day) = (ago(promise.made_at), day(promise.made_at));
        // Whoever keeps a colleague's promise knows whose word it was.
        let owner = promise.owner_name.as_deref();
        return match owner.filter(|_| promise.owner_id != Some(desk.claim.agent_id)) {
            Some(who) => t.fill(
                "calls-reason-promise-of",
                [("ago", ago.into()), ("day", day.into()), ("who", who.into())],
            ),
            None => t.with2("calls-reason-promise", "ago", ago, "day", day),
        };
    }
    if let Some(contact) = &desk.contact {
        let id = match contact.kind {
            Kind::Brochure => "calls-reason-brochure",
            Kind::WebForm => "calls-reason-web-form",
            Kind::Question => "calls-reason-question",
            Kind::Poll => "calls-reason-poll",
            Kind::Meeting => "calls-reason-meeting",
            _ => "calls-reason-contact",
        };
        let on = day(contact.happened_at);
        let when = if contact.source.is_empty() { on } else { format!("{on}, {}", contact.source) };
        return t.fill(
            id,
            [
                ("ago", ago(contact.happened_at).into()),
                ("subject", contact.subject.as_str().into()),
                ("when", when.into()),
            ],
        );
    }
    if let Some(request) = &desk.request {
        return t.with2(
            "calls-reason-request",
            "ago",
            ago(request.asked_at),
            "subject",
            request.subject.as_str(),
        );
    }
    if desk.attempt.as_ref().is_some_and(Attempt::is_inbound) {
        return t.get("calls-reason-inbound");
    }
    match &desk.campaign {
        Some(campaign) => t.with("calls-reason-campaign", "campaign", campaign.as_str()),
        None => t.get("calls-reason-none"),
    }
}

/// `twee weken geleden`, `gisteren`, `net`.
fn ago(t: &Texts, at: Timestamp, now: &ZonedDateTime) -> String {
    let then = kernel::local(at).date();
    let days = then.until(now.date()).map_or(0, |span| span.get_days());
    match days {
        i32::MIN..=0 => t.get("calls-ago-today"),
        1 => t.get("calls-ago-yesterday"),
        2..=13 => t.with("calls-ago-days", "n", i64::from(days)),
        14..=55 => t.with("calls-ago-weeks", "n", i64::from(days / 7)),
        _ => t.with("calls-ago-months", "n", i64::from(days / 30)),
    }
}

/// Logs that the agent has this person's record on the desk; once a claim, not once a look.
pub(crate) async fn log_opening(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    activity::log_read(tx, person, activity::Why::Call).await
}
