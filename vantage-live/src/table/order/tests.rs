use super::*;
use crate::feed::ManualFeed;

const MARKED: Shown = Shown { applied: 5, mark: Mark::Position(20), asked: 0, told: None };
const UNKNOWN: Shown = Shown { applied: 5, mark: Mark::Unknown, asked: 0, told: None };
const TOLD: Shown = Shown { applied: 5, mark: Mark::Told, asked: 0, told: Some(0) };

/// Later than any request here.
const LATE: Moment = Moment::MAX;

fn request(began: Moment) -> Source {
    Source::Request { began }
}

fn event(heard: u64) -> Source {
    Source::Event { heard }
}

#[test]
fn a_request_sent_after_a_row_was_shown_is_newer() {
    assert_eq!(judge(request(5), TOLD), Verdict::Apply);
    assert_eq!(judge(request(6), MARKED), Verdict::Apply);
}

#[test]
fn a_request_sent_before_a_row_was_shown_is_settled_by_reading() {
    assert_eq!(judge(request(4), TOLD), Verdict::Settle);
    assert_eq!(judge(Source::Request { began: 4 }, TOLD), Verdict::Settle);
}

#[test]
fn an_event_after_one_that_is_shown_is_newer() {
    assert_eq!(judge(event(0), TOLD), Verdict::Apply);
}

#[test]
fn an_event_is_newer_than_an_answer_once_the_feed_is_as_far() {
    assert_eq!(judge(event(19), MARKED), Verdict::Settle);
    assert_eq!(judge(event(20), MARKED), Verdict::Apply);
}

#[test]
fn an_event_of_a_feed_that_does_not_say_where_it_is_is_never_known_to_be_newer_than_an_answer() {
    assert_eq!(judge(event(u64::MAX), UNKNOWN), Verdict::Settle);
}

#[test]
fn an_event_without_order_is_always_settled_by_reading() {
    for shown in [TOLD, MARKED, UNKNOWN] {
        assert_eq!(judge(Source::Hint, shown), Verdict::Settle);
    }
}

#[test]
fn an_answer_that_confirms_what_an_event_has_shown_is_newer_than_the_events_before_it() {
    let feed = ManualFeed::of_store();
    let mut moments = Moments::new(Some(Arc::new(feed.clone())));
    let id = Id::from("sea_pie");
    moments.applied(&id, event(0));
    feed.delete("sea_pie");

    moments.agreed(&id, 0);

    let before = moments.told(FeedOrder::Commit);
    assert_eq!(moments.judge(&id, before), Verdict::Settle);
    moments.heard(1);
    assert_eq!(moments.judge(&id, moments.told(FeedOrder::Commit)), Verdict::Apply);
    assert_eq!(moments.judge(&id, before), Verdict::Settle, "it was told before, and has waited");
}

#[test]
fn an_answer_that_confirms_what_is_shown_is_newer_than_every_request_that_is_under_way() {
    let mut moments = Moments::new(None);
    let id = Id::from("sea_pie");
    let _read = moments.next();
    let list = moments.next();

    moments.applied(&id, request(list));

    assert_eq!(moments.judge(&id, request(list)), Verdict::Settle, "it may be from before the answer");
}

/// A feed that was told of something else, which whoever waits has learned, and a record that it had told of before.
fn followed() -> (Moments, Id, Mark) {
    let feed = ManualFeed::of_store();
    let mut moments = Moments::new(Some(Arc::new(feed.clone())));
    let id = Id::from("sea_pie");
    moments.subscribed();
    moments.applied(&id, event(0));
    feed.delete("time_tart");
    let mark = moments.mark();
    (moments, id, mark)
}

#[test]
fn what_the_feed_has_told_is_as_new_as_what_was_learned_once_the_feed_is_as_far() {
    let (mut moments, id, mark) = followed();
    assert!(!moments.has_told(&id, mark), "it may have changed on the way to there");

    moments.heard(1);

    assert!(moments.has_told(&id, mark));
}

#[test]
fn what_an_answer_has_shown_is_not_what_the_feed_has_told() {
    let (mut moments, id, mark) = followed();
    moments.heard(1);

    moments.applied(&id, request(1));

    assert!(!moments.has_told(&id, mark));
}

#[test]
fn of_what_was_only_named_it_is_not_known_what_the_feed_has_told() {
    let (mut moments, id, mark) = followed();

    moments.named(&id);
    moments.heard(1);

    assert!(!moments.has_told(&id, mark));
    assert_eq!(moments.judge(&id, event(1)), Verdict::Apply, "what it tells after that is newer");
    assert!(
        moments.learned(&id).is_since(Point { moment: 0, mark: Mark::Position(0) }),
        "it is still what it had told"
    );
}

#[test]
fn what_the_feed_tells_after_an_answer_is_newer_though_it_has_named_the_record_since() {
    let feed = ManualFeed::of_store();
    let mut moments = Moments::new(Some(Arc::new(feed.clone())));
    let id = Id::from("sea_pie");
    moments.applied(&id, request(0));
    feed.delete("time_tart");

    moments.named(&id);

    assert_eq!(moments.judge(&id, event(0)), Verdict::Apply);
}

#[test]
fn what_was_told_before_the_feed_has_missed_something_or_began_anew_may_have_changed() {
    let without: [fn(&mut Moments); 2] = [Moments::missed, Moments::subscribed];
    for without in without {
        let (mut moments, id, _) = followed();

        without(&mut moments);

        assert!(!moments.has_told(&id, Mark::Position(0)));
        assert!(!moments.learned(&id).is_since(Point { moment: LATE, mark: Mark::Position(0) }));
    }
}

#[test]
fn who_waits_has_an_answer_by_a_request_that_was_sent_later_and_by_no_other() {
    let mut moments = Moments::new(None);
    let id = Id::from("sea_pie");
    let before = moments.next();
    let since = moments.point().moment;
    assert!(!moments.was_asked_since(&id, since));
    moments.applied(&id, request(before));
    assert!(!moments.was_asked_since(&id, since));
    let after = moments.next();

    moments.applied(&id, request(after));

    assert!(moments.was_asked_since(&id, since));
    moments.confirmed(&id, event(0));
    assert!(moments.was_asked_since(&id, since), "by whatever else the same is told");
    moments.applied(&id, event(0));
    assert!(!moments.was_asked_since(&id, since), "the feed may tell of before that");
}

#[test]
fn what_has_come_while_a_list_was_under_way_was_not_asked_for_by_it() {
    let tells: fn(&mut Moments) = |moments| moments.applied(&Id::from("sea_pie"), event(0));
    for meanwhile in [tells, Moments::forget] {
        let mut moments = Moments::new(None);
        let (began, _room) = moments.list_begins(1);
        moments.applied(&Id::from("time_tart"), request(began));

        meanwhile(&mut moments);
        moments.listed(began);

        assert!(!moments.was_asked_since(&Id::from("sea_pie"), began - 1));
    }
}

#[test]
fn what_a_list_has_told_was_asked_for_when_it_began() {
    let mut moments = Moments::new(None);
    let id = Id::from("sea_pie");
    let (began, _room) = moments.list_begins(1);
    moments.applied(&id, request(began));

    moments.listed(began);

    assert!(moments.was_asked_since(&id, began - 1) && !moments.was_asked_since(&id, began));
    assert!(moments.learned(&id).is_since(Point { moment: began - 1, mark: Mark::Unknown }));
}

#[test]
fn a_list_of_more_than_is_remembered_is_as_new_at_its_end_as_at_its_beginning() {
    let mut moments = Moments::new(None);
    let id = |n: usize| Id::from(i64::try_from(n).unwrap_or_default());
    let (began, mut room) = moments.list_begins(0);
    for n in 0..2 * REMEMBERED + 2 {
        moments.list_tells(&mut room, 1);
        assert_eq!(moments.judge(&id(n), request(began)), Verdict::Apply, "record {n}");
        moments.applied(&id(n), request(began));
    }

    moments.listed(began);
    moments.list_ended(room);
    assert!(moments.shown.is_empty());

    for n in 0..=REMEMBERED {
        moments.applied(&id(n), event(0));
    }
    assert!(moments.shown.len() < REMEMBERED, "P8: once it has ended, there is a bound again");
}

#[test]
fn records_that_a_list_finds_gone_are_as_new_at_its_end_as_at_its_beginning() {
    let mut moments = Moments::new(None);
    let id = |n: usize| Id::from(i64::try_from(n).unwrap_or_default());
    let (began, _room) = moments.list_begins(2 * REMEMBERED);

    for n in 0..2 * REMEMBERED {
        assert_eq!(moments.judge(&id(n), request(began)), Verdict::Apply, "record {n}");
        moments.applied(&id(n), request(began));
    }
}

#[test]
fn while_a_list_is_under_way_records_that_are_not_there_have_no_more_room_than_ever() {
    let mut moments = Moments::new(None);
    let _under_way = moments.list_begins(10);

    for n in 0..3 * REMEMBERED {
        moments.applied(&Id::from(i64::try_from(n).unwrap_or_default()), event(0));
    }

    assert!(moments.shown.len() <= REMEMBERED + 10, "{}", moments.shown.len());
}

#[test]
fn a_list_that_hangs_has_no_more_room_for_the_lists_that_have_ended_beside_it() {
    let mut moments = Moments::new(None);
    let _hanging = moments.list_begins(10);

    for _ in 0..3 {
        let (_, mut room) = moments.list_begins(REMEMBERED);
        moments.list_tells(&mut room, REMEMBERED);
        moments.list_ended(room);
    }
    for n in 0..3 * REMEMBERED {
        moments.applied(&Id::from(i64::try_from(n).unwrap_or_default()), event(0));
    }

    assert!(moments.shown.len() <= REMEMBERED + 10, "{}", moments.shown.len());
}

#[test]
fn what_is_forgotten_for_space_is_judged_with_caution() {
    let mut moments = Moments::new(None);
    let id = |n: usize| Id::from(i64::try_from(n).unwrap_or_default());
    let began = moments.next();
    moments.applied(&id(0), Source::Request { began });
    moments.applied(&id(1), event(0));
    assert!(moments.shown.contains_key(&id(0)), "there is room for both");
    for n in 1..=REMEMBERED {
        moments.applied(&id(n), event(0));
    }

    assert!(moments.shown.len() < REMEMBERED);
    assert_eq!(moments.judge(&id(0), event(0)), Verdict::Settle);
    assert_eq!(moments.judge(&id(0), request(began)), Verdict::Settle);
}

#[test]
fn what_a_list_has_found_gone_is_not_shown_by_what_was_asked_for_before_it() {
    let mut moments = Moments::new(None);
    let id = Id::from("sea_pie");
    moments.applied(&id, event(0));
    let read = moments.next();
    let (began, _room) = moments.list_begins(0);

    moments.listed(began);

    assert_eq!(moments.judge(&id, request(read)), Verdict::Settle);
}

#[test]
fn what_an_earlier_list_tells_later_does_not_date_what_was_kept_from_a_later_one() {
    let mut moments = Moments::new(None);
    let id = Id::from("sea_pie");
    let (earlier, _room) = moments.list_begins(1);
    let read = moments.next();
    let (later, _room) = moments.list_begins(1);
    moments.applied(&id, request(read));
    moments.keep(&id);
    moments.listed(later);
    moments.keep(&id);

    moments.listed(earlier);

    assert!(!moments.was_asked_since(&id, read));
}

#[test]
fn what_is_forgotten_is_no_newer_than_anything_that_was_remembered() {
    let mut moments = Moments::new(None);
    let id = Id::from("sea_pie");
    moments.applied(&id, request(0));
    let (began, _room) = moments.list_begins(1);
    moments.keep(&id);
    moments.listed(began);

    moments.forget();

    assert!(!moments.was_asked_since(&id, 0));
}

#[test]
fn what_was_told_before_a_subscription_and_kept_from_its_list_is_not_told_in_it() {
    let (mut moments, id, mark) = followed();
    moments.heard(1);
    assert!(moments.has_told(&id, mark));
    moments.subscribed();

    moments.keep(&id);

    moments.heard(1);
    assert!(!moments.has_told(&id, mark));
    assert!(!moments.learned(&id).is_since(Point { moment: LATE, mark: Mark::Position(0) }));
}

#[test]
fn what_the_feed_tells_once_more_is_what_it_has_told_last() {
    let (mut moments, id, mark) = followed();
    moments.named(&id);
    moments.heard(1);
    assert!(!moments.has_told(&id, mark));

    moments.confirmed(&id, event(1));

    assert!(moments.has_told(&id, mark));
    assert!(moments.learned(&id).is_since(Point { moment: LATE, mark }));
}

#[test]
fn what_is_told_once_more_by_an_older_answer_is_no_older_for_it() {
    let mut moments = Moments::new(None);
    let id = Id::from("sea_pie");
    let older = moments.next();
    let sent = moments.point();
    let since = moments.next();
    moments.applied(&id, request(since));

    moments.agreed(&id, older);

    assert!(moments.learned(&id).is_since(sent));
}

#[test]
fn what_was_asked_for_later_than_a_list_is_no_older_when_the_list_ends() {
    let mut moments = Moments::new(None);
    let id = Id::from("sea_pie");
    let (began, _room) = moments.list_begins(1);
    let sent = moments.point();
    let since = moments.next();
    moments.applied(&id, request(since));

    moments.listed(began);

    assert!(moments.learned(&id).is_since(sent));
}

#[test]
fn what_has_come_while_a_list_was_under_way_has_no_more_room_than_ever_when_it_has_ended() {
    let mut moments = Moments::new(None);
    let (began, room) = moments.list_begins(2 * REMEMBERED);
    for n in 0..2 * REMEMBERED {
        moments.applied(&Id::from(i64::try_from(n).unwrap_or_default()), event(0));
    }
    moments.listed(began);

    moments.list_ended(room);

    assert!(moments.shown.len() <= REMEMBERED, "P8: {}", moments.shown.len());
}

#[test]
fn what_the_feed_has_told_is_no_older_when_an_older_answer_tells_it_once_more() {
    let (mut moments, id, mark) = followed();
    let read = moments.next();
    moments.heard(1);
    moments.applied(&id, event(1));

    moments.agreed(&id, read);

    assert!(moments.learned(&id).is_since(Point { moment: LATE, mark }));
}

#[test]
fn what_was_told_before_a_subscription_and_is_asked_for_in_it_is_not_told_in_it() {
    let (mut moments, id, _) = followed();
    let read = moments.next();
    moments.subscribed();

    moments.agreed(&id, read);

    assert!(!moments.learned(&id).is_since(Point { moment: LATE, mark: Mark::Position(0) }));
}

#[test]
fn what_was_told_before_a_subscription_and_is_told_once_more_in_it_is_as_new_as_it_was_told_there() {
    let (mut moments, id, _) = followed();
    moments.heard(100);
    moments.applied(&id, event(100));
    let read = moments.next();
    moments.agreed(&id, read);
    moments.subscribed();
    moments.heard(6);

    moments.confirmed(&id, event(6));

    assert!(!moments.learned(&id).is_since(Point { moment: LATE, mark: Mark::Position(50) }));
}

#[test]
fn what_the_feed_has_told_is_no_older_when_a_list_does_not_show_otherwise() {
    let (mut moments, id, mark) = followed();
    moments.heard(1);
    moments.applied(&id, event(1));

    moments.keep(&id);

    assert!(moments.learned(&id).is_since(Point { moment: LATE, mark }));
}

#[test]
fn an_echo_of_what_an_answer_has_shown_is_from_after_what_the_feed_had_told_before_it() {
    let (mut moments, id, mark) = followed();
    moments.applied(&id, request(0));
    moments.heard(1);

    moments.confirmed(&id, event(1));

    assert!(moments.learned(&id).is_since(Point { moment: LATE, mark }));
    moments.confirmed(&id, event(0));
    assert!(moments.learned(&id).is_since(Point { moment: LATE, mark }), "also when an older one has waited");
}
