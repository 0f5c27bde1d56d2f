//! A colleague goes to lunch, and a thousand open boards show it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use access_rules::presence::Intent;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use kernel::Actor;
use live::Topic;
use tower::ServiceExt as _;

use crate::samples::Samples;
use crate::world::{Failed, World};

const BOARDS: usize = 1_000;
const CHANGES: usize = 20;

pub(crate) async fn measure(world: &World) -> Result<(), Failed> {
    let db = &world.installation.db;
    let (agents, team) = world.agents().await?;
    let uploads = world.installation.settings.data.join("uploads");
    let router = wijland::router(&world.app, wijland::areas(uploads));
    let cookie = Arc::new(crate::pages::sign_in(&router, "agent001").await?);
    let publishing = tokio::spawn(live::publish(db.clone(), world.app.hub().clone()));
    tokio::time::sleep(Duration::from_secs(1)).await;

    let mut samples = Samples::default();
    for nr in 0..CHANGES {
        let boards: Vec<_> = (0..BOARDS)
            .map(|_| {
                let mut changes = world.app.hub().listen();
                let (router, cookie) = (router.clone(), Arc::clone(&cookie));
                tokio::spawn(async move {
                    loop {
                        let change = changes.recv().await.map_err(|error| error.to_string())?;
                        if change.topic == Topic::Team {
                            break;
                        }
                    }
                    let request = Request::get("/team/bord")
                        .header(header::COOKIE, cookie.as_str())
                        .body(Body::empty())
                        .map_err(|error| error.to_string())?;
                    let answer =
                        router.oneshot(request).await.map_err(|error| error.to_string())?;
                    let status = answer.status();
                    let body = to_bytes(answer.into_body(), 1 << 24).await;
                    body.map_err(|error| error.to_string())?;
                    if status.is_success() { Ok(Instant::now()) } else { Err(status.to_string()) }
                })
            })
            .collect();
        // Everybody listens before it happens.
        tokio::task::yield_now().await;
        let agent = agents[nr % agents.len()];
        let wish = if nr % 2 == 0 { Intent::Lunch } else { Intent::Available };
        let begin = Instant::now();
        let actor = Actor { team: Some(team), ..Actor::user(agent) };
        db.write(actor, async |tx| access::presence::choose(tx, wish, None).await.map(drop))
            .await?;
        let mut last = begin;
        for board in boards {
            last = last.max(board.await??);
        }
        samples.push(last.duration_since(begin));
    }
    publishing.abort();
    samples.print("a change of presence, on the last of 1,000 boards", "1 s");
    Ok(())
}
