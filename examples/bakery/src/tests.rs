//! The screen as a person meets it: keys in, text out, on a real database in this process.

use std::time::{Duration, Instant, SystemTime};

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use vantage_live::contract::{FaultyFeed, FeedFaults};
use vantage_live::{LiveEntity, LiveTable, SyncState};

use crate::app::{App, Focus, Form};
use crate::colleague::Colleague;
use crate::db::{Database, TABLES};
use crate::model::{Client, Product};
use crate::ui;

/// An application, its person and its colleague.
struct Scene {
    app: App,
    colleague: Colleague,
}

impl Scene {
    async fn open() -> Self {
        let database = Database::embedded().await.unwrap();
        let app = App::open(&database, "off".to_owned()).await.unwrap();
        Scene::of(app, &database).await
    }

    /// With a feed of the products whose link can be cut.
    async fn open_with_a_link() -> (Self, FeedFaults) {
        let database = Database::embedded().await.unwrap();
        let (_, clients, orders, bakeries) = database.tables().await.unwrap();
        let backend = database.store.table(Product::TABLE);
        let feed = FaultyFeed::new(backend.feed());
        let link = feed.faults();
        let products = LiveTable::builder(backend).feed(feed).open().await.unwrap();
        let app = App::of((products, clients, orders, bakeries), database.place.clone(), "off".to_owned());
        (Scene::of(app, &database).await, link)
    }

    async fn of(app: App, database: &Database) -> Self {
        let mut scene = Scene { app, colleague: Colleague::new(database.colleague.clone()) };
        scene.until(|app| matches!(app.sheet().state(), SyncState::Live(_))).await;
        scene
    }

    fn keys(&mut self, keys: &[KeyCode]) -> &mut Self {
        for key in keys {
            self.app.press(KeyEvent::new(*key, KeyModifiers::NONE));
        }
        self
    }

    fn types(&mut self, text: &str) -> &mut Self {
        text.chars().for_each(|char| self.app.press(KeyEvent::new(KeyCode::Char(char), KeyModifiers::NONE)));
        self
    }

    fn control(&mut self, char: char) -> &mut Self {
        self.app.press(KeyEvent::new(KeyCode::Char(char), KeyModifiers::CONTROL));
        self
    }

    /// Waits until the application shows it.
    async fn until(&mut self, so: impl Fn(&App) -> bool) {
        let give_up = Instant::now() + Duration::from_secs(20);
        loop {
            self.app.tick(Instant::now(), SystemTime::now());
            if so(&self.app) {
                // What it asks for may have come after the application had looked.
                self.app.tick(Instant::now(), SystemTime::now());
                return;
            }
            assert!(Instant::now() < give_up, "waited in vain; the screen is\n{}", self.screen(100, 34));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn until_said(&mut self, name: &str) -> String {
        self.until(|app| app.words.as_ref().is_some_and(|words| words.name == name)).await;
        self.app.words.as_ref().map(|words| words.text.clone()).unwrap_or_default()
    }

    fn screen(&self, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| ui::draw(frame, &self.app)).unwrap();
        terminal.backend().to_string()
    }

    /// The line of the screen that has this in it.
    fn line(&self, part: &str) -> String {
        let screen = self.screen(100, 34);
        let line = screen.lines().find(|line| line.contains(part));
        line.unwrap_or_else(|| panic!("no line has {part:?}:\n{screen}")).to_owned()
    }
}

#[tokio::test]
async fn in_this_process_the_colleague_has_a_session_of_their_own() {
    let database = Database::embedded().await.unwrap();

    database.colleague.use_db("another_bakery").await.unwrap();

    let mut tables = database.store.tables().await.unwrap();
    tables.retain(|table| TABLES.contains(&table.as_str()));
    assert_eq!(tables.len(), TABLES.len(), "the store has stayed where it was: {tables:?}");
    let colleague = Colleague::new(database.colleague.clone());
    assert!(colleague.reads::<Product>("delorean_donut").await.is_err(), "the colleague has gone elsewhere");
}

const PRICE: [KeyCode; 2] = [KeyCode::Enter, KeyCode::Down];

#[tokio::test(flavor = "multi_thread")]
async fn a_modified_field_shows_its_old_value_until_it_is_reverted() {
    let mut scene = Scene::open().await;

    scene.keys(&PRICE).keys(&[KeyCode::Backspace]).types("9");
    assert!(scene.line("▌Price").contains("139   ← 135"), "{}", scene.line("▌Price"));

    scene.control('r');
    assert!(!scene.screen(100, 34).contains('←'));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_value_is_kept_as_text_and_not_saved() {
    let mut scene = Scene::open().await;

    scene.keys(&PRICE).types("x").control('s');

    assert_eq!(scene.until_said("Not saved").await, "“135x” is no value of Price");
    assert!(scene.screen(100, 34).contains("no value of Price"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_says_what_came_of_it() {
    let mut scene = Scene::open().await;

    scene.keys(&PRICE).types("0").control('s');
    scene.until_said("Saved").await;

    scene.keys(&[KeyCode::Home]).types("-").control('s');
    assert!(scene.until_said("Rejected").await.starts_with("Price: "));
    assert!(scene.screen(100, 34).contains("the store refuses this"));
    assert_eq!(scene.colleague.reads::<Product>("delorean_donut").await.unwrap().price, 1_350);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_shows_three_values_and_is_decided_by_a_key() {
    let mut scene = Scene::open().await;
    scene.keys(&PRICE).keys(&[KeyCode::Backspace]).types("9");
    scene.colleague.changes::<Product>("delorean_donut", "price = 150").await.unwrap();
    scene.until(|app| !app.conflicts().is_empty()).await;

    // Nothing is saved while there is something to decide.
    scene.control('s');
    let line = scene.line("▌ Price");
    let values = ["135", "139", "150"].map(|value| line.find(value));
    assert!(values.is_sorted() && values[0].is_some(), "{line}");

    scene.types("m").control('s');
    scene.until_said("Saved").await;
    assert_eq!(scene.colleague.reads::<Product>("delorean_donut").await.unwrap().price, 139);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_somebody_deletes_can_be_brought_back() {
    let mut scene = Scene::open().await;
    scene.keys(&PRICE).types("0");
    scene.colleague.deletes("product", "DeLorean Doughnut").await.unwrap();
    scene.until_said("Deleted").await;

    scene.control('b');

    scene.until_said("Created").await;
    assert_eq!(scene.app.sheet().len(), 5);
    assert!(scene.line("▌ DeLorean Doughnut").contains("1350"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_record_is_there_before_it_is_saved_and_a_deleted_one_is_gone() {
    let mut scene = Scene::open().await;

    scene.types("nCake");
    assert!(scene.screen(100, 34).contains("▌+Cake") && scene.screen(100, 34).contains("not saved yet"));
    scene.control('s');
    scene.until_said("Created").await;
    assert_eq!(scene.app.sheet().len(), 6);

    scene.keys(&[KeyCode::Esc]).types("d");
    assert!(scene.screen(100, 34).contains("Delete Cake?"));
    scene.types("y");
    assert_eq!(scene.until_said("Deleted").await, "Cake is gone, by you");
    scene.until(|app| app.sheet().len() == 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_rows_says_how_to_make_one() {
    let mut scene = Scene::open().await;
    scene.colleague.runs("DELETE product").await.unwrap();

    scene.until(|app| app.sheet().len() == 0).await;

    assert!(scene.line("no rows").contains("n makes one"));
    scene.keys(&[KeyCode::Enter]).types("d").control('s').types("nCake").control('s');
    scene.until_said("Created").await;
    assert!(scene.line("▌ Cake").contains("100"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_does_not_fit_is_shown_apart_and_left_alone() {
    let mut scene = Scene::open().await;
    let statement = "DEFINE FIELD OVERWRITE price ON product TYPE int | string;
        UPDATE product:sea_pie SET price = 'ask Doc'";
    scene.colleague.runs(statement).await.unwrap();

    scene.until(|app| !app.sheet().rejected().is_empty()).await;

    assert!(scene.line("kept apart").contains("sea_pie"));
    assert!(scene.screen(110, 34).contains("expected i64"), "the reason is shown to its end");
    assert_eq!(scene.app.sheet().len(), 4);
    assert!(scene.colleague.reads::<Product>("sea_pie").await.unwrap_err().to_string().contains("ask Doc"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_stops_fitting_is_not_called_deleted_and_what_was_typed_stays() {
    let mut scene = Scene::open().await;
    scene.keys(&PRICE).types("0");
    let statement = "DEFINE FIELD OVERWRITE price ON product TYPE int | string;
        UPDATE product:delorean_donut SET price = 'ask Doc'";
    scene.colleague.runs(statement).await.unwrap();

    let said = scene.until_said("Kept apart").await;

    assert!(said.contains("does not fit; what you have is kept here") && said.contains("ask Doc"), "{said}");
    assert!(scene.line("▌Price").contains("1350"), "{}", scene.line("▌Price"));
    assert!(scene.screen(100, 34).contains("does not fit any more"));
    assert!(scene.line("product  they").contains("DeLorean Doughnut does not fit any more"));

    scene.colleague.runs("UPDATE product:delorean_donut SET price = 150").await.unwrap();
    scene.until_said("Conflict").await;
    assert!(scene.line("theirs").contains("150"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_asked_about_a_record_that_goes_is_asked_no_more() {
    let mut scene = Scene::open().await;
    scene.types("d");
    scene.colleague.deletes("product", "DeLorean Doughnut").await.unwrap();
    scene.until(|app| app.sheet().len() == 4).await;

    scene.types("y");

    assert!(!scene.screen(100, 34).contains("Delete "));
    assert!(scene.colleague.reads::<Product>("flux_cupcake").await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_into_a_record_that_goes_lands_in_no_other() {
    let mut scene = Scene::open().await;
    scene.keys(&PRICE);
    scene.colleague.deletes("product", "DeLorean Doughnut").await.unwrap();
    scene.until(|app| app.sheet().len() == 4).await;

    scene.types("9");

    assert!(!scene.screen(100, 34).contains("modified"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_decides_the_conflict_that_is_shown_also_where_another_comes_before_it() {
    let mut scene = Scene::open().await;
    scene.keys(&[KeyCode::Enter]).types(" mine").keys(&[KeyCode::Down]).types("9");
    scene.colleague.changes::<Product>("delorean_donut", "price = 150").await.unwrap();
    scene.until(|app| !app.conflicts().is_empty()).await;
    scene.control('o');
    scene.colleague.changes::<Product>("delorean_donut", "name = 'Theirs'").await.unwrap();
    scene.until(|app| app.conflicts().len() == 2).await;

    scene.types("t");

    let left: Vec<_> = scene.app.conflicts().into_iter().map(|(_, field)| (field.label, field.text)).collect();
    assert_eq!(left, [("Name", "DeLorean Doughnut mine".to_owned())]);
    assert!(scene.line("▌ Name").contains("Theirs"), "it is the next one to decide");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changes_while_one_types_there_is_not_overwritten_unseen() {
    let mut scene = Scene::open().await;
    scene.keys(&PRICE).types("x");
    scene.colleague.changes::<Product>("delorean_donut", "price = 150").await.unwrap();
    scene.until(|app| app.news.iter().any(|(_, news)| news.text.contains("150"))).await;

    scene.keys(&[KeyCode::Backspace]).types("9").control('s');

    scene.until_said("Conflict").await;
    assert_eq!(scene.colleague.reads::<Product>("delorean_donut").await.unwrap().price, 150);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_being_typed_keeps_its_point_when_somebody_changes_another_field() {
    let mut scene = Scene::open().await;
    scene.keys(&[KeyCode::Tab, KeyCode::Enter]);
    while !scene.screen(100, 34).contains("▌Balance") {
        scene.keys(&[KeyCode::Down]);
    }
    scene.types(".");
    scene.colleague.changes::<Client>("biff", "phone = '555-0199'").await.unwrap();
    scene.until(|app| app.form().is_some_and(|form| form.fields().iter().any(|field| field.text == "555-0199"))).await;

    scene.types("5").control('s');
    scene.types("0");
    scene.until_said("Saved").await;

    assert!(scene.line("▌Balance").contains(".50"), "{}", scene.line("▌Balance"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_space_turns_what_is_yes_or_no_and_is_a_space_in_text() {
    let mut scene = Scene::open().await;

    scene.types("ntrue love");
    assert!(scene.line("▌Name").contains("true love"));

    scene.keys(&[KeyCode::Esc, KeyCode::Tab, KeyCode::Tab, KeyCode::Enter]);
    while !scene.screen(100, 34).contains("▌Delivered") {
        scene.keys(&[KeyCode::Down]);
    }
    let delivered = |scene: &Scene| {
        let fields = scene.app.form().map(Form::fields).unwrap_or_default();
        fields.into_iter().find(|field| field.label == "Delivered").map(|field| field.text)
    };
    assert_eq!(delivered(&scene).as_deref(), Some("true"));
    scene.types(" ");
    assert_eq!(delivered(&scene).as_deref(), Some("false"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pasted_is_one_text_in_the_field_where_one_is_and_nothing_in_the_list() {
    let mut scene = Scene::open().await;
    let records = scene.app.sheet().rows(Instant::now()).len();

    scene.app.paste("dynamo\n");
    assert_eq!((scene.app.focus, scene.app.sheet().rows(Instant::now()).len()), (Focus::List, records));

    scene.keys(&[KeyCode::Enter, KeyCode::Home]);
    scene.app.paste("Crème\r\nbrûlée ");
    scene.types("à la ");
    assert!(scene.line("▌Name").contains("Crème brûlée à la DeLorean"), "{}", scene.line("▌Name"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_record_that_is_being_saved_is_not_thrown_away() {
    let mut scene = Scene::open().await;

    scene.types("nCake").control('s').keys(&[KeyCode::Esc]).types("dy");

    assert_eq!(scene.app.words.as_ref().map(|words| words.name), Some("Wait"));
    scene.until_said("Created").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_says_what_of_it_is_not_saved_where_one_has_typed_on() {
    let mut scene = Scene::open().await;
    scene.keys(&PRICE).types("0").control('s').types("7");
    assert!(scene.until_said("Saved").await.ends_with("what you have typed since is not saved: Price"));

    scene.keys(&[KeyCode::Esc, KeyCode::Tab, KeyCode::Enter, KeyCode::Down]).types("X").control('s').types("YZ");
    let said = scene.until_said("PartialSave").await;
    assert!(said.contains("biff@hillvalley.exampleX → biff@hillvalley.examplex"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_value_yet_is_kept_where_one_keeps_ones_own() {
    let mut scene = Scene::open().await;
    scene.keys(&PRICE).types("0");
    scene.colleague.changes::<Product>("delorean_donut", "price = 150").await.unwrap();
    scene.until(|app| !app.conflicts().is_empty()).await;
    scene.types("x").control('o');

    scene.types("m");

    assert!(scene.line("▌Price").contains("1350x"), "{}", scene.line("▌Price"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_has_made_of_a_value_is_taken_by_a_key() {
    let mut scene = Scene::open().await;
    scene.keys(&[KeyCode::Tab, KeyCode::Enter, KeyCode::Down]).types("X").control('s');

    assert!(scene.until_said("PartialSave").await.ends_with("biff@hillvalley.examplex; ^R in the field takes that"));
    assert!(scene.line("▌Email").contains("biff@hillvalley.exampleX"), "{}", scene.line("▌Email"));

    scene.control('r');
    assert!(scene.line("▌Email").contains("biff@hillvalley.examplex") && !scene.screen(100, 34).contains("modified"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_record_of_which_the_store_makes_something_else_says_so() {
    let mut scene = Scene::open().await;
    scene.keys(&[KeyCode::Tab]).types("nEmmett").keys(&[KeyCode::Down]).types("EMMETT@hillvalley.example").control('s');

    let said = scene.until_said("Created").await;

    assert!(said.contains("the store made of it: ") && said.contains("emmett@hillvalley.example"), "{said}");
    assert!(scene.line("▌Email").contains("EMMETT@hillvalley.example"), "{}", scene.line("▌Email"));
    scene.control('r');
    assert!(scene.line("▌Email").contains("emmett@hillvalley.example") && !scene.screen(100, 34).contains("modified"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_stays_in_sight_also_where_a_letter_takes_two_columns() {
    let mut scene = Scene::open().await;

    scene.types("n").types(&"寿司".repeat(30)).types("ケーキ");

    // The screen of a test has a space after each letter that takes two columns.
    let typed = scene.line("▌Name").replace(' ', "");
    assert!(typed.contains("司ケーキ"), "{typed}");
    let screen = scene.screen(100, 34);
    let row = screen.lines().find(|line| line.contains("▌+寿")).unwrap();
    assert!(row.contains('…') && row.contains(" 0"), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_shown_with_its_reason_until_it_is_back() {
    let (mut scene, link) = Scene::open_with_a_link().await;

    link.cut();
    scene.until(|app| matches!(app.sheet().state(), SyncState::Lost { .. })).await;

    assert!(scene.line("Hill Valley Bakery").contains("● lost for 0 s, trying again"));
    assert!(scene.line(" lost  ").contains("could not follow"), "{}", scene.line(" lost  "));
    assert!(scene.screen(40, 12).contains("● lost"));
    // The others have links of their own.
    scene.keys(&[KeyCode::Tab]);
    assert!(scene.line("Hill Valley Bakery").contains("● live"));

    scene.keys(&[KeyCode::BackTab]);
    scene.colleague.changes::<Product>("delorean_donut", "price = 150").await.unwrap();
    link.restore();
    scene.until(|app| matches!(app.sheet().state(), SyncState::Live(_))).await;
    assert!(scene.line("Hill Valley Bakery").contains("● live"));
    assert!(scene.line("▌ DeLorean Doughnut").contains("150"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_colleagues_trouble_is_shown_and_the_screen_goes_on() {
    let mut scene = Scene::open().await;

    scene.app.trouble = Some("the cash desk is locked".to_owned());

    assert!(scene.line("Hill Valley Bakery").contains("colleague held up"));
    assert!(scene.line(" Colleague  ").contains("held up: the cash desk is locked"));
    scene.keys(&PRICE).types("9");
    assert!(scene.line("▌Price").contains("1359"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_says_what_is_left_to_save_and_long_values_are_shown_whole() {
    let mut scene = Scene::open().await;
    scene.keys(&[KeyCode::Enter]).types(", glazed and filled with plutonium");
    scene.colleague.changes::<Product>("delorean_donut", "name = 'Doughnut'").await.unwrap();
    scene.until(|app| !app.conflicts().is_empty()).await;

    scene.control('o');
    let screen = scene.screen(80, 24);
    assert!(screen.contains("it was") && screen.contains("theirs") && screen.contains("utonium"), "{screen}");

    scene.types("t");
    assert_eq!(scene.until_said("Decided").await, "you have what the store has");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_can_be_of_any_size_and_always_says_how_the_connection_stands() {
    let mut scene = Scene::open().await;
    scene.keys(&PRICE).types("9");
    scene.colleague.changes::<Product>("delorean_donut", "price = 150").await.unwrap();
    scene.until(|app| !app.conflicts().is_empty()).await;

    for keys in [&[KeyCode::Esc][..], &[KeyCode::Char('q')], &[KeyCode::Char('n'), KeyCode::Char('d')], &PRICE] {
        scene.keys(keys);
        for (width, height) in [(1, 1), (10, 4), (40, 12), (300, 100)] {
            scene.screen(width, height);
        }
        assert!(scene.screen(80, 24).contains("● live"));
    }
    scene.keys(&[KeyCode::Esc]);
    for (width, height) in [(30, 10), (40, 12), (60, 16)] {
        let screen = scene.screen(width, height);
        assert!(["d delete", "q quit"].iter().all(|key| screen.contains(key)), "{screen}");
    }
    scene.control('o');
    scene.screen(10, 4);
}
