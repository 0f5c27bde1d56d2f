//! What becomes of signals, commands and what was heard: one task that knows every leg.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use telephony_proto::g711::Law;
use telephony_proto::sdp::{Agreed, Description, Direction, Key, Ours, Said, agree, answer, offer};
use tokio::sync::{mpsc, oneshot};

use crate::media::{Accepted, Keys, Media, Peer, Report};
use crate::message::{Command, Dial, Event, Incoming, LegId, Sound, TapeId, Taping, Through, Why};
use crate::settings::{Line, Settings};
use crate::sip::{Order, Signal, Trunk};

/// How long the last goodbyes may take when the engine stops.
const GOODBYE_MAX: Duration = Duration::from_secs(3);

/// What [`crate::Engine`] asks.
pub(crate) enum Asked {
    Dial(LegId, Dial),
    Leg(LegId, Command),
    Connect(LegId, String, oneshot::Sender<Accepted>),
    Tape(TapeId, Taping),
    Stop(oneshot::Sender<()>),
}

pub(crate) struct Calls {
    pub(crate) settings: Settings,
    pub(crate) trunk: Arc<Trunk>,
    pub(crate) media: Media,
    /// Where we hear RTP, without its port.
    pub(crate) told: IpAddr,
    pub(crate) events: mpsc::UnboundedSender<Event>,
    pub(crate) legs: HashMap<LegId, Leg>,
}

pub(crate) struct Leg {
    /// Where we hear this leg.
    at: SocketAddr,
    signals_from: Option<IpAddr>,
    /// What we encrypt with; without one nothing is encrypted.
    key: Option<Key>,
    said: Said,
    /// The offer of a call to us that is not answered yet.
    offered: Option<Description>,
    agreed: Option<Agreed>,
    sound: Sound,
    is_answered: bool,
    held_by_us: bool,
    held_by_peer: bool,
}

impl Calls {
    pub(crate) async fn run(
        mut self,
        mut asked: mpsc::UnboundedReceiver<Asked>,
        mut signals: mpsc::UnboundedReceiver<Signal>,
        mut reports: mpsc::UnboundedReceiver<Report>,
    ) {
        let stopped = loop {
            tokio::select! {
                Some(signal) = signals.recv() => self.on_signal(signal).await,
                Some(report) = reports.recv() => self.on_report(report),
                asked = asked.recv() => match asked {
                    Some(Asked::Dial(leg, dial)) => self.dial(leg, dial).await,
                    Some(Asked::Leg(leg, command)) => self.on_command(leg, command),
                    Some(Asked::Connect(leg, offer, answer)) => self.media.accept(leg, offer, answer),
                    Some(Asked::Tape(tape, what)) => self.media.tape(tape, what),
                    Some(Asked::Stop(done)) => break Some(done),
                    None => break None,
                },
            }
        };
        self.trunk.stop(GOODBYE_MAX).await;
        while let Ok(signal) = signals.try_recv() {
            self.on_signal(signal).await;
        }
        if let Some(done) = stopped {
            // Whoever asked did not wait.
            let _ = done.send(());
        }
    }

    async fn on_signal(&mut self, signal: Signal) {
        match signal {
            Signal::Incoming { call, offer, key } => self.on_incoming(call, offer, key).await,
            Signal::Ringing(leg) => self.tell(Event::Ringing(leg)),
            Signal::EarlyMedia(leg, sdp) => {
                // An announcement that we cannot hear is no reason to end the call.
                if self.on_answer(leg, &sdp) {
                    self.tell(Event::EarlyMedia(leg));
                }
            }
            Signal::Answered(leg, sdp) => self.on_answered(leg, sdp),
            Signal::Offered(leg, sdp) => self.on_offered(leg, &sdp),
            Signal::OfferWanted(leg) => {
                if let Some(known) = self.legs.get_mut(&leg) {
                    let offer = known.offer();
                    self.trunk.order(leg, Order::AnswerOffer(offer));
                }
            }
            Signal::OfferTaken(leg, sdp) => {
                if !self.on_answer(leg, &sdp) {
                    return self.trunk.order(leg, Order::HangUp(Why::NothingInCommon));
                }
                self.tell_held(leg);
            }
            Signal::OfferRefused(leg, code) => {
                tracing::debug!(%leg, code, "hold or resume was refused");
                if let Some(known) = self.legs.get_mut(&leg) {
                    known.held_by_us = !known.held_by_us;
                }
                self.apply(leg);
                self.tell_held(leg);
            }
            Signal::Failed { leg, code, reason } => {
                self.forget(leg);
                self.tell(Event::Failed { leg, code, reason });
            }
            Signal::Ended(leg, why) => {
                // A leg that was refused before anybody heard of it is nobody's.
                if self.forget(leg) {
                    self.tell(Event::Ended { leg, why });
                }
            }
            Signal::Registered { account, reachable } => {
                self.tell(Event::Registered { account, reachable });
            }
            Signal::Sent { leg, to } => {
                if let Some(known) = self.legs.get_mut(&leg) {
                    known.signals_from = Some(to);
                }
            }
            Signal::Trunk { host, state } => self.tell(Event::Trunk { host, state }),
            Signal::Stopped => self.tell(Event::Stopped),
        }
    }

    async fn on_incoming(&mut self, call: Incoming, offer: Option<Vec<u8>>, key: Option<Key>) {
        let leg = call.leg;
        let line = self.settings.lines.get(&call.to).copied().or(self.settings.otherwise);
        let Some(line) = line else {
            return self.trunk.order(leg, Order::Reject(404));
        };
        let offered = match offer.map(|offer| Description::parse(&offer)).transpose() {
            Ok(offered) => offered,
            Err(error) => {
                tracing::debug!(%leg, %error, "an offer that cannot be read");
                return self.trunk.order(leg, Order::Reject(488));
            }
        };
        let Some(mut known) = self.open(leg, Some(call.source.ip()), key).await else {
            return self.trunk.order(leg, Order::Reject(503));
        };
        if let Some(offered) = &offered
            && let Err(error) = answer(offered, &known.ours())
        {
            tracing::debug!(%leg, %error, "an offer without anything in common");
            self.media.close(leg);
            return self.trunk.order(leg, Order::Reject(488));
        }
        known.offered = offered;
        self.legs.insert(leg, known);
        match line {
            Line::Echo => self.answer(leg, Sound::Echo),
            Line::Music => self.answer(leg, Sound::Music),
            Line::Desk => self.tell(Event::Incoming(call)),
        }
    }

    async fn open(
        &self,
        leg: LegId,
        signals_from: Option<IpAddr>,
        key: Option<Key>,
    ) -> Option<Leg> {
        match self.media.open(leg).await {
            Ok(port) => Some(Leg {
                at: SocketAddr::new(self.told, port),
                signals_from,
                key,
                // Below 2^62, as it has to be.
                said: Said::new(fastrand::u64(..1 << 62)),
                offered: None,
                agreed: None,
                sound: Sound::Silence,
                is_answered: false,
                held_by_us: false,
                held_by_peer: false,
            }),
            Err(error) => {
                tracing::warn!(%error, "no port for the sound of a call");
                None
            }
        }
    }

    fn answer(&mut self, leg: LegId, sound: Sound) {
        let Some(known) = self.legs.get_mut(&leg) else { return };
        known.sound = sound;
        let sdp = match known.offered.take().map(|offered| answer(&offered, &known.ours())) {
            Some(Ok(answer)) => {
                known.agreed = Some(answer.agreed);
                known.said.say(answer.media).into_bytes()
            }
            Some(Err(_)) => return self.trunk.order(leg, Order::Reject(488)),
            None if known.is_answered || !known.said.media().is_empty() => return,
            None => known.offer(),
        };
        self.apply(leg);
        self.trunk.order(leg, Order::Answer(sdp));
    }

    async fn dial(&mut self, leg: LegId, dial: Dial) {
        let signals_from = match dial.through {
            Through::Udp(address) | Through::Tcp(address) => Some(address.ip()),
            Through::Registered | Through::Trunk => None,
        };
        let key = match (dial.through, &self.settings.trunk) {
            (Through::Trunk, Some(trunk)) => trunk.key(),
            _ => None,
        };
        let Some(mut known) = self.open(leg, signals_from, key).await else {
            let reason = "no port for the sound is free".to_owned();
            return self.tell(Event::Failed { leg, code: 503, reason });
        };
        known.sound = dial.sound;
        let offer = known.offer();
        self.legs.insert(leg, known);
        self.trunk.dial(leg, dial, offer);
    }

    fn on_answered(&mut self, leg: LegId, sdp: Option<Vec<u8>>) {
        let is_understood = match sdp.filter(|sdp| !sdp.is_empty()) {
            Some(sdp) => self.on_answer(leg, &sdp),
            None => self.legs.get(&leg).is_some_and(|known| known.agreed.is_some()),
        };
        let Some(known) = self.legs.get_mut(&leg) else { return };
        if !is_understood {
            return self.trunk.order(leg, Order::HangUp(Why::NothingInCommon));
        }
        if !std::mem::replace(&mut known.is_answered, true) {
            self.tell(Event::Answered(leg));
        }
    }

    /// The answer to an offer of ours; false if there is nothing in common.
    fn on_answer(&mut self, leg: LegId, sdp: &[u8]) -> bool {
        let Some(known) = self.legs.get_mut(&leg) else { return true };
        let Ok(answer) = Description::parse(sdp) else { return false };
        match agree(known.said.media(), &answer) {
            Ok(agreed) => {
                known.agreed = Some(agreed);
                self.apply(leg);
                true
            }
            Err(error) => {
                tracing::debug!(%leg, %error, "an answer without anything in common");
                false
            }
        }
    }

    fn on_offered(&mut self, leg: LegId, sdp: &[u8]) {
        let Some(known) = self.legs.get_mut(&leg) else { return };
        let answered =
            Description::parse(sdp).ok().and_then(|offered| answer(&offered, &known.ours()).ok());
        let Some(answered) = answered else {
            return self.trunk.order(leg, Order::RefuseOffer(488));
        };
        known.agreed = Some(answered.agreed);
        let sdp = known.said.say(answered.media).into_bytes();
        self.apply(leg);
        self.trunk.order(leg, Order::AnswerOffer(sdp));
    }

    fn on_command(&mut self, leg: LegId, command: Command) {
        match command {
            Command::Ring => self.trunk.order(leg, Order::Ring),
            Command::Answer(sound) => self.answer(leg, sound),
            Command::Reject(code) => self.trunk.order(leg, Order::Reject(code.clamp(400, 699))),
            Command::HangUp if self.legs.contains_key(&leg) => {
                self.trunk.order(leg, Order::HangUp(Why::HungUpByUs));
            }
            // A browser's.
            Command::HangUp => self.media.close(leg),
            Command::Hold => self.hold(leg, true),
            Command::Resume => self.hold(leg, false),
            Command::Play(sound) => {
                if let Some(known) = self.legs.get_mut(&leg) {
                    known.sound = sound;
                }
                self.media.play(leg, sound);
            }
            Command::Say(words) => self.media.say(leg, words),
            Command::Hear { section, from } => self.media.hear(leg, section, from),
        }
    }

    fn hold(&mut self, leg: LegId, hold: bool) {
        let Some(known) = self.legs.get_mut(&leg) else { return };
        if !known.is_answered || known.held_by_us == hold {
            return;
        }
        known.held_by_us = hold;
        let offer = known.offer();
        self.apply(leg);
        self.trunk.order(leg, Order::Offer(offer));
    }

    fn on_report(&mut self, report: Report) {
        match report {
            Report::Heard(leg) => self.tell(Event::Heard(leg)),
            Report::Key(leg, key) => self.tell(Event::Key { leg, key }),
            Report::Connected(leg) => self.tell(Event::Connected(leg)),
            Report::Gone(leg) => self.tell(Event::Ended { leg, why: Why::Lost }),
            Report::Said(leg) => self.tell(Event::Said(leg)),
            Report::Taped(tape, what) => self.tell(Event::Taped { tape, what }),
            Report::Silent(leg) => self.trunk.order(leg, Order::HangUp(Why::Silent)),
        }
    }

    /// Tells the thread for sound what a leg sends, hears and plays now, and the others who holds.
    fn apply(&mut self, leg: LegId) {
        let Some(known) = self.legs.get_mut(&leg) else { return };
        let Some(agreed) = &known.agreed else { return };
        // Before the other side agrees to be held it already hears music, and we nothing.
        let direction = match agreed.direction {
            Direction::SendRecv if known.held_by_us => Direction::SendOnly,
            Direction::RecvOnly if known.held_by_us => Direction::Inactive,
            direction => direction,
        };
        if let (Some(ours), Some(theirs)) = (&known.key, &agreed.their_key) {
            self.media.secure(leg, Keys { ours: ours.clone(), theirs: theirs.clone() });
        }
        self.media.connect(
            leg,
            Peer {
                address: agreed.remote,
                signals_from: known.signals_from,
                law: agreed.law,
                send: agreed.send,
                receive: agreed.receive,
            },
        );
        self.media.direct(leg, direction);
        self.media.play(leg, known.sound);
        self.media.hold(leg, known.held_by_us);
        let held_by_peer = !agreed.direction.sends();
        if held_by_peer != known.held_by_peer {
            known.held_by_peer = held_by_peer;
            self.tell(if held_by_peer { Event::HeldByPeer(leg) } else { Event::Resumed(leg) });
        }
    }

    fn tell_held(&self, leg: LegId) {
        if let Some(known) = self.legs.get(&leg) {
            self.tell(Event::Held { leg, held: known.held_by_us });
        }
    }

    fn forget(&mut self, leg: LegId) -> bool {
        let was_known = self.legs.remove(&leg).is_some();
        if was_known {
            self.media.close(leg);
        }
        was_known
    }

    fn tell(&self, event: Event) {
        // Nobody listens: then nobody wants to know.
        let _ = self.events.send(event);
    }
}

impl Leg {
    fn ours(&self) -> Ours {
        let direction = if self.held_by_us { Direction::SendOnly } else { Direction::SendRecv };
        Ours { at: self.at, laws: Law::ALL.into(), direction, key: self.key.clone() }
    }

    fn offer(&mut self) -> Vec<u8> {
        let media = offer(&self.ours(), self.said.media());
        self.said.say(media).into_bytes()
    }
}
