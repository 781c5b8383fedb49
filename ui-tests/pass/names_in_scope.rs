//! Names in scope that generated code could take for its own: a pattern `name` is a unit struct or a constant where there
//! is one of that name, a lifetime may not stand for two, and a method may be another trait's.

#![deny(warnings)]
#![allow(dead_code, reason = "what is derived is looked at, not every field")]

/// What `$kind` makes of every name that a function of ours might have used.
macro_rules! with_every_name {
    ($kind:ident) => {
        $kind! {
            all arm at base bit bits changed conflict conflicts count deserializer each entity f field fields first flags
            formatter from id index info inner item items key label leaf leaves local name one other others place record
            remote row same self_ serializer set show shown state table this to ty value values variant wire x y z
        }
    };
}

/// As after `use schema::posts::dsl::*` in a program with diesel.
mod units {
    use serde::{Deserialize, Serialize};
    use vantage_live::{Id, LiveEntity};

    macro_rules! units {
        ($($name:ident)*) => {
            $(#[allow(non_camel_case_types)]
            pub struct $name;)*
        };
    }

    with_every_name!(units);

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Post {
        #[live(id)]
        pub id: Id,
        pub name: String,
        #[live(eq = f64::eq)]
        pub weight: f64,
        pub body: Option<String>,
        #[live(nested)]
        pub author: Author,
        #[live(nested, readonly)]
        pub editor: Option<Author>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Author {
        pub email: String,
        #[live(readonly)]
        pub age: u8,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Pair<T> {
        pub one: T,
        pub other: T,
    }
}

mod constants {
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    macro_rules! constants {
        ($($name:ident)*) => {
            $(#[allow(non_upper_case_globals)]
            pub const $name: u8 = 1;)*
        };
    }

    with_every_name!(constants);

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Post {
        #[live(id)]
        pub key: String,
        pub title: String,
        #[live(nested)]
        pub author: Author,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Author {
        pub email: String,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Pair<T> {
        pub one: T,
        pub two: T,
    }
}

#[allow(non_upper_case_globals)]
mod parameters {
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Named<T, const fields: usize, const from: usize, const f: usize, const bits: usize> {
        pub first: std::marker::PhantomData<[T; fields]>,
        pub second: std::marker::PhantomData<[u8; from]>,
        pub third: std::marker::PhantomData<[u8; f]>,
        pub fourth: std::marker::PhantomData<[T; bits]>,
    }
}

mod lifetimes {
    use std::marker::PhantomData;

    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    pub trait Apt<'a> {}

    impl Apt<'_> for u8 {}

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct InAField {
        pub e: PhantomData<for<'e> fn(&'e str) -> &'e str>,
        pub c: PhantomData<for<'c> fn(&'c str) -> &'c str>,
        pub own: PhantomData<for<'__v> fn(&'__v str) -> &'__v str>,
        pub v: PhantomData<for<'v> fn(&'v str) -> &'v str>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Raw {
        pub e: PhantomData<for<'r#e> fn(&'r#e str) -> &'r#e str>,
        pub c: PhantomData<for<'r#c> fn(&'r#c str) -> &'r#c str>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct InABound<T: for<'c> Apt<'c> + for<'v> Apt<'v>> {
        pub one: T,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct InAClause<T>
    where
        for<'e> T: Apt<'e>,
    {
        pub one: T,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct InANestedType {
        #[live(nested)]
        pub inner: With<for<'e> fn(&'e str, PhantomData<for<'c> fn(&'c str)>)>,
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct With<T> {
        pub of: PhantomData<T>,
    }
}

mod methods {
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    /// For every type, by reference: these would be found first.
    pub trait ByReference {
        fn same(&self, _: &Self) -> bool {
            false
        }

        fn shown(&self) {}
    }

    impl<T: ?Sized> ByReference for T {}

    /// And by value.
    pub trait ByValue: Sized {
        fn same(self, _: Self) -> bool {
            false
        }

        fn shown(self) {}
    }

    impl<T> ByValue for T {}

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct Row<T> {
        pub name: String,
        pub weight: f64,
        #[live(eq = other)]
        pub of_a_function: i64,
        pub other: T,
    }

    /// With a name that a parameter might have.
    fn other(one: &i64, other: &i64) -> bool {
        one == other
    }
}

pub(super) fn main() {
    use methods::{Row, RowField};
    use units::{Author, Post, PostField};
    use vantage_live::LiveEntity;

    let author = Author { email: String::new(), age: 1 };
    let post = Post { id: 1.into(), name: "a".into(), weight: 1.0, body: None, author: author.clone(), editor: None };
    let named = Post { name: "b".into(), editor: Some(author), ..post.clone() };
    let changed = post.diff(&named);
    assert!(changed.contains(PostField::Name) && changed.iter().count() == 2);
    assert_eq!(format!("{:?}", Post::change(PostField::Name, &post, &named)), r#"Name { from: "a", to: "b" }"#);
    let conflicts = Post::conflicts(changed, &post, &named, &post);
    assert_eq!(conflicts.name.map(|name| name.local), Some("b".to_owned()));

    let row = Row { name: "a".to_owned(), weight: f64::NAN, of_a_function: 1, other: 1 };
    assert!(row.diff(&row).is_empty());
    assert_eq!(row.diff(&Row { other: 2, ..row.clone() }), RowField::Other.into());
}
