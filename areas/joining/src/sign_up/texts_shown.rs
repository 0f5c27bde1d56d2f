//! Which texts somebody saw or heard, word for word (S2).

use std::collections::BTreeMap;

use db::{Error, Tx, args};
use kernel::{SignUpId, WordingId};

use super::message::{Filled, filled};
use crate::Broken;

/// Keeps the version of a text with the values that stood in it.
pub(super) async fn keep(tx: &mut Tx, id: SignUpId, shown: &Filled) -> Result<(), Error> {
    let values: BTreeMap<&str, &str> =
        shown.values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let values = serde_json::to_string(&values).expect("words");
    tx.change_one(
        "insert into sign_up_texts (sign_up_id, wording_id, shown_values) values ($1, $2, $3)",
        args![id, shown.wording, values],
    )
    .await
}

/// The texts that were shown, as they were.
pub async fn shown(tx: &mut Tx, id: SignUpId) -> Result<Vec<wording::Filled>, Broken> {
    db::row! { struct Row { wording_id: WordingId, shown_values: String } }

    let rows: Vec<Row> = tx
        .all(
            "select t.wording_id, t.shown_values from sign_up_texts t join wordings w on w.id = t.wording_id
              where t.sign_up_id = $1 order by w.key",
            args![id],
        )
        .await?;
    let mut shown = Vec::new();
    for Row { wording_id, shown_values } in rows {
        let Some(wording) = wording::version(tx, wording_id).await? else { continue };
        let values: BTreeMap<String, String> = serde_json::from_str(&shown_values)
            .map_err(|_| Broken::Unreadable("sign_up_texts.shown_values"))?;
        let values: Vec<(&str, String)> =
            values.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        shown.push(filled(&wording, &values)?.text);
    }
    Ok(shown)
}
