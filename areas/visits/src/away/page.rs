use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use texts::Texts;

use super::store::{Device, Kind};
use crate::visit::Visit;

/// The page that stands on the telephone. It says nothing about anybody.
#[derive(Template)]
#[template(path = "away.html")]
pub(super) struct AwayPage<'a> {
    pub t: &'a Texts,
    pub association: &'a str,
}

impl AwayPage<'_> {
    fn asset(&self, name: &str) -> String {
        web::asset_path(name)
    }
}

/// What keeps the page on the telephone.
#[derive(Template)]
#[template(path = "away_worker.js.txt")]
pub(super) struct Worker {
    /// Their addresses change with their content, and the worker with them.
    pub files: Vec<String>,
    /// Changes with the page, so that nobody keeps half of two versions.
    pub version: String,
}

impl Worker {
    fn list(&self) -> String {
        self.files.iter().map(|file| format!("  \"{file}\",\n")).collect()
    }
}

/// The day: where to go, in the order of the way.
#[derive(Template)]
#[template(path = "away_list.html")]
pub(super) struct DayList<'a> {
    pub t: &'a Texts,
    pub today: Date,
    pub title: String,
    pub visits: &'a [Visit],
}

impl DayList<'_> {
    /// The time, or of a late one the day.
    fn when(&self, visit: &Visit) -> String {
        match (visit.planned_on, visit.planned_time) {
            (Some(day), _) if day < self.today => self.t.recent_day(day, self.today),
            (_, Some(time)) => self.t.time(time),
            _ => String::new(),
        }
    }
}

/// `/bezoeken/toestellen`: which telephones hold a day, and one that was lost.
#[derive(Template)]
#[template(path = "away_devices.html")]
pub(super) struct DevicesPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub devices: Vec<Device>,
    pub shows_owner: bool,
    pub notice: Option<String>,
}

impl DevicesPage<'_> {
    fn kind(&self, device: &Device) -> String {
        self.t.get(match device.kind {
            Kind::Android => "visits-device-android",
            Kind::Iphone => "visits-device-iphone",
            Kind::Ipad => "visits-device-ipad",
            Kind::Computer => "visits-device-computer",
        })
    }

    fn state(&self, device: &Device) -> String {
        match (device.wiped_at, device.wipe_asked_at) {
            (Some(at), _) => {
                self.t.with("visits-device-wiped", "when", self.t.moment(at, self.now))
            }
            (None, Some(at)) => {
                self.t.with("visits-device-wiping", "when", self.t.moment(at, self.now))
            }
            (None, None) => {
                let seen = self.t.moment(device.seen_at, self.now);
                self.t.with("visits-device-seen", "when", seen)
            }
        }
    }
}
