//! Static files, all of them under one checksum: a changed file has a new address, so browsers may
//! keep the old one for ever, and modules find each other by relative paths.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::App;

/// A file that is compiled in.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    pub name: &'static str,
    pub bytes: &'static [u8],
}

/// `asset!("call.js", "../assets/call.js")`
#[macro_export]
macro_rules! asset {
    ($name:literal, $path:literal) => {
        $crate::Asset { name: $name, bytes: include_bytes!($path) }
    };
}

const OWN: &[Asset] = &[
    asset!("icons.svg", "../assets/icons.svg"),
    asset!("favicon.svg", "../assets/favicon.svg"),
    asset!("icon-192.png", "../assets/icon-192.png"),
    asset!("icon-512.png", "../assets/icon-512.png"),
    asset!("atkinson-next-latin.woff2", "../assets/fonts/atkinson-next-latin.woff2"),
    asset!("atkinson-next-latin-ext.woff2", "../assets/fonts/atkinson-next-latin-ext.woff2"),
    asset!("bricolage-latin.woff2", "../assets/fonts/bricolage-latin.woff2"),
    asset!("wijland.js", "../assets/js/wijland.js"),
    asset!("shell.js", "../assets/js/shell.js"),
    asset!("live.js", "../assets/js/live.js"),
    asset!("keys.js", "../assets/js/keys.js"),
    asset!("say.js", "../assets/js/say.js"),
    asset!("theme.js", "../assets/js/theme.js"),
    asset!("modules.js", "../assets/js/modules.js"),
    asset!("timer.js", "../assets/js/timer.js"),
    asset!("search.js", "../assets/js/search.js"),
];

/// The style sheets in the order of their layers; joined into one answer.
const STYLES: &[&str] = &[
    include_str!("../assets/css/1-tokens.css"),
    include_str!("../assets/css/2-base.css"),
    include_str!("../assets/css/3-layout.css"),
    include_str!("../assets/css/4-components.css"),
    include_str!("../assets/css/5-charts.css"),
    include_str!("../assets/css/6-screens.css"),
];

pub(crate) struct Assets {
    files: BTreeMap<&'static str, Vec<u8>>,
}

static CHECKSUM: OnceLock<String> = OnceLock::new();

impl Assets {
    pub(crate) fn new<'a>(areas: impl Iterator<Item = &'a Asset>) -> Self {
        let mut files: BTreeMap<&str, Vec<u8>> =
            OWN.iter().chain(areas).map(|asset| (asset.name, asset.bytes.to_vec())).collect();
        files.insert("wijland.css", STYLES.concat().into_bytes());
        let mut hash = Sha256::new();
        for (name, bytes) in &files {
            hash.update(name.as_bytes());
            hash.update(bytes);
        }
        let checksum = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        // Every app of one process has the same files; tests make several.
        let _ = CHECKSUM.set(checksum);
        Self { files }
    }
}

/// The address of a static file.
#[must_use]
pub fn asset_path(name: &str) -> String {
    format!("/static/{}/{name}", CHECKSUM.get().map_or("0", String::as_str))
}

pub(crate) async fn serve(
    State(app): State<App>,
    Path((_checksum, name)): Path<(String, String)>,
) -> Response {
    let Some(bytes) = app.assets().files.get(name.as_str()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, bytes.clone()).into_response()
}
