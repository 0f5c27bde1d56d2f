use db::{Error, Query, Tx, args};
use jiff::Timestamp;
use jiff::civil::Date;
use joining_rules::sign_up::{Method, Stands, State, Way};
use kernel::{
    AttemptId, Cents, ConsentId, Event, EventKind, Fact, MandateId, MembershipId, PersonId, Pii,
    SignUpId, TeamId, UserId, local,
};
use membership_rules::tariff::Per;

db::row! {
    /// A sign-up as it is kept.
    #[derive(Clone, Debug)]
    pub struct SignUp {
        pub id: SignUpId,
        pub person_id: PersonId,
        pub is_new_person: bool,
        /// No such membership is there any more once it was withdrawn or lapsed.
        pub membership_id: MembershipId,
        pub mandate_id: Option<MandateId>,
        pub method: Method,
        pub way: Way,
        pub state: State,
        pub starts_on: Date,
        pub cents: Cents,
        pub per: Per,
        pub usual_cents: Cents,
        pub intro_until: Option<Date>,
        pub consent_id: Option<ConsentId>,
        pub needs_parent: bool,
        pub parent: Pii<String>,
        pub referral_code: String,
        pub attempt_id: Option<AttemptId>,
        pub team_id: Option<TeamId>,
        pub made_by: UserId,
        pub made_at: Timestamp,
        pub remind_on: Option<Date>,
        pub lapse_on: Option<Date>,
        pub withdraw_until: Option<Date>,
        pub confirmed_at: Option<Timestamp>,
        pub confirmed_how: Option<String>,
        pub ended_at: Option<Timestamp>,
        pub version: i64,
    }
}

impl SignUp {
    #[must_use]
    pub fn stands(&self) -> Stands {
        Stands {
            state: self.state,
            needs_parent: self.needs_parent,
            lapse_on: self.lapse_on,
            withdraw_until: self.withdraw_until,
        }
    }

    pub(crate) fn event(&self, kind: EventKind, tx: &Tx) -> Event {
        Event::new(kind, local(tx.now()).date())
            .about(self.person_id)
            .with("sign_up", Fact::Number(self.id.0))
    }
}

const COLUMNS: &str = "select s.id, s.person_id, s.is_new_person, s.membership_id, s.mandate_id, s.method, s.way, s.state,
       s.starts_on, s.cents, s.per, s.usual_cents, s.intro_until, s.consent_id, s.needs_parent, s.parent,
       s.referral_code, s.attempt_id, s.team_id, s.made_by, s.made_at, s.remind_on, s.lapse_on, s.withdraw_until,
       s.confirmed_at, s.confirmed_how, s.ended_at, s.version
  from sign_ups s where true";

pub async fn by_id(tx: &mut Tx, id: SignUpId) -> Result<Option<SignUp>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" and s.id = ").bind(id);
    Ok(tx.list(query).await?.pop())
}

/// The one that a form with this key made.
pub(super) async fn by_key(tx: &mut Tx, key: &str) -> Result<Option<SignUp>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" and s.form_key = ").bind(key);
    Ok(tx.list(query).await?.pop())
}

/// Those of a person, latest first.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<SignUp>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" and s.person_id = ").bind(person).push(" order by s.id desc limit 20");
    tx.list(query).await
}

/// Those that are asked again today.
pub(crate) async fn to_remind(tx: &mut Tx, today: Date, limit: i64) -> Result<Vec<SignUp>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" and s.remind_on is not null and s.remind_on <= ").bind(today);
    query.push(" order by s.remind_on, s.id limit ").bind(limit);
    tx.list(query).await
}

/// It was asked for again, and will be on `next`.
pub(crate) async fn reminded(
    tx: &mut Tx,
    sign_up: &SignUp,
    next: Option<Date>,
) -> Result<(), Error> {
    tx.change_one(
        "update sign_ups set remind_on = $1, version = version + 1 where id = $2 and version = $3",
        args![next, sign_up.id, sign_up.version],
    )
    .await
}

/// Those whose days are over.
pub(crate) async fn lapsed(tx: &mut Tx, today: Date, limit: i64) -> Result<Vec<SignUp>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" and s.state = 'provisional' and s.lapse_on < ").bind(today);
    query.push(" order by s.lapse_on, s.id limit ").bind(limit);
    tx.list(query).await
}

/// Those of somebody with this number who was asked by text message, and has not answered.
pub(crate) async fn awaited(
    tx: &mut Tx,
    number: &kernel::PhoneNumber,
) -> Result<Vec<SignUp>, Error> {
    let mut query = Query::new(COLUMNS);
    query.push(" and s.state = 'provisional' and s.way = 'sms'");
    query.push(" and s.person_id in (select person_id from phones where number = ");
    query.bind(number.clone()).push(") order by s.id desc limit ").bind(10_i64);
    tx.list(query).await
}

/// What is written when a sign-up is made. Taken apart without `..`.
pub(super) struct New<'a> {
    pub id: SignUpId,
    pub key: &'a str,
    pub person: PersonId,
    pub is_new_person: bool,
    pub membership: MembershipId,
    pub mandate: Option<MandateId>,
    pub method: Method,
    pub way: Way,
    pub begun: joining_rules::sign_up::Committed,
    pub offer: &'a crate::offer::Offer,
    pub consent: Option<ConsentId>,
    pub parent: &'a Pii<String>,
    pub referral: &'a str,
    pub attempt: Option<AttemptId>,
    pub rule: &'a str,
}

pub(super) async fn insert(tx: &mut Tx, new: New<'_>) -> Result<(), Error> {
    let New {
        id,
        key,
        person,
        is_new_person,
        membership,
        mandate,
        method,
        way,
        begun,
        offer,
        consent,
        parent,
        referral,
        attempt,
        rule,
    } = new;
    let joining_rules::sign_up::Committed {
        state,
        needs_parent,
        remind_on,
        lapse_on,
        withdraw_until,
    } = begun;
    let (me, team, now) = (tx.actor().user, tx.actor().team, tx.now());
    let confirmed_at = (state == State::Confirmed).then_some(now);
    let confirmed_how = confirmed_at.map(|_| "at_once");
    // On paper the parent signed with the new member.
    let parent_at = confirmed_at.filter(|_| needs_parent);
    let intro_until = offer.phase.map(|phase| phase.until);
    tx.change_one(
        "insert into sign_ups (id, form_key, person_id, is_new_person, membership_id, mandate_id, method, way, state, starts_on,
                               tariff_version, tariff_class, cents, per, usual_cents, intro_until, consent_id, needs_parent,
                               parent, parent_at, referral_code, attempt_id, team_id, made_by, made_at, rule, remind_on,
                               lapse_on, withdraw_until, confirmed_at, confirmed_how, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
                 $25, $26, $27, $28, $29, $30, $31, 1)",
        args![
            id, key, person, is_new_person, membership, mandate, method, way, state, offer.starts_on,
            offer.priced.table, offer.usual.class.as_str(), offer.priced.cents, offer.usual.per, offer.usual.cents,
            intro_until, consent, needs_parent, parent.clone(), parent_at, referral, attempt, team, me, now, rule,
            remind_on, lapse_on, withdraw_until, confirmed_at, confirmed_how,
        ],
    )
    .await
}

db::row! {
    /// A sign-up in a list.
    #[derive(Clone, Debug)]
    pub(crate) struct Listed {
        pub id: SignUpId,
        pub initials: String,
        pub first_name: String,
        pub call_name: String,
        pub prefix: String,
        pub surname: String,
        pub method: Method,
        pub way: Way,
        pub state: State,
        pub made_at: Timestamp,
        pub lapse_on: Option<Date>,
        pub made_by: Option<String>,
    }
}

/// Sign-ups of this colleague and of the team before `before`, newest first; only those that wait, or all.
pub(crate) async fn page(
    tx: &mut Tx,
    (user, team): (UserId, Option<TeamId>),
    only_waiting: bool,
    before: SignUpId,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let mut query = Query::new(
        "select s.id, p.initials, p.first_name, p.call_name, p.prefix, p.surname, s.method, s.way, s.state, s.made_at,
                s.lapse_on, u.name as made_by
           from sign_ups s join people p on p.id = s.person_id left join users u on u.id = s.made_by
          where (s.made_by = ",
    );
    query.bind(user).push(" or s.team_id is null or s.team_id = ").bind(team).push(")");
    if only_waiting {
        query.push(" and s.state = 'provisional'");
    }
    if before != SignUpId(0) {
        query.push(" and s.id < ").bind(before);
    }
    query.push(" order by s.id desc limit ").bind(limit);
    tx.list(query).await
}
