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

/// Hides what is smaller than `least`, and then as much more as it takes: no hidden cell can be worked out from what is
/// shown, totals included.
///
/// A hidden cell can be worked out exactly where it is the only bridge between what is hidden on its one side and on its
/// other, seen as a graph of rows and columns that hidden cells connect (source: disclosure control of two-way tables,
/// Gusfield 1988).
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

/// A cell that must be hidden too, so that one that is hidden cannot be worked out: in the line in which it is alone, else
/// anywhere. What is not zero goes first, because hiding a zero beside a one still leaves a one; then what crosses a line in
/// which something is hidden already, so that fewer are needed; then the smallest.
fn gives_away(grid: &[Vec<u64>], hidden: &[Vec<bool>]) -> Option<(usize, usize)> {
    let (rows, columns) = (grid.len(), grid.first().map_or(0, Vec::len));
    let all = || (0..rows).flat_map(move |row| (0..columns).map(move |column| (row, column)));
    let is_hidden = |(row, column): (usize, usize)| hidden[row][column];
    let (row, column) = all().find(|at| is_hidden(*at) && is_bridge(hidden, *at))?;
    let crosses = |at: (usize, usize)| {
        (0..rows).any(|other| other != at.0 && is_hidden((other, at.1)))
            && (0..columns).any(|other| other != at.1 && is_hidden((at.0, other)))
    };
    let best = |among: &mut dyn Iterator<Item = (usize, usize)>| {
        among.filter(|at| !is_hidden(*at)).min_by_key(|at| {
            let count = grid[at.0][at.1];
            (count == 0, !crosses(*at), count)
        })
    };
    let alone_in_row = (0..columns).filter(|other| is_hidden((row, *other))).count() == 1;
    let alone_in_column = (0..rows).filter(|other| is_hidden((*other, column))).count() == 1;
    let beside = match (alone_in_row, alone_in_column) {
        (true, _) => best(&mut (0..columns).map(|other| (row, other))),
        (false, true) => best(&mut (0..rows).map(|other| (other, column))),
        (false, false) => None,
    };
    beside.or_else(|| best(&mut all()))
}

/// Whether nothing but this hidden cell connects its row with its column.
fn is_bridge(hidden: &[Vec<bool>], (row, column): (usize, usize)) -> bool {
    let mut reached_rows = vec![false; hidden.len()];
    let mut left = vec![row];
    reached_rows[row] = true;
    while let Some(here) = left.pop() {
        for (through, is_hidden) in hidden[here].iter().enumerate() {
            if !is_hidden || (here, through) == (row, column) {
                continue;
            }
            if through == column {
                return false;
            }
            for (next, line) in hidden.iter().enumerate() {
                if line[through] && !reached_rows[next] {
                    reached_rows[next] = true;
                    left.push(next);
                }
            }
        }
    }
    true
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

    /// Every equation that a reader has: a row and a column adds up to its total. A hidden cell that they fix is given
    /// away; found by elimination, not by the graph that hides them.
    fn worked_out(table: &Table) -> Vec<(usize, usize)> {
        let mut grid: Vec<Vec<Cell>> = table
            .rows
            .iter()
            .zip(&table.row_totals)
            .map(|(row, total)| row.iter().copied().chain([*total]).collect())
            .collect();
        grid.push(table.column_totals.iter().copied().chain([table.total]).collect());
        let (rows, columns) = (grid.len(), grid[0].len());
        let unknown: Vec<(usize, usize)> = (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (row, column)))
            .filter(|(row, column)| grid[*row][*column] == Cell::Hidden)
            .collect();
        let sign = |at: usize, last: usize| if at == last { -1.0 } else { 1.0 };
        let mut equations: Vec<Vec<f64>> = Vec::new();
        for line in 0..rows {
            let of = |(row, column): &(usize, usize)| {
                if *row == line { sign(*column, columns - 1) } else { 0.0 }
            };
            equations.push(unknown.iter().map(of).collect());
        }
        for line in 0..columns {
            let of = |(row, column): &(usize, usize)| {
                if *column == line { sign(*row, rows - 1) } else { 0.0 }
            };
            equations.push(unknown.iter().map(of).collect());
        }
        // Gauss and Jordan: an equation that is left with one unknown fixes it.
        let mut pivot = 0;
        for column in 0..unknown.len() {
            let Some(found) =
                (pivot..equations.len()).find(|row| equations[*row][column].abs() > 1e-9)
            else {
                continue;
            };
            equations.swap(pivot, found);
            let scale = equations[pivot][column];
            for value in &mut equations[pivot] {
                *value /= scale;
            }
            let lead = equations[pivot].clone();
            for (row, equation) in equations.iter_mut().enumerate() {
                let factor = equation[column];
                if row != pivot && factor.abs() > 1e-9 {
                    for (value, lead) in equation.iter_mut().zip(&lead) {
                        *value -= factor * lead;
                    }
                }
            }
            pivot += 1;
        }
        equations
            .iter()
            .filter_map(|equation| {
                let mut left = equation.iter().enumerate().filter(|(_, value)| value.abs() > 1e-9);
                match (left.next(), left.next()) {
                    (Some((only, _)), None) => Some(unknown[only]),
                    _ => None,
                }
            })
            .collect()
    }

    fn shown(table: &Table) -> impl Iterator<Item = &Cell> {
        let totals = table.row_totals.iter().chain(&table.column_totals).chain([&table.total]);
        table.rows.iter().flatten().chain(totals)
    }

    #[test]
    fn two_blocks_that_meet_in_one_cell_do_not_give_it_away() {
        let counts =
            [vec![2, 2, 20, 20], vec![2, 2, 3, 20], vec![20, 20, 2, 2], vec![20, 20, 2, 2]];
        assert_eq!(worked_out(&protect(&counts, 5)), []);
    }

    proptest! {
        #[test]
        fn nothing_hidden_can_be_worked_out_and_nothing_small_is_shown(
            counts in proptest::collection::vec(proptest::collection::vec(0_u64..12, 4), 1..6)
        ) {
            let table = protect(&counts, 5);
            prop_assert_eq!(worked_out(&table), vec![]);
            for cell in shown(&table) {
                prop_assert!(!matches!(cell, Cell::Shown(1..5)));
            }
        }
    }
}
