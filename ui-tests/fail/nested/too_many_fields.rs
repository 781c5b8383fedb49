//! Meant: a week of hours, each a field.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    #[live(nested)]
    monday: Day,
    #[live(nested)]
    tuesday: Day,
    #[live(nested)]
    wednesday: Day,
    #[live(nested)]
    thursday: Day,
    #[live(nested)]
    friday: Day,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Day {
    quarter_00: i8, quarter_01: i8, quarter_02: i8, quarter_03: i8, quarter_04: i8, quarter_05: i8, quarter_06: i8, quarter_07: i8,
    quarter_08: i8, quarter_09: i8, quarter_10: i8, quarter_11: i8, quarter_12: i8, quarter_13: i8, quarter_14: i8, quarter_15: i8,
    quarter_16: i8, quarter_17: i8, quarter_18: i8, quarter_19: i8, quarter_20: i8, quarter_21: i8, quarter_22: i8, quarter_23: i8,
    quarter_24: i8, quarter_25: i8, quarter_26: i8, quarter_27: i8, quarter_28: i8, quarter_29: i8, quarter_30: i8, quarter_31: i8,
    quarter_32: i8, quarter_33: i8, quarter_34: i8, quarter_35: i8, quarter_36: i8, quarter_37: i8, quarter_38: i8, quarter_39: i8,
    quarter_40: i8, quarter_41: i8, quarter_42: i8, quarter_43: i8, quarter_44: i8, quarter_45: i8, quarter_46: i8, quarter_47: i8,
    quarter_48: i8, quarter_49: i8, quarter_50: i8, quarter_51: i8, quarter_52: i8, quarter_53: i8, quarter_54: i8, quarter_55: i8,
    quarter_56: i8, quarter_57: i8, quarter_58: i8, quarter_59: i8,
}

fn main() {
    let _ = Row::diff;
}
