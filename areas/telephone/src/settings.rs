//! How the telephone is set up.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use telephony_engine::{Browsers, Line, Login, Settings, Through};
use web::App;

use crate::outside::Outside;

/// So long it rings at whom we call before we give up.
pub(crate) const RING_MAX: Duration = Duration::from_secs(45);
/// What a softphone, and the outside world of the demo, dial to reach the desk.
pub(crate) const DESK: &str = "ledenlijn";

/// Of the engine.
pub(crate) fn engine(app: &App) -> Settings {
    let browsers = browsers(app);
    if app.settings().demo.is_some() {
        let mut settings = Settings { browsers, ..Settings::default() };
        settings.lines.insert(DESK.to_owned(), Line::Desk);
        return settings;
    }
    // Without a trunk nobody is to reach a port of ours: there is no line to call, and only this machine may ask.
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Settings { listen, lines: [].into(), browsers, ..Settings::default() }
}

/// Where the program listens for pages, browsers find its sound, unless it is said otherwise. None where it listens on every
/// network and nobody said at which address it is found.
fn browsers(app: &App) -> Option<Browsers> {
    let said = &app.settings().sound;
    let bind = said.listen.unwrap_or_else(|| {
        let ip = app.served_at().map_or(Ipv4Addr::LOCALHOST.into(), |at| at.ip());
        SocketAddr::new(ip, 0)
    });
    let is_found = !bind.ip().is_unspecified() || said.address.is_some();
    is_found.then(|| Browsers { bind, public: said.address.into_iter().collect() })
}

/// Which way calls go out.
pub(crate) struct Way {
    pub through: Through,
    pub login: Option<Login>,
    /// The number that whoever is called sees.
    pub from: String,
}

/// None without a trunk: then nobody outside can be called from a browser.
pub(crate) fn way(app: &App) -> Option<Way> {
    let outside = app.state::<Outside>().address()?;
    Some(Way { through: Through::Udp(outside), login: None, from: DESK.to_owned() })
}
