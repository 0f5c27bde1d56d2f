/// A cell that no spreadsheet takes for a formula. The import takes the apostrophe off again.
#[must_use]
pub fn protect(cell: &str) -> String {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
        || cell.strip_prefix('\'').is_some_and(|rest| rest.starts_with(['=', '+', '-', '@']));
    if risky { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::protect;

    #[test]
    fn no_cell_can_run() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+31612345678", "'+31612345678"),
            ("-", "'-"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("Jan", "Jan"),
            ("'t Hart", "'t Hart"),
            ("", ""),
        ] {
            assert_eq!(protect(cell), written);
        }
    }
}
