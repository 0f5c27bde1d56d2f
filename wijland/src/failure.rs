/// Why a command did nothing, in words for whoever typed it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What is wrong, and what to do about it.
    #[error("{0}")]
    Told(String),
    #[error("{what}")]
    File { what: String, source: std::io::Error },
    #[error("the database does not answer as it should")]
    Db(#[from] db::Error),
    /// A setting with which no message can leave the house.
    #[error(transparent)]
    Outside(#[from] mail::WrongSetting),
    /// A setting with which there is no line.
    #[error(transparent)]
    Telephone(#[from] telephone::WrongSetting),
    #[error(transparent)]
    Recordings(#[from] telephone::recording::WrongPlace),
    /// A certificate with which no page can be served.
    #[error(transparent)]
    Tls(#[from] crate::WrongCertificate),
    #[error("the import did not end well: {0}")]
    Import(#[from] import::run::Failed),
    #[error("the export did not end well: {0}")]
    Export(#[from] import::export::Failed),
}

impl Failure {
    pub fn told(text: impl Into<String>) -> Self {
        Self::Told(text.into())
    }

    pub fn file(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        |source| Self::File { what, source }
    }

    /// The failure with everything that it came from.
    #[must_use]
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            let more = error.to_string();
            if !text.contains(&more) {
                text = format!("{text}: {more}");
            }
            source = error.source();
        }
        text
    }
}
