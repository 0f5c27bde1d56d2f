//! The story, played through the public API over a network, on each engine.

use wijland::telling::play;

use crate::harness::{on_each_engine, on_each_trade_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_unions_tuesday_comes_out_as_it_is_told() {
    on_each_engine(async |world| {
        let told = play(&world.app, wijland::areas(world.path().join("uploads")), &story::UNION)
            .await
            .unwrap();
        assert!(told.compared > 100, "{} compared", told.compared);
        assert_eq!(told.differences, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trade_associations_week_comes_out_as_it_is_told() {
    on_each_trade_engine(async |world| {
        let areas = wijland::areas(world.path().join("uploads"));
        let told = play(&world.app, areas, &story::TRADE).await.unwrap();
        assert!(told.compared > 25, "{} compared", told.compared);
        assert_eq!(told.differences, 0);
    })
    .await;
}
