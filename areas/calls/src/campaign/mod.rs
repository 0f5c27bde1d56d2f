//! Campaigns: whom we call, why, on which ground; and why a list is empty.

mod api;
mod fill;
mod funnel;
mod gate;
mod page;
mod people;
mod route;
mod score;
mod segment;
mod store;

pub use fill::{CampaignSettings, NewCampaign, Source, complete_begun, start};
pub use funnel::{Bucket, Funnel, funnel};
pub(crate) use gate::{Judged, Promise, apply, judge_person, judge_record, reconsider_campaign};
pub use gate::{follow, rejudge_since};
pub(crate) use score::moments;
pub use segment::Filter;
pub use store::{Campaign, by_id, list, set_state};

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes()
}

pub(crate) fn api_routes() -> OpenApiRouter<App> {
    api::routes()
}

kernel::codes! {
    /// What a campaign is for; a consent is tied to it.
    pub enum Purpose {
        Recruitment = "recruitment",
        Retention = "retention",
        Service = "service",
    }
}

kernel::codes! {
    pub enum State {
        Active = "active",
        Paused = "paused",
        Ended = "ended",
    }
}
