//! The list of all cases, once: the tests that [`contract_tests!`](crate::contract_tests) makes and the cases that
//! [`cases`](super::cases) answers are both made of it.

/// Makes a test of each case of the contract, in a module per subject: `read::a_missing_id_reads_as_none`.
///
/// The one argument is an expression that gives an empty value set, afresh for each case; it may `.await`. It stands for
/// the whole contract, so a store's conformance is one line in a file of its own:
///
/// ```
/// # use vantage_live::ImTable;
/// vantage_live::contract_tests!(ImTable::new("contract"));
/// # fn main() {}
/// ```
///
/// ```
/// # async fn connect_to_an_empty_table() -> vantage_live::ImTable { vantage_live::ImTable::new("contract") }
/// vantage_live::contract_tests!(connect_to_an_empty_table().await);
/// # fn main() {}
/// ```
///
/// The expression gives a set whose ids can be text, if clients may choose ids at all, and whose records can have any
/// columns. The cases run at the same time, each on a tokio runtime of its own, on which its expression runs too: what
/// it connects belongs to that one case. Two invocations stand in two modules.
#[macro_export]
macro_rules! contract_tests {
    ($fresh:expr $(,)?) => {
        #[allow(clippy::unused_async)]
        async fn fresh_value_set() -> impl $crate::RwValueSet + 'static {
            $fresh
        }

        $crate::__contract_cases!(tests);
    };
}

/// Makes a test of each case of the contract of a [`Feed`](crate::Feed).
///
/// The one argument is an expression that gives, afresh for each case, an empty value set and the feed of its changes, as
/// a pair; it may `.await`. Otherwise it is as in [`contract_tests!`](crate::contract_tests).
///
/// ```
/// # use vantage_live::ImTable;
/// vantage_live::feed_contract_tests!({
///     let table = ImTable::new("contract");
///     (table.clone(), table.feed())
/// });
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! feed_contract_tests {
    ($fresh:expr $(,)?) => {
        #[allow(clippy::unused_async)]
        async fn fresh_value_set_and_feed() -> (impl $crate::RwValueSet + 'static, impl $crate::Feed + 'static) {
            $fresh
        }

        $crate::__feed_contract_cases! {
            a_subscriber_hears_of_every_kind_of_change
            what_changes_under_any_guard_is_told
            a_record_is_told_however_it_was_made
            each_part_of_a_batch_is_told
            what_happens_right_after_subscribing_is_told
            the_last_that_is_told_of_a_record_is_how_it_is
            of_writers_at_once_the_last_that_is_told_is_how_it_is
            writers_at_once_are_told_in_the_order_of_their_writes
            what_could_be_read_is_told_before_the_position_is
            a_record_that_is_told_is_as_it_is_read
            a_change_that_did_not_happen_is_not_told
            a_delete_of_all_is_told
            a_burst_is_told_or_summed_up
            every_subscriber_is_told_everything
            a_subscription_that_is_dropped_leaves_the_others
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __feed_contract_cases {
    ($($case:ident)*) => {
        mod feed {
            $(
                #[test]
                fn $case() {
                    $crate::contract::run_feed_case($crate::contract::feed::$case, super::fresh_value_set_and_feed);
                }
            )*
        }
    };
}

/// Every case by subject, with what a store must be able to do for it.
#[doc(hidden)]
#[macro_export]
macro_rules! __contract_cases {
    ($what:ident) => {
        $crate::__contract_each! { $what:
            read (Nothing) {
                a_record_is_read_by_its_id
                a_missing_id_reads_as_none
                the_id_stands_beside_the_record_and_not_in_it
                all_records_come_in_the_order_of_their_ids
                an_empty_set_reads_as_empty
                some_record_is_one_of_the_records
                many_ids_find_each_record_that_is_there_once
                three_hundred_records_are_all_found
                no_ids_find_nothing
                counting_counts_every_record
            }
            values (Nothing) {
                null_is_kept_and_is_not_absent
                what_is_empty_is_kept_as_it_is
                integers_keep_every_digit
                a_number_beyond_64_bits_with_a_sign_is_kept_or_refused
                fractions_keep_their_value
                booleans_stay_booleans
                hostile_text_is_kept_to_the_last_character
                text_with_a_nul_is_kept_or_refused
                text_that_looks_like_something_else_stays_text
                long_text_is_kept
                arrays_keep_their_order_and_their_kinds
                twenty_levels_of_nesting_are_kept
                a_record_may_have_many_fields
            }
            insert (ClientIds) {
                an_insert_makes_the_record_and_answers_with_it
                an_insert_of_a_taken_id_is_refused_and_leaves_the_record
                an_id_is_free_again_after_its_delete
                a_refused_insert_says_what_was_tried_where
            }
            minted (Nothing) {
                an_insert_without_id_answers_with_id_and_record
                an_insert_without_a_key_makes_a_record_each_time
                no_id_is_chosen_that_a_record_has
                inserts_at_once_make_a_record_each
                two_keys_make_two_records
                the_same_key_makes_one_record
                a_repeated_insert_answers_with_the_record_as_it_is_now
                a_repeated_insert_ignores_what_it_is_given_then
            }
            replace (ClientIds) {
                replacing_makes_a_missing_record
                replacing_drops_the_columns_it_does_not_name
                replacing_does_not_merge_objects
                replacing_leaves_other_records_alone
            }
            patch (Patch) {
                a_patch_keeps_the_columns_it_does_not_name
                a_patch_of_a_missing_record_is_refused_and_makes_none
                a_refused_patch_says_what_was_tried_where
                a_nested_set_keeps_its_siblings
                a_nested_set_makes_the_parents_that_are_missing
                a_nested_set_makes_an_object_of_a_parent_that_is_none
                setting_an_object_replaces_it_whole
                setting_an_array_replaces_it_whole
                setting_null_leaves_a_null
                unsetting_removes_the_field
                unsetting_a_nested_field_leaves_its_parent
                unsetting_two_levels_down_changes_nothing_else
                unsetting_below_an_array_that_becomes_an_object_makes_nothing
                unsetting_what_is_not_there_changes_nothing
                one_patch_sets_and_unsets
                an_empty_patch_changes_nothing
                a_patch_reaches_twenty_levels_down
            }
            write (Patch) {
                a_write_under_nothing_changes_a_record_that_exists
                a_write_under_nothing_makes_a_missing_record_of_what_it_sets
                a_write_that_sets_nothing_makes_no_record
                a_write_under_exists_answers_with_the_after_image
                a_write_under_exists_to_a_missing_record_finds_it_gone
                a_write_leaves_other_records_alone
            }
            guard (GuardedWrite) {
                a_guard_that_holds_lets_the_write_happen
                a_guard_that_fails_answers_with_the_record_and_writes_nothing
                a_guard_on_a_missing_record_finds_it_gone_and_makes_none
                a_guard_that_expects_nothing_wants_the_record_to_exist
                an_empty_patch_still_answers_whether_the_guard_holds
                every_expectation_must_hold
                a_guard_sees_the_record_before_the_write
                absent_and_null_are_told_apart
                a_nested_path_is_followed
                below_what_is_no_object_everything_is_absent
                numbers_compare_by_value
                big_integers_differ_by_their_last_digit
                kinds_are_never_converted
                text_is_compared_to_the_last_character
                arrays_are_compared_whole_and_in_order
                objects_are_compared_whole_and_in_any_order
                any_object_is_told_from_what_is_none
                what_is_empty_equals_only_itself
                long_text_is_compared_whole
                a_guard_may_be_deep_and_long
                a_version_holds_until_it_changes
                a_version_that_is_absent_is_none
            }
            delete (Nothing) {
                a_delete_takes_the_record_and_says_so
                a_delete_of_a_missing_record_says_that_it_is_gone
                a_delete_leaves_other_records_alone
                deleting_all_answers_how_many_there_were
            }
            guarded_delete (GuardedWrite) {
                a_delete_whose_guard_holds_takes_the_record
                a_delete_whose_guard_fails_leaves_the_record_and_answers_with_it
                a_guarded_delete_of_a_missing_record_says_that_it_is_gone
                a_delete_that_expects_nothing_takes_the_record
                every_expectation_of_a_delete_must_hold
                a_delete_tells_absent_and_null_apart
                a_delete_follows_a_nested_path
                a_delete_finds_nothing_below_what_is_no_object
                a_delete_compares_numbers_by_value
                a_delete_tells_big_integers_apart_by_their_last_digit
                a_delete_never_converts_kinds
                a_delete_compares_text_to_the_last_character
                a_delete_compares_long_text_whole
                a_delete_compares_arrays_whole_and_in_order
                a_delete_compares_objects_whole_and_in_any_order
                a_delete_tells_any_object_from_what_is_none
                a_delete_takes_nothing_empty_for_another
                a_delete_under_another_version_is_refused
                a_delete_under_a_version_of_a_record_without_one_is_refused
            }
            batch (ClientIds) {
                many_inserts_answer_in_order
                an_insert_that_fails_does_not_hide_the_others
                many_replaces_answer_in_order
                many_writes_answer_in_order_each_for_itself
                many_deletes_answer_in_order_each_for_itself
                the_parts_of_a_batch_happen_one_after_another
                an_empty_batch_answers_nothing
            }
            stream (ClientIds) {
                a_stream_gives_every_record_once_in_the_order_of_their_ids
                no_batch_is_larger_than_asked_for_or_empty
                a_batch_of_none_is_a_batch_of_one
                a_batch_may_be_larger_than_the_set
                ten_thousand_records_stream_exactly_once
                untouched_records_stream_exactly_once_while_others_change
                a_stream_may_be_left_halfway
                two_streams_do_not_disturb_each_other
            }
            ids (ClientIds) {
                a_number_and_its_text_are_two_ids
                a_uuid_and_its_text_are_two_ids
                an_opaque_id_is_not_the_same_text
                integers_of_every_size_are_kept_or_refused
                text_that_looks_like_something_else_is_text
                text_with_quotes_and_statements_is_kept
                text_of_any_script_is_kept
                text_is_compared_to_the_last_character
                control_characters_are_kept_or_refused
                the_empty_text_is_kept_or_refused
                an_id_of_200_characters_is_kept
                an_id_of_4_kib_is_kept_or_refused
                a_temporary_id_is_an_id_like_any_other
                kinds_come_in_the_order_of_the_ids
            }
            names (Patch) {
                a_record_keeps_fields_of_any_name
                a_patch_sets_and_unsets_fields_of_any_name
                a_field_of_any_name_may_have_fields_of_any_name
                a_guard_finds_fields_of_any_name
                a_guarded_delete_finds_fields_of_any_name
                a_name_with_a_dot_is_not_a_path
                names_differ_by_case
                a_name_that_may_mean_something_to_the_store_is_kept_or_refused
            }
            concurrency (GuardedWrite) {
                of_eight_writes_under_the_same_guard_one_wins
                a_counter_counts_every_win
                a_refusal_shows_what_refused_it
                of_eight_deletes_one_finds_the_record
                a_write_and_a_delete_under_the_same_guard_do_not_both_win
                of_eight_writes_under_the_same_version_one_wins
                of_eight_writes_that_expect_an_absence_one_wins
                a_write_and_a_delete_under_the_same_version_do_not_both_win
                a_write_and_a_delete_that_expect_an_absence_do_not_both_win
                of_eight_inserts_of_one_id_one_wins
                writes_to_different_fields_all_stay
                one_key_makes_one_record_however_many_ask_at_once
            }
            unguarded (Nothing) {
                writes_that_make_a_record_together_all_stay
                a_replace_is_never_seen_half_way
                a_write_is_never_seen_half_way
                a_write_does_not_bring_back_what_is_deleted_meanwhile
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __contract_each {
    (tests: $($subject:ident ($need:ident) { $($case:ident)* })*) => {
        $(
            mod $subject {
                $(
                    #[test]
                    fn $case() {
                        $crate::contract::run_as_test(stringify!($subject), stringify!($case), super::fresh_value_set);
                    }
                )*
            }
        )*
    };
    (list: $($subject:ident ($need:ident) { $($case:ident)* })*) => {
        &[
            $($(
                $crate::contract::Case {
                    subject: stringify!($subject),
                    name: stringify!($case),
                    needs: $crate::contract::Need::$need,
                    body: |store| ::std::boxed::Box::pin($crate::contract::$subject::$case(store)),
                },
            )*)*
        ]
    };
}
