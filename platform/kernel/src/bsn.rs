/// Whether a citizen service number (BSN) seems to stand in a text: nine digits that pass the test of eleven.
///
/// We have no ground to keep one (UAVG art. 46), so whoever takes in what was typed asks this first.
#[must_use]
pub fn holds_bsn(text: &str) -> bool {
    runs_of_digits(text).any(|digits| is_bsn(&digits))
}

/// Digits that stand together, with at most one space or dot between two of them.
fn runs_of_digits(text: &str) -> impl Iterator<Item = Vec<u32>> {
    let mut runs = vec![vec![]];
    let mut between = 0;
    for c in text.chars() {
        match c.to_digit(10) {
            Some(digit) => {
                between = 0;
                if let Some(run) = runs.last_mut() {
                    run.push(digit);
                }
            }
            None if matches!(c, ' ' | '.') && between == 0 => between = 1,
            None => {
                between = 0;
                runs.push(vec![]);
            }
        }
    }
    runs.into_iter().filter(|run| !run.is_empty())
}

/// The eleven test: nine digits, weighed 9 to 2 and the last with -1. A telephone number has ten.
fn is_bsn(digits: &[u32]) -> bool {
    if digits.len() != 9 {
        return false;
    }
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i64 =
        digits.iter().zip(weights).map(|(digit, weight)| i64::from(*digit) * weight).sum();
    sum % 11 == 0 && digits.iter().any(|digit| *digit != 0)
}

#[cfg(test)]
mod tests {
    use super::holds_bsn;

    #[test]
    fn nine_digits_that_pass_the_test_are_recognised_and_other_numbers_are_not() {
        // 111222333 is a made-up number that passes the test of eleven.
        for text in ["111222333", "bsn 111222333", "111 222 333", "1112.22.333 graag"] {
            assert!(holds_bsn(text), "{text}");
        }
        for text in
            ["", "111222334", "000000000", "06 12 34 56 78", "lidnummer 2287730", "14-02-1989"]
        {
            assert!(!holds_bsn(text), "{text}");
        }
    }
}
