//! Compares dialogs with legs now and then: a dialog that no leg knows would stay in the library's table for ever.

use std::collections::HashSet;
use std::sync::Weak;
use std::time::Instant;

use rsipstack::platform::CancellationToken;

use super::{Shared, Signal};

pub(super) async fn run(shared: Weak<Shared>, stop: CancellationToken) {
    let mut suspects = HashSet::new();
    let Some(every) = shared.upgrade().map(|shared| shared.settings.sweep_every) else { return };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        let Some(shared) = shared.upgrade() else { return };
        suspects = remove_strays(&shared, &suspects);
        let gone = shared.registrar().expired(Instant::now());
        for account in gone {
            shared.tell(Signal::Registered { account, reachable: false });
        }
    }
}

/// Removes the dialogs that no leg knew at the last look and none knows now; answers with those seen for the first time.
///
/// Twice, because an outgoing dialog gets its final key a moment before its leg hears of it. One that still rings is known by its
/// Call-ID alone.
fn remove_strays(shared: &Shared, suspects: &HashSet<String>) -> HashSet<String> {
    let dialogs = shared.layer.all_dialog_ids();
    let known: HashSet<String> =
        shared.legs().values().filter_map(|known| known.dialog.clone()).collect();
    let ringing: HashSet<String> =
        shared.legs().values().filter_map(|known| known.our_call_id.clone()).collect();
    let mut fresh = HashSet::new();
    for dialog in dialogs.into_iter().filter(|dialog| !known.contains(dialog)) {
        if !suspects.contains(&dialog) {
            fresh.insert(dialog);
        } else if let Some(found) = shared.layer.get_dialog_with(&dialog)
            && !ringing.contains(&found.id().call_id)
        {
            tracing::warn!("a dialog without a call was removed");
            shared.layer.remove_dialog(&found.id());
        }
    }
    fresh
}
