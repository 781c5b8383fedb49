//! Nested entities whose serde impls are written by hand.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use vantage_live::edit::EditError;
use vantage_live::entity::EntityError;
use vantage_live::{FieldSet, ImTable, LiveEntity, LiveTable, ReadableValueSet as _, WritableValueSet as _};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
struct Recipe {
    name: String,
    #[live(nested)]
    version: Version,
}

/// Written as text, in which its fields have no names.
#[derive(Clone, Debug, PartialEq, LiveEntity)]
struct Version {
    major: u32,
    minor: u32,
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}.{}", self.major, self.minor))
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (major, minor) = text.split_once('.').ok_or_else(|| D::Error::custom("no version"))?;
        let number = |text: &str| text.parse().map_err(D::Error::custom);
        Ok(Version { major: number(major)?, minor: number(minor)? })
    }
}

const MINOR: RecipeField = RecipeField::Version(VersionField::Minor);

#[test]
fn a_field_of_a_part_that_is_written_as_text_has_no_patch_and_no_value() {
    let recipe = Recipe { name: "Sea Pie".into(), version: Version { major: 1, minor: 2 } };

    assert!(matches!(recipe.patch(FieldSet::from(MINOR)), Err(EntityError::NotAnObject)));
    assert!(matches!(recipe.get_field(MINOR), Err(EntityError::NotAnObject)));
    assert_eq!(recipe.get_field(RecipeField::Name).unwrap(), Some(json!("Sea Pie")));
}

#[tokio::test]
async fn a_save_of_it_is_an_error_and_nothing_is_written() {
    let store = ImTable::new("recipe");
    let record = json!({"name": "Sea Pie", "version": "1.2"});
    store.insert_id_value(&"pie".into(), record.as_object().unwrap().clone()).await.unwrap();
    let table = LiveTable::<Recipe>::builder(store.clone()).open().await.unwrap();
    let mut edit = table.edit_record("pie").await.unwrap();
    edit.version.minor = 3;

    let saved = edit.save().await;

    assert!(matches!(&saved, Err(EditError::Entity { source: EntityError::NotAnObject, .. })), "{saved:?}");
    assert_eq!(store.get_id_value(&"pie".into()).await.unwrap(), record.as_object().cloned());
}
