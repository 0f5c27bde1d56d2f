use std::iter::Sum;
use std::ops::{Add, Sub};

/// Euros in whole cents; the only way in which money is kept.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Cents(pub i64);

impl Cents {
    /// `1234.56`, as a bank file and JSON write it.
    #[must_use]
    pub fn decimal(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }

    /// Reads `12`, `12,5`, `12.50` or `€ 1.234,56`; `None` for what is no amount or has more than two decimals.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String =
            text.trim().trim_start_matches('€').chars().filter(|c| !c.is_whitespace()).collect();
        let (whole, decimals) = match text.rfind([',', '.']) {
            // A point before three digits groups thousands.
            Some(at) if text.len() - at <= 3 => (&text[..at], &text[at + 1..]),
            _ => (text.as_str(), ""),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let mut groups = whole.split('.');
        let first = groups.next()?;
        let grouped = groups.all(|group| group.len() == 3 && digits(group));
        if first.is_empty() || !digits(first) || !grouped || !digits(decimals) {
            return None;
        }
        let euros: i64 = whole.replace('.', "").parse().ok()?;
        let cents: i64 = format!("{decimals:0<2}").parse().ok()?;
        euros.checked_mul(100)?.checked_add(cents).map(Self)
    }
}

impl Add for Cents {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Cents {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self(0), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Cents;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, cents) in [
            ("12", Some(1200)),
            ("12,5", Some(1250)),
            ("12.50", Some(1250)),
            ("€ 1.234,56", Some(123_456)),
            ("1.234", Some(123_400)),
            ("0,01", Some(1)),
            ("12,345", None),
            ("12,3x", None),
            ("-5", None),
            (",50", None),
            ("1.23.456", None),
            ("", None),
        ] {
            assert_eq!(Cents::parse(text), cents.map(Cents), "{text}");
        }
    }

    #[test]
    fn a_bank_reads_a_point_and_two_decimals() {
        for (cents, written) in [(5, "0.05"), (1250, "12.50"), (-5, "-0.05"), (123_456, "1234.56")]
        {
            assert_eq!(Cents(cents).decimal(), written);
        }
    }
}
