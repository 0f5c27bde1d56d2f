//! Pages of the working day, as the server makes them.

use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use kernel::Actor;
use tower::ServiceExt as _;

use crate::samples::Samples;
use crate::world::{Failed, PASSWORD, World};

const TIMES: usize = 300;

/// The address of the page when it is asked for the nth time.
type Path = Box<dyn Fn(usize) -> String>;

pub(crate) async fn measure(world: &World) -> Result<(), Failed> {
    let uploads = world.installation.settings.data.join("uploads");
    let router = wijland::router(&world.app, wijland::areas(uploads));
    let cookie = sign_in(&router, "agent001").await?;
    world.app.state::<people::search::Vocabulary>().load(&world.installation.db).await?;

    let (lowest, highest): (i64, i64) = (
        world
            .installation
            .db
            .read(Actor::SYSTEM, async |tx| {
                tx.value("select min(id) as value from people", vec![]).await
            })
            .await?,
        world
            .installation
            .db
            .read(Actor::SYSTEM, async |tx| {
                tx.value("select max(id) as value from people", vec![]).await
            })
            .await?,
    );
    let mut rng = fastrand::Rng::with_seed(11);
    let mut people = Vec::new();
    while people.len() < TIMES {
        let from = rng.i64(lowest..=highest);
        let id: Option<i64> = world
            .installation
            .db
            .read(Actor::SYSTEM, async |tx| {
                tx.value("select min(id) as value from people where id >= $1", db::args![from])
                    .await
            })
            .await?;
        people.extend(id);
    }
    let pages: [(&str, Path); 6] = [
        ("the desk", Box::new(|_| "/werkplek".into())),
        ("a member's file", Box::new(move |nr| format!("/leden/{}", people[nr]))),
        ("the list of members", Box::new(|_| "/leden".into())),
        (
            "the list of members of one town",
            Box::new(|_| "/leden?status=lid&plaats=Zutphen".into()),
        ),
        (
            "a search",
            Box::new(|nr| {
                format!("/leden?q={}", ["jansen", "de+vries", "visser", "bakker"][nr % 4])
            }),
        ),
        ("my day", Box::new(|_| "/mijn-dag".into())),
    ];
    for (name, path) in pages {
        let mut samples = Samples::default();
        for nr in 0..TIMES {
            let path = path(nr);
            let begin = Instant::now();
            let status = get(&router, &path, &cookie).await?;
            samples.push(begin.elapsed());
            if status != StatusCode::OK {
                return Err(format!("{path} answered {status}").into());
            }
        }
        samples.print(&format!("page: {name}"), "p99 50 ms");
    }
    Ok(())
}

async fn get(router: &Router, path: &str, cookie: &str) -> Result<StatusCode, Failed> {
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty())?;
    let response = router.clone().oneshot(request).await?;
    let status = response.status();
    to_bytes(response.into_body(), usize::MAX).await?;
    Ok(status)
}

pub(crate) async fn sign_in(router: &Router, login: &str) -> Result<String, Failed> {
    let body = format!("user={login}&password={}", PASSWORD.replace(' ', "+"));
    let request = Request::post("/inloggen")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))?;
    let response = router.clone().oneshot(request).await?;
    let cookies = response.headers().get_all(header::SET_COOKIE).iter();
    let pairs: Vec<&str> =
        cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next()).collect();
    if pairs.is_empty() { Err("nobody could sign in".into()) } else { Ok(pairs.join("; ")) }
}
