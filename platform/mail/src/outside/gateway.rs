use std::sync::Arc;
use std::time::Duration;

use kernel::Pii;
use serde_json::Value;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use web::SmsSettings;

use super::{Outcome, WrongSetting};
use crate::outbox::Claimed;
use crate::reason::Reason;

/// A service that sends text messages: one request with JSON for each.
pub(super) struct Gateway {
    agent: ureq::Agent,
    url: String,
    token: Option<Pii<String>>,
    from: String,
    body: Value,
}

/// What most gateways understand, by these or other names: `sms.body` says which.
const BODY: &str =
    r#"{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{reference}"}"#;

const ANSWERS_WITHIN: Duration = Duration::from_secs(30);

impl Gateway {
    pub(super) fn new(url: &str, settings: &SmsSettings) -> Result<Self, WrongSetting> {
        let is_address = url.parse::<ureq::http::Uri>().is_ok_and(|uri| uri.host().is_some());
        if !is_address || !(url.starts_with("https://") || url.starts_with("http://")) {
            return Err(WrongSetting::SmsUrl);
        }
        let body = settings.body.as_deref().unwrap_or(BODY);
        let says_it = body.contains("{to}") && body.contains("{text}");
        let body: Value = serde_json::from_str(body).map_err(|_| WrongSetting::SmsBody)?;
        if !says_it {
            return Err(WrongSetting::SmsBody);
        }
        Ok(Self {
            agent: agent()?,
            url: url.to_owned(),
            token: settings.token.clone(),
            from: settings.from.clone(),
            body,
        })
    }

    pub(super) async fn send(&self, message: &Claimed) -> Outcome {
        let values = [
            ("{to}", message.address.reveal().clone()),
            ("{from}", self.from.clone()),
            ("{text}", message.body_text.reveal().clone()),
            // The same at every try, so that a gateway can know a message for one that it had.
            ("{reference}", message.id.to_string()),
        ];
        let body = filled(&self.body, &values);
        let mut request = self.agent.post(&self.url);
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {}", token.reveal()));
        }
        let answer = tokio::task::spawn_blocking(move || request.send_json(&body)).await;
        match answer {
            Ok(Ok(answer)) => outcome(answer.status().as_u16()),
            Ok(Err(_)) | Err(_) => {
                Outcome::Later { reason: Reason::Unreachable, status: String::new() }
            }
        }
    }
}

/// With the certificates of this machine, as mail and the database have them.
fn agent() -> Result<ureq::Agent, WrongSetting> {
    let roots = rustls_native_certs::load_native_certs().certs;
    if roots.is_empty() {
        return Err(WrongSetting::Certificates);
    }
    let roots: Vec<Certificate<'static>> =
        roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&roots))
        .build();
    let config = ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(ANSWERS_WITHIN))
        .http_status_as_error(false)
        .build();
    Ok(config.into())
}

/// The JSON with the values in its texts: within JSON, so that no message can end a text early.
fn filled(body: &Value, values: &[(&str, String)]) -> Value {
    match body {
        Value::String(text) => {
            let whole = values.iter().find(|(name, _)| name == text);
            let text = whole.map_or_else(
                || {
                    values
                        .iter()
                        .fold(text.clone(), |text, (name, value)| text.replace(name, value))
                },
                |(_, value)| value.clone(),
            );
            Value::String(text)
        }
        Value::Array(items) => items.iter().map(|item| filled(item, values)).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, item)| (name.clone(), filled(item, values))).collect(),
        ),
        other => other.clone(),
    }
}

fn outcome(status: u16) -> Outcome {
    let told = status.to_string();
    match status {
        200..=299 => Outcome::Sent,
        401 | 403 => Outcome::Later { reason: Reason::SignIn, status: told },
        408 | 429 | 500.. => Outcome::Later { reason: Reason::Unreachable, status: told },
        _ => Outcome::Never { reason: Reason::Refused, status: told },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_fills_the_json_of_any_gateway_and_cannot_break_out() {
        let body = serde_json::json!({
            "messages": [{"recipients": ["{to}"], "content": "{text}", "ref": "wijland-{reference}", "flash": false}]
        });
        let values = [
            ("{to}", "+31612345678".to_owned()),
            ("{text}", "Zeg \"ja\", {to}".to_owned()),
            ("{reference}", "7".to_owned()),
        ];
        let filled = filled(&body, &values);
        let expected = serde_json::json!({
            "messages": [{"recipients": ["+31612345678"], "content": "Zeg \"ja\", {to}", "ref": "wijland-7", "flash": false}]
        });
        assert_eq!(filled, expected);
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let with = |body: Option<&str>| SmsSettings {
            body: body.map(str::to_owned),
            ..SmsSettings::default()
        };
        let wrong = |url, body| Gateway::new(url, &with(body)).err();
        assert_eq!(wrong("gateway", None), Some(WrongSetting::SmsUrl));
        assert_eq!(wrong("https://x.example", Some("{to} {text}")), Some(WrongSetting::SmsBody));
        assert_eq!(
            wrong("https://x.example", Some(r#"{"to": "{to}"}"#)),
            Some(WrongSetting::SmsBody)
        );
        assert_eq!(wrong("https://x.example", None), None);
    }
}
