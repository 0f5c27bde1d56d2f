//! Who is at the screen: a cookie with a random token, whose hash leads to a user.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use db::{Error, Tx, args};
use jiff::{SignedDuration, Timestamp};
use kernel::{Action, Actor, Roles, Scope, TeamId, UserId};
use sha2::{Digest, Sha256};
use texts::Language;

use crate::{App, WebError};

const SESSION: &str = "wijland";
const DEVICE: &str = "wijland_apparaat";
const LANGUAGE: &str = "wijland_taal";

/// The two paths that are open with a temporary password.
const CHOOSE_PASSWORD: &str = "/mijn-account/wachtwoord-kiezen";
const SIGN_OUT: &str = "/uitloggen";

/// A working day: whoever forgets to sign out is out in the evening.
const SESSION_LASTS: SignedDuration = SignedDuration::from_hours(12);
/// So long the code may take.
const CODE_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// How long a browser is remembered as one on which somebody signed in.
const DEVICE_LASTS_DAYS: i64 = 400;

/// Somebody who is signed in, as read for this request: a role that was taken away is gone at once.
#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub first_name: String,
    pub roles: Roles,
    pub team: Option<TeamId>,
    pub language: Language,
    /// The password is one that an administrator gave: before anything else comes an own one.
    pub(crate) must_choose: bool,
}

impl User {
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor { team: self.team, ..Actor::user(self.id) }
    }

    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.roles.may(action)
    }

    #[must_use]
    pub fn scope(&self, action: Action) -> Option<Scope> {
        self.roles.scope(action)
    }

    /// Whether the password is one that an administrator gave.
    #[must_use]
    pub fn must_choose(&self) -> bool {
        self.must_choose
    }

    #[must_use]
    pub fn monogram(&self) -> String {
        monogram(&self.name)
    }
}

/// Two letters of a colleague's name: `Noor Bakker` is `NB`.
#[must_use]
pub fn monogram(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

db::row! {
    struct Found {
        id: UserId,
        name: String,
        first_name: String,
        roles: String,
        team_id: Option<TeamId>,
        language: Language,
        must_choose: bool,
    }
}

pub(crate) async fn user_of_session(tx: &mut Tx, token: &str) -> Result<Option<User>, Error> {
    let now = tx.now();
    let found: Option<Found> = tx
        .one(
            "select u.id, u.name, u.first_name, u.roles, u.team_id, u.language,
                    exists (select 1 from temporary_passwords t where t.user_id = u.id) as must_choose
               from sessions s
               join users u on u.id = s.user_id
              where s.id = $1 and s.ends_at > $2 and not s.needs_code and u.ended_at is null",
            args![token_hash(token), now],
        )
        .await?;
    Ok(found.map(|row| User {
        id: row.id,
        name: row.name,
        first_name: row.first_name,
        roles: Roles::read(&row.roles),
        team: row.team_id,
        language: row.language,
        must_choose: row.must_choose,
    }))
}

/// Signs a user in and gives the token for the cookie.
pub(crate) async fn begin(tx: &mut Tx, user: UserId) -> Result<String, Error> {
    insert(tx, user, false, SESSION_LASTS).await
}

/// The password was right; the session counts once the code was, too.
pub(crate) async fn begin_half(tx: &mut Tx, user: UserId) -> Result<String, Error> {
    insert(tx, user, true, CODE_WITHIN).await
}

async fn insert(
    tx: &mut Tx,
    user: UserId,
    needs_code: bool,
    lasts: SignedDuration,
) -> Result<String, Error> {
    let (token, now) = (new_token(), tx.now());
    // Whoever signs in may also sweep.
    tx.execute("delete from sessions where ends_at <= $1", args![now]).await?;
    tx.change_one(
        "insert into sessions (id, user_id, needs_code, signed_in_at, ends_at)
         values ($1, $2, $3, $4, $5)",
        args![token_hash(&token), user, needs_code, now, now + lasts],
    )
    .await?;
    Ok(token)
}

/// The user of a session that still lacks its code.
pub(crate) async fn half_user(tx: &mut Tx, token: &str) -> Result<Option<UserId>, Error> {
    db::row! { struct Half { user_id: UserId } }

    let now = tx.now();
    let found: Option<Half> = tx
        .one(
            "select user_id from sessions where id = $1 and needs_code and ends_at > $2",
            args![token_hash(token), now],
        )
        .await?;
    Ok(found.map(|half| half.user_id))
}

pub(crate) async fn end(tx: &mut Tx, token: &str) -> Result<(), Error> {
    tx.execute("delete from sessions where id = $1", args![token_hash(token)]).await.map(drop)
}

/// The session of this request, so that it can stay when others end.
pub struct SessionToken(String);

impl FromRequestParts<App> for SessionToken {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(session_token(&parts.headers).unwrap_or_default().to_owned()))
    }
}

/// Signs a user out everywhere else: whoever changes a password may have reason to.
pub async fn end_others(tx: &mut Tx, user: UserId, stays: &SessionToken) -> Result<(), Error> {
    tx.execute(
        "delete from sessions where user_id = $1 and id <> $2",
        args![user, token_hash(&stays.0)],
    )
    .await
    .map(drop)
}

/// Signs a user out everywhere.
pub async fn end_all(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    tx.execute("delete from sessions where user_id = $1", args![user]).await.map(drop)
}

/// Whether this browser has signed in as this user before.
pub(crate) async fn is_known_device(tx: &mut Tx, token: &str, user: UserId) -> Result<bool, Error> {
    let known: i64 = tx
        .value(
            "select count(*) as value from devices where id = $1 and user_id = $2",
            args![token_hash(token), user],
        )
        .await?;
    Ok(known > 0)
}

/// Remembers the browser; `None` if it is known already.
pub(crate) async fn remember_device(
    tx: &mut Tx,
    known: Option<&str>,
    user: UserId,
) -> Result<Option<String>, Error> {
    let now = tx.now();
    if let Some(known) = known
        && is_known_device(tx, known, user).await?
    {
        tx.execute("update devices set last_at = $1 where id = $2", args![now, token_hash(known)])
            .await?;
        return Ok(None);
    }
    let token = new_token();
    let long_ago: Timestamp = now - SignedDuration::from_hours(24 * DEVICE_LASTS_DAYS);
    tx.execute("delete from devices where last_at < $1", args![long_ago]).await?;
    tx.change_one(
        "insert into devices (id, user_id, last_at) values ($1, $2, $3)",
        args![token_hash(&token), user, now],
    )
    .await?;
    Ok(Some(token))
}

/// 256 random bits, in letters and digits.
#[must_use]
pub fn new_token() -> String {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a token.
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

pub(crate) fn session_token(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, &own_name(headers, SESSION))
}

pub(crate) fn device_token(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, &own_name(headers, DEVICE))
}

/// Browsers keep cookies by host, whatever the port: two associations on one machine would sign each other's colleagues
/// out. So the port is in the name, where the address has one.
fn own_name(headers: &HeaderMap, name: &str) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    match host.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => format!("{name}_{port}"),
        _ => name.to_owned(),
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Makes the cookies of an answer to a request.
#[derive(Clone, Copy)]
pub(crate) struct Cookies<'a> {
    /// Of the request.
    pub headers: &'a HeaderMap,
    pub secure: bool,
}

impl Cookies<'_> {
    pub(crate) fn session(self, token: &str) -> HeaderValue {
        let name = own_name(self.headers, SESSION);
        set_cookie(&name, token, SESSION_LASTS.as_secs(), self.secure)
    }

    pub(crate) fn device(self, token: &str) -> HeaderValue {
        let name = own_name(self.headers, DEVICE);
        set_cookie(&name, token, DEVICE_LASTS_DAYS * 86_400, self.secure)
    }
}

pub(crate) fn language_cookie(language: Language, secure: bool) -> HeaderValue {
    set_cookie(LANGUAGE, language.code(), 365 * 86_400, secure)
}

fn set_cookie(name: &str, value: &str, seconds: i64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
        .parse()
        .expect("tokens are letters and digits")
}

/// The language of a request: asked for, chosen on this browser, or the first that it accepts.
pub(crate) fn language_of(parts: &Parts) -> Option<Language> {
    asked_language(parts.uri.query())
        .or_else(|| cookie(&parts.headers, LANGUAGE).and_then(|code| code.parse().ok()))
}

pub(crate) fn asked_language(query: Option<&str>) -> Option<Language> {
    query?.split('&').find_map(|pair| pair.strip_prefix("lang="))?.parse().ok()
}

pub(crate) fn accepted_language(headers: &HeaderMap) -> Language {
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::accepted(header.unwrap_or_default())
}

/// Nobody is signed in, or no longer.
pub struct SignInFirst {
    /// Where to go on afterwards; only a page can be gone on with.
    page: Option<String>,
}

impl IntoResponse for SignInFirst {
    fn into_response(self) -> Response {
        match self.page {
            Some(page) if page == "/" => Redirect::to("/inloggen").into_response(),
            Some(page) => {
                let page: String = page.bytes().map(percent).collect();
                Redirect::to(&format!("/inloggen?naar={page}")).into_response()
            }
            None => (axum::http::StatusCode::UNAUTHORIZED, "").into_response(),
        }
    }
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.') {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// What [`User`] answers instead.
pub enum NoUser {
    SignInFirst(SignInFirst),
    /// Signed in with a password that somebody else knows.
    ChoosePassword,
    Web(WebError),
}

impl IntoResponse for NoUser {
    fn into_response(self) -> Response {
        match self {
            Self::SignInFirst(first) => first.into_response(),
            Self::ChoosePassword => Redirect::to(CHOOSE_PASSWORD).into_response(),
            Self::Web(error) => error.into_response(),
        }
    }
}

impl FromRequestParts<App> for User {
    type Rejection = NoUser;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, NoUser> {
        let path = parts.uri.path();
        let is_page = parts.method == Method::GET && path != "/live" && !path.starts_with("/deel/");
        match find(parts, app).await {
            Ok(Some(user)) if user.must_choose && ![CHOOSE_PASSWORD, SIGN_OUT].contains(&path) => {
                Err(if is_page { NoUser::ChoosePassword } else { NoUser::Web(WebError::Forbidden) })
            }
            Ok(Some(user)) => Ok(user),
            Ok(None) => {
                let page = is_page.then(|| {
                    parts.uri.path_and_query().map_or("/".to_owned(), ToString::to_string)
                });
                Err(NoUser::SignInFirst(SignInFirst { page }))
            }
            Err(error) => Err(NoUser::Web(error.into())),
        }
    }
}

impl OptionalFromRequestParts<App> for User {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, WebError> {
        Ok(find(parts, app).await?)
    }
}

async fn find(parts: &Parts, app: &App) -> Result<Option<User>, Error> {
    let Some(token) = session_token(&parts.headers) else { return Ok(None) };
    let user = app.db().read(Actor::SYSTEM, async |tx| user_of_session(tx, token).await).await?;
    Ok(user.map(|user| User { language: language_of(parts).unwrap_or(user.language), ..user }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_associations_on_one_machine_keep_their_sessions_apart() {
        let at = |host: &'static str| HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
        let cookie = |host| {
            let headers = at(host);
            let set = Cookies { headers: &headers, secure: false }.session("token");
            set.to_str().unwrap().split(';').next().unwrap().to_owned()
        };
        assert_eq!(cookie("localhost:8080"), "wijland_8080=token");
        assert_eq!(cookie("wijland.bond.example"), "wijland=token");
        let mut both = at("localhost:8081");
        both.insert(header::COOKIE, "wijland_8080=union; wijland_8081=trade".parse().unwrap());
        assert_eq!(session_token(&both), Some("trade"));
    }
}
