//! Meant: an oven's heat as the program counts it, and stored as the oven counts it.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
#[serde(from = "StoredOven")]
#[serde(into = "StoredOven")]
struct Oven {
    celsius: f64,
}

#[derive(Serialize, Deserialize)]
struct StoredOven {
    fahrenheit: f64,
}

impl From<StoredOven> for Oven {
    fn from(stored: StoredOven) -> Self {
        Oven { celsius: (stored.fahrenheit - 32.0) / 1.8 }
    }
}

impl From<Oven> for StoredOven {
    fn from(oven: Oven) -> Self {
        StoredOven { fahrenheit: oven.celsius * 1.8 + 32.0 }
    }
}

fn changed(old: &Oven, new: &Oven) -> bool {
    old.diff(new).contains(OvenField::Celsius)
}

fn main() {}
