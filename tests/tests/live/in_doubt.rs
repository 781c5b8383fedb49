//! Which of the requests whose answers were lost may still be done, after what the session has seen since.

use tests::bakery::{self, Colleague as _, Product, ProductField};
use tests::claiming::Claiming;
use tests::wait::until;
use vantage_live::contract::{Faults, FaultyValueSet};
use vantage_live::edit::{DeleteResult, RefreshError, SaveError};
use vantage_live::{
    FeedKind, Guard, ImTable, LiveTable, Operation, Patch, Policy, ReadableValueSet as _, RecordEdit, SaveResult,
    ValueErrorKind, WritableValueSet as _,
};

use crate::faulty_products;

const CUPCAKE: &str = "flux_cupcake";

/// A session of which a write of two fields was lost, and of which somebody else has changed one since, as it has seen.
async fn lost_for_good(policy: Policy) -> (ImTable, RecordEdit<'static, Product>) {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    edit.set_policy(policy);
    (edit.name, edit.price) = ("Cupcake".into(), 130);
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    store.colleague_sets(CUPCAKE, "name", "Their Cupcake").await;
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.revert();
    (store, edit)
}

#[tokio::test]
async fn a_lost_write_of_which_one_field_was_changed_by_somebody_else_can_land_with_none_of_them() {
    let (store, mut edit) = lost_for_good(Policy::Fields).await;
    store.colleague_sets(CUPCAKE, "price", 130).await; // as it was typed here, and by somebody else
    edit.price = 140;

    let result = edit.save().await.unwrap();

    let SaveResult::Conflict(conflicts) = result else { panic!("{result:?}") };
    assert_eq!(conflicts.fields(), ProductField::Price.into());
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()));
}

#[tokio::test]
async fn a_lost_write_that_checks_nothing_may_land_whatever_was_changed_since() {
    let (store, mut edit) = lost_for_good(Policy::Overwrite).await;
    edit.set_policy(Policy::Fields);
    store.colleague_sets(CUPCAKE, "price", 130).await; // it lands now, and somebody names the cupcake once more
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(140.into()));
}

/// A session by Overwrite whose write of a price was lost on its way.
async fn lost_over() -> (ImTable, RecordEdit<'static, Product>) {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    edit.set_policy(Policy::Overwrite);
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(_)));
    (store, edit)
}

#[tokio::test]
async fn a_lost_write_that_checks_nothing_may_land_though_what_it_writes_was_changed_since() {
    let (store, mut edit) = lost_over().await;
    store.colleague_sets(CUPCAKE, "price", 125).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 130).await; // it lands now
    edit.price = 140;

    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty(), "{conflicts:?}");
}

#[tokio::test]
async fn a_lost_write_that_checks_nothing_may_land_on_a_record_that_was_made_again() {
    let (store, mut edit) = lost_over().await;
    let record = store.get_id_value(&CUPCAKE.into()).await.unwrap().unwrap();
    store.colleague_deletes(CUPCAKE).await;
    assert!(matches!(edit.refresh_snapshot().await, Err(RefreshError::Deleted { .. })));
    store.insert_id_value(&CUPCAKE.into(), record).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 130).await; // it lands now
    edit.price = 140;

    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert!(conflicts.is_empty(), "{conflicts:?}");
}

#[tokio::test]
async fn a_lost_write_that_was_seen_to_have_landed_lands_no_second_time() {
    let (store, mut edit) = lost_over().await;
    store.colleague_sets(CUPCAKE, "price", 130).await; // it lands now
    let _ = edit.refresh_snapshot().await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 125).await;
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.price = 140;
    store.colleague_sets(CUPCAKE, "price", 130).await;

    let conflicts = edit.refresh_snapshot().await.unwrap();

    assert_eq!(conflicts.fields(), ProductField::Price.into());
}

#[tokio::test]
async fn by_version_a_lost_write_can_land_no_more_once_anything_has_changed() {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(Claiming::new(store.clone(), |can| can.version_token = true));
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(Policy::Version).open().await.unwrap();
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let theirs = |patch: Patch, version| (patch.set("version", version), Guard::Exists);
    let (patch, guard) = theirs(Patch::new().set("name", "Their Cupcake"), 2);
    let _ = store.write(&CUPCAKE.into(), &patch, &guard).await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.price = 140;
    let (patch, guard) = theirs(Patch::new().set("price", 130), 3); // as it was typed here, and by somebody else
    let _ = store.write(&CUPCAKE.into(), &patch, &guard).await.unwrap();

    let _ = edit.refresh_snapshot().await.unwrap();

    assert_eq!(edit.conflicts().fields(), ProductField::Price.into());
}

#[tokio::test]
async fn of_two_lost_writes_of_one_value_the_one_may_land_where_the_other_cannot() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let first = edit.name.clone();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    edit.name = "Cupcake".into();
    store.colleague_sets(CUPCAKE, "name", "Their Cupcake").await;
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.name = first; // as the first of the two writes has found it
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    store.colleague_sets(CUPCAKE, "name", "Anybody's Cupcake").await; // so the second is refused from now on
    let _ = edit.refresh_snapshot().await.unwrap();
    edit.take_remote(ProductField::Name);
    store.colleague_sets(CUPCAKE, "price", 130).await; // the first lands now
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(140.into()));
}

#[tokio::test]
async fn a_write_that_was_seen_to_be_refused_under_way_is_not_in_doubt_when_its_answer_is_lost() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    store.colleague_sets(CUPCAKE, "price", 125).await;
    faults.next(Operation::Write).loses_its_answer();
    edit.start_save().unwrap();
    until(|| faults.operations().contains(&Operation::Write)).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    assert_eq!(edit.rebase().unwrap().fields(), ProductField::Price.into());
    let lost = edit.finish_save().await.unwrap();
    assert!(matches!(lost, SaveResult::Error(_)), "{lost:?}");
    store.colleague_sets(CUPCAKE, "price", 130).await; // as it was typed here, and by somebody else
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Conflict(_)), "P3: {result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()));
}

/// A session whose table shows a price of somebody else's that has been taken back since, as the table has not heard.
pub async fn behind_an_undo() -> (RecordEdit<'static, Product>, ImTable, Faults) {
    let (table, store, faults) = faulty_products().await;
    let edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 125).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", edit.price).await;
    (edit, store, faults)
}

#[tokio::test]
async fn what_was_shown_before_a_write_was_sent_says_nothing_of_what_became_of_it() {
    let (mut edit, store, faults) = behind_an_undo().await;
    (edit.name, edit.price) = ("Cupcake".into(), 130);
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()), "it is written");
    let _ = edit.rebase().unwrap();
    edit.keep_local(ProductField::Price);
    edit.name = "My Cupcake".into();

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Saved), "{result:?}");
}

#[tokio::test]
async fn what_is_read_after_a_write_was_sent_says_that_it_was_refused_though_the_table_had_shown_it_before() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    (edit.name, edit.price) = ("Cupcake".into(), 130);
    store.colleague_sets(CUPCAKE, "price", 125).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    faults.next(Operation::Write).loses_its_answer();
    let _ = edit.save().await.unwrap();
    let _ = edit.rebase().unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    let theirs = Patch::new().set("price", 130).set("name", "Cupcake"); // as it was typed here, and by somebody else
    let _ = store.write(&CUPCAKE.into(), &theirs, &Guard::Exists).await.unwrap();
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Conflict(_)), "P3: {result:?}");
    assert_eq!(store.stored(CUPCAKE, "price").await, Some(130.into()));
}

/// When a table shows a price of somebody else's beside a save that has written 130 since, and whose answer was lost.
#[derive(Clone, Copy, Debug)]
enum Shows {
    /// Before the save was sent, by a list that ends after it.
    ByAListThatEnds,
    /// After it, by a read that was answered before it.
    ByALateAnswer,
}

/// A session by Overwrite that has taken that price in.
async fn shown_beside_a_lost_save(shows: Shows) -> (RecordEdit<'static, Product>, ImTable) {
    let store = bakery::store().await;
    let faulty = FaultyValueSet::new(store.clone());
    let faults = faulty.faults();
    let table = LiveTable::<Product>::builder(faulty).policy(Policy::Overwrite).batch(1).open().await.unwrap();
    let mut edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 125).await;
    let is_shown = || table.row(&CUPCAKE.into()).unwrap().price == 125;
    let held = match shows {
        Shows::ByAListThatEnds => faults.next(Operation::Read).after(5).is_held(),
        Shows::ByALateAnswer => faults.next(Operation::Read).has_its_answer_held(),
    };
    let reading = tokio::spawn({
        let table = table.clone();
        async move {
            match shows {
                Shows::ByAListThatEnds => table.refresh_all().await.unwrap(),
                Shows::ByALateAnswer => table.on_backend_change(CUPCAKE).await.unwrap(),
            }
        }
    });
    held.arrived().await;
    assert_eq!(is_shown(), matches!(shows, Shows::ByAListThatEnds));
    edit.price = 130;
    faults.next(Operation::Write).loses_its_answer();
    assert!(matches!(edit.save().await.unwrap(), SaveResult::Error(SaveError::OutcomeUnknown { .. })));
    held.release();
    reading.await.unwrap();
    assert!(is_shown(), "{shows:?}");
    let _ = edit.rebase().unwrap();
    (edit, store)
}

#[tokio::test]
async fn what_the_store_has_told_before_a_write_was_sent_says_nothing_of_it_though_the_table_takes_it_in_later() {
    for shows in [Shows::ByAListThatEnds, Shows::ByALateAnswer] {
        let (mut edit, _store) = shown_beside_a_lost_save(shows).await;
        edit.price = 140;

        let conflicts = edit.refresh_snapshot().await.unwrap();

        assert!(conflicts.is_empty(), "{shows:?}: {conflicts:?}");
    }
}

#[tokio::test]
async fn what_is_typed_as_the_store_had_it_before_a_lost_write_is_saved() {
    for shows in [Shows::ByAListThatEnds, Shows::ByALateAnswer] {
        let (mut edit, store) = shown_beside_a_lost_save(shows).await;
        edit.price = 125;

        let saved = edit.save().await.unwrap();

        assert!(matches!(saved, SaveResult::Saved), "{shows:?}: {saved:?}");
        assert_eq!(store.stored(CUPCAKE, "price").await, Some(125.into()), "P4: {shows:?}");
    }
}

/// A session of a price that somebody else has changed, as its table shows and the session has not taken in.
pub async fn stale() -> (LiveTable<Product>, RecordEdit<'static, Product>, ImTable, Faults) {
    let (table, store, faults) = faulty_products().await;
    let edit = table.edit_record_owned(CUPCAKE).await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 125).await;
    table.on_backend_change(CUPCAKE).await.unwrap();
    assert!(edit.is_stale());
    (table, edit, store, faults)
}

#[tokio::test]
async fn a_rebase_after_a_lost_write_shows_that_it_was_refused() {
    for was_shown in [true, false] {
        let (table, mut edit, store, faults) = stale().await;
        let theirs = if was_shown { 125 } else { 126 };
        edit.price = 130;
        store.colleague_sets(CUPCAKE, "price", theirs).await;
        faults.next(Operation::Write).loses_its_answer();
        let _ = edit.save().await.unwrap();
        table.on_backend_change(CUPCAKE).await.unwrap();
        let _ = edit.rebase().unwrap();
        store.colleague_sets(CUPCAKE, "price", 130).await; // as it was typed here, and by somebody else
        table.on_backend_change(CUPCAKE).await.unwrap();
        edit.price = 140;

        let conflicts = edit.rebase().unwrap();

        assert_eq!(conflicts.fields(), ProductField::Price.into(), "P3, {theirs} was shown");
    }
}

/// How a session hears that its record has gone.
#[derive(Clone, Copy, Debug)]
pub enum HearsBy {
    Rebase,
    Refresh,
    Save,
}

impl HearsBy {
    pub const ALL: [Self; 3] = [Self::Rebase, Self::Refresh, Self::Save];

    pub async fn that_it_has_gone(self, edit: &mut RecordEdit<'_, Product>, table: &LiveTable<Product>) {
        let has_gone = match self {
            HearsBy::Rebase => {
                table.on_backend_change(CUPCAKE).await.unwrap();
                matches!(edit.rebase(), Err(RefreshError::Deleted { .. }))
            }
            HearsBy::Refresh => matches!(edit.refresh_snapshot().await, Err(RefreshError::Deleted { .. })),
            HearsBy::Save => {
                edit.name.push('!');
                matches!(edit.save().await.unwrap(), SaveResult::Deleted)
            }
        };
        assert!(has_gone, "{self:?}");
    }
}

#[tokio::test]
async fn a_lost_write_to_a_record_that_has_gone_has_written_nothing_of_the_one_that_is_made_again() {
    for hears in HearsBy::ALL {
        let (table, store, faults) = faulty_products().await;
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        let mut record = store.get_id_value(edit.id()).await.unwrap().unwrap();
        edit.price = 130;
        faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
        let _ = edit.save().await.unwrap();
        store.colleague_deletes(CUPCAKE).await;
        hears.that_it_has_gone(&mut edit, &table).await;
        record.insert("price".into(), 130.into()); // as it was typed here, and by somebody else
        store.insert_id_value(edit.id(), record).await.unwrap();
        edit.price = 140;

        let result = edit.save().await.unwrap();

        assert!(matches!(result, SaveResult::Conflict(_)), "{hears:?}, P3: {result:?}");
    }
}

#[tokio::test]
async fn what_has_refused_a_delete_tells_that_a_lost_write_was_refused_too() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    let _ = edit.refresh_snapshot().await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 125).await;
    let refused = edit.delete().await.unwrap();
    assert!(matches!(refused, DeleteResult::Changed(_)), "{refused:?}");
    store.colleague_sets(CUPCAKE, "price", 130).await; // as it was typed here, and by somebody else
    edit.price = 140;

    let _ = edit.refresh_snapshot().await.unwrap();

    assert_eq!(edit.conflicts().fields(), ProductField::Price.into());
}

#[tokio::test]
async fn a_write_that_was_seen_to_be_refused_under_way_is_not_in_doubt_though_it_is_seen_as_it_was_again() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    let was = edit.price;
    edit.price = 130;
    store.colleague_sets(CUPCAKE, "price", 125).await;
    faults.next(Operation::Write).loses_its_answer();
    edit.start_save().unwrap();
    until(|| faults.operations().contains(&Operation::Write)).await;
    for price in [125, was] {
        store.colleague_sets(CUPCAKE, "price", price).await;
        table.on_backend_change(CUPCAKE).await.unwrap();
        let _ = edit.rebase().unwrap();
    }
    let _ = edit.finish_save().await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 130).await; // as it was typed here, and by somebody else
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Conflict(_)), "P3: {result:?}");
}

#[tokio::test]
async fn a_lost_write_to_a_record_that_has_left_a_filter_is_this_sessions_own_when_it_is_back() {
    for reads in [true, false] {
        let store = bakery::store().await;
        let faulty = FaultyValueSet::new(Claiming::new(store.clone(), |can| can.feed = FeedKind::Filtered));
        let faults = faulty.faults();
        let table = LiveTable::<Product>::builder(faulty).open().await.unwrap();
        let mut edit = table.edit_record(CUPCAKE).await.unwrap();
        edit.price = 130;
        faults.next(Operation::Write).loses_its_answer();
        let _ = edit.save().await.unwrap();
        let record = store.get_id_value(edit.id()).await.unwrap().unwrap();
        store.colleague_deletes(CUPCAKE).await; // as whoever reads through the filter sees it
        table.on_backend_change(CUPCAKE).await.unwrap();
        let has_gone = if reads { edit.refresh_snapshot().await } else { edit.rebase() };
        assert!(matches!(has_gone, Err(RefreshError::Deleted { .. })));
        store.insert_id_value(edit.id(), record).await.unwrap();
        table.on_backend_change(CUPCAKE).await.unwrap();
        edit.price = 140;

        let conflicts = edit.rebase().unwrap();

        assert!(conflicts.is_empty(), "{conflicts:?}");
    }
}

#[tokio::test]
async fn two_lost_writes_that_have_landed_are_both_this_sessions_own() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    for (price, name) in [(125, None), (120, Some("Cupcake"))] {
        edit.price = price;
        edit.name = name.map_or(edit.name.clone(), Into::into);
        faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
        let lost = edit.save().await.unwrap();
        assert!(matches!(lost, SaveResult::Error(SaveError::OutcomeUnknown { .. })), "{lost:?}");
    }
    edit.price = 130;
    let landed = Patch::new().set("price", 125).set("name", "Cupcake");
    let _ = store.write(&CUPCAKE.into(), &landed, &Guard::Exists).await.unwrap();
    table.on_backend_change(CUPCAKE).await.unwrap();

    let conflicts = edit.rebase().unwrap();

    assert!(conflicts.fields().is_empty(), "{conflicts:?}");
}

#[tokio::test]
async fn what_was_typed_back_while_a_save_was_under_way_stays_where_a_rebase_shows_what_it_has_written() {
    let (table, _store, _faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 125;
    edit.start_save().unwrap();
    until(|| table.row(&CUPCAKE.into()).is_some_and(|row| row.price == 125)).await;
    edit.price = 120;

    let _ = edit.rebase().unwrap();

    assert_eq!(edit.price, 120);
}

#[tokio::test]
async fn what_a_save_has_found_tells_that_a_lost_write_will_be_done_no_more() {
    let (table, store, faults) = faulty_products().await;
    let mut edit = table.edit_record(CUPCAKE).await.unwrap();
    edit.price = 130;
    faults.next(Operation::Write).fails(ValueErrorKind::OutcomeUnknown);
    let _ = edit.save().await.unwrap();
    store.colleague_sets(CUPCAKE, "price", 125).await;
    let shown = edit.save().await.unwrap();
    assert!(matches!(shown, SaveResult::Conflict(_)), "{shown:?}");
    store.colleague_sets(CUPCAKE, "price", 130).await; // as it was typed here, and by somebody else
    edit.price = 140;

    let result = edit.save().await.unwrap();

    assert!(matches!(result, SaveResult::Conflict(_)), "P3: {result:?}");
}
