use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;

use crate::Failure;

/// The public API, as any other program would use it.
pub(super) struct Client {
    base: String,
    tokens: Vec<(&'static str, String)>,
    agent: Agent,
}

/// What came back.
pub(super) struct Answer {
    pub status: u16,
    pub body: Value,
    pub text: String,
}

impl Client {
    pub(super) fn new(base: String, tokens: Vec<(&'static str, String)>) -> Self {
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        Self { base, tokens, agent }
    }

    fn bearer(&self, who: &str) -> String {
        let token = self
            .tokens
            .iter()
            .find(|(login, _)| *login == who)
            .map_or("", |(_, token)| token.as_str());
        format!("Bearer {token}")
    }

    pub(super) fn get(&self, who: &str, path: &str) -> Result<Answer, Failure> {
        let request = self.agent.get(format!("{}/api/v1{path}", self.base));
        answer(request.header("authorization", self.bearer(who)).call())
    }

    pub(super) fn post(&self, who: &str, path: &str, body: &Value) -> Result<Answer, Failure> {
        let request = self.agent.post(format!("{}/api/v1{path}", self.base));
        answer(request.header("authorization", self.bearer(who)).send_json(body))
    }

    /// With a body that is no JSON.
    pub(super) fn post_text(&self, who: &str, path: &str, body: &str) -> Result<Answer, Failure> {
        let request = self.agent.post(format!("{}/api/v1{path}", self.base));
        answer(request.header("authorization", self.bearer(who)).send(body))
    }

    pub(super) fn delete(&self, who: &str, path: &str) -> Result<Answer, Failure> {
        let request = self.agent.delete(format!("{}/api/v1{path}", self.base));
        answer(request.header("authorization", self.bearer(who)).call())
    }

    pub(super) fn patch(&self, who: &str, path: &str, body: &Value) -> Result<Answer, Failure> {
        let request = self.agent.patch(format!("{}/api/v1{path}", self.base));
        answer(request.header("authorization", self.bearer(who)).send_json(body))
    }

    pub(super) fn put(&self, who: &str, path: &str, body: &Value) -> Result<Answer, Failure> {
        let request = self.agent.put(format!("{}/api/v1{path}", self.base));
        answer(request.header("authorization", self.bearer(who)).send_json(body))
    }
}

fn answer(response: Result<Response<ureq::Body>, ureq::Error>) -> Result<Answer, Failure> {
    let broken = |error: ureq::Error| Failure::told(format!("the API does not answer: {error}"));
    let mut response = response.map_err(broken)?;
    let text = response.body_mut().read_to_string().map_err(broken)?;
    Ok(Answer {
        status: response.status().as_u16(),
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
    })
}
