//! The two calls of the morning that are heard: the telephone of the desk at one end, a member at the other.

use std::time::{Duration, Instant};

use kernel::PhoneNumber;
use serde_json::{Value, json};

use super::client::Client;
use super::outside::Outside;
use super::told::{Told, expect, field};
use super::voice::{self, Heard, Voice};
use crate::Failure;

const PATIENCE: Duration = Duration::from_secs(20);
const A_WHILE: Duration = Duration::from_millis(20);

/// The telephone on a desk, and the world outside.
pub(super) struct Desk<'a> {
    client: &'a Client,
    login: &'static str,
    connection: String,
    voice: Voice,
    outside: Outside,
}

impl<'a> Desk<'a> {
    /// Turns the telephone of this colleague on.
    pub(super) fn on(
        client: &'a Client,
        login: &'static str,
        outside: Outside,
        told: &mut Told,
    ) -> Result<Self, Failure> {
        let mut connection = String::new();
        let voice = Voice::connect(voice::NOOR, |offer| {
            let answer = client.post_text(login, "/telephone/connections", &offer)?;
            if answer.status != 201 {
                return Err(Failure::told(format!("the desk has no telephone: {}", answer.text)));
            }
            connection = field(&answer.body, "id");
            Ok(field(&answer.body, "answer"))
        })?;
        let desk = Self { client, login, connection, voice, outside };
        let is_on = desk.until(|telephone| telephone["connected"] == true)?;
        told.check("story-telephone-on", &is_on["connected"].to_string(), "true");
        Ok(desk)
    }

    /// A member calls, is answered, waits with music, and is heard again.
    pub(super) fn is_called(&mut self, number: &str, told: &mut Told) -> Result<Voice, Failure> {
        let number: PhoneNumber =
            number.parse().map_err(|_| Failure::told("no number of the story"))?;
        let member = self.outside.rings(&number, voice::VAN_VLIET)?;
        let rings = self.until(|telephone| telephone["calls"][0]["stage"] == "rings_here")?;
        told.check("story-rings", &field(&rings["calls"][0], "number"), number.e164());
        told.check("story-known", &people(&rings).to_string(), "1");
        self.does("answer", told)?;
        self.both_hear(&member, voice::VAN_VLIET, told);

        self.does("hold", told)?;
        hears(told, "story-on-hold-member", &member, Heard::Music);
        hears(told, "story-on-hold-desk", &self.voice, Heard::Nothing);
        self.does("resume", told)?;
        self.both_hear(&member, voice::VAN_VLIET, told);
        Ok(member)
    }

    /// Whoever is on the desk is called by one press, and answers.
    pub(super) fn calls(
        &mut self,
        record: &str,
        fence: &Value,
        told: &mut Told,
    ) -> Result<Voice, Failure> {
        let path = format!("/call-records/{record}/attempts");
        let begun =
            self.client.post(self.login, &path, &json!({"fence": fence, "channel": "browser"}))?;
        expect(told, &begun, 201);
        let (dialled, member) = self.outside.answers(voice::ARSLAN)?;
        let speaks = self.until(|telephone| telephone["calls"][0]["stage"] == "speaks")?;
        let number = field(&speaks["calls"][0], "number");
        told.check("story-dialled", &dialled, &number);
        self.both_hear(&member, voice::ARSLAN, told);
        Ok(member)
    }

    pub(super) fn hangs_up(&self, told: &mut Told) -> Result<(), Failure> {
        self.does("hang-up", told)?;
        let over = self.until(|telephone| telephone["calls"] == json!([]))?;
        told.check("story-over", &over["calls"].to_string(), "[]");
        Ok(())
    }

    pub(super) fn off(self, told: &mut Told) -> Result<(), Failure> {
        let path = format!("/telephone/connections/{}", self.connection);
        expect(told, &self.client.delete(self.login, &path)?, 204);
        Ok(())
    }

    fn both_hear(&self, member: &Voice, speaks: u16, told: &mut Told) {
        hears(told, "story-hears-member", &self.voice, Heard::Voice(speaks));
        hears(told, "story-member-hears", member, Heard::Voice(voice::NOOR));
    }

    fn does(&self, what: &str, told: &mut Told) -> Result<(), Failure> {
        let done = self.client.post(self.login, &format!("/telephone/{what}"), &json!({}))?;
        expect(told, &done, 204);
        Ok(())
    }

    /// The telephone, as soon as it is so, or as it is after a long while.
    fn until(&self, is_so: impl Fn(&Value) -> bool) -> Result<Value, Failure> {
        let begun = Instant::now();
        loop {
            let telephone = self.client.get(self.login, "/telephone")?.body;
            if is_so(&telephone) || begun.elapsed() > PATIENCE {
                return Ok(telephone);
            }
            std::thread::sleep(A_WHILE);
        }
    }
}

fn hears(told: &mut Told, what: &str, voice: &Voice, expected: Heard) {
    told.check(what, &voice.hears(expected).to_string(), &expected.to_string());
}

fn people(telephone: &Value) -> usize {
    telephone["calls"][0]["people"].as_array().map_or(0, Vec::len)
}
