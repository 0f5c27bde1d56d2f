//! The members behind the counts of a day: one's own, and the team's for who leads it.

mod api;
mod page;
mod route;
mod store;

pub(crate) use api::routes as api_routes;
pub(crate) use route::routes;

kernel::codes! {
    /// A count of a day behind which members stand, by its name in the counters and the API.
    pub enum Count {
        New = "new_members",
        Retained = "retained_members",
        /// Signed up, and taken back by the member.
        Withdrawn = "sign_ups_withdrawn",
        /// Signed up, and not confirmed in time.
        Lapsed = "sign_ups_lapsed",
    }
}
