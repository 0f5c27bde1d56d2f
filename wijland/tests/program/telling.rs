//! The story, played through the public API over a network, on each engine.

use std::cell::RefCell;

use wijland::telling::{Outside, Telling, play};

use crate::harness::{on_each_engine_set, on_each_trade_engine};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_unions_tuesday_comes_out_as_it_is_told() {
    // A world outside for the association on each engine.
    let outside =
        RefCell::new(vec![Outside::start().await.unwrap(), Outside::start().await.unwrap()]);
    let line = |settings: &mut web::Settings| {
        settings.telephone = outside.borrow().last().expect("two engines").settings();
    };
    on_each_engine_set(line, async |world| {
        let telling = Telling::Union(outside.borrow_mut().pop().expect("two engines"));
        let areas = wijland::areas(world.path().join("uploads"));
        let told = play(&world.app, areas, telling).await.unwrap();
        assert!(told.compared > 100, "{} compared", told.compared);
        assert_eq!(told.differences, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trade_associations_week_comes_out_as_it_is_told() {
    on_each_trade_engine(async |world| {
        let areas = wijland::areas(world.path().join("uploads"));
        let told = play(&world.app, areas, Telling::Trade).await.unwrap();
        assert!(told.compared > 25, "{} compared", told.compared);
        assert_eq!(told.differences, 0);
    })
    .await;
}
