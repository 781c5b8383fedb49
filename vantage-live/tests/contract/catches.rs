//! The kit can fail: stores that are wrong in one way each are caught by the case that names it.

mod broken;
mod feed;
mod loose;
mod racy;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use self::broken::{Broken, Flaw};
use self::feed::{Telling, TellsEmptyRecords, Untold};
use futures::FutureExt;
use vantage_live::contract::feed::Feeding;
use vantage_live::contract::{self, Store};
use vantage_live::{Capabilities, ImTable, RwValueSet};

/// What the case says of a store with this flaw.
async fn verdict(case: impl AsyncFnOnce(&Store), flaw: Flaw) -> String {
    let store: Store = Arc::new(Broken::new(flaw));
    words(case(&store)).await
}

/// What a case says before it gives up.
async fn words(case: impl Future<Output = ()>) -> String {
    let Err(panic) = AssertUnwindSafe(case).catch_unwind().await else { return "nothing".to_owned() };
    *panic.downcast::<String>().unwrap_or_else(|_| Box::new("a panic without words".to_owned()))
}

/// A test that `$case` catches `$flaw`, saying `$words`.
macro_rules! caught {
    ($($name:ident: $flaw:ident by $subject:ident::$case:ident, saying $words:literal;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let said = verdict(contract::$subject::$case, Flaw::$flaw).await;

                assert!(said.contains($words), "the case should say {:?}, and said: {said}", $words);
            }
        )*
    };
}

caught! {
    a_store_that_ignores_guards_is_caught:
        IgnoresGuards by guard::a_guard_that_fails_answers_with_the_record_and_writes_nothing,
        saying "the guard does not hold, and the write was answered with Written";
    a_store_that_treats_null_as_absent_is_caught:
        TakesNullForAbsent by guard::absent_and_null_are_told_apart,
        saying "does not hold for {\"note\":null,\"price\":120}, and the write was answered with Written";
    a_store_that_takes_anything_for_an_object_is_caught:
        TakesAnythingForAnObject by guard::any_object_is_told_from_what_is_none,
        saying "does not hold for {\"it\":null}, and the write was answered with Written";
    a_store_that_deletes_under_anything_where_an_object_is_expected_is_caught:
        DeletesUnderAnything by guarded_delete::a_delete_tells_any_object_from_what_is_none,
        saying "does not hold for {\"it\":null}";
    a_store_that_refuses_without_the_record_is_caught:
        RefusesWithNothing by guard::a_guard_that_fails_answers_with_the_record_and_writes_nothing,
        saying "the record that comes with the refusal is not what it should be\n   found: {}";
    a_store_that_compares_and_then_writes_is_caught:
        ComparesThenWrites by concurrency::of_eight_writes_under_the_same_guard_one_wins,
        saying "one of eight wins";
    a_store_that_compares_with_what_it_has_written_is_caught:
        GuardsTheAfterImage by concurrency::a_counter_counts_every_win,
        saying "where others win 10 times each";
    a_store_that_makes_a_record_of_a_guarded_write_is_caught:
        MakesWhatIsMissing by write::a_write_under_exists_to_a_missing_record_finds_it_gone,
        saying "there is no such record";
    a_store_that_lower_cases_ids_is_caught:
        LowerCasesIds by ids::text_is_compared_to_the_last_character,
        saying "the id is taken";
    a_store_that_makes_text_of_numbers_is_caught:
        MakesTextOfNumbers by ids::a_number_and_its_text_are_two_ids,
        saying "`1` finds the record of `\"1\"`";
    a_store_that_loses_unknown_columns_is_caught:
        LosesUnknownColumns by patch::a_patch_keeps_the_columns_it_does_not_name,
        saying "wanted: {\"legacy\":";
    a_store_that_splits_names_at_dots_is_caught:
        SplitsNamesAtDots by names::a_name_with_a_dot_is_not_a_path,
        saying "wanted: {\"a\":{\"b\":2},\"a.b\":10}";
    a_store_that_rounds_integers_is_caught:
        RoundsIntegers by values::integers_keep_every_digit,
        saying "9007199254740993";
    a_store_that_cuts_text_at_a_nul_is_caught:
        CutsTextAtNul by values::text_with_a_nul_is_kept_or_refused,
        saying "wanted: {\"name\":\"\\u0000\"}";
    a_store_that_merges_when_it_replaces_is_caught:
        MergesWhenItReplaces by replace::replacing_drops_the_columns_it_does_not_name,
        saying "wanted: {\"note\":null,\"price\":130}";
    a_store_that_overwrites_when_it_inserts_is_caught:
        OverwritesWhenItInserts by insert::an_insert_of_a_taken_id_is_refused_and_leaves_the_record,
        saying "should fail, and was answered with";
    a_store_that_forgets_keys_is_caught:
        ForgetsKeys by minted::the_same_key_makes_one_record,
        saying "does the store recognise the repetition (true)?";
    a_store_that_pages_by_number_is_caught:
        PagesByNumber by stream::untouched_records_stream_exactly_once_while_others_change,
        saying "each once and in order";
    a_store_that_gives_up_a_batch_is_caught:
        GivesUpABatch by batch::an_insert_that_fails_does_not_hide_the_others,
        saying "an answer for each";
    a_store_that_says_deleted_of_nothing_is_caught:
        SaysDeletedOfNothing by delete::a_delete_of_a_missing_record_says_that_it_is_gone,
        saying "the delete under Nothing";
}

caught! {
    a_store_that_deletes_by_floats_is_caught:
        DeletesByFloats by guarded_delete::a_delete_tells_big_integers_apart_by_their_last_digit,
        saying "does not hold for {\"it\":9007199254740992}, and the delete was answered with Deleted";
    a_store_that_deletes_by_the_printed_value_is_caught:
        DeletesByPrintedValue by guarded_delete::a_delete_never_converts_kinds,
        saying "does not hold for {\"it\":1}, and the delete was answered with Deleted";
    a_store_that_deletes_by_lower_case_is_caught:
        DeletesByLowerCase by guarded_delete::a_delete_compares_text_to_the_last_character,
        saying "does not hold for {\"it\":\"flux\"}, and the delete was answered with Deleted";
    a_store_that_deletes_under_any_array_is_caught:
        DeletesUnderAnyArray by guarded_delete::a_delete_compares_arrays_whole_and_in_order,
        saying "does not hold for {\"it\":[]}, and the delete was answered with Deleted";
    a_store_that_deletes_under_any_object_is_caught:
        DeletesUnderAnyObject by guarded_delete::a_delete_compares_objects_whole_and_in_any_order,
        saying "does not hold for {\"it\":{}}, and the delete was answered with Deleted";
    a_store_that_deletes_under_any_boolean_is_caught:
        DeletesUnderAnyBoolean by guarded_delete::a_delete_never_converts_kinds,
        saying "does not hold for {\"it\":true}, and the delete was answered with Deleted";
    a_store_that_deletes_without_looking_at_nested_paths_is_caught:
        DeletesIgnoringNestedPaths by guarded_delete::a_delete_follows_a_nested_path,
        saying "\"stock\":1}, and the delete was answered with Deleted";
    a_store_that_deletes_by_the_first_expectation_is_caught:
        DeletesByTheFirstExpectation by guarded_delete::every_expectation_of_a_delete_must_hold,
        saying "\"price\":120}, and the delete was answered with Deleted";
}

caught! {
    a_store_that_compares_versions_and_then_writes_is_caught:
        ComparesVersionsThenWrites by concurrency::of_eight_writes_under_the_same_version_one_wins,
        saying "one of eight wins";
    a_store_that_looks_for_absences_and_then_writes_is_caught:
        LooksForAbsencesThenWrites by concurrency::of_eight_writes_that_expect_an_absence_one_wins,
        saying "one of eight wins";
    a_store_that_looks_for_absences_and_then_writes_what_is_deleted_is_caught:
        LooksForAbsencesThenWrites by concurrency::a_write_and_a_delete_that_expect_an_absence_do_not_both_win,
        saying "one of eight wins";
    a_store_that_compares_versions_and_then_deletes_is_caught:
        ComparesVersionsThenDeletes by concurrency::a_write_and_a_delete_under_the_same_version_do_not_both_win,
        saying "one of eight wins";
    a_store_that_looks_and_then_makes_is_caught:
        LooksThenMakes by unguarded::writes_that_make_a_record_together_all_stay,
        saying "the record \"flux_cupcake_0\" in the store is not what it should be";
    a_store_that_writes_back_what_it_read_is_caught:
        WritesBackWhatItRead by unguarded::a_write_does_not_bring_back_what_is_deleted_meanwhile,
        saying "there should be no record under \"flux_cupcake\"";
    a_store_that_deletes_and_then_replaces_is_caught:
        DeletesThenReplaces by unguarded::a_replace_is_never_seen_half_way,
        saying "a reader finds no record";
    a_store_that_writes_field_by_field_is_caught:
        WritesFieldByField by unguarded::a_write_is_never_seen_half_way,
        saying "the two halves of a write";
    a_store_that_chooses_ids_and_then_takes_them_is_caught:
        ChoosesIdsThenTakesThem by minted::inserts_at_once_make_a_record_each,
        saying "in the store is not what it should be";
    a_store_that_counts_for_ids_is_caught:
        CountsForIds by minted::no_id_is_chosen_that_a_record_has,
        saying "4 is the id of a record that is there";
    a_store_that_reads_no_more_than_a_hundred_rows_is_caught:
        StopsAtARowNumber by read::three_hundred_records_are_all_found,
        saying "get_values finds 100 of 300";
    a_store_that_reads_no_more_than_a_hundred_ids_is_caught:
        StopsAtAnIdNumber by read::three_hundred_records_are_all_found,
        saying "get_id_values finds 100 of 300";
}

const LITTLE: Capabilities = Capabilities {
    patch: false,
    guarded_write: false,
    client_ids: false,
    idempotent_insert: false,
    ..Capabilities::all()
};

async fn failures<S: RwValueSet + 'static>(fresh: impl AsyncFn() -> S) -> Vec<String> {
    contract::run(fresh).await.failures.into_iter().map(|failure| failure.case).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_without_a_flaw_passes() {
    assert_eq!(failures(async || Broken::new(Flaw::None)).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_can_little_and_says_so_passes() {
    assert_eq!(failures(async || Broken::new(Flaw::None).that_can(LITTLE)).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_chooses_all_ids_and_says_so_passes() {
    let chooses = Capabilities { client_ids: false, ..Capabilities::all() };

    assert_eq!(failures(async || Broken::new(Flaw::None).that_can(chooses)).await, [""; 0]);
}

/// The cases race on one thread too: nothing in them waits for another without letting it run.
#[tokio::test(flavor = "current_thread")]
async fn a_store_without_a_flaw_passes_on_one_thread() {
    assert_eq!(failures(async || Broken::new(Flaw::None)).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_pretends_to_what_it_says_it_cannot_is_caught() {
    let unguarded = Capabilities { guarded_write: false, ..Capabilities::all() };

    let report = contract::run(async || Broken::new(Flaw::Pretends).that_can(unguarded)).await;

    let guards: Vec<_> = report.failures.iter().filter(|failure| failure.case.starts_with("guard::")).collect();
    assert!(!guards.is_empty(), "no case of guards fails: {report}");
    for failure in guards {
        assert!(failure.message.contains("Unsupported"), "{}: {}", failure.case, failure.message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_tells_a_record_as_it_never_was_is_caught() {
    let table = ImTable::new("contract");
    let feed = TellsEmptyRecords(table.feed());
    let feeding = Feeding { store: Arc::new(table), feed: Arc::new(feed) };

    let said = words(contract::feed::a_record_that_is_told_is_as_it_is_read(&feeding)).await;

    assert!(said.contains("the record that is told is not what it should be\n   found: {}"), "{said}");
}

/// A test that `$case` catches a feed that leaves out `$untold`, or tells late, saying `$words`. Its time is paused, so
/// that waiting for what is never told takes none.
macro_rules! feed_caught {
    ($($name:ident: $untold:ident by $case:ident, saying $words:literal;)*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                let said = words(contract::feed::$case(&Telling::feeding(Untold::$untold))).await;

                assert!(said.contains($words), "the case should say {:?}, and said: {said}", $words);
            }
        )*
    };
}

feed_caught! {
    a_feed_that_tells_no_guarded_delete_is_caught:
        GuardedDeletes by what_changes_under_any_guard_is_told,
        saying "where it should tell the delete under Exists";
    a_feed_that_tells_no_guarded_write_is_caught:
        GuardedWrites by what_changes_under_any_guard_is_told,
        saying "where it should tell the write under Exists";
    a_feed_that_tells_no_record_of_a_chosen_id_is_caught:
        Minted by a_record_is_told_however_it_was_made,
        saying "where it should tell the insert without an id";
    a_feed_that_tells_no_replaces_of_a_batch_is_caught:
        ReplacesOfABatch by each_part_of_a_batch_is_told,
        saying "where it should tell the replaces";
    a_feed_that_tells_an_earlier_state_last_is_caught:
        TheOrder by of_writers_at_once_the_last_that_is_told_is_how_it_is,
        saying "where it should tell that \"row_0\" is";
    a_feed_that_tells_an_earlier_state_after_a_later_one_is_caught:
        TheOrder by writers_at_once_are_told_in_the_order_of_their_writes,
        saying "an earlier state is told after a later one";
}

mod a_feed_that_tells_everything {
    use super::{Telling, Untold};

    vantage_live::feed_contract_tests!({
        let store = Telling::new(Untold::Nothing);
        (store.clone(), store.feed())
    });
}
