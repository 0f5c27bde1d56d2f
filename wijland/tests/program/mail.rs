//! What goes out to members: with the step that it tells of, once, and seen when it does not arrive.

use axum::http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, MailId, PersonId, Pii};
use mail::outside::{Memory, Outcome};
use mail::{Channel, Outgoing, Outside, Purpose, Reason, State, To};
use texts::Language;
use web::App;

use crate::harness::{World, on_each_engine};

pub(crate) const KEPT: &str = "mail.cancellation.kept";

fn values(key: &str) -> Vec<(&str, String)> {
    let about = wording::about(key).expect("a shipped text");
    let example = |name| {
        let known = wording::Placeholder::named(name).expect("it means something");
        (name, known.example(Language::Dutch).to_owned())
    };
    about.placeholders().map(example).collect()
}

/// Sends in a step of its own, or in one that fails after it.
pub(crate) async fn send_to(world: &World, key: &str, to: To, fails: bool) -> Option<MailId> {
    let person = PersonId(world.person("W-1101").await);
    let today = world.app.now().date();
    let sent = world.db.write(Actor::SYSTEM, async |tx| {
        let wording = wording::on(tx, key, Language::Dutch, today).await?;
        let values = values(key);
        let outgoing = Outgoing {
            person,
            to: to.clone(),
            purpose: Purpose::Service,
            wording: &wording,
            values: &values,
            tokens: &[],
        };
        let id = mail::send(tx, outgoing).await?;
        if fails { Err(mail::Failed::Db(db::Error::Raced)) } else { Ok(id) }
    });
    sent.await.ok()
}

fn email(address: &str) -> To {
    To::Email { name: Pii::default(), address: Pii::new(address.parse().expect("an address")) }
}

async fn send(world: &World, address: &str) -> MailId {
    send_to(world, KEPT, email(address), false).await.expect("sent")
}

async fn state(world: &World, id: MailId) -> mail::Message {
    let person = PersonId(world.person("W-1101").await);
    let read = async |tx: &mut db::Tx| mail::of_person(tx, person, 1000).await;
    let messages = world.db.read(Actor::SYSTEM, read).await.expect("messages");
    messages.into_iter().find(|message| message.id == id).expect("in the outbox")
}

async fn tick(world: &World, outside: &Outside) -> mail::Done {
    mail::tick(&world.app, outside).await.expect("the database answers")
}

fn pass(world: &World, time: SignedDuration) {
    world.db.clock().set(world.db.clock().now() + time);
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn later(reason: Reason) -> Outcome {
    Outcome::Later { reason, status: "451 4.7.1".into() }
}

/// The same database outside the demo, with these settings.
async fn in_real_use(world: &World, mail: web::MailSettings) -> App {
    let areas = wijland::areas(world.path().join("uploads"));
    let settings =
        web::Settings { association: "Werkbond".into(), mail, ..web::Settings::default() };
    App::new(world.db.clone(), settings, &areas).await.expect("rules are there")
}

#[tokio::test]
async fn a_message_is_sent_if_and_only_if_its_step_happened() {
    on_each_engine(async |world| {
        let memory = Memory::default();
        let outside = Outside::memory(&memory);
        assert_eq!(send_to(&world, KEPT, email("a@b.example"), true).await, None);
        assert_eq!(world.count("select count(*) as value from outbox").await, 0);
        assert_eq!(tick(&world, &outside).await, mail::Done::default());

        let id = send(&world, "a@b.example").await;
        assert_eq!(state(&world, id).await.state, State::Waiting);
        assert_eq!(tick(&world, &outside).await.ended, 1);
        let taken = memory.taken();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].title, "Bericht voor de heer Van Vliet: wat we hebben afgesproken");
        assert_eq!(state(&world, id).await.state, State::Sent);
        assert_eq!(tick(&world, &outside).await, mail::Done::default());
        let events = "select count(*) as value from events where kind = 'mail_sent' and person_id is not null";
        assert_eq!(world.count(events).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_text_goes_by_the_channel_that_it_was_written_for() {
    on_each_engine(async |world| {
        let number = To::Sms(Pii::new("+31612345678".parse().expect("a number")));
        assert_eq!(send_to(&world, KEPT, number.clone(), false).await, None);
        let id = send_to(&world, "sms.referral.code", number, false).await.expect("sent");
        let memory = Memory::default();
        tick(&world, &Outside::memory(&memory)).await;
        assert_eq!(memory.taken()[0].address, "+31612345678");
        assert_eq!(state(&world, id).await.channel, Channel::Sms);
        // A letter waits for whoever prints it.
        let letter = To::Letter(Pii::new("De heer J. van Vliet\nDorpsstraat 1".into()));
        let id = send_to(&world, "letter.cancellation", letter, false).await.expect("written");
        tick(&world, &Outside::memory(&memory)).await;
        assert_eq!(state(&world, id).await.state, State::Waiting);
    })
    .await;
}

#[tokio::test]
async fn what_does_not_arrive_now_is_tried_for_three_days_and_then_given_up() {
    on_each_engine(async |world| {
        let memory = Memory::default();
        let outside = Outside::memory(&memory);
        let id = send(&world, "vol@b.example").await;
        memory.answers(later(Reason::Full));
        assert_eq!(tick(&world, &outside).await.put_off, 1);
        let waits = state(&world, id).await;
        assert_eq!(
            (waits.state, waits.tries, waits.reason),
            (State::Waiting, 1, Some(Reason::Full))
        );
        // Not before its time.
        assert_eq!(tick(&world, &outside).await, mail::Done::default());
        pass(&world, MINUTE);
        assert_eq!(tick(&world, &outside).await.ended, 1);
        assert_eq!(state(&world, id).await.state, State::Sent);

        let id = send(&world, "vol@b.example").await;
        let begun = world.db.clock().now();
        let mut tries = 0;
        while state(&world, id).await.state == State::Waiting {
            memory.answers(later(Reason::Full));
            tick(&world, &outside).await;
            tries += 1;
            let due = state(&world, id).await.due_at;
            world.db.clock().set(due.max(world.db.clock().now()));
        }
        let failed = state(&world, id).await;
        assert_eq!((failed.state, failed.status.as_str()), (State::Failed, "451 4.7.1"));
        let took = failed.ended_at.expect("it ended").duration_since(begun);
        assert!((SignedDuration::from_hours(67)..=3 * DAY).contains(&took), "{took} in {tries}");
        assert_eq!(
            world.count("select count(*) as value from events where kind = 'mail_failed'").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_server_that_does_not_let_us_in_costs_no_message() {
    on_each_engine(async |world| {
        let memory = Memory::default();
        let outside = Outside::memory(&memory);
        for _ in 0..3 {
            send(&world, "a@b.example").await;
        }
        memory.answers(later(Reason::SignIn));
        let done = tick(&world, &outside).await;
        assert_eq!((done.ended, done.put_off, done.is_stuck), (0, 1, true));
        assert!(memory.taken().is_empty(), "the others are not tried in vain");
        // The others go at the next look, without waiting for any claim to end.
        assert_eq!(tick(&world, &outside).await.ended, 2);
        pass(&world, MINUTE);
        assert_eq!(tick(&world, &outside).await.ended, 1);
        assert_eq!(memory.taken().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn two_programs_never_send_one_message_twice() {
    on_each_engine(async |world| {
        let memory = Memory::default();
        let mut sent = Vec::new();
        for nr in 0..45 {
            sent.push(send(&world, &format!("lid{nr}@b.example")).await);
        }
        let (one, other) = (Outside::memory(&memory), Outside::memory(&memory));
        let (one, other, third) = tokio::join!(
            Box::pin(tick(&world, &one)),
            Box::pin(tick(&world, &other)),
            Box::pin(tick(&world, &one)),
        );
        assert_eq!(one.ended + other.ended + third.ended, 45);
        let mut taken: Vec<MailId> = memory.taken().into_iter().map(|taken| taken.id).collect();
        taken.sort_unstable();
        assert_eq!(taken, sent);
    })
    .await;
}

#[tokio::test]
async fn what_a_killed_program_held_is_taken_over() {
    on_each_engine(async |world| {
        let memory = Memory::default();
        let outside = Outside::memory(&memory);
        let id = send(&world, "a@b.example").await;
        memory.hangs(true);
        let claimed = async {
            while world.count("select max(claim) as value from outbox").await == 0 {
                tokio::task::yield_now().await;
            }
        };
        // Dropped between the claim and the answer, as a program that is killed.
        tokio::select! {
            _ = mail::tick(&world.app, &outside) => panic!("the server hangs"),
            () = claimed => {}
        }
        memory.hangs(false);
        assert_eq!(tick(&world, &outside).await, mail::Done::default(), "it is held still");
        pass(&world, 30 * MINUTE);
        assert_eq!(tick(&world, &outside).await.ended, 1);
        assert_eq!(memory.taken().iter().map(|taken| taken.id).collect::<Vec<_>>(), [id]);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_sees_what_failed_and_why_and_not_whose_it_is() {
    on_each_engine(async |world| {
        let memory = Memory::default();
        let outside = Outside::memory(&memory);
        let id = send(&world, "niemand@b.example").await;
        memory.answers(Outcome::Never { reason: Reason::Address, status: "550 5.1.1".into() });
        tick(&world, &outside).await;

        let mut anna = world.browser("anna").await;
        let page = anna.get("/beheer/post").await;
        page.shows("het adres bestaat niet; vraag om een ander (550 5.1.1)");
        page.shows("Bevestigt wat is afgesproken met iemand die lid blijft");
        for private in ["niemand@b.example", "Van Vliet", "gepensioneerden"] {
            page.hides(private);
        }
        let again = format!("/beheer/post/{id}/opnieuw");
        let answer = anna.post(&again, &[]).await;
        assert_eq!(answer.location(), "/beheer/post?opnieuw=1");
        anna.get(answer.location()).await.shows("Eén bericht gaat opnieuw.");
        assert_eq!(anna.post(&again, &[]).await.status, StatusCode::CONFLICT, "once is enough");
        tick(&world, &outside).await;
        assert_eq!(state(&world, id).await.state, State::Sent);
        anna.get("/beheer/post").await.shows("Alles is aangekomen.");

        // Whoever may open the file sees that it went, beside the rest of the person.
        let person = world.person("W-1101").await;
        let mut noor = world.browser("noor").await;
        let file = noor.get(&format!("/leden/{person}")).await;
        file.shows("Bevestigt wat is afgesproken met iemand die lid blijft");
        file.shows("Bericht niet aangekomen");
        file.shows("Bericht verstuurd");
        assert_eq!(noor.get("/beheer/post").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_letter_waits_until_somebody_posted_it() {
    on_each_engine(async |world| {
        let lines = "De heer J. van Vliet\nDorpsstraat 1\n7201 AB  ZUTPHEN";
        let letter = To::Letter(Pii::new(lines.into()));
        let id = send_to(&world, "letter.cancellation", letter, false).await.expect("written");
        let person = world.person("W-1101").await;
        let mut noor = world.browser("noor").await;
        noor.get(&format!("/leden/{person}")).await.shows(&format!("href=\"/brieven/{id}\""));
        noor.get("/brieven").await.shows("De heer J. van Vliet");
        let page = noor.get(&format!("/brieven/{id}")).await;
        page.shows("Bevestiging van uw opzegging");
        let reads = "select count(*) as value from reads where why = 'file'";
        let before = world.count(reads).await;
        let sheet = noor.get(&format!("/brieven/{id}/blad")).await;
        sheet.shows("Dorpsstraat 1<br>");
        sheet.shows("24 november 2026");
        sheet.shows("tot en met 31 december 2026");
        assert_eq!(world.count(reads).await, before + 1, "whoever reads a letter is written down");

        let posted = format!("/brieven/{id}/gepost");
        let answer = noor.post(&posted, &[]).await;
        noor.get(answer.location()).await.shows("Alle brieven zijn op de post.");
        assert_eq!(noor.post(&posted, &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(state(&world, id).await.state, State::Sent);
        assert_eq!(
            world.count("select count(*) as value from events where kind = 'mail_sent'").await,
            1
        );
        assert_eq!(world.browser("anna").await.get("/brieven").await.status, StatusCode::FORBIDDEN);
        let mail = send(&world, "a@b.example").await;
        let other = noor.get(&format!("/brieven/{mail}")).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "a mail is no letter");
    })
    .await;
}

#[tokio::test]
async fn nothing_that_waits_goes_to_somebody_who_died() {
    on_each_engine(async |world| {
        let letter = To::Letter(Pii::new("De heer J. van Vliet".into()));
        let letter = send_to(&world, "letter.cancellation", letter, false).await.expect("written");
        let mail = send(&world, "a@b.example").await;
        let person = PersonId(world.person("W-1101").await);
        let report = async |tx: &mut db::Tx| people::person::report_death(tx, person).await;
        world.db.write(Actor::SYSTEM, report).await.expect("reported");
        let condolence = To::Letter(Pii::new("Familie Van Vliet".into()));
        let condolence = send_to(&world, "letter.condolence", condolence, false).await;
        let memory = Memory::default();
        tick(&world, &Outside::memory(&memory)).await;
        assert!(memory.taken().is_empty());
        assert_eq!(state(&world, letter).await.state, State::Stopped);
        assert_eq!(state(&world, mail).await.state, State::Stopped);
        assert_eq!(state(&world, condolence.expect("written")).await.state, State::Waiting);
    })
    .await;
}

#[tokio::test]
async fn what_nothing_is_set_up_for_is_kept_and_can_go_later() {
    on_each_engine(async |world| {
        let real = in_real_use(&world, web::MailSettings::default()).await;
        let nothing = Outside::new(real.settings()).expect("nothing is no mistake");
        let id = send(&world, "a@b.example").await;
        mail::tick(&real, &nothing).await.expect("the database answers");
        assert_eq!(state(&world, id).await.state, State::Kept);
        let mut anna = world.browser("anna").await;
        let answer = anna.post("/beheer/post/opnieuw", &[]).await;
        assert_eq!(answer.location(), "/beheer/post?opnieuw=1");
        let memory = Memory::default();
        tick(&world, &Outside::memory(&memory)).await;
        assert_eq!(memory.taken().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_demo_shows_every_message_and_lets_none_out() {
    on_each_engine(async |world| {
        let mut settings = world.app.settings().clone();
        settings.mail.smtp = Some(Pii::new("smtps://u:secret@mail.example".into()));
        settings.mail.from = Some("Werkbond <post@werkbond.example>".into());
        let demo = Outside::new(&settings).expect("settings");
        let key = "mail.signup.confirm";
        let id = send_to(&world, key, email("jan@b.example"), false).await.expect("sent");
        tick(&world, &demo).await;
        assert_eq!(state(&world, id).await.state, State::Kept);

        let mut noor = world.browser("noor").await;
        noor.get("/post").await.shows(&format!("<a href=\"/post/{id}\">"));
        let page = noor.get(&format!("/post/{id}")).await;
        page.shows("jan@b.example");
        page.shows("Ja, dit klopt: https://leden.werkbond.example/l/");
        page.shows("<a href=\"https://leden.werkbond.example/l/k3v9d0q7m2x8c5t1w6f4b7n0ha\"");
        let html = noor.get(&format!("/post/{id}/html")).await;
        html.shows("<a href=\"https://leden.werkbond.example/l/k3v9d0q7m2x8c5t1w6f4b7n0ha\">Ja, dit klopt</a>");
        html.shows("Dit bericht is van Werkbond");
        let policy = html.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("sandbox") && !policy.contains("script-src"), "{policy}");

        // Outside the demo nobody reads a member's mail.
        let areas = wijland::areas(world.path().join("uploads"));
        let real = in_real_use(&world, web::MailSettings::default()).await;
        let session = noor.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let request = axum::http::Request::get(format!("/post/{id}"))
            .header(header::COOKIE, session.collect::<Vec<_>>().join("; "))
            .body(axum::body::Body::empty())
            .expect("a request");
        let router = wijland::router(&real, areas);
        let answer = tower::ServiceExt::oneshot(router, request).await.expect("never fails");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_message_is_wiped_after_its_days_and_that_it_was_sent_stays() {
    on_each_engine(async |world| {
        let memory = Memory::default();
        let id = send(&world, "a@b.example").await;
        tick(&world, &Outside::memory(&memory)).await;
        pass(&world, 29 * DAY);
        mail::wipe(&world.app).await.expect("wiped");
        let words = "select count(*) as value from outbox where address || title || body_text || body_html <> ''";
        assert_eq!(world.count(words).await, 1);
        pass(&world, 2 * DAY);
        mail::wipe(&world.app).await.expect("wiped");
        assert_eq!(world.count(words).await, 0);
        let wiped = state(&world, id).await;
        assert_eq!((wiped.state, wiped.key.as_str()), (State::Sent, KEPT));
        assert_eq!(world.count("select count(*) as value from events where kind = 'mail_cleared'").await, 1);
    })
    .await;
}

mod links {
    use mail::link::{self, Opened, Refused, Token};

    use super::*;

    async fn make(world: &World, purpose: link::Purpose) -> Token {
        let person = PersonId(world.person("W-1101").await);
        let make = async |tx: &mut db::Tx| link::make(tx, purpose, 42, person, 14 * DAY).await;
        world.db.write(Actor::SYSTEM, make).await.expect("a link")
    }

    async fn open(world: &World, from: u8, token: &str) -> Result<Opened, Refused> {
        let from = web::Source([192, 0, 2, from].into());
        let open = async |tx: &mut db::Tx| link::open(tx, from, token).await;
        world.db.write(Actor::SYSTEM, open).await.expect("the database answers")
    }

    async fn spend(world: &World, opened: &Opened) -> Result<(), Refused> {
        let spend = async |tx: &mut db::Tx| link::spend(tx, opened).await;
        world.db.write(Actor::SYSTEM, spend).await.expect("the database answers")
    }

    #[tokio::test]
    async fn a_link_opens_as_often_as_it_is_looked_at_and_works_once() {
        on_each_engine(async |world| {
            let token = make(&world, link::Purpose::ConfirmSignUp).await;
            let opened = open(&world, 1, token.as_str()).await.expect("it holds");
            assert_eq!(
                open(&world, 1, token.as_str()).await,
                Ok(opened),
                "a scanner changes nothing"
            );
            assert_eq!((opened.subject_id, opened.used_at), (42, None));
            assert_eq!(spend(&world, &opened).await, Ok(()));
            let at = world.db.clock().now();
            pass(&world, MINUTE);
            assert_eq!(spend(&world, &opened).await, Err(Refused::Used { at }));
            let again =
                open(&world, 1, token.as_str()).await.expect("its page may show what it did");
            assert_eq!(again.used_at, Some(at));

            let own = make(&world, link::Purpose::Member).await;
            let own = open(&world, 1, own.as_str()).await.expect("it holds");
            assert_eq!((spend(&world, &own).await, spend(&world, &own).await), (Ok(()), Ok(())));
            // What is kept opens nothing.
            let kept = "select count(*) as value from links where token_hash is not null";
            assert_eq!(world.count(kept).await, 2);
        })
        .await;
    }

    #[tokio::test]
    async fn a_link_that_ended_says_when() {
        on_each_engine(async |world| {
            let token = make(&world, link::Purpose::ConfirmSignUp).await;
            let until: Timestamp = world.db.clock().now() + 14 * DAY;
            world.db.clock().set(until - SignedDuration::from_millis(1));
            assert!(open(&world, 1, token.as_str()).await.is_ok());
            world.db.clock().set(until);
            let on = kernel::local(until).date();
            let refused = open(&world, 1, token.as_str()).await.unwrap_err();
            assert_eq!(refused, Refused::Expired { on });
            let t = world.app.texts(Language::Dutch);
            assert!(refused.sentence(&t, until).contains("sturen we een nieuwe"));

            let other = make(&world, link::Purpose::ConfirmSignUp).await;
            let end = async |tx: &mut db::Tx| link::end(tx, link::Purpose::ConfirmSignUp, 42).await;
            world.db.write(Actor::SYSTEM, end).await.expect("ended");
            assert!(matches!(open(&world, 1, other.as_str()).await, Err(Refused::Expired { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn whoever_guesses_is_slowed_and_keeps_nobody_out() {
        on_each_engine(async |world| {
            let token = make(&world, link::Purpose::ConfirmSignUp).await;
            for _ in 0..6 {
                assert_eq!(open(&world, 1, "geraden").await, Err(Refused::Unknown));
            }
            assert_eq!(open(&world, 1, "geraden").await, Err(Refused::TooOften { minutes: 1 }));
            assert_eq!(open(&world, 2, "geraden").await, Err(Refused::Unknown));
            assert!(open(&world, 1, token.as_str()).await.is_ok());
        })
        .await;
    }

    #[tokio::test]
    async fn what_has_gone_is_kept_without_the_key_that_was_in_it() {
        on_each_engine(async |world| {
            let token = make(&world, link::Purpose::ConfirmSignUp).await;
            let person = PersonId(world.person("W-1101").await);
            let today = world.app.now().date();
            let key = "mail.signup.confirm";
            let mut values = values(key);
            for (name, value) in &mut values {
                if *name == "link" {
                    *value = world.app.public(&format!("/l/{}", token.as_str()));
                }
            }
            let sent = world.db.write(Actor::SYSTEM, async |tx| {
                let wording = wording::on(tx, key, Language::Dutch, today).await?;
                let outgoing = Outgoing {
                    person,
                    to: email("a@b.example"),
                    purpose: Purpose::Service,
                    wording: &wording,
                    values: &values,
                    tokens: &[&token],
                };
                mail::send(tx, outgoing).await
            });
            sent.await.expect("sent");
            let memory = Memory::default();
            tick(&world, &Outside::memory(&memory)).await;
            assert!(
                memory.taken()[0].text.contains(&format!("http://localhost/l/{}", token.as_str()))
            );
            let read = async |tx: &mut db::Tx| {
                let all = "select body_text || body_html || tokens as value from outbox";
                tx.value::<String>(all, vec![]).await
            };
            let kept = world.db.read(Actor::SYSTEM, read).await.expect("one");
            assert!(!kept.contains(token.as_str()) && kept.contains("/l/…"), "{kept}");
        })
        .await;
    }
}

mod by_gateway {
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::extract::State as Kept;
    use axum::http::HeaderMap;
    use axum::routing::post;
    use serde_json::{Value, json};

    use super::*;

    type Requests = Arc<Mutex<Vec<(String, Value)>>>;

    /// Refuses the first request as a gateway that is too busy, and takes the others.
    async fn gateway(requests: Requests) -> String {
        let take = async |Kept(requests): Kept<Requests>,
                          headers: HeaderMap,
                          body: axum::Json<Value>| {
            let token = headers[header::AUTHORIZATION].to_str().expect("text").to_owned();
            let mut requests = requests.lock().expect("nobody panics while holding it");
            requests.push((token, body.0));
            if requests.len() == 1 { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::ACCEPTED }
        };
        let router = Router::new().route("/messages", post(take)).with_state(requests);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/messages")
    }

    #[tokio::test]
    async fn a_text_message_is_one_request_with_the_same_reference_at_each_try() {
        on_each_engine(async |world| {
            let requests = Requests::default();
            let sms = web::SmsSettings {
                url: Some(gateway(Arc::clone(&requests)).await),
                token: Some(Pii::new("geheim".into())),
                from: "Bericht".into(),
                body: None,
            };
            let settings = web::Settings { sms, ..web::Settings::default() };
            let outside = Outside::new(&settings).expect("settings");
            let number = To::Sms(Pii::new("+31612345678".parse().expect("a number")));
            let id = send_to(&world, "sms.referral.code", number, false).await.expect("sent");
            let done = tick(&world, &outside).await;
            assert_eq!((done.put_off, done.is_stuck), (1, true));
            assert_eq!(state(&world, id).await.status, "429");
            pass(&world, MINUTE);
            assert_eq!(tick(&world, &outside).await.ended, 1);
            assert_eq!(state(&world, id).await.state, State::Sent);
            let text = "Uw code om door te geven: VLIET-27. Of stuur deze link door: https://leden.werkbond.example/w/VLIET-27";
            let body = json!({"to": "+31612345678", "from": "Bericht", "text": text, "reference": id.to_string()});
            let one = ("Bearer geheim".to_owned(), body);
            assert_eq!(*requests.lock().expect("nobody panics"), [one.clone(), one]);
        })
        .await;
    }
}

mod over_smtp {
    use mail::test::MailServer;

    use super::*;

    #[tokio::test]
    async fn a_mail_arrives_in_two_forms_with_all_that_a_program_must_say() {
        on_each_engine(async |world| {
            let Some(mut server) = MailServer::start() else { return };
            let real = in_real_use(&world, server.settings()).await;
            let outside = Outside::new(real.settings()).expect("settings");
            assert_eq!(outside.reaches_mail().await, Some(Ok(())));
            let to = To::Email {
                name: Pii::new("Zoë Çelik-d’Hondt".into()),
                address: Pii::new("zoe@b.example".parse().expect("an address")),
            };
            let id = send_to(&world, "mail.signup.confirm", to, false).await.expect("sent");
            let done = mail::tick(&real, &outside).await.expect("the database answers");
            assert_eq!(done.ended, 1, "{:?}", state(&world, id).await);
            let mail = server.mail();
            let header = |name: &str| mail["headers"][name].as_str().unwrap_or_default().to_owned();
            assert_eq!(mail["rcpt"], serde_json::json!(["zoe@b.example"]));
            assert_eq!(mail["hello"], "werkbond.example");
            assert_eq!(mail["defects"], serde_json::json!([]));
            assert_eq!(mail["kind"], "multipart/alternative");
            assert_eq!(header("subject"), "Bericht voor de heer Van Vliet: wilt u dit bevestigen?");
            assert!(!header("subject").to_lowercase().contains("bond"));
            assert_eq!(header("to"), "Zoë Çelik-d’Hondt <zoe@b.example>");
            assert_eq!(header("from"), "Werkbond Ledenservice <ledenservice@werkbond.example>");
            assert_eq!(header("auto-submitted"), "auto-generated");
            assert_eq!(header("content-language"), "nl");
            assert_eq!(header("message-id"), format!("<wijland.{id}@werkbond.example>"));
            assert!(header("date").starts_with("Tue, 24 Nov 2026 07:20:00"), "{}", header("date"));
            let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
            assert!(text.contains("- De contributie is € 18,73 per maand."), "{text}");
            assert!(text.contains("Dit bericht is van Werkbond. U kunt op deze mail antwoorden."));
            assert!(html.contains("<li>De contributie is € 18,73 per maand."), "{html}");
            assert!(html.contains("\">Ja, dit klopt</a>") && html.contains("lang=\"nl\""));
        })
        .await;
    }

    #[tokio::test]
    async fn what_a_server_answers_decides_what_becomes_of_a_message() {
        on_each_engine(async |world| {
            let Some(mut server) = MailServer::start() else { return };
            let real = in_real_use(&world, server.settings()).await;
            let outside = Outside::new(real.settings()).expect("settings");
            let unknown = send(&world, "niemand@b.example").await;
            let greylisted = send(&world, "grijs@b.example").await;
            let done = mail::tick(&real, &outside).await.expect("the database answers");
            assert_eq!((done.ended, done.put_off, done.is_stuck), (1, 1, false));
            let unknown = state(&world, unknown).await;
            assert_eq!((unknown.state, unknown.reason), (State::Failed, Some(Reason::Address)));
            assert_eq!(unknown.status, "550 5.1.1");
            assert_eq!(state(&world, greylisted).await.status, "451 4.7.1");
            pass(&world, MINUTE);
            mail::tick(&real, &outside).await.expect("the database answers");
            assert_eq!(state(&world, greylisted).await.state, State::Sent);
            assert_eq!(server.mail()["rcpt"], serde_json::json!(["grijs@b.example"]));

            // Nobody there: it waits, and nothing is lost.
            let gone = server.settings();
            drop(server);
            let real = in_real_use(&world, gone).await;
            let outside = Outside::new(real.settings()).expect("settings");
            assert_eq!(outside.reaches_mail().await, Some(Err(Reason::Unreachable)));
            let waits = send(&world, "a@b.example").await;
            let done = mail::tick(&real, &outside).await.expect("the database answers");
            assert!(done.is_stuck);
            let waits = state(&world, waits).await;
            assert_eq!((waits.state, waits.reason), (State::Waiting, Some(Reason::Unreachable)));
        })
        .await;
    }
}
