//! The cases are in `pass` and `fail`, the command that measures the derive in `src/bin`. Here is what has to be in another
//! crate than the case that uses it: macros that write entities.

/// The library, under a name of this crate.
pub mod live {
    pub use vantage_live::*;
}

/// What entities of [`entity_of_a_macro`] hold.
pub mod models {
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    /// Who changed a record.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Stamp {
        /// The person.
        pub by: String,
    }

    /// Documented as people do it: no link is broken, and no example tested, where the derive has copied it.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Documented {
        /// The beginning; the end is [`Self::end`], and [all](Self) is a [`Documented`].
        ///
        /// ```
        /// assert!(0 < ui_tests::models::Documented::default().end + 1);
        /// ```
        pub begin: i64,
        /// The end.
        ///
        /// ```should_panic
        /// # let begin = 1;
        /// assert!(begin < 0);
        /// ```
        pub end: i64,
        /// As far as [`PRIVATE`].
        private: i64,
    }

    /// What others see of it is public in what is generated, and strange names are none of the derive's.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Reserved {
        /// In use, which [`method@Self::is_used`] is not about.
        ///
        /// - ```
        ///   assert!(ui_tests::models::Reserved::default().size + 1 > 0);
        ///   ```
        ///
        /// It's so.
        pub size: i64,
        /// For later.
        _spare: i64,
    }

    impl Reserved {
        /// Whether there is any.
        #[must_use]
        pub const fn is_used(&self) -> bool {
            self.size > 0
        }
    }

    /// Nobody sees it but [`Documented`].
    const PRIVATE: i64 = 1;

    impl Documented {
        /// Whether nobody sees it.
        #[must_use]
        pub const fn is_private(&self) -> bool {
            self.private == PRIVATE
        }
    }
}

/// A module that `pass` has as well.
pub mod macro_made {
    use serde::{Deserialize, Serialize};

    /// A type that `pass` has under the same path.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    pub struct Value(pub i64);
}

/// Derives for a struct with one type of this crate, and one of the caller's that may be spelt alike.
#[macro_export]
macro_rules! entity_of_two_crates {
    ($name:ident, $ty:ty) => {
        #[derive(
            Clone, Debug, Default, PartialEq, ::serde::Serialize, ::serde::Deserialize, $crate::live::LiveEntity,
        )]
        #[live(crate = $crate::live)]
        struct $name {
            ours: $crate::macro_made::Value,
            theirs: $ty,
        }
    };
}

/// Derives for a struct of the caller's, whose nested types are of either crate.
#[macro_export]
macro_rules! entity_of_a_macro {
    ($vis:vis struct $name:ident { $($(#[$attr:meta])* $field:ident: $ty:ty,)* } with $stamp:ident) => {
        #[derive(Clone, Debug, Default, PartialEq, ::serde::Serialize, ::serde::Deserialize, $crate::live::LiveEntity)]
        #[live(crate = $crate::live)]
        $vis struct $name {
            $($(#[$attr])* $field: $ty,)*
            #[live(nested)]
            made: $crate::models::Stamp,
            #[live(nested)]
            changed: Option<$crate::models::$stamp>,
        }
    };
}
