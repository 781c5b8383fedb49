//! Names of the table and of the generated types, labels, and the library under another path.

#![deny(missing_docs, warnings)]

use serde::{Deserialize, Serialize};

/// The library, as a program may re-export it.
mod prelude {
    pub(crate) mod live {
        pub(crate) use vantage_live::*;
    }
}

use prelude::live::{FieldSet, LiveEntity};

/// A column is also the name of something else here.
#[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
#[live(table = "bakery products", crate = crate::names::prelude::live)]
#[live(field = Column, dirty = Touched, change = Edit, conflicts = Clashes, conflict = Clash)]
pub struct ProductRow {
    /// In cents.
    #[live(label = "Price (¢)")]
    pub price: i64,
    /// How much of it is tax.
    pub tax_rate: f64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
struct HttpLogV2 {
    line: String,
}

/// A type of its own has the name that the derive would give, and the program's own fields have generated types.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
#[live(field = EmbedColumn)]
struct Embed {
    fields: Vec<EmbedField>,
    change: other::EmbedChange,
    #[live(skip)]
    focus: Option<EmbedColumn>,
    #[serde(skip)]
    touched: EmbedDirty,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct EmbedField {
    name: String,
}

mod other {
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub(super) struct EmbedChange(i64);
}

pub(super) fn main() {
    let old = Embed::default();
    let new = Embed { fields: vec![EmbedField::default()], focus: Some(EmbedColumn::Fields), ..old.clone() };
    assert_eq!(EmbedDirty::from(old.diff(&new)), EmbedDirty { fields: true, change: false });
    assert!(matches!(Embed::change(EmbedColumn::Change, &old, &new), EmbedChange::Change { from, to } if from == to));
    assert_eq!((ProductRow::TABLE, HttpLogV2::TABLE), ("bakery products", "http_log_v2"));
    assert_eq!(Column::ALL.iter().map(|column| column.label()).collect::<Vec<_>>(), ["Price (¢)", "Tax rate"]);
    let (old, new) = (ProductRow::default(), ProductRow { price: 1, ..ProductRow::default() });
    assert!(Touched::from(FieldSet::from(Column::Price)).price);
    assert!(matches!(ProductRow::change(Column::Price, &old, &new), Edit::Price { from: 0, to: 1 }));
    let clashes: Clashes = ProductRow::conflicts(Column::Price.into(), &old, &new, &old);
    assert!(matches!(clashes.iter().next(), Some(Clash::Price(price)) if price.local == 1));
}
