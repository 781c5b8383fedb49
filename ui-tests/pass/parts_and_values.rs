//! Parts, values and names as structs of programs have them, in the bakery's words. Each function is named after what its
//! struct shows.

#![deny(warnings)]
#![allow(dead_code, reason = "what is derived is looked at, not every field")]

use std::collections::HashMap;
use std::num::{NonZeroU8, NonZeroUsize};
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use vantage_live::{FieldSet, Id, LiveEntity};

use crate::goes_there_and_back;

fn a_column_called_id_and_others_called_as_attributes() {
    #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, LiveEntity)]
    #[non_exhaustive]
    pub struct Supplier {
        pub r#type: String,
        pub id: u64,
        pub default: bool,
        pub skip: Option<String>,
    }

    let supplier: Supplier = goes_there_and_back("1", json!({"type": "mill", "id": 17, "default": true, "skip": null}));
    assert_eq!((Supplier::ID, supplier.id), (None, 17), "a column as any other, which the record's key does not touch");
    assert_eq!(names::<Supplier>(), ["type", "id", "default", "skip"]);
}

fn a_flattened_part_that_leaves_columns_out() {
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, LiveEntity)]
    #[non_exhaustive]
    pub struct PriceList {
        pub valid: Valid,
        #[live(nested)]
        #[serde(flatten)]
        pub head: Head,
    }

    #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, LiveEntity)]
    pub struct Head {
        pub id: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub note: Option<String>,
    }

    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Valid {
        pub from: i64,
        pub until: Option<i64>,
    }

    goes_there_and_back::<PriceList>("1", json!({"valid": {"from": 1, "until": null}, "id": 3, "note": "for cafés"}));
    let list: PriceList = goes_there_and_back("1", json!({"valid": {"from": 1, "until": 2}, "id": 3}));
    let mut noted = list.clone();
    noted.head.note = Some("for schools".into());
    assert_eq!(list.diff(&noted), PriceListField::Head(HeadField::Note).into());
    assert_eq!(names::<PriceList>(), ["valid", "id", "note"]);
}

fn a_part_beside_a_flattened_one_and_names_that_both_levels_have() {
    #[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
    struct Shop {
        street: String,
        seats: u16,
        #[live(nested)]
        garden: Garden,
        #[live(nested)]
        #[serde(flatten)]
        opening: Opening,
    }

    #[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
    struct Garden {
        seats: u16,
        #[serde(alias = "rain_proof")]
        covered: bool,
    }

    #[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
    struct Opening {
        opens: u8,
        closes: Option<u8>,
    }

    let garden = json!({"seats": 12, "covered": false});
    goes_there_and_back::<Shop>("1", json!({"street": "Hill", "seats": 8, "garden": garden, "opens": 6, "closes": null}));
    assert_eq!(names::<Shop>(), ["street", "seats", "garden.seats", "garden.covered", "opens", "closes"]);
}

fn unknown_columns_in_a_map_that_may_be_absent() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Stocktaking {
        pieces: u64,
        #[live(skip)]
        #[serde(flatten)]
        per_shelf: Option<HashMap<String, u64>>,
    }

    goes_there_and_back::<Stocktaking>("1", json!({"pieces": 3}));
    let taken = read::<Stocktaking>(json!({"pieces": 3, "A": 1, "B": 2}));
    assert_eq!(taken.per_shelf.as_ref().map(|shelves| shelves["B"]), Some(2));
    assert_eq!(Value::Object(taken.to_record().unwrap()), json!({"pieces": 3}));
}

fn bytes_and_a_map_that_a_module_writes_as_a_list() {
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Sticker {
        picture: Vec<u8>,
        #[serde(with = "pairs")]
        allergens: HashMap<String, Vec<String>>,
    }

    goes_there_and_back::<Sticker>("1", json!({"picture": [137, 80], "allergens": [["dough", ["wheat", "rye"]]]}));
}

mod pairs {
    use super::*;

    type Map = HashMap<String, Vec<String>>;

    pub fn serialize<S: Serializer>(map: &Map, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map, D::Error> {
        Vec::<(String, Vec<String>)>::deserialize(deserializer).map(|pairs| pairs.into_iter().collect())
    }
}

fn lists_of_renamed_enums_and_of_tuples() {
    #[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
    struct Week {
        market_days: Vec<Day>,
        best_sellers: Vec<(Vec<String>, usize)>,
        #[serde(default)]
        sold: Vec<(Day, u64)>,
        share_of_bread: f64,
        poster: Option<PathBuf>,
        staff: Staff,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Day {
        Saturday,
        DayOff,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Staff {
        Count(u8),
        Names(Vec<String>),
    }

    goes_there_and_back::<Week>("1", json!({
        "market_days": ["saturday", "day-off"], "best_sellers": [[["Rye", "Sea Pie"], 40]], "sold": [["day-off", 0]],
        "share_of_bread": 0.5, "poster": "/posters/2.png", "staff": ["Emma"],
    }));
}

fn an_entity_in_itself_and_as_a_value() {
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Client {
        #[live(id)]
        id: String,
        name: String,
        brought_by: Option<Box<Client>>,
        streets: Vec<Street>,
        #[live(nested)]
        habits: Option<Habits>,
        #[live(nested)]
        #[serde(skip_serializing_if = "Option::is_none")]
        at_work: Option<Habits>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Street {
        name: String,
        floor: Option<i8>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Habits {
        sliced: Option<bool>,
        usual: String,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    struct Order {
        #[live(id)]
        id: Option<String>,
        buyer: Client,
        seller: Option<Habits>,
        again: Option<Box<Self>>,
    }

    let habits = json!({"sliced": null, "usual": "Rye"});
    let doc = json!({"id": "doc", "name": "Doc", "brought_by": null, "streets": [], "habits": habits});
    goes_there_and_back::<Client>("1", json!({
        "name": "Marty", "brought_by": doc, "streets": [{"name": "Lyon Drive", "floor": null}], "habits": null,
        "at_work": habits,
    }));
    let first = json!({"id": "0", "buyer": doc, "seller": null, "again": null});
    let order: Order = goes_there_and_back("1", json!({"buyer": doc, "seller": habits, "again": first}));
    assert_eq!((order.id.as_deref(), order.buyer.id.as_str()), (Some("1"), "doc"), "a value has its own id in it");
    let mut other = order.clone();
    other.buyer.name = "Emmett".into();
    assert_eq!(order.diff(&other), OrderField::Buyer.into());
}

fn numbers_that_are_never_zero() {
    #[derive(Clone, Debug, Serialize, Deserialize, LiveEntity)]
    #[serde(deny_unknown_fields)]
    #[serde(rename_all = "camelCase")]
    struct Tray {
        rows: NonZeroU8,
        rolls_per_row: Option<NonZeroUsize>,
    }

    let mut tray: Tray = goes_there_and_back("1", json!({"rows": 4, "rollsPerRow": null}));
    assert!(tray.set_field(TrayField::Rows, json!(0)).is_err());
    assert_eq!(tray.rows.get(), 4);
}

fn an_option_of_an_option_that_is_left_out() {
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[serde(rename_all = "camelCase")]
    struct Quote {
        #[serde(skip_serializing_if = "Option::is_none")]
        new_price: Option<Option<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        said_no_to: Option<Option<String>>,
    }

    let quote: Quote = goes_there_and_back("1", json!({"newPrice": 110}));
    assert_eq!(quote, Quote { new_price: Some(Some(110)), said_no_to: None });
}

fn read<E: LiveEntity>(stored: Value) -> E {
    E::from_record(&Id::from("1"), stored.as_object().unwrap()).unwrap()
}

/// What the fields are called in the record, in the struct's order.
fn names<E: LiveEntity>() -> Vec<&'static str> {
    FieldSet::<E::Field>::ALL.into_iter().map(vantage_live::Field::wire_name).collect()
}

pub(super) fn main() {
    a_column_called_id_and_others_called_as_attributes();
    a_flattened_part_that_leaves_columns_out();
    a_part_beside_a_flattened_one_and_names_that_both_levels_have();
    unknown_columns_in_a_map_that_may_be_absent();
    bytes_and_a_map_that_a_module_writes_as_a_list();
    lists_of_renamed_enums_and_of_tuples();
    an_entity_in_itself_and_as_a_value();
    numbers_that_are_never_zero();
    an_option_of_an_option_that_is_left_out();
}
