/// What nobody at the screen can help: disk, database, a key that is not there.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Vault(#[from] vault::Error),
    #[error(transparent)]
    Rule(#[from] rulebook::Missing),
    #[error(transparent)]
    Mail(#[from] mail::Failed),
    #[error(transparent)]
    Wording(#[from] wording::Lost),
    #[error("a file could not be written or read")]
    Io(#[from] std::io::Error),
    /// What was sealed is no account number: the database was changed by hand.
    #[error("what is sealed in {0} is no account number")]
    NoAccount(&'static str),
    /// The file would not be what was released.
    #[error("the file of run {0} is not the one that was released")]
    OtherFile(kernel::PaymentRunId),
}

impl From<Broken> for web::WebError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Db(error) => error.into(),
            other => Self::Broken(web::Broken::new(other)),
        }
    }
}

impl From<Broken> for web::ApiError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Db(error) => error.into(),
            other => Self::Broken(web::Broken::new(other)),
        }
    }
}
