/// What nobody at the screen can help.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Rule(#[from] rulebook::Missing),
    #[error(transparent)]
    Mail(#[from] mail::Failed),
    #[error(transparent)]
    Dues(#[from] dues::Broken),
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
