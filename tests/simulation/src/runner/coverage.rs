//! Coverage: what has happened in a run, so that one that never got into trouble is seen for what it is.

use std::fmt;
use std::ops::AddAssign;

use crate::world::{Happened, Tale};

/// What has happened, counted over stories.
#[derive(Clone, Debug)]
pub struct Coverage {
    counts: Vec<u64>,
}

impl Default for Coverage {
    fn default() -> Self {
        Coverage { counts: vec![0; Happened::ALL.len()] }
    }
}

impl Coverage {
    pub(crate) fn add(&mut self, tale: &Tale) {
        self.counts.iter_mut().zip(&tale.counts).for_each(|(count, more)| *count += more);
    }

    /// The lines of the table that nothing was counted in.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        self.lines().filter(|(_, count)| *count == 0).map(|(line, _)| line).collect()
    }

    fn lines(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Happened::ALL.iter().map(|(happened, line)| (*line, self.counts[*happened as usize]))
    }
}

impl AddAssign for Coverage {
    fn add_assign(&mut self, other: Self) {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (line, count) in self.lines() {
            writeln!(f, "{count:>14}  {line}")?;
        }
        for line in self.missing() {
            writeln!(f, "warning: no {line} in this run")?;
        }
        Ok(())
    }
}
