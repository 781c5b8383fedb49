//! Meant: a year of weeks, each a field: one more than there may be.

use serde::{Deserialize, Serialize};
use vantage_live::LiveEntity;

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Row {
    year: i16,
    #[live(nested)]
    spring: Season,
    #[live(nested)]
    summer: Season,
    #[live(nested)]
    autumn: Season,
    #[live(nested)]
    winter: Season,
}

#[derive(Clone, Serialize, Deserialize, LiveEntity)]
struct Season {
    week_00: i8, week_01: i8, week_02: i8, week_03: i8, week_04: i8, week_05: i8, week_06: i8, week_07: i8,
    week_08: i8, week_09: i8, week_10: i8, week_11: i8, week_12: i8, week_13: i8, week_14: i8, week_15: i8,
    week_16: i8, week_17: i8, week_18: i8, week_19: i8, week_20: i8, week_21: i8, week_22: i8, week_23: i8,
    week_24: i8, week_25: i8, week_26: i8, week_27: i8, week_28: i8, week_29: i8, week_30: i8, week_31: i8,
    week_32: i8, week_33: i8, week_34: i8, week_35: i8, week_36: i8, week_37: i8, week_38: i8, week_39: i8,
    week_40: i8, week_41: i8, week_42: i8, week_43: i8, week_44: i8, week_45: i8, week_46: i8, week_47: i8,
    week_48: i8, week_49: i8, week_50: i8, week_51: i8, week_52: i8, week_53: i8, week_54: i8, week_55: i8,
    week_56: i8, week_57: i8, week_58: i8, week_59: i8, week_60: i8, week_61: i8, week_62: i8, week_63: i8,
}

fn main() {
    let _ = Row::diff;
}
