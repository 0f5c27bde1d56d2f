use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// Why there is no page. Wrong and refused input is shown on the page itself; this is the rest.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Not there, or not for this user: the answer is the same.
    #[error("not found")]
    NotFound,
    /// The user may not do this, whatever it is about.
    #[error("no permission")]
    Forbidden,
    /// The request itself cannot be: a field that the page never sends.
    #[error("the request cannot be read")]
    Unreadable,
    /// A command that was carried out before.
    #[error("carried out before")]
    AlreadyDone,
    /// A rule says no; the text says why and what to do. For a page that has no place for it.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// Something else comes first; the page where it is done.
    #[error("something else comes first")]
    First(String),
    /// What was to be changed is no longer as it was.
    #[error("somebody was faster")]
    Raced,
    /// Disk, network or bug.
    #[error(transparent)]
    Broken(#[from] Broken),
}

/// Everything that is nobody's fault who sits at the screen.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Broken(Box<dyn std::error::Error + Send + Sync>);

impl Broken {
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

impl From<db::Error> for WebError {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::AlreadyDone => Self::AlreadyDone,
            db::Error::Raced => Self::Raced,
            error => Self::Broken(Broken::new(error)),
        }
    }
}

impl From<rulebook::Missing> for WebError {
    fn from(error: rulebook::Missing) -> Self {
        Self::Broken(Broken::new(error))
    }
}

impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> Self {
        Self::Broken(Broken::new(error))
    }
}

/// What the layer that knows the reader's language turns into a page.
#[derive(Clone, Debug)]
pub(crate) struct ErrorPage {
    pub text: &'static str,
    /// The number to find the failure in the log by.
    pub operation: Option<String>,
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let (status, text) = match &self {
            Self::First(page) => return Redirect::to(page).into_response(),
            Self::Refused(text) => (StatusCode::CONFLICT, *text),
            Self::NotFound => (StatusCode::NOT_FOUND, "web-error-not-found"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "web-error-forbidden"),
            Self::Unreadable => (StatusCode::BAD_REQUEST, "web-error-unreadable"),
            Self::AlreadyDone => (StatusCode::CONFLICT, "web-error-already-done"),
            Self::Raced => (StatusCode::CONFLICT, "web-error-raced"),
            Self::Broken(_) => (StatusCode::INTERNAL_SERVER_ERROR, "web-error-broken"),
        };
        let operation = matches!(self, Self::Broken(_)).then(|| log_failure(&self));
        let mut response = status.into_response();
        response.extensions_mut().insert(ErrorPage { text, operation });
        response
    }
}

/// Logs a failure once, at the edge, and gives the number under which it can be found.
pub(crate) fn log_failure(error: &dyn std::error::Error) -> String {
    let operation = format!("{:x}", db::new_id());
    tracing::error!(operation, error = %chain(error), "something broke");
    operation
}

/// The error and its causes. None of our errors holds personal data; what a database says about a
/// row might, so only its code is kept.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text += ": ";
            text += &next;
        }
        cause = error.source();
    }
    text
}
