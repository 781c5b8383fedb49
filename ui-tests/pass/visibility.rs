//! Generated items are as visible as the struct, and its fields may be private or of private types.

#![deny(missing_docs, warnings, unreachable_pub, missing_debug_implementations)]

mod model {
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    #[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
    pub(super) struct Product {
        name: String,
        secret: Secret,
        #[live(nested)]
        inner: Inner,
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Secret(i64);

    #[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
    struct Inner {
        value: i64,
    }
}

/// Seen in a part of the crate.
mod part {
    pub(super) mod deep {
        use serde::{Deserialize, Serialize};
        use vantage_live::LiveEntity;

        #[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
        pub(crate) struct Wide {
            pub(crate) name: String,
        }

        #[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
        pub(in crate::visibility) struct Narrow {
            pub(in crate::visibility) name: String,
            #[live(nested)]
            wide: Wide,
        }
    }
}

/// Public, with parts that are not.
pub mod public {
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    /// A row.
    #[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
    pub struct Row {
        secret: Secret,
        #[live(nested)]
        inner: Inner,
    }

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Secret(i64);

    #[derive(Clone, Debug, Default, Serialize, Deserialize, LiveEntity)]
    struct Inner {
        value: i64,
    }
}

use model::{Product, ProductChange, ProductConflict, ProductConflicts, ProductDirty, ProductField};
use vantage_live::{FieldSet, LiveEntity};

pub(super) fn main() {
    let product = Product::default();
    assert!(!ProductDirty::from(FieldSet::EMPTY).name);
    assert!(matches!(Product::change(ProductField::Name, &product, &product), ProductChange::Name { .. }));
    let conflicts: ProductConflicts = Product::conflicts(FieldSet::ALL, &product, &product, &product);
    assert!(conflicts.name.is_some());
    assert!(matches!(conflicts.get(ProductField::Name), Some(ProductConflict::Name(_))));
    assert_eq!(public::RowField::ALL.len(), 2);

    use part::deep::{Narrow, NarrowField, Wide, WideField};
    let mut named = Narrow::default();
    named.name = "n".into();
    assert_eq!(Narrow::default().diff(&named), NarrowField::Name.into());
    assert_eq!(NarrowField::Wide(WideField::Name).name(), "wide.name");
    assert_eq!(Wide::default().diff(&Wide { name: "w".into() }), WideField::Name.into());
}
