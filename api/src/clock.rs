//! `/api/v1/demo/clock`: moves the day on. Only the demo has it.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{ApiError, App, Json, Problem};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set))
}

#[derive(Deserialize, ToSchema)]
struct ClockBody {
    /// With a zone, or as the clock in Amsterdam reads: `2026-11-24T08:48`.
    now: String,
}

/// Sets the clock of the demo forward.
#[utoipa::path(put, path = "/demo/clock", tag = "demo", request_body = ClockBody, security(()),
    responses((status = 204), (status = 422, body = Problem)))]
async fn set(State(app): State<App>, Json(body): Json<ClockBody>) -> Result<StatusCode, ApiError> {
    let now = read(&body.now)
        .ok_or_else(|| ApiError::wrong("now", "not an instant: 2026-11-24T08:48"))?;
    // What was written would lie in the future: leases that never end, stretches of less than nothing.
    if now < app.db().clock().now() {
        return Err(ApiError::wrong(
            "now",
            "the clock only goes forward; begin again with --fresh",
        ));
    }
    app.db().clock().set(now);
    Ok(StatusCode::NO_CONTENT)
}

fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let wall: DateTime = text.parse().ok()?;
    wall.in_tz(kernel::AMSTERDAM).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn an_instant_or_a_time_on_the_wall() {
        let quarter_to_eight_utc = "2026-11-24T07:48:00Z".parse().ok();
        assert_eq!(read("2026-11-24T08:48"), quarter_to_eight_utc);
        assert_eq!(read("2026-11-24T08:48:00+01:00"), quarter_to_eight_utc);
        assert_eq!(read(" 2026-11-24T07:48:00Z "), quarter_to_eight_utc);
        assert_eq!(read("morgen"), None);
    }
}
