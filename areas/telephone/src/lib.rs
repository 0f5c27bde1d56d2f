//! The telephone on the screen. So far: a colleague's browser connects, hears itself on the echo line, and calls a colleague's.

mod browsers;
mod exchange;
mod page;
mod route;

use web::{Area, Asset};

pub const TEXTS: texts::Source = texts::Source {
    area: "telephone",
    nl: include_str!("../texts/nl.ftl"),
    en: include_str!("../texts/en.ftl"),
};

const ASSETS: &[Asset] = &[
    Asset {
        name: "telephone-connection.js",
        bytes: include_bytes!("../assets/telephone-connection.js"),
    },
    Asset { name: "telephone-test.js", bytes: include_bytes!("../assets/telephone-test.js") },
];

#[must_use]
pub fn area() -> Area {
    Area::new("telephone", TEXTS)
        .routes(route::routes())
        .assets(ASSETS)
        .state(browsers::Browsers::default())
}
