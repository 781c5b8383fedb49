//! Deleting through a session, and records that others delete: on every store that is a crate's `products`, of every kind of
//! session that is the parent's `edit_record`.

use tests::bakery::{Colleague as _, ProductField};
use tests::wait::until;
use vantage_live::edit::DeleteResult;
use vantage_live::{FieldSet, Policy, ReadableValueSet as _, SaveResult};

use super::edit_record;
use crate::{products, products_without_feed};

#[tokio::test]
async fn a_record_that_nobody_changed_is_deleted() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "sea_pie").await.unwrap();

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::Deleted), "{result:?}");
    assert_eq!(store.count().await.unwrap(), 4);
    assert!(table.row(&"sea_pie".into()).is_none());
}

#[tokio::test]
async fn a_record_that_somebody_changed_is_not_deleted_unseen() {
    let (table, store) = products_without_feed().await;
    let mut edit = edit_record(&table, "sea_pie").await.unwrap();
    store.colleague_sets("sea_pie", "price", 310).await;

    let refused = edit.delete().await.unwrap();
    let meant = edit.delete().await.unwrap();

    assert!(
        matches!(refused, DeleteResult::Changed(fields) if fields == FieldSet::from(ProductField::Price)),
        "{refused:?}"
    );
    assert!(matches!(meant, DeleteResult::Deleted), "{meant:?}");
}

#[tokio::test]
async fn a_record_that_is_gone_was_deleted_by_somebody_else() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "sea_pie").await.unwrap();
    store.colleague_deletes("sea_pie").await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::AlreadyGone), "{result:?}");
}

#[tokio::test]
async fn overwriting_deletes_whatever_it_holds() {
    let (table, store) = products_without_feed().await;
    let mut edit = edit_record(&table, "sea_pie").await.unwrap();
    edit.set_policy(Policy::Overwrite);
    store.colleague_sets("sea_pie", "price", 310).await;

    let result = edit.delete().await.unwrap();

    assert!(matches!(result, DeleteResult::Deleted), "{result:?}");
}

#[tokio::test]
async fn saving_a_deleted_record_never_inserts_it_again() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "sea_pie").await.unwrap();
    edit.price = 310;
    store.colleague_deletes("sea_pie").await;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Deleted), "{result:?}");
    assert_eq!(store.count().await.unwrap(), 4);
    assert_eq!(edit.price, 310, "the local state is kept");
}

#[tokio::test]
async fn saving_as_new_brings_a_deleted_record_back() {
    let (table, store) = products().await;
    let mut edit = edit_record(&table, "sea_pie").await.unwrap();
    edit.price = 310;
    store.colleague_deletes("sea_pie").await;
    let _ = edit.save().await.unwrap();

    let result = edit.save_as_new().await.unwrap();

    assert!(matches!(result, SaveResult::Created(_)), "{result:?}");
    assert_eq!(table.row(edit.id()).unwrap().price, 310);
    until(|| table.rows().len() == 5).await;
}

#[tokio::test]
async fn a_record_that_somebody_changes_before_every_delete_is_never_deleted_unseen() {
    let (table, store) = products_without_feed().await;
    let mut edit = edit_record(&table, "sea_pie").await.unwrap();

    for price in [310, 320, 330, 340] {
        store.colleague_sets("sea_pie", "price", price).await;

        let refused = edit.delete().await.unwrap();

        assert!(
            matches!(refused, DeleteResult::Changed(fields) if fields == FieldSet::from(ProductField::Price)),
            "{price}: {refused:?}"
        );
    }
    assert_eq!(store.stored("sea_pie", "price").await, Some(340.into()));
}
