//! Members recruit members: a code, who joins with it, and a premium that is paid once.

use axum::http::StatusCode;
use db::{Tx, args};
use dues::amount::{NewDue, Priced};
use dues::creditor::NewCreditor;
use dues_rules::amount::Purpose;
use jiff::civil::Date;
use kernel::{Actor, Cents, MembershipId, PersonId, Pii, UserId};
use membership::Holder;
use membership_rules::{Began, Ended};
use referral::{Line, NotJoined};
use referral_rules::earn::{State, Why};
use referral_rules::give::Channel;
use referral_rules::join::NotJoined as Rule;
use serde_json::json;

use crate::harness::{Browser, World, on_each_engine};

const VLIET: &str = "1840227";
const DEKKER: &str = "2210418";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

async fn write<T>(world: &World, work: impl AsyncFnOnce(&mut Tx) -> T) -> T {
    let work = async |tx: &mut Tx| Ok::<_, db::Error>(work(tx).await);
    world.db.write(Actor::SYSTEM, work).await.unwrap()
}

async fn change(world: &World, sql: &'static str, args: Vec<db::Value>) -> Result<u64, db::Error> {
    world.db.write(Actor::SYSTEM, async |tx| tx.execute(sql, args.clone()).await).await
}

/// The code of a member, on a card.
async fn code(world: &World, number: &str) -> String {
    let person = PersonId(world.person(number).await);
    let handing = referral::Handing { person, number: 1, channel: Channel::Card };
    let given = write(world, async |tx| referral::give(tx, &world.app, handing).await).await;
    given.unwrap().as_str().to_owned()
}

/// Somebody who becomes a member today.
async fn newcomer(world: &World, surname: &str) -> (PersonId, MembershipId) {
    let noor = world.program("noor").await;
    let made = noor.post("/people", &json!({"last_name": surname})).await;
    let person = PersonId(made.json()["id"].as_str().unwrap().parse().unwrap());
    (person, begins(world, person, world.app.now().date()).await)
}

async fn begins(world: &World, person: PersonId, on: Date) -> MembershipId {
    write(world, async |tx| {
        membership::begin(tx, Holder::Person(person), on, "", Began::Joined).await.unwrap()
    })
    .await
}

async fn ends(world: &World, membership: MembershipId, on: &str) {
    write(world, async |tx| {
        membership::end(tx, membership, day(on), Ended::Cancelled).await.unwrap();
    })
    .await;
}

async fn join(
    world: &World,
    code: &str,
    (person, membership): (PersonId, MembershipId),
    account: Option<&str>,
) -> Result<kernel::ReferralId, NotJoined> {
    let book = world.app.rulebook();
    write(world, async |tx| referral::join(tx, &book, code, person, membership, account).await)
        .await
}

/// Why somebody did not join, as a rule.
async fn not_joined(world: &World, code: &str, who: (PersonId, MembershipId)) -> Rule {
    match join(world, code, who, None).await {
        Err(NotJoined::Rule(rule)) => rule,
        other => panic!("{other:?}"),
    }
}

async fn creditor(world: &World) {
    let new = NewCreditor {
        name: "Vakbond Samen & Sterk".into(),
        code: "NL79ZZZ999999990000".parse().unwrap(),
        iban: Pii::new("NL39RABO0300065264".parse().unwrap()),
    };
    write(world, async |tx| dues::creditor::add(tx, world.app.keys(), &new).await.unwrap()).await;
    // A run that the amounts of these tests came in by: how they do is not what is tested here.
    change(
        world,
        "insert into payment_runs (id, kind, creditor_id, day, state, filled_until, row_count, cents, made_by, made_at)
         select 1, 'collection', max(id), '2026-11-30', 'made', 0, 0, 0, 0, 0 from creditors",
        args![],
    )
    .await
    .unwrap();
}

/// The contribution for a month came in on a day.
async fn pays(world: &World, membership: MembershipId, period: &str, paid_on: &str) {
    let for_day = day(&format!("{period}-01"));
    let new = NewDue {
        membership,
        period: period.into(),
        purpose: Purpose::Contribution,
        for_day,
        due_on: for_day,
        priced: Priced { cents: Cents(1922), version: None, class: "full".into() },
    };
    let due = write(world, async |tx| dues::amount::due(tx, &new).await.unwrap().unwrap()).await;
    let sql = "update dues set state = 'paid', run_id = 1, paid_on = $1 where id = $2";
    change(world, sql, args![day(paid_on), due]).await.unwrap();
}

async fn lines(world: &World, number: &str) -> Vec<Line> {
    let person = PersonId(world.person(number).await);
    write(world, async |tx| referral::of_member(tx, person).await.unwrap()).await
}

/// What became of everybody who joined with this member's code, the first first.
async fn states(world: &World, number: &str) -> Vec<(State, Option<Why>)> {
    let lines = lines(world, number).await;
    lines.into_iter().rev().map(|line| (line.state, line.why)).collect()
}

async fn look_on(world: &World, on: &str) {
    world.clock_on(on, "08:00");
    referral::look(&world.app).await.unwrap();
}

async fn owed(world: &World) -> Vec<i64> {
    let found = write(world, async |tx| referral::owed(tx, PersonId(0), 100).await.unwrap()).await;
    found.into_iter().map(|owed| owed.cents.0).collect()
}

/// Somebody who joined with the code and paid at once, so that the premium is earned on 20 January.
async fn recruited(world: &World, code: &str, surname: &str) -> MembershipId {
    let who = newcomer(world, surname).await;
    join(world, code, who, None).await.unwrap();
    pays(world, who.1, "2026-11", "2026-11-24").await;
    who.1
}

async fn hand_over(petra: &mut Browser<'_>) -> String {
    let answer = petra.post("/werving/premies/uitbetalen", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().to_owned()
}

/// One of everything, for whoever walks all pages.
pub(crate) async fn furnish(world: &World) {
    let person = world.person("W-1101").await;
    let sql = "insert into referral_codes (id, person_id, code, made_by, made_at) values (1, $1, $2, 0, 0)";
    let code = referral_rules::code::Code::of([1, 2, 3, 4, 5, 6]);
    change(world, sql, args![person, code.as_str()]).await.unwrap();
}

#[tokio::test]
async fn an_agent_hands_out_invitations_and_nobody_is_called_because_of_it() {
    on_each_engine(async |world| {
        let vliet = world.person(VLIET).await;
        change(
            &world,
            "update people set email = 'w@vliet.example', email_fold = 'w@vliet.example' where id = $1",
            args![vliet],
        )
        .await
        .unwrap();
        let calls = "select (select count(*) from call_records) + (select count(*) from call_requests)
                          + (select count(*) from people) + (select count(*) from consents) as value";
        let before = world.count(calls).await;

        let mut noor = world.browser("noor").await;
        let page = noor.get(&format!("/werving/{vliet}?behoud=7")).await;
        page.shows("€ 10,00 premie");
        page.shows("href=\"/behoud/7\"");
        let address = format!("/werving/{vliet}");
        let none = noor.post(&address, &[("aantal", "0"), ("via", "email")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        none.shows("Kies een aantal van 1 tot en met 20.");
        let many = noor.post(&address, &[("aantal", "21"), ("via", "email")]).await;
        assert_eq!(many.status, StatusCode::UNPROCESSABLE_ENTITY);
        many.shows("value=\"21\"");
        assert_eq!(world.count("select count(*) as value from outbox").await, 0);

        let given = noor.post(&address, &[("aantal", "2"), ("via", "email"), ("behoud", "7")]).await;
        assert_eq!(given.location(), format!("{address}?gedaan=email&aantal=2&behoud=7"));
        let page = noor.get(given.location()).await;
        page.shows("De code voor 2 uitnodigingen gaat per e-mail naar het lid.");
        page.shows("2 uitnodigingen uitgedeeld");
        page.shows("/word-lid?code=");
        page.shows("Uw code om door te geven:");
        let card = noor.post(&address, &[("aantal", "3"), ("via", "card")]).await;
        let cards = noor.get(card.location()).await;
        assert_eq!(cards.text.matches("referral-card\"").count(), 3);
        cards.hides("Vliet");

        // The member's code stays the same, and stands in what was sent.
        assert_eq!(world.count("select count(*) as value from referral_codes").await, 1);
        let told = world
            .count(
                "select count(*) as value from outbox o join referral_codes c on c.person_id = o.person_id
                  where o.body_text like '%' || substr(c.code, 1, 3) || '-' || substr(c.code, 4) || '%'
                    and o.body_text like '%code=' || c.code || '%'",
            )
            .await;
        assert_eq!(told, 1);
        assert_eq!(world.count(calls).await, before, "R2");
        assert_eq!(
            world
                .count("select count(*) as value from events where kind = 'referral_given' and payload like '%\"number\":2%'")
                .await,
            1
        );

        // Nobody else has a code to pass on.
        let stranger = world.person("W-1101").await;
        let no = noor.post(&format!("/werving/{stranger}"), &[("aantal", "1"), ("via", "card")]).await;
        no.shows("Alleen wie nu lid is, krijgt een code.");
        let program = world.program("noor").await;
        let body = |channel: &str| json!({"person": vliet.to_string(), "number": 1, "channel": channel});
        let given = program.post("/referrals", &body("email")).await;
        assert_eq!(given.status, StatusCode::CREATED, "{}", given.text);
        let unreached = program.post("/referrals", &body("post")).await;
        assert_eq!(unreached.status, StatusCode::UNPROCESSABLE_ENTITY);
        change(&world, "update people set death_reported_at = 1 where id = $1", args![vliet]).await.unwrap();
        assert_eq!(program.post("/referrals", &body("card")).await.status, StatusCode::CONFLICT);
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test]
async fn a_voice_that_was_not_checked_gets_no_code() {
    on_each_engine(async |world| {
        let vliet = world.person(VLIET).await;
        let mut noor = world.browser("noor").await;
        noor.is_rung_by(vliet).await;
        let address = format!("/werving/{vliet}");
        let first = noor.get(&address).await;
        assert_eq!(first.location(), format!("/leden/{vliet}/controle"));
        noor.post(&address, &[("aantal", "1"), ("via", "card")]).await;
        assert_eq!(world.count("select count(*) as value from referral_codes").await, 0);
        let body = json!({"person": vliet.to_string(), "number": 1, "channel": "card"});
        let program = world.program("noor").await;
        assert_eq!(program.post("/referrals", &body).await.status, StatusCode::CONFLICT);
        noor.checks(vliet).await;
        noor.post(&address, &[("aantal", "1"), ("via", "card")]).await;
        assert_eq!(world.count("select count(*) as value from referral_codes").await, 1);
    })
    .await;
}

#[tokio::test]
async fn who_joins_counts_once_and_only_if_new() {
    on_each_engine(async |world| {
        let code = code(&world, VLIET).await;
        let other = self::code(&world, DEKKER).await;
        let vliet = PersonId(world.person(VLIET).await);
        let who = newcomer(&world, "Nieuw").await;
        let t = world.app.texts(texts::Language::Dutch);

        let unknown = join(&world, "BCD-FGHJ", who, None).await.unwrap_err();
        assert!(matches!(unknown, NotJoined::UnknownCode), "{unknown:?}");
        assert!(unknown.sentence(&t).unwrap().starts_with("Deze code kennen wij niet."));
        let own = membership_of(&world, vliet).await;
        assert_eq!(not_joined(&world, &code, (vliet, own)).await, Rule::Oneself);

        // However it is typed.
        let typed = format!(" {}-{} ", code[..3].to_lowercase(), &code[3..]);
        join(&world, &typed, who, None).await.unwrap();
        assert_eq!(not_joined(&world, &other, who).await, Rule::AlreadyReferred);
        assert_eq!(not_joined(&world, &code, who).await, Rule::AlreadyReferred);
        assert_eq!(states(&world, VLIET).await, [(State::Joined, None)]);
        assert_eq!(world.count("select count(*) as value from call_records r join referrals f on f.person_id = r.person_id").await, 0);

        // Who left is new again after 36 months, not before.
        for (left, is_new) in [("2023-11-24", false), ("2023-11-23", true)] {
            let noor = world.program("noor").await;
            let made = noor.post("/people", &json!({"last_name": "Terug"})).await;
            let person = PersonId(made.json()["id"].as_str().unwrap().parse().unwrap());
            let before = begins(&world, person, day("2020-01-01")).await;
            ends(&world, before, left).await;
            let again = begins(&world, person, day("2026-11-24")).await;
            let joined = join(&world, &code, (person, again), None).await;
            match joined {
                Ok(_) => assert!(is_new, "{left}"),
                Err(NotJoined::Rule(Rule::WasMember { months: 36 })) => assert!(!is_new, "{left}"),
                Err(other) => panic!("{other:?}"),
            }
        }
    })
    .await;
}

async fn membership_of(world: &World, person: PersonId) -> MembershipId {
    write(world, async |tx| membership::of_person(tx, person).await.unwrap()[0].id).await
}

#[tokio::test]
async fn one_account_and_one_trick_earn_nothing() {
    on_each_engine(async |world| {
        let code = code(&world, VLIET).await;
        let vliet = world.person(VLIET).await;
        // The referrer's own account.
        account(&world, 1, vliet, "hash-of-vliet").await;
        let who = newcomer(&world, "Zelf").await;
        let same = join(&world, &code, who, Some("hash-of-vliet")).await.unwrap_err();
        assert!(matches!(same, NotJoined::Rule(Rule::SameAccount)), "{same:?}");
        join(&world, &code, who, Some("hash-of-house")).await.unwrap();
        account(&world, 2, who.0.0, "hash-of-house").await;
        // Another in the same house, as long as both stay.
        let sister = newcomer(&world, "Zus").await;
        join(&world, &code, sister, Some("hash-of-house")).await.unwrap();
        // Recruit, cancel, recruit again: by the same person, and under another name.
        ends(&world, who.1, "2026-11-30").await;
        world.clock_on("2026-12-01", "09:00");
        let again = begins(&world, who.0, day("2026-12-01")).await;
        assert_eq!(not_joined(&world, &code, (who.0, again)).await, Rule::AlreadyReferred);
        referral::look(&world.app).await.unwrap();
        assert_eq!(states(&world, VLIET).await[0], (State::NotEarned, Some(Why::Left)));
        let within = Rule::WasMember { months: 36 };
        assert_eq!(not_joined(&world, &code, (who.0, again)).await, within);
        let renamed = newcomer(&world, "Ander").await;
        let trick = join(&world, &code, renamed, Some("hash-of-house")).await.unwrap_err();
        assert!(matches!(trick, NotJoined::Rule(Rule::SameAccount)), "{trick:?}");
    })
    .await;
}

async fn account(world: &World, id: i64, person: i64, hash: &str) {
    change(
        world,
        "insert into accounts (id, person_id, holder, sealed, key_nr, look_up, country, made_by, made_at)
         values ($1, $2, '', $3, 1, $4, 'NL', 0, 0)",
        args![id, person, vec![0_u8], hash],
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn staff_and_board_take_no_part() {
    on_each_engine(async |world| {
        let code = code(&world, VLIET).await;
        let vliet = world.person(VLIET).await;
        let who = newcomer(&world, "Nieuw").await;
        let mut ingrid = world.browser("ingrid").await;
        let address = format!("/werving/{vliet}/bestuur");
        let mut noor = world.browser("noor").await;
        let refused = noor.post(&address, &[("bestuur", "ja")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "an agent seats nobody");
        for _ in 0..2 {
            ingrid.post(&address, &[("bestuur", "ja")]).await;
        }
        assert_eq!(not_joined(&world, &code, who).await, Rule::Excluded);
        let no = ingrid.post(&format!("/werving/{vliet}"), &[("aantal", "1"), ("via", "card")]).await;
        no.shows("Medewerkers en bestuursleden doen niet mee");
        ingrid.post(&address, &[("bestuur", "nee")]).await;

        let set = "update people set email = 'noor@bond.example', email_fold = 'noor@bond.example' where id = $1";
        change(&world, set, args![vliet]).await.unwrap();
        let set = "update users set email = 'noor@bond.example', email_fold = 'noor@bond.example' where login = 'noor'";
        change(&world, set, args![]).await.unwrap();
        assert_eq!(not_joined(&world, &code, who).await, Rule::Excluded);
        change(&world, "update users set ended_at = 1 where login = 'noor'", args![]).await.unwrap();
        join(&world, &code, who, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_premium_is_earned_when_the_first_collection_stood_and_paid_once() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let code = code(&world, VLIET).await;
        recruited(&world, &code, "Kleinkind").await;
        look_on(&world, "2027-01-19").await;
        assert_eq!(states(&world, VLIET).await, [(State::Joined, None)]);
        look_on(&world, "2027-01-20").await;
        assert_eq!(states(&world, VLIET).await, [(State::Earned, None)]);
        referral::look(&world.app).await.unwrap();
        assert_eq!(owed(&world).await, [1000]);

        // Two colleagues at once, and a double click: once.
        let (mut petra, mut other) = (world.browser("petra").await, world.browser("petra").await);
        petra.get("/werving/premies").await.shows("Zet alles klaar om uit te betalen");
        let (one, two) = tokio::join!(hand_over(&mut petra), hand_over(&mut other));
        let mut both = [one.as_str(), two.as_str()];
        both.sort_unstable();
        assert_eq!(
            both,
            ["/werving/premies?gedaan=0&centen=0", "/werving/premies?gedaan=1&centen=1000"]
        );
        assert_eq!(hand_over(&mut petra).await, "/werving/premies?gedaan=0&centen=0");
        let paid = "select count(*) as value from dues where kind = 'pay_out' and purpose = 'referral_bonus' and cents = 1000";
        assert_eq!(world.count(paid).await, 1);
        assert_eq!(states(&world, VLIET).await, [(State::Paid, None)]);
        assert_eq!(owed(&world).await, [] as [i64; 0]);
        petra.get("/werving/premies").await.shows("Niets om uit te betalen");
        petra.get("/uitbetalen").await.shows("10,00");

        // The member sees how far it is; whoever may see the new member sees the name.
        let t = world.app.texts(texts::Language::Dutch);
        assert_eq!(lines(&world, VLIET).await[0].says(&t), "Wordt uitbetaald");
        change(&world, "update dues set state = 'paid', run_id = 1, paid_on = '2027-02-01' where kind = 'pay_out'", args![])
            .await
            .unwrap();
        assert_eq!(lines(&world, VLIET).await[0].says(&t), "Uitbetaald op 1 februari 2027");
        let vliet = world.person(VLIET).await;
        let page = world.browser("noor").await.get(&format!("/leden/{vliet}")).await;
        page.shows("Kleinkind</b>");
        page.shows("1 uitgedeeld, 1 lid geworden, 1 verdiend, 1 uitbetaald");
        let json = world.program("noor").await.get(&format!("/people/{vliet}/referrals")).await.json();
        assert_eq!(json["joined"][0]["state"], "paid");
        assert_eq!(json["joined"][0]["paid_on"], "2027-02-01");
        assert_eq!(json["given"], 1);
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test]
async fn a_premium_that_is_taken_back_is_settled_with_the_next() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let code = code(&world, VLIET).await;
        let first = recruited(&world, &code, "Een").await;
        recruited(&world, &code, "Twee").await;
        look_on(&world, "2027-01-20").await;
        let mut petra = world.browser("petra").await;
        assert_eq!(hand_over(&mut petra).await, "/werving/premies?gedaan=1&centen=2000");

        // 90 days after joining on 24 November is 22 February.
        ends(&world, first, "2027-02-22").await;
        look_on(&world, "2027-02-22").await;
        assert_eq!(states(&world, VLIET).await, [(State::Paid, None), (State::Paid, None)]);
        look_on(&world, "2027-02-23").await;
        let back = (State::TakenBack, Some(Why::Left));
        assert_eq!(states(&world, VLIET).await, [back, (State::Paid, None)]);
        assert_eq!(owed(&world).await, [-1000]);
        // Weeks later one signs in again.
        let mut petra = world.browser("petra").await;
        let page = petra.get("/werving/premies").await;
        page.shows("wordt verrekend met de volgende premie");
        page.hides("Zet alles klaar");
        assert_eq!(hand_over(&mut petra).await, "/werving/premies?gedaan=0&centen=0");

        for surname in ["Drie", "Vier"] {
            let who = newcomer(&world, surname).await;
            join(&world, &code, who, None).await.unwrap();
            pays(&world, who.1, "2027-02", "2027-02-24").await;
        }
        look_on(&world, "2027-05-01").await;
        assert_eq!(owed(&world).await, [1000], "two premiums less the one that was lost");
        let mut petra = world.browser("petra").await;
        assert_eq!(hand_over(&mut petra).await, "/werving/premies?gedaan=1&centen=1000");
        let open = "select count(*) as value from referral_lines where payment_id is null";
        assert_eq!(world.count(open).await, 0);
        let differs = "select count(*) as value from referral_payments p
            where p.cents <> (select sum(l.cents) from referral_lines l where l.payment_id = p.id)";
        assert_eq!(world.count(differs).await, 0, "R3");
    })
    .await;
}

#[tokio::test]
async fn a_sign_up_that_ends_earns_nothing() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let code = code(&world, VLIET).await;
        let lapsed = newcomer(&world, "Vergeten").await;
        join(&world, &code, lapsed, None).await.unwrap();
        let withdrawn = recruited(&world, &code, "Bedacht").await;
        look_on(&world, "2027-01-20").await;
        for _ in 0..2 {
            write(&world, async |tx| {
                referral::taken_back(tx, lapsed.1, Why::Lapsed).await.unwrap();
                referral::taken_back(tx, withdrawn, Why::Withdrawn).await.unwrap();
            })
            .await;
        }
        assert_eq!(
            states(&world, VLIET).await,
            [(State::NotEarned, Some(Why::Lapsed)), (State::TakenBack, Some(Why::Withdrawn))]
        );
        assert_eq!(owed(&world).await, [] as [i64; 0], "earned and taken back before it was paid");
    })
    .await;
}

#[tokio::test]
async fn what_was_promised_on_the_day_of_joining_holds() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let code = code(&world, VLIET).await;
        recruited(&world, &code, "Eerst").await;
        let mut anna = world.browser("anna").await;
        for (key, value) in [("referral.amount_cents", "2500"), ("referral.max_per_year", "2")] {
            let form = [
                ("deel_", value),
                ("valid_from", "2026-11-25"),
                ("source", "Besluit"),
                ("grade", "D"),
            ];
            let set = anna.post(&format!("/beheer/regels/{key}"), &form).await;
            assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text);
        }
        let none =
            [("deel_", "0"), ("valid_from", "2026-11-25"), ("source", "Besluit"), ("grade", "D")];
        let none = anna.post("/beheer/regels/referral.amount_cents", &none).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "a premium is more than nothing");
        world.clock_on("2026-11-25", "09:00");
        for surname in ["Tweede", "Derde"] {
            recruited(&world, &code, surname).await;
        }
        look_on(&world, "2027-01-20").await;
        assert_eq!(
            states(&world, VLIET).await,
            [
                (State::Earned, None),
                (State::Earned, None),
                (State::NotEarned, Some(Why::OverLimit))
            ]
        );
        assert_eq!(owed(&world).await, [3500]);
    })
    .await;
}

#[tokio::test]
async fn a_referrer_in_arrears_waits_and_one_who_left_earns_nothing() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let code = code(&world, VLIET).await;
        recruited(&world, &code, "Kleinkind").await;
        let vliet = membership_of(&world, PersonId(world.person(VLIET).await)).await;
        pays(&world, vliet, "2026-11", "2026-11-24").await;
        let back = "update dues set state = 'returned', returned_on = '2026-12-01' where membership_id = $1";
        change(&world, back, args![vliet]).await.unwrap();
        look_on(&world, "2027-01-20").await;
        assert_eq!(states(&world, VLIET).await, [(State::Joined, None)]);
        let paid = "update dues set state = 'paid' where membership_id = $1";
        change(&world, paid, args![vliet]).await.unwrap();
        ends(&world, vliet, "2027-01-19").await;
        referral::look(&world.app).await.unwrap();
        assert_eq!(states(&world, VLIET).await, [(State::NotEarned, Some(Why::ReferrerGone))]);
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_holds_what_is_promised() {
    on_each_engine(async |world| {
        creditor(&world).await;
        let code = code(&world, VLIET).await;
        let membership = recruited(&world, &code, "Kleinkind").await;
        look_on(&world, "2027-01-20").await;
        let again = "insert into referrals (id, referrer_id, person_id, membership_id, state, joined_on, cents, rule, claw_until, made_at)
            select 2, person_id, $1, $2, 'joined', joined_on, cents, rule, claw_until, 0 from referrals where membership_id = $3";
        let person = world.person(DEKKER).await;
        let twice = change(&world, again, args![person, membership, membership]).await;
        assert!(matches!(twice, Err(db::Error::Duplicate)), "R1: {twice:?}");
        let oneself = "update referrals set referrer_id = person_id";
        for sql in [
            oneself,
            "update referrals set cents = 5000",
            "update referrals set claw_until = '2030-01-01'",
            "update referral_lines set cents = 5000",
            "insert into referral_lines (id, referral_id, person_id, kind, cents, made_at)
             select 3, referral_id, person_id, 'premium', 1000, 0 from referral_lines",
        ] {
            assert!(change(&world, sql, args![]).await.is_err(), "{sql}");
        }
        hand_over(&mut world.browser("petra").await).await;
        let unpaid = change(&world, "update referral_lines set payment_id = null", args![]).await;
        assert!(unpaid.is_err(), "paid once");
    })
    .await;
}

#[tokio::test]
async fn not_now_comes_back_to_whoever_said_so_or_to_whoever_comes_first() {
    on_each_engine(async |world| {
        let vliet = world.person(VLIET).await;
        let mut noor = world.browser("noor").await;
        let address = format!("/werving/{vliet}/niet-nu");
        noor.post(&address, &[("dag", "2026-11-24")]).await.shows("Kies een dag na vandaag.");
        let planned = noor.post(&address, &[("dag", "2026-12-09")]).await;
        assert_eq!(planned.location(), format!("/werving/{vliet}?gedaan=niet-nu"));
        noor.get("/werving").await.hides("Vliet");
        // Moved, not doubled.
        noor.post(&address, &[("dag", "2026-12-08")]).await;
        assert_eq!(world.count("select count(*) as value from referral_reminders").await, 1);
        noor.get("/werving").await.shows("Vliet");
        world.browser("marit").await.get("/werving").await.hides("Vliet");

        let user: i64 = world.user("noor").await.parse().unwrap();
        for leave in world.app.on_leave() {
            let leaver = web::Leaver { user: UserId(user), heir: None };
            let step = async |tx: &mut Tx| leave(tx, leaver).await;
            world.db.write(Actor::SYSTEM, step).await.unwrap();
        }
        let mut marit = world.browser("marit").await;
        marit.get("/werving").await.shows("nog niemand");
        marit.post(&format!("/werving/{vliet}/gevraagd"), &[]).await;
        marit.get("/werving").await.shows("Niemand om weer te vragen");
    })
    .await;
}
