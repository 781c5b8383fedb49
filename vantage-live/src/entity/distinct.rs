//! Whether all names in the object that an entity is written as are different, found out while a program is compiled. The
//! compiler gives up on what takes it long, so that no name is compared with all others.

#![expect(clippy::indexing_slicing, reason = "const code, and each index is bounded by the loop around it")]

use super::{Own, Role};

impl Own {
    /// How many places [`is_distinct_at`](Self::is_distinct_at) needs: more than there are names, so that one always stays free.
    #[must_use]
    pub const fn places(&self) -> usize {
        2 * self.count() + 1
    }

    /// The names that the entity's fields have in the object that it is written as, those that are only read included, and
    /// that of the tag.
    const fn count(&self) -> usize {
        let (mut count, mut at) = (self.fields.len() + 1, 0);
        while at < self.aliases.len() {
            count += self.aliases[at].1.len();
            at += 1;
        }
        at = 0;
        while at < self.roles.len() {
            if let Role::Flat(own) = &self.roles[at].1 {
                count += own.count();
            }
            at += 1;
        }
        count
    }

    /// Whether no field of the entity that is spread over the record at this place has a name which another field has: serde
    /// would write one over the other, or read it for the other. The first place where one has is the one that is said.
    #[must_use]
    pub const fn is_distinct_at<const PLACES: usize>(&self, place: usize) -> bool {
        let places = &mut [""; PLACES];
        // What two of these share is told where the entity is derived.
        self.take_own(places);
        let mut at = 0;
        while at <= place {
            if let Some(Role::Flat(own)) = self.role(at)
                && !own.take_places(places)
            {
                return at != place;
            }
            at += 1;
        }
        true
    }

    /// Gives each name a place of its own, unless one is there already.
    const fn take_places(&self, places: &mut [&'static str]) -> bool {
        let (mut is_new, mut at) = (self.take_own(places), 0);
        while at < self.fields.len() {
            if let Some(Role::Flat(own)) = self.role(at) {
                is_new &= own.take_places(places);
            }
            at += 1;
        }
        is_new
    }

    /// The same, of what is not spread over the record.
    const fn take_own(&self, places: &mut [&'static str]) -> bool {
        let (mut is_new, mut at) = (take_place(places, self.tag), 0);
        while at < self.fields.len() {
            is_new &= match self.role(at) {
                Some(Role::Flat(_) | Role::Rest) => true,
                _ => take_place(places, self.fields[at][1]),
            };
            at += 1;
        }
        at = 0;
        while at < self.aliases.len() {
            let (aliases, mut alias) = (self.aliases[at].1, 0);
            while alias < aliases.len() {
                is_new &= take_place(places, aliases[alias]);
                alias += 1;
            }
            at += 1;
        }
        is_new
    }
}

/// Whether the name was not there before; the empty one is none.
const fn take_place(places: &mut [&'static str], name: &'static str) -> bool {
    if name.is_empty() {
        return true;
    }
    let mut at = number(name.as_bytes()) % places.len();
    while !places[at].is_empty() {
        if is_same(places[at].as_bytes(), name.as_bytes()) {
            return false;
        }
        at = (at + 1) % places.len();
    }
    places[at] = name;
    true
}

/// A number that few names share, as Fowler, Noll and Vo make it.
const fn number(name: &[u8]) -> usize {
    let (mut number, mut at) = (0x811c_9dc5_u32, 0);
    while at < name.len() {
        number = (number ^ name[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    number as usize
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INNER: Own = Own {
        aliases: &[(0, &["kind"])],
        tag: "type",
        ..Own::leaves(&[["name", "name", "", ""], ["size", "", "", ""]])
    };

    /// An entity of one field, which may be called as something in the inner one, with that one spread beside it.
    const fn around(name: &'static [[&'static str; 4]; 2]) -> Own {
        Own { roles: &[(1, Role::Flat(INNER))], ..Own::leaves(name) }
    }

    fn is_distinct(own: &Own) -> bool {
        // As many as the cases need.
        assert!(own.places() < 50);
        own.take_places(&mut [""; 50])
    }

    #[test]
    fn a_name_that_is_there_twice_is_found() {
        assert!(is_distinct(&INNER));
        assert!(is_distinct(&around(&[["own", "own", "", ""], ["inner", "name", "", ""]])));
        assert!(!is_distinct(&around(&[["own", "name", "", ""], ["inner", "inner", "", ""]])));
        assert!(!is_distinct(&around(&[["own", "kind", "", ""], ["inner", "inner", "", ""]])));
        assert!(!is_distinct(&around(&[["own", "type", "", ""], ["inner", "inner", "", ""]])));
    }

    #[test]
    fn a_name_that_is_there_twice_is_said_where_it_comes_second() {
        const SIZE: Own = Own::leaves(&[["size", "size", "", ""]]);
        const NAME: Own = Own::leaves(&[["name", "name", "", ""]]);
        const FIELDS: &[[&str; 4]] = &[["size", "size", "", ""], ["a", "a", "", ""], ["b", "b", "", ""]];
        let said = |roles: &'static [(usize, Role)]| {
            let own = Own { roles, ..Own::leaves(FIELDS) };
            [1, 2].map(|place| !own.is_distinct_at::<20>(place))
        };

        assert_eq!(said(&[(1, Role::Flat(SIZE)), (2, Role::Flat(NAME))]), [true, false]);
        assert_eq!(said(&[(1, Role::Flat(NAME)), (2, Role::Flat(SIZE))]), [false, true]);
        assert_eq!(said(&[(1, Role::Flat(NAME)), (2, Role::Flat(NAME))]), [false, true]);
        assert_eq!(said(&[(1, Role::Flat(SIZE)), (2, Role::Flat(SIZE))]), [true, false]);
    }

    #[test]
    fn names_that_differ_at_the_end_alone_are_different() {
        let own = Own::leaves(&[["", "line_1", "", ""], ["", "line_2", "", ""], ["", "line_", "", ""]]);

        assert!(is_distinct(&own));
    }
}
