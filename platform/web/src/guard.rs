//! What holds for every request: where it comes from, and what a browser may do with the answer.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::{App, WebError};

/// Nothing from outside, no inline script or style, no frame around us. Frames of our own are allowed: only what says so
/// itself may stand in one.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     font-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; \
     frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";

/// A year without the open way to this host. Other hosts of the domain are not ours to speak for.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=31536000";

pub(crate) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_static = request.uri().path().starts_with("/static/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Within the house a page may know where somebody came from; outside nobody does.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "microphone=(self), camera=(), geolocation=(self), payment=(), usb=()",
        ),
    ] {
        // A page that shows what others wrote says itself what a browser may do with it.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.settings().secure {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static(STRICT_TRANSPORT_SECURITY));
    }
    if !is_static {
        // A page holds personal data: it stays out of every cache, the browser's included.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// Refuses a change that another site makes a browser send.
///
/// Every browser since 2020 says with a POST where it comes from (`Sec-Fetch-Site` or `Origin`); a
/// request that says neither is not from a browser, and then there is no cookie to abuse. Together
/// with `SameSite=Lax` no token in every form is needed.
pub(crate) async fn same_site(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_from_here(request.headers()) {
        next.run(request).await
    } else {
        tracing::warn!(path = request.uri().path(), "refused a change from another site");
        WebError::Forbidden.into_response()
    }
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => return true,
        Some(_) => return false,
        None => {}
    }
    match text(header::ORIGIN) {
        None => true,
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text(header::HOST)
        }
    }
}

/// From where a request came, for counting failed tries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Source(pub IpAddr);

impl FromRequestParts<App> for Source {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let forwarded = app.settings().behind_proxy.then(|| {
            let header = parts.headers.get("x-forwarded-for")?.to_str().ok()?;
            // The last is what our own proxy saw; what stands before it anybody can invent.
            header.rsplit(',').next()?.trim().parse().ok()
        });
        let direct =
            || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip());
        let ip = forwarded.flatten().or_else(direct).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        Ok(Self(ip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_change_something() {
        let from = |fetch: Option<&str>, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "wijland.voorbeeld".parse().unwrap());
            if let Some(fetch) = fetch {
                headers.insert("sec-fetch-site", fetch.parse().unwrap());
            }
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            is_from_here(&headers)
        };
        assert!(from(Some("same-origin"), None));
        assert!(from(None, Some("https://wijland.voorbeeld")));
        assert!(from(None, None), "not a browser");
        for (fetch, origin) in [
            (Some("cross-site"), None),
            (Some("same-site"), Some("https://wijland.voorbeeld")),
            (None, Some("https://elders.voorbeeld")),
            (None, Some("null")),
        ] {
            assert!(!from(fetch, origin), "{fetch:?} {origin:?}");
        }
    }
}
