//! Follows the log and the days.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use activity::Line;
use db::{Error, Tx};
use figures_rules::{Agreement, Cell, Dim, Member, Month, Place, Span, Universe};
use jiff::civil::Date;
use kernel::{Actor, EventId, EventKind};
use web::{App, Broken};

use super::known::{
    Kept, kept_ids, put_agreements, put_members, stored_agreements, stored_members,
};
use super::sources::{self, Contact, Facts, Which};
use super::store::{self, Deltas, Rules, State, Why};

/// So long it gathers what is written, so that a busy desk is counted in few steps.
const GATHERS: Duration = Duration::from_secs(1);
/// If nothing is heard of commits, as when another program wrote.
const LOOKS_EVERY: Duration = Duration::from_secs(5);

/// Runs as long as the program. Of several programs one counts at a time, and each line of the log once.
pub async fn follow(app: App) {
    let mut commits = app.db().commits();
    // In which class of the contact norm a member is comes from there, so it goes first.
    let mut dues = visits::due::Follower::default();
    loop {
        if let Err(error) = dues.catch_up(&app).await {
            tracing::warn!(%error, "who is due is brought up to date in a moment");
            dues = visits::due::Follower::default();
        }
        if let Err(error) = Follower::catch_up(&app).await {
            tracing::warn!(%error, "the figures are brought up to date in a moment");
        }
        let changed = tokio::time::timeout(LOOKS_EVERY, commits.changed()).await;
        if matches!(changed, Ok(Err(_))) {
            return;
        }
        tokio::time::sleep(GATHERS).await;
    }
}

/// So many lines of the log, and so many members, in one step: others write in between.
const LINES_AT_ONCE: i64 = 1_000;
const MEMBERS_AT_ONCE: i64 = 2_000;

const OF_MEMBERS: [Universe; 2] = [Universe::Persons, Universe::Organisations];

/// Counts; everything that it knows is in the database, so that it goes on where it ended, whoever ended it.
#[derive(Debug)]
pub struct Follower;

impl Follower {
    /// Counts what was written since, and anew whoever changes with the day.
    pub async fn catch_up(app: &App) -> Result<(), Broken> {
        let today = app.now().date();
        let rules = Rules::of(&app.rulebook(), today).map_err(Broken::new)?;
        let news = app.db().read(Actor::SYSTEM, async |tx| {
            let latest = activity::latest(tx).await?;
            Ok::<_, Error>(store::state(tx).await?.is_none_or(|state| state.position < latest))
        });
        // Nobody is kept from writing while nothing happened.
        let mut more = news.await.map_err(Broken::new)?;
        while more {
            let step = app.db().write(Actor::SYSTEM, async |tx| log_step(tx, rules, today).await);
            more = step.await.map_err(Broken::new)?;
        }
        let state = app.db().read(Actor::SYSTEM, async |tx| store::state(tx).await).await;
        let state = state.map_err(Broken::new)?;
        if state.is_some_and(|state| state.counted_on == today.to_string()) {
            return Ok(());
        }
        Self::count_all(app, rules, today).await
    }

    /// The day changed, or a file was taken in: every member and agreement, in steps.
    async fn count_all(app: &App, rules: Rules, today: Date) -> Result<(), Broken> {
        for universe in OF_MEMBERS {
            let mut after = Some(0);
            while let Some(from) = after {
                let step = app.db().write(Actor::SYSTEM, async |tx| {
                    let state = store::hold(tx, rules, today).await?;
                    members_step(tx, &span(&state, rules, today), universe, from).await
                });
                after = step.await.map_err(Broken::new)?;
            }
        }
        let mut after = Some(0);
        while let Some(from) = after {
            let step = app.db().write(Actor::SYSTEM, async |tx| {
                store::hold(tx, rules, today).await?;
                agreements_step(tx, today, from).await
            });
            after = step.await.map_err(Broken::new)?;
        }
        let end = app.db().write(Actor::SYSTEM, async |tx| {
            let state = store::hold(tx, rules, today).await?;
            store::counted_on(tx, Some(today)).await?;
            store::close(tx, &state, rules, today).await
        });
        end.await.map_err(Broken::new)
    }
}

fn span(state: &State, rules: Rules, today: Date) -> Span {
    Span { first: state.first_month, today, gap_days: rules.gap_days }
}

/// Whoever a line of the log concerns.
#[derive(Debug, Default)]
struct Touched {
    /// Whose file or membership changed.
    members: BTreeMap<Universe, BTreeSet<i64>>,
    contacts: BTreeMap<(Universe, i64), (BTreeSet<Month>, BTreeSet<Month>)>,
    /// About whom something was done: it counts where they stand.
    about: BTreeSet<(Universe, i64)>,
    agreements: BTreeSet<i64>,
    /// A file was taken in or back.
    all: bool,
}

impl Touched {
    fn read(&mut self, line: &Line, subject: Option<(Universe, i64)>, first: Month) {
        let month = Month::of(line.day);
        let contact = sources::contact(line);
        self.about.extend(subject);
        // A window of two years is the longest that looks back.
        if let Some(subject) = subject
            && contact != Contact::None
            && month >= first.plus(-24)
        {
            let (contacts, visits) = self.contacts.entry(subject).or_default();
            contacts.insert(month);
            if contact == Contact::Visited {
                visits.insert(month);
            }
        }
        match line.kind.parse() {
            Ok(
                EventKind::MembershipChanged
                | EventKind::PersonChanged
                | EventKind::PersonAdded
                | EventKind::DeathReported
                | EventKind::OrganisationAdded
                | EventKind::OrganisationChanged,
            ) => {
                let members = &mut self.members;
                if let Some(person) = line.person_id {
                    members.entry(Universe::Persons).or_default().insert(person.0);
                }
                if let Some(organisation) = line.organisation_id {
                    members.entry(Universe::Organisations).or_default().insert(organisation.0);
                }
            }
            Ok(
                EventKind::AgreementMade | EventKind::AgreementDone | EventKind::AgreementChanged,
            ) => self.agreements.extend(line.number("agreement")),
            Ok(EventKind::ImportDone | EventKind::ImportUndone) => self.all = true,
            Ok(EventKind::RuleChanged) => {
                self.all |= line.rule.as_deref().is_some_and(|rule| rule.starts_with("figures."));
            }
            _ => {}
        }
    }
}

/// Counts the next lines of the log. Whether there may be more.
async fn log_step(tx: &mut Tx, rules: Rules, today: Date) -> Result<bool, Error> {
    let state = store::hold(tx, rules, today).await?;
    let span = span(&state, rules, today);
    let seen = store::seen(tx).await?;
    let (from, sure) = (state.sure_until, store::sure_now());
    let mut lines = Vec::new();
    let (mut after, mut is_full) = (from, false);
    // Lines that were counted before may fill a page.
    while lines.is_empty() {
        let page = activity::after(tx, after, LINES_AT_ONCE).await?;
        let Some(last) = page.last().map(|line| line.id) else { break };
        is_full = i64::try_from(page.len()).is_ok_and(|read| read == LINES_AT_ONCE);
        lines = page;
        lines.retain(|line| !seen.contains(&line.id));
        after = last;
        if !is_full {
            break;
        }
    }
    if lines.is_empty() {
        return Ok(false);
    }
    let mut touched = Touched::default();
    let mut subjects = Vec::with_capacity(lines.len());
    for line in &lines {
        let needs = sources::contact(line) != Contact::None || !sources::flows(line).is_empty();
        let subject = if needs { sources::subject(line) } else { None };
        touched.read(line, subject, span.first);
        subjects.push(subject);
    }
    let mut deltas = Deltas::default();
    for universe in OF_MEMBERS {
        let known = bring(tx, &span, universe, &touched, &mut deltas).await?;
        let of_these = lines.iter().zip(&subjects).filter(|(_, subject)| {
            // What is about nobody is counted with the persons, once.
            subject.map_or(universe == Universe::Persons, |(of, _)| of == universe)
        });
        for (line, subject) in of_these {
            let member = subject.and_then(|(_, id)| known.get(&id));
            add_flows(&mut deltas, line, member, &span);
        }
    }
    let ids: Vec<i64> = touched.agreements.iter().copied().collect();
    bring_agreements(tx, today, &ids, Why::Agreement, &mut deltas).await?;
    deltas.write(tx, today).await?;
    let news: Vec<EventId> = lines.iter().map(|line| line.id).collect();
    let position = news.iter().copied().fold(state.position, EventId::max);
    store::move_on(tx, position, from.max(sure.min(position)), &news).await?;
    if touched.all {
        store::counted_on(tx, None).await?;
    }
    Ok(is_full)
}

/// Where one line counts: of the association, of whoever did it and the team, and where the member stood in that month.
pub(crate) fn flow_cells(line: &Line, member: Option<&Member>, first: Month) -> Vec<(Cell, i64)> {
    let month = Month::of(line.day);
    if month < first {
        return vec![];
    }
    let place = member.and_then(|member| member.place(month));
    let dims = [
        Some(Dim::All),
        line.team_id.map(|team| Dim::Team(team.0)),
        Some(Dim::User(sources::worker(line))),
        place
            .map(|place| place.sector.clone())
            .filter(|sector| !sector.is_empty())
            .map(Dim::Sector),
        place.and_then(|place| place.class).map(Dim::Class),
    ];
    let dims: Vec<Dim> = dims.into_iter().flatten().collect();
    sources::flows(line)
        .into_iter()
        .flat_map(|(measure, n)| {
            dims.iter().map(move |dim| {
                (Cell { universe: Universe::Work, measure, dim: dim.clone(), month }, n)
            })
        })
        .collect()
}

fn add_flows(deltas: &mut Deltas, line: &Line, member: Option<&Member>, span: &Span) {
    for (cell, n) in flow_cells(line, member, span.first) {
        deltas.add(cell, Why::Late, n);
    }
}

/// Brings those that were touched up to date; gives what is known of them now.
async fn bring(
    tx: &mut Tx,
    span: &Span,
    universe: Universe,
    touched: &Touched,
    deltas: &mut Deltas,
) -> Result<BTreeMap<i64, Member>, Error> {
    let changed = touched.members.get(&universe).cloned().unwrap_or_default();
    let mut ids = changed.clone();
    ids.extend(touched.about.iter().filter(|(of, _)| *of == universe).map(|(_, id)| *id));
    let ids: Vec<i64> = ids.into_iter().collect();
    let stored = stored_members(tx, universe, &ids).await?;
    // Who had a contact and is known needs no look at the file.
    let unknown: Vec<i64> =
        ids.iter().copied().filter(|id| changed.contains(id) || !stored.contains_key(id)).collect();
    let facts = sources::facts(tx, universe, &unknown).await?;
    let mut count = Count { span, universe, why: Why::Member, deltas, written: vec![] };
    let mut known = BTreeMap::new();
    for id in ids {
        let before = stored.get(&id);
        let facts = unknown.contains(&id).then(|| facts.get(&id).cloned().unwrap_or_default());
        let added = touched.contacts.get(&(universe, id));
        known.insert(id, count.one(id, before, facts, added));
    }
    let written = count.written;
    put_members(tx, universe, &written, span).await?;
    Ok(known)
}

/// Counts members one by one.
struct Count<'a> {
    span: &'a Span,
    universe: Universe,
    why: Why,
    deltas: &'a mut Deltas,
    written: Vec<(i64, Member)>,
}

impl Count<'_> {
    fn one(
        &mut self,
        id: i64,
        before: Option<&Kept<Member>>,
        facts: Option<Facts>,
        added: Option<&(BTreeSet<Month>, BTreeSet<Month>)>,
    ) -> Member {
        let mut member = before.map(|kept| kept.known.clone()).unwrap_or_default();
        if let Some(facts) = facts {
            stands(&mut member, &facts, self.span);
            member.stays = facts.stays;
            member.reach = facts.reach;
        }
        if let Some((contacts, visits)) = added {
            member.contacts.extend(contacts);
            member.visits.extend(visits);
        }
        if let Some(kept) = before
            && kept.known == member
            && self.nothing_passed(kept)
        {
            return member;
        }
        // As it was counted: on that day, and by the rule of that day.
        let counted = before
            .map(|kept| {
                let gap_days = kept.gap_days;
                let then = Span { today: kept.counted_on, gap_days, ..*self.span };
                kept.known.cells(self.universe, &then)
            })
            .unwrap_or_default();
        let counts = member.cells(self.universe, self.span);
        let differs = self.deltas.differ(&counted, &counts, self.why, self.span.today);
        if differs || before.is_none_or(|kept| kept.known != member) {
            self.written.push((id, member.clone()));
        }
        member
    }

    /// Between two days of one month, in which nobody came or left, a member counts where it counted.
    fn nothing_passed(&self, kept: &Kept<Member>) -> bool {
        let (then, now) = (kept.counted_on, self.span.today);
        let passed = |day: Option<Date>| day.is_some_and(|day| then < day && day <= now);
        kept.gap_days == self.span.gap_days
            && Month::of(then) == Month::of(now)
            && !kept.known.stays.iter().any(|stay| {
                passed(stay.starts_on) || passed(stay.ends_on.and_then(|end| end.tomorrow().ok()))
            })
    }
}

/// Where the member stands. What was done this month counts where the member stood when it began; a change holds from the
/// next month on.
fn stands(member: &mut Member, facts: &Facts, span: &Span) {
    let next = Month::of(span.today).plus(1);
    let place = |from| Place { from, sector: facts.sector.clone(), class: facts.class };
    member.places.retain(|place| place.from < next);
    match member.places.last() {
        None => member.places.push(place(span.first)),
        Some(last) if last.sector == facts.sector && last.class == facts.class => {}
        Some(_) => member.places.push(place(next)),
    }
}

/// Members behind `after`; the last of them, or `None` when there are no more.
async fn members_step(
    tx: &mut Tx,
    span: &Span,
    universe: Universe,
    after: i64,
) -> Result<Option<i64>, Error> {
    let Some((ids, last)) = next_ids(tx, universe, after).await? else { return Ok(None) };
    let stored = stored_members(tx, universe, &ids).await?;
    let facts = sources::facts(tx, universe, &ids).await?;
    let mut deltas = Deltas::default();
    let mut count =
        Count { span, universe, why: Why::Import, deltas: &mut deltas, written: vec![] };
    for id in ids {
        let facts = facts.get(&id).cloned().unwrap_or_default();
        count.one(id, stored.get(&id), Some(facts), None);
    }
    let written = count.written;
    put_members(tx, universe, &written, span).await?;
    deltas.write(tx, span.today).await?;
    Ok(Some(last))
}

/// Whoever holds a membership or is kept, behind `after`, with the last id up to which that is everybody.
pub(super) async fn next_ids(
    tx: &mut Tx,
    universe: Universe,
    after: i64,
) -> Result<Option<(Vec<i64>, i64)>, Error> {
    let holders = sources::holders(tx, universe, after, MEMBERS_AT_ONCE).await?;
    let kept = kept_ids(tx, universe, after, MEMBERS_AT_ONCE).await?;
    // Of a list that was cut, nobody is known behind its end.
    let full = |ids: &Vec<i64>| i64::try_from(ids.len()).is_ok_and(|n| n == MEMBERS_AT_ONCE);
    let ends = [&holders, &kept].into_iter().filter(|ids| full(ids)).filter_map(|ids| ids.last());
    let end = ends.copied().min().unwrap_or(i64::MAX);
    let ids: BTreeSet<i64> = holders.into_iter().chain(kept).filter(|id| *id <= end).collect();
    let Some(last) = ids.last().copied() else { return Ok(None) };
    Ok(Some((ids.into_iter().collect(), last)))
}

async fn bring_agreements(
    tx: &mut Tx,
    today: Date,
    ids: &[i64],
    why: Why,
    deltas: &mut Deltas,
) -> Result<(), Error> {
    let stored = stored_agreements(tx, ids).await?;
    let mut written = Vec::new();
    for (id, agreement) in sources::agreements(tx, Which::These(ids)).await? {
        let before = stored.get(&id);
        let agreement = as_made(agreement, before);
        let counted = before.map(|kept| cells_of(kept.known.cells(kept.counted_on)));
        let counts = cells_of(agreement.cells(today));
        let differs = deltas.differ(&counted.unwrap_or_default(), &counts, why, today);
        if differs || before.is_none_or(|kept| kept.known != agreement) {
            written.push((id, agreement));
        }
    }
    put_agreements(tx, &written, today).await
}

/// It counts for the team, sector and class of when it came to its owner: a colleague who changes teams takes no past along.
pub(super) fn as_made(agreement: Agreement, before: Option<&Kept<Agreement>>) -> Agreement {
    match before.map(|kept| &kept.known).filter(|known| known.owner == agreement.owner) {
        Some(known) if known.owner.is_some() => {
            let Agreement { team, sector, class, .. } = known.clone();
            Agreement { team, sector, class, ..agreement }
        }
        _ => agreement,
    }
}

pub(super) fn cells_of(cells: Vec<Cell>) -> BTreeMap<Cell, i64> {
    cells.into_iter().map(|cell| (cell, 1)).collect()
}

async fn agreements_step(tx: &mut Tx, today: Date, after: i64) -> Result<Option<i64>, Error> {
    let found = sources::agreements(tx, Which::Behind(after, MEMBERS_AT_ONCE)).await?;
    let ids: Vec<i64> = found.into_keys().collect();
    let mut deltas = Deltas::default();
    bring_agreements(tx, today, &ids, Why::Agreement, &mut deltas).await?;
    deltas.write(tx, today).await?;
    Ok(ids.last().copied())
}
