//! `/api/v1`: what the areas offer as JSON, under one roof: tokens, commands that may be sent twice, and
//! one description of all of it.

mod clock;
mod events;
mod metrics;

use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use web::{ApiError, App, Area};

/// All routes for programs, the description included.
pub fn router(app: &App, areas: &[Area]) -> Router<App> {
    let (routes, description) = described(app.settings().demo.is_some(), areas).split_for_parts();
    let routes = routes
        .layer(from_fn_with_state(app.clone(), web::idempotent))
        .route("/openapi.json", get(async || Json(description)))
        .fallback(async || ApiError::NotFound);
    Router::new().nest("/api/v1", routes).route("/metrics", get(metrics::show))
}

/// The description of all that the areas offer.
#[must_use]
pub fn description(areas: &[Area]) -> OpenApi {
    described(false, areas).into_openapi()
}

fn described(is_demo: bool, areas: &[Area]) -> OpenApiRouter<App> {
    let mut info = InfoBuilder::new()
        .title("Wijland")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Instants are ISO 8601 with a zone, money is in cents, ids are strings. Lists are \
             `{items, next_cursor}`. Errors are `application/problem+json`. Send `Idempotency-Key` with every \
             POST: sent again within 24 hours, it gets the answer of the first.",
        ))
        .build();
    info.license = Some(utoipa::openapi::LicenseBuilder::new().name("EUPL-1.2").build());
    let mut frame = OpenApiBuilder::new().info(info).build();
    frame.servers = Some(vec![utoipa::openapi::Server::new("/api/v1")]);
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    frame.components.get_or_insert_default().add_security_scheme("token", bearer);
    frame.security =
        Some(vec![utoipa::openapi::SecurityRequirement::new("token", Vec::<String>::new())]);
    let mut all = OpenApiRouter::with_openapi(frame);
    for area in areas {
        all = all.merge(area.api.clone());
    }
    all = all.merge(events::routes());
    if is_demo { all.merge(clock::routes()) } else { all }
}
