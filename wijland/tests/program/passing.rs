//! A caller is passed on to a number outside.

use axum::http::StatusCode;
use telephony_engine::{Command, Sound};

use crate::harness::on_each_engine_set;
use crate::line::On;
use crate::outside::{Outsides, VAN_VLIET};
use crate::telephone::{on, shows, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_caller_goes_to_a_number_outside_as_soon_as_somebody_answers_there() {
    let outsides = Outsides::start().await;
    let set = |settings: &mut web::Settings| settings.telephone = outsides.line();
    on_each_engine_set(set, async |world| {
        let mut outside = outsides.next();
        world.clock("09:00");
        let _on = On::turn(&world);
        let (mut noor, _sound) = on(&world, "noor").await;
        let lawyer = [("nummer", "030 765 43 21")];
        let refused = noor.post("/telefoon/geef-nummer", &lawyer).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "there is nobody to pass on");
        let vliet = outside.rings(VAN_VLIET).await;
        shows(&mut noor, "De heer W. van Vliet belt je").await;
        noor.post("/telefoon/neem-op", &[]).await;
        outside.is_answered(vliet.call).await;
        shows(&mut noor, "In gesprek").await;

        noor.post("/telefoon/geef-nummer", &[("nummer", "0900 1234")]).await.shows("+31900");
        // Engaged there: she has him again.
        assert_eq!(noor.post("/telefoon/geef-nummer", &lawyer).await.status, StatusCode::NO_CONTENT);
        let call = outside.is_called().await;
        assert_eq!(call.to, "+31307654321");
        shows(&mut noor, "In de wacht").await;
        outside.engine.send(call.leg, Command::Reject(486));
        let goes_on = "select count(*) as value from attempt_holds where until_at is not null";
        until(&world, "he is heard again", goes_on).await;

        noor.post("/telefoon/geef-nummer", &lawyer).await;
        let call = outside.is_called().await;
        outside.engine.send(call.leg, Command::Answer(Sound::Silence));
        shows(&mut noor, "Leg vast hoe het gesprek afliep.").await;
        let spoken = "select count(*) as value from attempts where result = 'spoken' and ended_at is not null";
        until(&world, "for us it is over", spoken).await;
        // The other end hangs up: he is not left with music.
        outside.engine.send(call.leg, Command::HangUp);
        outside.is_over(vliet.call).await;
    })
    .await;
}
