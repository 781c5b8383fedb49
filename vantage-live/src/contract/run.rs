//! Running cases: all of them with a report, or one as a test.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::Store;
use super::feed::Feeding;
use super::support::{assert_unsupported, record};
use crate::feed::Feed;
use crate::value::{Capabilities, Guard, Id, Patch, RwValueSet};

/// How long a case may take before it counts as stuck: the longest takes a few seconds on a slow machine.
const PATIENCE: Duration = Duration::from_mins(10);

/// One case of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The module it stands in.
    pub subject: &'static str,
    /// Its name: what the store promises.
    pub name: &'static str,
    /// What the store must be able to do for it.
    pub needs: Need,
    #[doc(hidden)]
    pub body: for<'s> fn(&'s Store) -> BoxFuture<'s, ()>,
}

/// What a store must be able to do for a case to apply. Where it says that it cannot, the case examines in its place that
/// the store answers with [`Unsupported`](crate::ValueErrorKind::Unsupported) instead of pretending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Need {
    /// Nothing that is not every store's.
    Nothing,
    /// [`Capabilities::client_ids`].
    ClientIds,
    /// [`Capabilities::patch`].
    Patch,
    /// [`Capabilities::guarded_write`] and [`Capabilities::patch`].
    GuardedWrite,
}

/// Which cases passed and which did not.
#[derive(Clone, Debug, Default)]
#[must_use = "a report that nobody reads proves nothing"]
pub struct Report {
    /// How many passed.
    pub passed: usize,
    /// Those that did not.
    pub failures: Vec<Failure>,
}

/// A case that a store did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `subject::name` of the case.
    pub case: String,
    /// What was found and what the contract wants.
    pub message: String,
}

/// Every case of the contract.
#[must_use]
pub fn cases() -> &'static [Case] {
    crate::__contract_cases!(list)
}

/// Runs every case, one after another, each on the empty value set that `fresh` makes for it. Wants a tokio runtime.
///
/// ```
/// use vantage_live::{ImTable, contract};
///
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// let report = contract::run(async || ImTable::new("contract")).await;
/// assert!(report.is_clean(), "{report}");
/// # });
/// ```
pub async fn run<S: RwValueSet + 'static>(fresh: impl AsyncFn() -> S) -> Report {
    let mut report = Report::default();
    for case in cases() {
        let attempt = async { case.examine(&(Arc::new(fresh().await) as Store)).await };
        match AssertUnwindSafe(attempt).catch_unwind().await {
            Ok(()) => report.passed += 1,
            Err(panic) => report.failures.push(Failure { case: case.to_string(), message: message(&*panic) }),
        }
    }
    report
}

/// What a generated test does.
#[doc(hidden)]
pub fn run_as_test<S: RwValueSet + 'static>(subject: &str, name: &str, fresh: impl AsyncFnOnce() -> S) {
    let case = cases().iter().find(|case| case.subject == subject && case.name == name);
    let Some(case) = case else { panic!("the contract has no case `{subject}::{name}`") };
    on_a_runtime(async { case.examine(&(Arc::new(fresh().await) as Store)).await });
}

/// What a generated test of a feed does.
#[doc(hidden)]
pub fn run_feed_case<S: RwValueSet + 'static, F: Feed + 'static>(
    case: impl AsyncFnOnce(&Feeding),
    fresh: impl AsyncFnOnce() -> (S, F),
) {
    on_a_runtime(async {
        let (store, feed) = fresh().await;
        let feeding = Feeding { store: Arc::new(store), feed: Arc::new(feed) };
        let Ok(()) = tokio::time::timeout(PATIENCE, case(&feeding)).await else {
            panic!("the case is stuck: it has not ended within {PATIENCE:?}");
        };
    });
}

fn on_a_runtime(test: impl Future<Output = ()>) {
    match tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build() {
        Ok(runtime) => runtime.block_on(test),
        Err(error) => panic!("no tokio runtime for the case: {error}"),
    }
}

impl Case {
    /// Examines an empty store.
    ///
    /// # Panics
    /// Where the store breaks the promise, with what it did and what the contract wants.
    pub async fn examine(&self, store: &Store) {
        let attempt = async {
            if self.needs.are_met_by(&store.capabilities()) {
                (self.body)(store).await;
            } else {
                self.needs.are_refused_by(store).await;
            }
        };
        let Ok(()) = tokio::time::timeout(PATIENCE, attempt).await else {
            panic!("`{self}` is stuck: it has not ended within {PATIENCE:?}");
        };
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.subject, self.name)
    }
}

impl Need {
    fn are_met_by(self, can: &Capabilities) -> bool {
        match self {
            Need::Nothing => true,
            Need::ClientIds => can.client_ids,
            Need::Patch => can.patch,
            Need::GuardedWrite => can.patch && can.guarded_write,
        }
    }

    /// Asserts that `store` says that it cannot, and leaves itself as it was.
    async fn are_refused_by(self, store: &Store) {
        let id = Id::from("flux_cupcake");
        let patch = Patch::new().set("price", 130);
        let guard = Guard::Exists.and("price", None);
        match self {
            Need::Nothing => {}
            Need::ClientIds => {
                let answer = store.insert_id_value(&id, record(&serde_json::json!({"price": 120}))).await;
                assert_unsupported("an insert under an id of the client's", &answer);
            }
            Need::Patch => assert_unsupported("a patch", &store.write(&id, &patch, &Guard::Nothing).await),
            Need::GuardedWrite => {
                assert_unsupported("a guarded write", &store.write(&id, &patch, &guard).await);
                assert_unsupported("a guarded delete", &store.delete_id(&id, &guard).await);
            }
        }
        let count = store.count().await.expect("counting");
        assert_eq!(count, 0, "what a store cannot do leaves no record behind");
    }
}

impl Report {
    /// Whether every case passed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty()
    }

    /// Panics unless every case passed.
    ///
    /// # Panics
    /// With the failures.
    pub fn assert_clean(&self) {
        assert!(self.is_clean(), "{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cases passed, {} failed", self.passed, self.failures.len())?;
        for Failure { case, message } in &self.failures {
            write!(f, "\n{case}: {message}")?;
        }
        Ok(())
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "panicked without a message".to_owned(),
    }
}

/// The answer of a task that a case has spawned; its panic is the case's own.
pub(super) async fn joined<T>(task: tokio::task::JoinHandle<T>) -> T {
    match task.await {
        Ok(answer) => answer,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(error) => panic!("a task of the case was cancelled: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::cases;

    /// A case that stands in a file and not in the list would never run.
    #[test]
    fn every_case_is_in_the_list() {
        let files = [
            ("batch", include_str!("batch.rs")),
            ("concurrency", include_str!("concurrency.rs")),
            ("delete", include_str!("delete.rs")),
            ("guard", include_str!("guard.rs")),
            ("guarded_delete", include_str!("guarded_delete.rs")),
            ("ids", include_str!("ids.rs")),
            ("insert", include_str!("insert.rs")),
            ("minted", include_str!("minted.rs")),
            ("names", include_str!("names.rs")),
            ("patch", include_str!("patch.rs")),
            ("read", include_str!("read.rs")),
            ("replace", include_str!("replace.rs")),
            ("stream", include_str!("stream.rs")),
            ("unguarded", include_str!("unguarded.rs")),
            ("values", include_str!("values.rs")),
            ("write", include_str!("write.rs")),
        ];

        let written: BTreeSet<String> = files
            .iter()
            .flat_map(|(subject, text)| written_in(text).map(move |name| format!("{subject}::{name}")))
            .collect();

        assert_eq!(written, cases().iter().map(ToString::to_string).collect());
    }

    #[test]
    fn every_case_of_a_feed_is_in_the_list() {
        let list = include_str!("list.rs");

        let forgotten: Vec<&str> = written_in(include_str!("feed/mod.rs"))
            .filter(|name| !list.lines().any(|line| line.trim() == *name))
            .collect();

        assert_eq!(forgotten, [""; 0]);
    }

    fn written_in(text: &str) -> impl Iterator<Item = &str> {
        text.lines().filter_map(|line| Some(line.strip_prefix("pub async fn ")?.split_once('(')?.0))
    }
}
