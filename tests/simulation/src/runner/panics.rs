//! Panics: whatever panics while a story is played breaks it, also where the library takes the panic for a program's own and
//! goes on.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::model::{Broken, Promise};

thread_local! {
    /// What has panicked on this thread, while somebody listens.
    static HEARD: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Listens as long as it lives.
pub(super) struct Ears(());

impl Ears {
    pub fn open() -> Self {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let usual = panic::take_hook();
            panic::set_hook(Box::new(move |panic| {
                let is_heard = HEARD.with_borrow_mut(|heard| {
                    heard.as_mut().map(|heard| heard.push(panic.to_string().replace('\n', " "))).is_some()
                });
                if !is_heard {
                    usual(panic);
                }
            }));
        });
        HEARD.set(Some(Vec::new()));
        Ears(())
    }

    /// Does `what`; where anything has panicked in it, that is what came of it.
    #[expect(clippy::unused_self, reason = "nothing is heard without them")]
    pub fn hear(&self, what: impl FnOnce() -> Result<(), Broken>) -> Result<(), Broken> {
        let came = panic::catch_unwind(AssertUnwindSafe(what));
        match HEARD
            .with_borrow_mut(|heard| heard.as_mut().and_then(|heard| (!heard.is_empty()).then(|| heard.remove(0))))
        {
            Some(what) => Err(Broken { promise: Promise::NoPanic, what }),
            None => came.unwrap_or_else(|_| Err(Broken { promise: Promise::NoPanic, what: "unheard".into() })),
        }
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        HEARD.set(None);
    }
}
