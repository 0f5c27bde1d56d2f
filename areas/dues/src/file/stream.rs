use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use db::Db;
use dues_rules::amount::Kind;
use futures_util::stream;
use kernel::{Actor, Cents, DueId, PaymentRunId};
use sha2::{Digest as _, Sha256};
use vault::KeyRing;
use web::App;

use super::rows::{Head, Part, Payment, head, payments};
use super::xml::Xml;
use super::{pain001, pain008};
use crate::Broken;
use crate::run::PaymentRun;

/// What a file came to, counted while it was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Written {
    pub rows: i64,
    pub cents: Cents,
    pub bytes: i64,
    /// SHA-256, in hex.
    pub hash: String,
}

/// The file of a run, piece by piece: some thousand payments are in memory at a time, however many there are.
pub struct Pieces {
    db: Db,
    keys: KeyRing,
    id: PaymentRunId,
    head: Head,
    file: File,
    /// The part of the head that is being written, and its last row.
    part: usize,
    after: Option<DueId>,
    is_over: bool,
}

impl Pieces {
    pub async fn of(db: &Db, keys: &KeyRing, id: PaymentRunId) -> Result<Self, Broken> {
        let head = db.read(Actor::SYSTEM, async |tx| head(tx, keys, id).await).await?;
        let file = File::begin(&head);
        let (db, keys) = (db.clone(), keys.clone());
        Ok(Self { db, keys, id, head, file, part: 0, after: None, is_over: false })
    }

    /// The next piece; none at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        while let Some(part) = self.head.parts.get(self.part) {
            if self.after.is_none() {
                self.file.begin_part(&self.head, part);
            }
            let after = self.after.unwrap_or(DueId(0));
            let (keys, id, sequence) = (&self.keys, self.id, part.sequence);
            let page = self
                .db
                .read(Actor::SYSTEM, async |tx| payments(tx, keys, id, sequence, after).await)
                .await?;
            if let Some((page, last)) = page {
                for payment in &page {
                    self.file.payment(self.head.kind, payment);
                }
                self.after = Some(last);
                return Ok(Some(self.file.piece()));
            }
            self.file.end_part();
            (self.part, self.after) = (self.part + 1, None);
        }
        if self.is_over {
            return Ok(None);
        }
        self.is_over = true;
        self.file.end(self.head.kind);
        Ok(Some(self.file.piece()))
    }

    /// What the file comes to, once it was written to its end.
    #[must_use]
    pub fn written(self) -> Written {
        self.file.written()
    }
}

/// Writes the file of a run to nobody: what it would come to.
pub async fn count(db: &Db, keys: &KeyRing, id: PaymentRunId) -> Result<Written, Broken> {
    let mut pieces = Pieces::of(db, keys, id).await?;
    while pieces.next().await?.is_some() {}
    Ok(pieces.written())
}

/// A file that is being written, and what it comes to so far.
pub(super) struct File {
    xml: Xml,
    hash: Sha256,
    rows: i64,
    cents: Cents,
    bytes: i64,
}

impl File {
    pub(super) fn begin(head: &Head) -> Self {
        let (namespace, root) = match head.kind {
            Kind::Collection => (pain008::NAMESPACE, pain008::ROOT),
            Kind::PayOut => (pain001::NAMESPACE, pain001::ROOT),
        };
        let mut xml = Xml::document(namespace);
        xml.open(root);
        xml.inside("GrpHdr", |xml| {
            xml.text("MsgId", &head.message_id);
            xml.instant("CreDtTm", head.made_at);
            xml.text("NbOfTxs", &head.rows.to_string());
            xml.text("CtrlSum", &head.cents.decimal());
            xml.path(&["InitgPty", "Nm"], &super::folded(&head.name, 70));
        });
        Self { xml, hash: Sha256::new(), rows: 0, cents: Cents(0), bytes: 0 }
    }

    pub(super) fn begin_part(&mut self, head: &Head, part: &Part) {
        match head.kind {
            Kind::Collection => pain008::begin_part(&mut self.xml, head, part),
            Kind::PayOut => pain001::begin_part(&mut self.xml, head, part),
        }
    }

    pub(super) fn payment(&mut self, kind: Kind, payment: &Payment) {
        match kind {
            Kind::Collection => pain008::payment(&mut self.xml, payment),
            Kind::PayOut => pain001::payment(&mut self.xml, payment),
        }
        self.rows += 1;
        self.cents = self.cents + payment.cents;
    }

    pub(super) fn end_part(&mut self) {
        self.xml.close("PmtInf");
    }

    pub(super) fn end(&mut self, kind: Kind) {
        self.xml.close(match kind {
            Kind::Collection => pain008::ROOT,
            Kind::PayOut => pain001::ROOT,
        });
        self.xml.close("Document");
    }

    /// What was written since the piece before.
    pub(super) fn piece(&mut self) -> Vec<u8> {
        let piece = self.xml.take();
        self.hash.update(&piece);
        self.bytes += i64::try_from(piece.len()).expect("a piece fits into memory");
        piece
    }

    pub(super) fn written(self) -> Written {
        let hash = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Written { rows: self.rows, cents: self.cents, bytes: self.bytes, hash }
    }
}

/// The file of a released run for a browser, byte for byte what was released: if it would be another, the download breaks
/// off before its end instead.
pub(crate) async fn download(app: &App, run: &PaymentRun) -> Result<Response, Broken> {
    let pieces = Pieces::of(app.db(), app.keys(), run.id).await?;
    // The last piece is held until the whole of it was compared.
    let begin =
        Download { pieces: Some(pieces), held: Vec::new(), run: run.id, hash: run.hash.clone() };
    let body = Body::from_stream(stream::try_unfold(begin, Download::step));
    let name = format!("attachment; filename=\"{}\"", run.file_name());
    let kind = "application/xml".to_owned();
    let mut response =
        ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], body).into_response();
    if let Some(bytes) = run.file_bytes.and_then(|bytes| u64::try_from(bytes).ok()) {
        response.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
    }
    Ok(response)
}

struct Download {
    pieces: Option<Pieces>,
    held: Vec<u8>,
    run: PaymentRunId,
    hash: Option<String>,
}

impl Download {
    async fn step(mut self) -> Result<Option<(Vec<u8>, Self)>, Broken> {
        let Some(mut pieces) = self.pieces.take() else { return Ok(None) };
        if let Some(piece) = pieces.next().await? {
            self.pieces = Some(pieces);
            let before = std::mem::replace(&mut self.held, piece);
            return Ok(Some((before, self)));
        }
        if Some(pieces.written().hash) != self.hash {
            tracing::error!(
                run = self.run.0,
                "a file for the bank is not the one that was released"
            );
            return Err(Broken::OtherFile(self.run));
        }
        Ok(Some((std::mem::take(&mut self.held), self)))
    }
}
