//! A key and arguments become words. The only crate that does so: a rule or an error carries a key.
//!
//! Dutch first, English second; [`Catalogue::incomplete`] finds what one of them lacks, and a test
//! keeps it empty.

mod catalogue;
mod format;

pub use catalogue::{Arg, Catalogue, Source, Texts};

kernel::codes! {
    #[derive(Default)]
    pub enum Language {
        #[default]
        Dutch = "nl",
        English = "en",
    }
}

impl Language {
    /// The first of ours that a browser asks for (`Accept-Language`), Dutch if none.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        header
            .split(',')
            .find_map(|part| part.trim().get(..2)?.to_ascii_lowercase().parse().ok())
            .unwrap_or_default()
    }
}
