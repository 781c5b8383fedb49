//! The program as a person runs it: the story as text, and what it says where it cannot go on.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

const PASSWORD: &str = "great-scott";

fn bakery(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bakery"));
    command.args(arguments).env_remove("BAKERY_PASSWORD").stdin(Stdio::null()).output().unwrap()
}

/// That the program ends with 1 and one sentence, and the sentence.
fn refuses(arguments: &[&str]) -> String {
    let output = bakery(arguments);
    let (said, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {error}");
    assert_eq!((said.as_str(), error.lines().count()), ("", 1), "{arguments:?}: {error}");
    assert!(!error.contains(PASSWORD), "{error}");
    error
}

fn until(what: &str, mut so: impl FnMut() -> bool) {
    let give_up = Instant::now() + Duration::from_mins(1);
    while !so() {
        assert!(Instant::now() < give_up, "waited in vain until {what}");
        sleep(Duration::from_millis(20));
    }
}

/// A server of our own, which ends with the test.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Self {
        // Somebody else may take the port before the server does: then it ends, and has another one.
        (0..10).find_map(|_| Server::on_a_port()).expect("a server at one of ten ports")
    }

    fn on_a_port() -> Option<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_bakery"))
            .args(["start", "--no-banner", "--log", "none", "--bind", &address.to_string(), "memory"])
            .envs([("SURREAL_USER", "root"), ("SURREAL_PASS", PASSWORD)])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut server = Server { child, url: format!("ws://{address}") };
        let mut ended = false;
        until("the server is ready", || {
            let ready = is_ready(address).unwrap_or(false);
            ended = server.child.try_wait().unwrap().is_some();
            ready || ended
        });
        (!ended).then_some(server)
    }
}

/// Whether the server serves: it listens some time before that.
fn is_ready(server: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(b"GET /ready HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.contains(" 200 "))
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the story says, when it ends well.
static STORY: LazyLock<String> = LazyLock::new(|| {
    let output = bakery(&["--script"]);
    let (story, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((output.status.code(), error.as_str()), (Some(0), ""), "{story}");
    story
});

/// The text with every time in it made the same.
fn without_times(text: &str) -> String {
    let is_time = |word: &&str| word.starts_with("20") && word.ends_with('Z');
    text.split(' ').flat_map(|word| word.split_inclusive('\n')).fold(String::new(), |mut text, word| {
        text.push_str(if is_time(&word.trim_end()) { "TIME" } else { word.trim_end() });
        text.push(if word.ends_with('\n') { '\n' } else { ' ' });
        text
    })
}

#[test]
fn the_story_brings_about_every_outcome() {
    for outcome in [
        "Saved",
        "Created",
        "PartialSave",
        "Conflict",
        "Deleted",
        "Rejected",
        "Unreachable",
        "OutcomeUnknown",
        "Changed",
        "lost",
        "live",
    ] {
        let line = format!("   =>         {outcome}: ");
        assert!(STORY.lines().any(|said| said.starts_with(&line)), "{outcome} is missing in\n{}", *STORY);
    }
    // What was missed while the connection was lost, and a row with both changes of one record.
    let gap =
        STORY.split("Your connection is cut").nth(1).and_then(|rest| rest.split("=>         live").nth(1)).unwrap();
    assert!(gap.lines().any(|said| said.starts_with("   table      Time Traveler Tart: Price ")), "{}", *STORY);
    assert!(STORY.contains("row        Flux Capacitor Cupcake: Price 130, Inventory: Stock 47"), "{}", *STORY);
}

#[test]
fn no_chapter_says_beforehand_what_comes_of_it() {
    let titles: Vec<_> = STORY.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())).collect();
    assert_eq!(titles.len(), 11, "{titles:?}");

    for word in ["saved", "conflict", "lost", "kept", "refuse", "told", "shown", "twice", "live again"] {
        assert!(!titles.iter().any(|title| title.to_lowercase().contains(word)), "{word}: {titles:?}");
    }
}

#[test]
fn the_readme_has_the_story_as_it_is_printed() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let shown = readme.split("<!-- transcript").nth(1).and_then(|rest| rest.split("```text\n").nth(1));
    let shown = shown.and_then(|rest| rest.split("```").next()).unwrap();

    let chapters: Vec<_> = shown.split("\n\n").collect();

    assert_eq!(chapters.len(), 2, "{shown}");
    for chapter in chapters {
        let (told, chapter) = (without_times(&STORY), without_times(&format!("\n{}\n", chapter.trim())));
        assert!(told.contains(&chapter), "the README has\n{chapter}\nand the story is\n{told}");
    }
}

#[test]
fn it_says_in_a_sentence_what_it_cannot_do_without_a_server() {
    assert!(refuses(&["--table", "cakes"]).contains("the tables are product, client, order, bakery"));
    assert!(refuses(&[]).contains("--script"));
    assert!(refuses(&["--url", "http://127.0.0.1:8000"]).contains("ws://127.0.0.1:8000"));
    assert!(refuses(&["--url", "ws://127.0.0.1:1"]).contains("was not reached"));
    assert!(refuses(&["--url", "ws://127.0.0.1:99999"]).contains("`99999` is no port"));
    assert!(refuses(&["--url", "wss://127.0.0.1:8000"]).contains("without TLS"));
    assert!(refuses(&["--picture", "/nowhere/at/all.svg"]).contains("/nowhere/at/all.svg"));
}

#[test]
fn it_says_in_a_sentence_what_is_wrong_with_a_server_and_makes_tables_only_where_there_are_none() {
    let server = Server::start();
    let with =
        |password: &str, more: &[&str]| refuses(&[&["--url", &server.url, "--password", password][..], more].concat());

    assert!(with("wrong", &["--seed"]).contains("password is wrong"));
    assert!(with(PASSWORD, &[]).contains("--seed"));
    // Seeded, and then as before: what is missing is a terminal.
    for _ in 0..2 {
        let error = with(PASSWORD, &["--seed"]);
        assert!(error.contains("terminal"), "{error}");
    }
}

#[test]
fn help_names_every_flag() {
    let help = String::from_utf8(bakery(&["--help"]).stdout).unwrap();

    for flag in ["--script", "--url", "--user", "--password", "--seed", "--colleague", "--table", "--picture"] {
        assert!(help.contains(flag), "{flag} is missing in\n{help}");
    }
}

#[test]
fn the_picture_shows_the_screen_as_it_is() {
    let file = std::env::temp_dir().join(format!("bakery-{}.svg", std::process::id()));
    assert!(bakery(&["--picture", file.to_str().unwrap()]).status.success());
    let drawn = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();

    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/screen.svg");

    let same = drawn == std::fs::read_to_string(kept).unwrap();
    assert!(same, "the screen has changed: cargo run --bin bakery -- --picture examples/bakery/screen.svg");
}

#[cfg(target_os = "linux")]
#[test]
fn the_server_of_the_story_ends_with_the_program_however_that_ends() {
    let mut story = Command::new(env!("CARGO_BIN_EXE_bakery"));
    let mut story = story.arg("--script").stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let mut server = None;
    until("the story has a server", || {
        server = child_of(story.id());
        server.is_some()
    });

    story.kill().unwrap();
    story.wait().unwrap();

    let process = std::path::PathBuf::from(format!("/proc/{}/exe", server.unwrap()));
    until("the server has ended", || std::fs::read_link(&process).is_err());
}

/// A child of a process. Not every kernel lists the children of one, but all say whose child each is.
#[cfg(target_os = "linux")]
fn child_of(process: u32) -> Option<String> {
    let of_each = std::fs::read_dir("/proc").ok()?.flatten().map(|entry| entry.path().join("stat"));
    // "1885 (its (own) name) S 1955 ...": the parent comes behind the name, which may have anything in it.
    of_each.filter_map(|stat| std::fs::read_to_string(stat).ok()).find_map(|stat| {
        let (before, after) = stat.rsplit_once(')')?;
        let parent = after.split_whitespace().nth(1)?;
        (parent == process.to_string()).then(|| before.split(' ').next().unwrap_or_default().to_owned())
    })
}
