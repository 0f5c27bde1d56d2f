//! Where the pieces of recordings lie: in a folder of this machine, or in a store that speaks S3. What is put there is sealed.

mod disk;
mod s3;

use std::sync::{Arc, OnceLock};

use web::{App, RecordingSettings};

use self::disk::Folder;
use self::s3::Bucket;

/// A place for pieces. It waits for disk or network: only to be asked through [`beside`].
pub(super) trait Kept: Send + Sync {
    /// Whole or not at all; a name is used once.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), NotKept>;

    fn find(&self, name: &str) -> Result<Option<Vec<u8>>, NotKept>;

    /// That it is not there is no error.
    fn remove(&self, name: &str) -> Result<(), NotKept>;
}

/// Why a piece was not kept, found or taken away.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKept {
    #[error("the folder for recordings cannot be used: {0}")]
    Disk(#[from] std::io::Error),
    #[error("the store for recordings does not answer: {0}")]
    Unreachable(Box<ureq::Error>),
    #[error("the store for recordings answers {0}: look at its keys, and at what they may do")]
    Answered(u16),
    #[error(transparent)]
    Setting(#[from] WrongPlace),
    #[error("what was kept was not found as it was")]
    Changed,
    #[error("whoever was to keep it ended")]
    Stopped,
}

/// A setting with which nothing can be kept. Never holds a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WrongPlace {
    #[error("recordings.endpoint is no address of a store, such as https://s3.example")]
    Endpoint,
    #[error("recordings.bucket is missing: name the bucket, which must be there already")]
    Bucket,
    #[error(
        "recordings.key and recordings.secret are missing: make a key that may put, get and delete in the bucket"
    )]
    Key,
    #[error("this machine knows no certificates to trust the store by: install ca-certificates")]
    Certificates,
    #[error("recordings.bucket, key and secret are of use with recordings.endpoint only")]
    NoEndpoint,
}

/// Whether recordings can be kept as the settings say.
///
/// # Errors
///
/// The first setting that is wrong, and what to do about it.
pub fn check(settings: &RecordingSettings) -> Result<(), WrongPlace> {
    open(settings).map(drop)
}

fn open(settings: &RecordingSettings) -> Result<Arc<dyn Kept>, WrongPlace> {
    Ok(match Bucket::of(settings)? {
        Some(bucket) => Arc::new(bucket),
        None => Arc::new(Folder::new(settings.folder.clone())),
    })
}

/// Keeps something, finds it and takes it away again: whether recordings could be kept there.
pub(crate) async fn try_out(settings: &RecordingSettings) -> Result<(), NotKept> {
    let kept = open(settings)?;
    beside(move || {
        let (name, content) = (format!("try/{}", db::new_id()), &b"wijland"[..]);
        kept.put(&name, content)?;
        let found = kept.find(&name)?;
        kept.remove(&name)?;
        let is_as_it_was = found.as_deref() == Some(content) && kept.find(&name)?.is_none();
        if is_as_it_was { Ok(()) } else { Err(NotKept::Changed) }
    })
    .await
}

/// The place, once it was asked for.
#[derive(Default)]
pub(crate) struct Keeping(OnceLock<Arc<dyn Kept>>);

pub(super) fn of(app: &App) -> Result<Arc<dyn Kept>, NotKept> {
    let keeping = app.state::<Keeping>();
    if let Some(kept) = keeping.0.get() {
        return Ok(kept.clone());
    }
    let kept = open(&app.settings().recordings)?;
    Ok(keeping.0.get_or_init(|| kept).clone())
}

/// Waits for disk or network beside everything else.
pub(super) async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, NotKept> + Send + 'static,
) -> Result<T, NotKept> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(NotKept::Stopped))
}
