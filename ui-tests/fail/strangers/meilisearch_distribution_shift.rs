//! Meant: floats that can be compared, stored as plain ones. After Meilisearch, shortened; MIT.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize, LiveEntity)]
#[serde(from = "DistributionShiftSerializable")]
#[serde(into = "DistributionShiftSerializable")]
pub struct DistributionShift {
    pub current_mean: f32,
    pub current_sigma: f32,
}

#[derive(Serialize, Deserialize)]
struct DistributionShiftSerializable {
    current_mean: f32,
    current_sigma: f32,
}

impl From<DistributionShift> for DistributionShiftSerializable {
    fn from(DistributionShift { current_mean, current_sigma }: DistributionShift) -> Self {
        Self { current_mean, current_sigma }
    }
}

impl From<DistributionShiftSerializable> for DistributionShift {
    fn from(DistributionShiftSerializable { current_mean, current_sigma }: DistributionShiftSerializable) -> Self {
        Self { current_mean, current_sigma }
    }
}

fn main() {}
