//! Who may already be there, while somebody signs up: what the form asks with every pause in typing, its page included.

use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use jiff::civil::Date;
use kernel::{Actor, PhoneNumber};
use tower::ServiceExt as _;

use crate::samples::Samples;
use crate::world::{Failed, World};

const PEOPLE: usize = 300;

db::row! {
    struct Sample {
        id: i64,
        first_name: String,
        surname: String,
        birth_date: Option<Date>,
        email: String,
        number: Option<PhoneNumber>,
    }
}

/// What the form holds when somebody like this was typed so far.
type Typed = fn(&Sample) -> Option<String>;

pub(crate) async fn measure(world: &World) -> Result<(), Failed> {
    let db = &world.installation.db;
    let read = async |tx: &mut db::Tx| {
        let lowest: i64 = tx.value("select min(id) as value from people", vec![]).await?;
        let highest: i64 = tx.value("select max(id) as value from people", vec![]).await?;
        let mut rng = fastrand::Rng::with_seed(13);
        let mut people: Vec<Sample> = Vec::new();
        while people.len() < PEOPLE {
            let found = tx
                .one(
                    "select p.id, p.first_name, p.surname, p.birth_date, p.email,
                            (select min(number) from phones t where t.person_id = p.id) as number
                       from people p where p.id >= $1 and p.birth_date is not null order by p.id limit 1",
                    db::args![rng.i64(lowest..=highest)],
                )
                .await?;
            people.extend(found);
        }
        Ok::<_, db::Error>(people)
    };
    let people = db.read(Actor::SYSTEM, read).await?;
    let uploads = world.installation.settings.data.join("uploads");
    let router = wijland::router(&world.app, wijland::areas(uploads));
    let cookie = crate::pages::sign_in(&router, "agent001").await?;
    println!("a look while somebody signs up, for somebody who is there already:");
    let ways: [(&str, Typed); 4] = [
        ("name and day of birth", |person| Some(named(person, person.birth_date?))),
        ("e-mail address", |person| {
            (!person.email.is_empty()).then(|| format!("email={}", escaped(&person.email)))
        }),
        ("telephone number", |person| {
            Some(format!("mobile={}", escaped(&person.number.as_ref()?.display())))
        }),
        ("a name like many, a day of birth like none", |person| {
            Some(named(person, person.birth_date?.tomorrow().ok()?))
        }),
    ];
    for (what, typed) in ways {
        let (mut samples, mut found) = (Samples::default(), 0);
        let mut asked = 0;
        for person in &people {
            let Some(body) = typed(person) else { continue };
            let begin = Instant::now();
            let page = look(&router, &cookie, body).await?;
            samples.push(begin.elapsed());
            asked += 1;
            found += i32::from(page.contains(&person.id.to_string()));
        }
        samples.print(what, "50 ms");
        println!("  the person was among those shown: {found} of {asked}");
    }
    Ok(())
}

fn named(person: &Sample, born: Date) -> String {
    let (first, last) = (escaped(&person.first_name), escaped(&person.surname));
    format!("first_name={first}&last_name={last}&birth_date={born}")
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn look(router: &Router, cookie: &str, typed: String) -> Result<String, Failed> {
    let request = Request::post("/aanmelden/kijk")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(typed))?;
    let answer = router.clone().oneshot(request).await?;
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 24).await?;
    if !status.is_success() {
        return Err(format!("/aanmelden/kijk answers {status}").into());
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}
