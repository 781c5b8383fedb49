//! What stands in for the locks, atomics and swaps where interleavings are tried: the same calls, with a switch to
//! another task possible before each of them.
//!
//! What is one step by its own promise (a swap, a waker, a watched value) is one step here too.

use std::sync::{Arc, PoisonError};
use std::task::Waker;

use shuttle::sync::atomic::Ordering;

pub(crate) use shuttle::sync::MutexGuard;
pub(crate) use shuttle::sync::atomic::AtomicBool;

/// A place where another task may go on.
#[derive(Debug, Default)]
struct Point(AtomicBool);

impl Point {
    fn here(&self) {
        self.0.load(Ordering::SeqCst);
    }
}

/// As `parking_lot`'s.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(shuttle::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Self {
        Mutex(shuttle::sync::Mutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As `arc-swap`'s.
#[derive(Debug)]
pub(crate) struct ArcSwap<T> {
    point: Point,
    at: arc_swap::ArcSwap<T>,
}

impl<T> ArcSwap<T> {
    pub fn from_pointee(value: T) -> Self {
        ArcSwap { point: Point::default(), at: arc_swap::ArcSwap::from_pointee(value) }
    }

    pub fn load(&self) -> arc_swap::Guard<Arc<T>> {
        self.point.here();
        self.at.load()
    }

    pub fn load_full(&self) -> Arc<T> {
        self.point.here();
        self.at.load_full()
    }

    pub fn swap(&self, value: Arc<T>) -> Arc<T> {
        self.point.here();
        self.at.swap(value)
    }
}

/// As that of `futures`.
#[derive(Debug, Default)]
pub(crate) struct AtomicWaker {
    point: Point,
    at: futures::task::AtomicWaker,
}

impl AtomicWaker {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn register(&self, waker: &Waker) {
        self.point.here();
        self.at.register(waker);
    }

    pub fn take(&self) -> Option<Waker> {
        self.point.here();
        self.at.take()
    }
}

/// As tokio's.
pub(crate) mod watch {
    use tokio::sync::watch;
    use tokio::sync::watch::Ref;
    use tokio::sync::watch::error::RecvError;

    use super::Point;

    pub(crate) fn channel<T>(value: T) -> (Sender<T>, Receiver<T>) {
        let (sender, receiver) = watch::channel(value);
        (Sender { point: Point::default(), at: sender }, Receiver { point: Point::default(), at: receiver })
    }

    #[derive(Debug)]
    pub(crate) struct Sender<T> {
        point: Point,
        at: watch::Sender<T>,
    }

    impl<T> Sender<T> {
        pub fn new(value: T) -> Self {
            Sender { point: Point::default(), at: watch::Sender::new(value) }
        }

        pub fn send_modify(&self, modify: impl FnOnce(&mut T)) {
            self.point.here();
            self.at.send_modify(modify);
        }

        pub fn send_replace(&self, value: T) -> T {
            self.point.here();
            self.at.send_replace(value)
        }

        pub fn borrow(&self) -> Ref<'_, T> {
            self.point.here();
            self.at.borrow()
        }
    }

    impl<T> Clone for Sender<T> {
        fn clone(&self) -> Self {
            Sender { point: Point::default(), at: self.at.clone() }
        }
    }

    #[derive(Debug)]
    pub(crate) struct Receiver<T> {
        point: Point,
        at: watch::Receiver<T>,
    }

    impl<T> Receiver<T> {
        pub fn borrow(&self) -> Ref<'_, T> {
            self.point.here();
            self.at.borrow()
        }

        pub async fn changed(&mut self) -> Result<(), RecvError> {
            self.point.here();
            self.at.changed().await
        }

        pub async fn wait_for(&mut self, is: impl FnMut(&T) -> bool) -> Result<Ref<'_, T>, RecvError> {
            self.point.here();
            self.at.wait_for(is).await
        }
    }

    impl<T> Clone for Receiver<T> {
        fn clone(&self) -> Self {
            Receiver { point: Point::default(), at: self.at.clone() }
        }
    }
}
