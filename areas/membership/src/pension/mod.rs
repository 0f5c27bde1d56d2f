//! The state pension (AOW): at which age for whom, who reaches it soon.

mod api;
mod list;
mod page;
mod route;
mod store;

pub use store::rows;

pub(crate) use api::routes as api_routes;
pub(crate) use store::born;

use axum::Router;
use membership_rules::pension::PensionDay;
use texts::Texts;
use web::App;

pub(crate) fn routes() -> Router<App> {
    route::routes().merge(list::routes())
}

/// `67 jaar en 3 maanden`, with `ten minste` before an age that is not decided.
pub(crate) fn age(t: &Texts, years: i64, months: i64, is_estimate: bool) -> String {
    let age = match months {
        0 => t.with("membership-pension-years", "years", years),
        months => t.with2("membership-pension-years-months", "years", years, "months", months),
    };
    if is_estimate { t.with("membership-pension-at-least", "age", age) } else { age }
}

/// `maart 2031 (67 jaar en 3 maanden)`. Not the day: with the age it would be the whole birth date.
pub(crate) fn month(t: &Texts, pension: PensionDay) -> String {
    let age = age(t, pension.years, pension.months, pension.is_estimate);
    t.with2("membership-pension-when", "month", t.month_of(pension.on), "age", age)
}
