//! Announcements that somebody spoke: uploaded as WAV, kept as A-law.

use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, post};
use db::{Error, Tx, args};
use kernel::QueueId;
use telephone_rules::settings::Announcement;
use telephony_proto::g711::SAMPLES_PER_SECOND;
use texts::Language;
use web::{Administrator, App, RuleReader, WebError};

use super::route::render_announcements;
use super::store::{self, record};
use super::wav::{self, Wrong};

db::row! {
    struct Sound { sound: Vec<u8> }
}

/// What somebody spoke for this moment, in A-law of 8,000 bytes a second; `None`: there are words alone.
pub async fn spoken(
    tx: &mut Tx,
    queue: QueueId,
    kind: Announcement,
    language: Language,
) -> Result<Option<Vec<u8>>, Error> {
    let found: Option<Sound> = tx
        .one(
            "select sound from queue_recordings where queue_id = $1 and kind = $2 and language = $3",
            args![queue, kind, language],
        )
        .await?;
    Ok(found.map(|row| row.sound))
}

db::row! {
    /// A recording without its sound.
    #[derive(Clone, Debug)]
    pub(super) struct Recording {
        pub kind: Announcement,
        pub language: Language,
        pub size_bytes: i64,
    }
}

impl Recording {
    /// Rounded up.
    pub(super) fn seconds(&self) -> i64 {
        let per_second = i64::from(SAMPLES_PER_SECOND);
        (self.size_bytes + per_second - 1).div_euclid(per_second)
    }
}

pub(super) async fn all(tx: &mut Tx, queue: QueueId) -> Result<Vec<Recording>, Error> {
    tx.all(
        "select kind, language, size_bytes from queue_recordings where queue_id = $1 order by kind, language",
        args![queue],
    )
    .await
}

async fn keep(
    tx: &mut Tx,
    queue: QueueId,
    (kind, language): (Announcement, Language),
    sound: Vec<u8>,
) -> Result<(), Error> {
    remove_one(tx, queue, (kind, language)).await?;
    let (by, now) = (tx.actor().user, tx.now());
    let size = i64::try_from(sound.len()).unwrap_or(i64::MAX);
    tx.change_one(
        "insert into queue_recordings (queue_id, kind, language, sound, size_bytes, changed_by, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![queue, kind, language, sound, size, by, now],
    )
    .await?;
    record(tx, Some(queue), "recording").await
}

async fn remove_one(
    tx: &mut Tx,
    queue: QueueId,
    (kind, language): (Announcement, Language),
) -> Result<u64, Error> {
    tx.execute(
        "delete from queue_recordings where queue_id = $1 and kind = $2 and language = $3",
        args![queue, kind, language],
    )
    .await
}

/// What was sent: which announcement, in which language, and the file.
struct Sent {
    kind: Option<Announcement>,
    language: Option<Language>,
    file: Vec<u8>,
}

async fn read(form: &mut Multipart) -> Result<Sent, Wrong> {
    let mut sent = Sent { kind: None, language: None, file: vec![] };
    while let Some(field) = form.next_field().await.map_err(|_| Wrong::TooLong)? {
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|_| Wrong::TooLong)?;
        let text = || String::from_utf8_lossy(&bytes);
        match name.as_str() {
            "melding" => sent.kind = text().parse().ok(),
            "taal" => sent.language = text().parse().ok(),
            "bestand" => sent.file = bytes.to_vec(),
            _ => {}
        }
    }
    Ok(sent)
}

/// What is wrong with a file, in words.
pub(crate) fn text(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::NotWav => "telephone-recording-not-wav",
        Wrong::Shape => "telephone-recording-shape",
        Wrong::Empty => "telephone-recording-empty",
        Wrong::TooLong => "telephone-recording-long",
    }
}

fn home(queue: QueueId) -> Redirect {
    Redirect::to(&format!("/beheer/wachtrijen/{queue}/meldingen"))
}

/// The way in for a file; what is larger than any that can be kept is not read to its end.
pub(super) fn uploads() -> MethodRouter<App> {
    post(upload).layer(DefaultBodyLimit::max(wav::BYTES_MAX))
}

async fn upload(
    State(app): State<App>,
    administrator: Administrator,
    Path(id): Path<QueueId>,
    mut form: Multipart,
) -> Result<Response, WebError> {
    let sent = read(&mut form).await;
    let sound = sent.and_then(|sent| {
        let which = sent.kind.zip(sent.language);
        Ok((which, wav::a_law(&sent.file)?))
    });
    let (which, sound) = match sound {
        Ok((Some(which), sound)) => (which, sound),
        Ok((None, _)) => return Err(WebError::NotFound),
        Err(wrong) => {
            return render_announcements(&app, &administrator, id, None, None, Some(text(wrong)))
                .await;
        }
    };
    let kept = app
        .db()
        .write(administrator.actor(), async |tx| {
            let now = tx.now();
            let is_there = store::all(tx, now).await?.iter().any(|queue| queue.id == id);
            if is_there {
                keep(tx, id, which, sound.clone()).await?;
            }
            Ok::<_, Error>(is_there)
        })
        .await?;
    if kept { Ok(home(id).into_response()) } else { Err(WebError::NotFound) }
}

/// The announcement and the language of an address.
fn of_address(kind: &str, language: &str) -> Result<(Announcement, Language), WebError> {
    let kind = kind.parse().map_err(|_| WebError::NotFound)?;
    let language = language.parse().map_err(|_| WebError::NotFound)?;
    Ok((kind, language))
}

pub(super) async fn listen(
    State(app): State<App>,
    reader: RuleReader,
    Path((id, kind, language)): Path<(QueueId, String, String)>,
) -> Result<Response, WebError> {
    let (kind, language) = of_address(&kind, &language)?;
    let found =
        app.db().read(reader.actor(), async |tx| spoken(tx, id, kind, language).await).await?;
    let sound = found.ok_or(WebError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "audio/wav")], wav::file(&sound)).into_response())
}

pub(super) async fn remove(
    State(app): State<App>,
    administrator: Administrator,
    Path((id, kind, language)): Path<(QueueId, String, String)>,
) -> Result<Redirect, WebError> {
    let which = of_address(&kind, &language)?;
    app.db()
        .write(administrator.actor(), async |tx| {
            if remove_one(tx, id, which).await? > 0 {
                record(tx, Some(id), "recording").await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(home(id))
}
