use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::behind;

/// Leads whoever comes without TLS to the same page over it, at this port. Only who reads is led: what was sent in the open with
/// a form is not sent on.
pub(crate) async fn lead_to(port: u16, from: TcpListener) {
    let port: Arc<str> = behind(port).into();
    let router = Router::new().fallback(get(lead)).with_state(port);
    if let Err(error) = axum::serve(from, router).await {
        tracing::error!(%error, "nobody is led to TLS any more");
    }
}

async fn lead(State(port): State<Arc<str>>, headers: HeaderMap, uri: Uri) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match host.and_then(|host| host.parse::<Authority>().ok()) {
        Some(host) => Redirect::permanent(&over_tls(&host, &port, &uri)).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn over_tls(host: &Authority, port: &str, uri: &Uri) -> String {
    let page = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    format!("https://{}{port}{page}", host.host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_page_is_led_to() {
        let led = |host: &str, port, uri: &str| {
            over_tls(&host.parse().unwrap(), &behind(port), &uri.parse().unwrap())
        };
        assert_eq!(
            led("bond.example", 443, "/l/abc?taal=en"),
            "https://bond.example/l/abc?taal=en"
        );
        assert_eq!(led("bond.example:80", 8443, "/"), "https://bond.example:8443/");
        assert_eq!(led("[2001:db8::1]:80", 443, "/x"), "https://[2001:db8::1]/x");
    }
}
