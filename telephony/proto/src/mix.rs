//! Several speakers on one line.

/// The sum of what everybody says in one frame. Who hears it may be left out of it: nobody wants to hear themselves.
///
/// The sum is kept wide and cut only when it is read, so that leaving one out is exact, however loud all of them are together.
#[derive(Clone, Debug, Default)]
pub struct Mix {
    sum: Vec<i32>,
}

impl Mix {
    /// Begins the next frame.
    pub fn clear(&mut self) {
        self.sum.clear();
    }

    /// Samples of the longest frame in it.
    pub fn len(&self) -> usize {
        self.sum.len()
    }

    pub fn is_empty(&self) -> bool {
        self.sum.is_empty()
    }

    /// Adds one source. A frame that is shorter than others is silent where it ends. Up to 65,536 sources are added exactly.
    pub fn add(&mut self, frame: &[i16]) {
        if frame.len() > self.sum.len() {
            self.sum.resize(frame.len(), 0);
        }
        for (sum, sample) in self.sum.iter_mut().zip(frame) {
            *sum = sum.saturating_add((*sample).into());
        }
    }

    /// Appends what everybody says.
    pub fn all(&self, out: &mut Vec<i16>) {
        out.extend(self.sum.iter().map(|sum| cut(*sum)));
    }

    /// Appends what everybody says but one; `frame` is what that one added.
    pub fn without(&self, frame: &[i16], out: &mut Vec<i16>) {
        let own = frame.iter().copied().chain(std::iter::repeat(0));
        out.extend(self.sum.iter().zip(own).map(|(sum, own)| cut(sum.saturating_sub(own.into()))));
    }
}

/// Too loud is as loud as can be; to run over would be heard as a crack.
fn cut(sum: i32) -> i16 {
    i16::try_from(sum).unwrap_or(if sum < 0 { i16::MIN } else { i16::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mixed(frames: &[&[i16]]) -> Mix {
        let mut mix = Mix::default();
        for frame in frames {
            mix.add(frame);
        }
        mix
    }

    fn all(mix: &Mix) -> Vec<i16> {
        let mut out = Vec::new();
        mix.all(&mut out);
        out
    }

    fn without(mix: &Mix, frame: &[i16]) -> Vec<i16> {
        let mut out = Vec::new();
        mix.without(frame, &mut out);
        out
    }

    #[test]
    fn everybody_is_heard_and_too_loud_is_cut() {
        let mix = mixed(&[&[1, 30_000, -30_000, 5], &[2, 30_000, -30_000], &[]]);
        assert_eq!(all(&mix), [3, i16::MAX, i16::MIN, 5]);
        assert_eq!(mix.len(), 4);
    }

    #[test]
    fn nobody_hears_themselves_also_where_all_are_too_loud() {
        let frames: [&[i16]; 3] = [&[30_000, -7], &[30_000, i16::MIN], &[-20_000]];
        let mix = mixed(&frames);
        for left_out in 0..3 {
            let mut others = frames.to_vec();
            let own = others.remove(left_out);
            assert_eq!(without(&mix, own), all(&mixed(&others)), "{left_out}");
        }
    }

    #[test]
    fn a_frame_that_is_over_is_not_heard_in_the_next() {
        let mut mix = mixed(&[&[1, 2, 3]]);
        mix.clear();
        assert!(mix.is_empty() && all(&mix).is_empty());
        mix.add(&[4]);
        assert_eq!((all(&mix), without(&mix, &[4])), (vec![4], vec![0]));
    }
}
