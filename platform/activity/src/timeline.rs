use db::{Error, Query, Tx, args};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{
    CallRecordId, CampaignId, EventId, EventKind, OrganisationId, PersonId, TeamId, UserId,
};

db::row! {
    /// One line of the log as it is read.
    #[derive(Clone, Debug)]
    pub struct Line {
        pub id: EventId,
        pub at: Timestamp,
        pub day: Date,
        /// A code of [`kernel::EventKind`]; an older version may have written another.
        pub kind: String,
        pub actor_id: UserId,
        pub actor_name: Option<String>,
        pub person_id: Option<PersonId>,
        pub organisation_id: Option<OrganisationId>,
        pub call_record_id: Option<CallRecordId>,
        pub campaign_id: Option<CampaignId>,
        pub team_id: Option<TeamId>,
        pub rule: Option<String>,
        pub amount: Option<i64>,
        pub payload: String,
    }
}

impl Line {
    /// A word of the payload.
    #[must_use]
    pub fn code(&self, name: &str) -> Option<String> {
        self.fact(name)?.as_str().map(str::to_owned)
    }

    /// A number of the payload.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.fact(name)?.as_i64()
    }

    fn fact(&self, name: &str) -> Option<serde_json::Value> {
        let mut payload: serde_json::Value = serde_json::from_str(&self.payload).ok()?;
        payload.get_mut(name).map(serde_json::Value::take)
    }
}

/// What we did together, latest first, from before `before`; `limit` lines at most.
pub async fn of_person(
    tx: &mut Tx,
    person: PersonId,
    before: EventId,
    limit: i64,
) -> Result<Vec<Line>, Error> {
    tx.all(
        "select e.id, e.at, e.day, e.kind, e.actor_id, u.name as actor_name, e.person_id,
                e.organisation_id, e.call_record_id, e.campaign_id, e.team_id, e.rule, e.amount,
                e.payload
           from events e
           left join users u on u.id = e.actor_id
          where e.person_id = $1 and e.id < $2
          order by e.id desc
          limit $3",
        args![person, before, limit],
    )
    .await
}

/// What was done to an organisation, latest first; `limit` lines at most.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
    limit: i64,
) -> Result<Vec<Line>, Error> {
    tx.all(
        "select e.id, e.at, e.day, e.kind, e.actor_id, u.name as actor_name, e.person_id,
                e.organisation_id, e.call_record_id, e.campaign_id, e.team_id, e.rule, e.amount,
                e.payload
           from events e
           left join users u on u.id = e.actor_id
          where e.organisation_id = $1
          order by e.id desc
          limit $2",
        args![organisation, limit],
    )
    .await
}

/// The log behind `after`, oldest first: for webhooks, the API and live boards.
pub async fn after(tx: &mut Tx, after: EventId, limit: i64) -> Result<Vec<Line>, Error> {
    tx.all(
        "select e.id, e.at, e.day, e.kind, e.actor_id, u.name as actor_name, e.person_id,
                e.organisation_id, e.call_record_id, e.campaign_id, e.team_id, e.rule, e.amount,
                e.payload
           from events e
           left join users u on u.id = e.actor_id
          where e.id > $1
          order by e.id
          limit $2",
        args![after, limit],
    )
    .await
}

/// Lines of these kinds that count on these days, both included, oldest first; `limit` lines at most.
pub async fn of_days(
    tx: &mut Tx,
    from: Date,
    until: Date,
    kinds: &[EventKind],
    limit: i64,
) -> Result<Vec<Line>, Error> {
    let mut query = Query::new(
        "select e.id, e.at, e.day, e.kind, e.actor_id, u.name as actor_name, e.person_id,
                e.organisation_id, e.call_record_id, e.campaign_id, e.team_id, e.rule, e.amount,
                e.payload
           from events e
           left join users u on u.id = e.actor_id
          where e.day >= ",
    );
    query.bind(from).push(" and e.day <= ").bind(until).push(" and e.kind in ");
    query.bind_list(kinds.iter().copied());
    query.push(" order by e.day, e.id limit ").bind(limit);
    tx.list(query).await
}

/// The id of the last line, 0 if there is none.
pub async fn latest(tx: &mut Tx) -> Result<EventId, Error> {
    tx.value("select coalesce(max(id), 0) as value from events", args![]).await
}
