//! The sound of a recording for a browser, from any place in it: opened piece by piece while it is sent, kept nowhere.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use kernel::RecordingId;
use vault::OwnKey;

use super::kept::{self, Kept, NotKept};
use super::store::{self, Piece};
use super::wav;

/// What is sent of it: pieces in their order, each with its first byte in the file.
pub(super) struct Sound {
    pub id: RecordingId,
    pub key: OwnKey,
    pub pieces: Vec<Piece>,
    pub kept: Arc<dyn Kept>,
}

#[derive(Debug, thiserror::Error)]
enum NotHeard {
    #[error(transparent)]
    Kept(#[from] NotKept),
    #[error(transparent)]
    Vault(#[from] vault::Error),
    #[error("a piece of the recording is not where it was kept")]
    Missing,
}

impl Sound {
    /// The whole file, or the part that is asked for (RFC 9110 §14).
    pub(super) fn answer(self, headers: &HeaderMap) -> Response {
        let sound: u64 = self.pieces.iter().map(bytes).sum();
        let size = wav::HEAD_BYTES + sound;
        let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
        let (status, first, end) = match asked.map(|range| part(range, size)) {
            None | Some(Part::Whole) => (StatusCode::OK, 0, size),
            Some(Part::Some { first, end }) => (StatusCode::PARTIAL_CONTENT, first, end),
            Some(Part::Nothing) => {
                let of = format!("bytes */{size}");
                return (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, of)])
                    .into_response();
            }
        };
        let mut answer = Body::from_stream(self.stream(sound, first, end)).into_response();
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        let mut set = |name, value: String| {
            if let Ok(value) = value.parse() {
                headers.insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, "audio/wav".to_owned());
        set(header::CACHE_CONTROL, "no-store".to_owned());
        set(header::ACCEPT_RANGES, "bytes".to_owned());
        set(header::CONTENT_LENGTH, (end - first).to_string());
        if status == StatusCode::PARTIAL_CONTENT {
            set(header::CONTENT_RANGE, format!("bytes {first}-{}/{size}", end - 1));
        }
        answer
    }

    fn stream(
        self,
        sound: u64,
        first: u64,
        end: u64,
    ) -> impl futures_util::Stream<Item = Result<Vec<u8>, NotHeard>> + Send {
        let mut at = wav::HEAD_BYTES;
        let mut wanted = Vec::new();
        for piece in &self.pieces {
            let until = at + bytes(piece);
            if at < end && until > first {
                wanted.push((piece.nr, at));
            }
            at = until;
        }
        let head = (first < wav::HEAD_BYTES).then(|| cut(wav::head(sound), 0, first, end));
        let rest = (self, head, wanted.into_iter());
        stream::unfold(rest, move |(sound, head, mut wanted)| async move {
            if let Some(head) = head {
                return Some((Ok(head), (sound, None, wanted)));
            }
            let (nr, at) = wanted.next()?;
            let piece = sound.piece(nr).await.map(|piece| cut(piece, at, first, end));
            if let Err(error) = &piece {
                tracing::error!(%error, "a recording cannot be heard to its end");
            }
            Some((piece, (sound, None, wanted)))
        })
    }

    async fn piece(&self, nr: i64) -> Result<Vec<u8>, NotHeard> {
        let name = store::piece_name(self.id, nr);
        let (kept, wanted) = (self.kept.clone(), name.clone());
        let sealed = kept::beside(move || kept.find(&wanted)).await?.ok_or(NotHeard::Missing)?;
        Ok(self.key.open(&name, &sealed)?)
    }
}

fn bytes(piece: &Piece) -> u64 {
    u64::try_from(piece.pairs).unwrap_or(0) * u64::from(wav::CHANNELS)
}

/// Of bytes that begin there in the file, those that are wanted.
fn cut(bytes: Vec<u8>, at: u64, first: u64, end: u64) -> Vec<u8> {
    let place = |wanted: u64| {
        usize::try_from(wanted.saturating_sub(at)).unwrap_or(usize::MAX).min(bytes.len())
    };
    let (from, until) = (place(first), place(end));
    if (from, until) == (0, bytes.len()) { bytes } else { bytes[from..until].to_vec() }
}

#[derive(Debug, Eq, PartialEq)]
enum Part {
    /// Asked for in a way that we do not know: the whole answers it, too.
    Whole,
    /// From this byte to the one before `end`.
    Some { first: u64, end: u64 },
    /// There is nothing of it.
    Nothing,
}

fn part(range: &str, size: u64) -> Part {
    let Some(range) = range.strip_prefix("bytes=").filter(|range| !range.contains(',')) else {
        return Part::Whole;
    };
    let Some((first, last)) = range.trim().split_once('-') else { return Part::Whole };
    let part = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.is_empty() => (first, size),
        (Err(_), Ok(count)) if first.is_empty() && count > 0 => (size.saturating_sub(count), size),
        _ => return Part::Whole,
    };
    let (first, end) = part;
    if first < end { Part::Some { first, end } } else { Part::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_as_browsers_ask() {
        let some = |first, end| Part::Some { first, end };
        for (range, expected) in [
            ("bytes=0-", some(0, 100)),
            ("bytes=0-0", some(0, 1)),
            ("bytes=40-59", some(40, 60)),
            ("bytes=40-1000", some(40, 100)),
            ("bytes=-10", some(90, 100)),
            ("bytes=-1000", some(0, 100)),
            ("bytes=100-", Part::Nothing),
            ("bytes=60-40", Part::Whole),
            ("bytes=-0", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("bytes=x", Part::Whole),
            ("seconds=1-2", Part::Whole),
            ("bytes=18446744073709551615-18446744073709551615", Part::Nothing),
        ] {
            assert_eq!(part(range, 100), expected, "{range}");
        }
    }

    #[test]
    fn what_lies_outside_is_cut_off() {
        let piece = || vec![0, 1, 2, 3, 4];
        assert_eq!(cut(piece(), 10, 0, 100), piece());
        assert_eq!(cut(piece(), 10, 12, 100), [2, 3, 4]);
        assert_eq!(cut(piece(), 10, 12, 13), [2]);
        assert_eq!(cut(piece(), 10, 0, 11), [0]);
        assert!(cut(piece(), 10, 15, 20).is_empty());
    }
}
