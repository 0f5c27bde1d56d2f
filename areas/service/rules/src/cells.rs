//! Counts for editors and negotiators without telling who said it: small cells are hidden, also from whoever
//! subtracts one count from another (W4).

/// What is shown of a count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cell {
    Shown(u64),
    /// Between one and what may be shown, or hidden because it gives another away.
    Hidden,
}

/// A table with its totals, as it may be shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Table {
    pub rows: Vec<Vec<Cell>>,
    /// Of each row.
    pub row_totals: Vec<Cell>,
    /// Of each column.
    pub column_totals: Vec<Cell>,
    pub total: Cell,
}

/// Hides what is smaller than `least`, and then as much more as it takes: in no row and no column, totals among
/// them, is one cell hidden alone, because it would be what is left over.
///
/// Zero is shown: that nobody asked says nothing about anybody, and a table full of holes reads badly.
#[must_use]
pub fn protect(counts: &[Vec<u64>], least: u64) -> Table {
    let columns = counts.first().map_or(0, Vec::len);
    // The totals are one more row and one more column, and are hidden by the same rule.
    let mut grid: Vec<Vec<u64>> =
        counts.iter().map(|row| row.iter().copied().chain([row.iter().sum()]).collect()).collect();
    let sums = (0..=columns).map(|column| grid.iter().map(|row| row[column]).sum()).collect();
    grid.push(sums);
    let mut hidden: Vec<Vec<bool>> = grid
        .iter()
        .map(|row| row.iter().map(|count| (1..least).contains(count)).collect())
        .collect();

    // Each round hides one cell more, so it ends.
    while let Some((row, column)) = gives_away(&grid, &hidden) {
        hidden[row][column] = true;
    }

    let cell = |row: usize, column: usize| {
        if hidden[row][column] { Cell::Hidden } else { Cell::Shown(grid[row][column]) }
    };
    let rows = counts.len();
    Table {
        rows: (0..rows).map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect(),
        row_totals: (0..rows).map(|row| cell(row, columns)).collect(),
        column_totals: (0..columns).map(|column| cell(rows, column)).collect(),
        total: cell(rows, columns),
    }
}

/// A cell that must be hidden too, in a line where only one is hidden. What is not zero goes first, because hiding a
/// zero beside a one still leaves a one; then what crosses a line in which something is hidden already, so that fewer
/// are needed; then the smallest.
fn gives_away(grid: &[Vec<u64>], hidden: &[Vec<bool>]) -> Option<(usize, usize)> {
    let (rows, columns) = (grid.len(), grid.first().map_or(0, Vec::len));
    let row = |row: usize| (0..columns).map(move |column| (row, column));
    let column = |column: usize| (0..rows).map(move |row| (row, column));
    let is_hidden = |(row, column): (usize, usize)| hidden[row][column];
    let one_of = |line: Vec<(usize, usize)>, crossed: &dyn Fn((usize, usize)) -> bool| {
        if line.iter().filter(|at| is_hidden(**at)).count() != 1 {
            return None;
        }
        line.into_iter().filter(|at| !is_hidden(*at)).min_by_key(|at| {
            let count = grid[at.0][at.1];
            (count == 0, !crossed(*at), count)
        })
    };
    (0..rows).find_map(|nr| one_of(row(nr).collect(), &|at| column(at.1).any(is_hidden))).or_else(
        || (0..columns).find_map(|nr| one_of(column(nr).collect(), &|at| row(at.0).any(is_hidden))),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_small_cell_takes_another_with_it() {
        use Cell::{Hidden, Shown};

        let table = protect(&[vec![12, 2, 8], vec![9, 7, 30]], 5);
        assert_eq!(table.rows[0], [Shown(12), Hidden, Hidden]);
        assert_eq!(table.rows[1], [Shown(9), Hidden, Hidden]);
        assert_eq!(table.row_totals, [Shown(22), Shown(46)]);
        assert_eq!(table.total, Shown(68));
    }

    /// What somebody can work out who knows all shown numbers: lines with one unknown give it away.
    fn worked_out(table: &Table) -> Vec<Vec<Cell>> {
        let mut grid: Vec<Vec<Cell>> = table
            .rows
            .iter()
            .zip(&table.row_totals)
            .map(|(row, total)| row.iter().copied().chain([*total]).collect())
            .collect();
        grid.push(table.column_totals.iter().copied().chain([table.total]).collect());
        grid
    }

    proptest! {
        #[test]
        fn no_line_has_one_hidden_cell_and_no_small_one_is_shown(
            counts in proptest::collection::vec(proptest::collection::vec(0_u64..12, 4), 1..6)
        ) {
            let grid = worked_out(&protect(&counts, 5));
            let hidden = |cell: &&Cell| matches!(cell, Cell::Hidden);
            for row in &grid {
                prop_assert_ne!(row.iter().filter(hidden).count(), 1);
                for cell in row {
                    prop_assert!(!matches!(cell, Cell::Shown(1..5)));
                }
            }
            for column in 0..grid[0].len() {
                let cells = grid.iter().map(|row| &row[column]);
                prop_assert_ne!(cells.filter(hidden).count(), 1);
            }
        }
    }
}
