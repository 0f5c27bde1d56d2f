//! Whoever proposes targets, plans meetings and decides what leaves the house: leads and directors. Refused before anything
//! that was sent is read. Source: product description, "targets, agreements".

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use web::{App, FigureReader, WebError};

use crate::target::may_propose;

pub(crate) struct Proposer(FigureReader);

impl Deref for Proposer {
    type Target = FigureReader;

    fn deref(&self) -> &FigureReader {
        &self.0
    }
}

impl FromRequestParts<App> for Proposer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let reader = FigureReader::from_request_parts(parts, app)
            .await
            .map_err(IntoResponse::into_response)?;
        if may_propose(&reader) {
            Ok(Self(reader))
        } else {
            Err(WebError::Forbidden.into_response())
        }
    }
}
