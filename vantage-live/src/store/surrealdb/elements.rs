//! Which native values the elements of a JSON array are written as: what is only moved is taken from where it
//! stands, as far as the guard says what stands there.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use serde_json::Value as Json;
use surrealdb::types::{Array, Value};

use super::kinds::Kind;
use super::native;
use super::plan::{Place, Plan, TooLarge, choose, plan};
use super::statement::Statement;

/// A part of an array.
#[derive(Debug)]
pub(super) enum Part {
    /// One element.
    One(Plan),
    /// The elements from one index to another, not included, of the array at this place.
    Kept(String, Range<usize>),
}

/// How many elements of an array that are not kept are decided one by one by what stands there: about 200 bytes of text
/// each.
const ONE_BY_ONE: usize = 64;

/// What to write for the elements of an array: an array, a set or bytes.
pub(super) fn array(elements: &[Json], place: Place<'_>) -> Result<Plan, TooLarge> {
    let array = elements_at(elements, place, place.present)?;
    // Planning the elements once more is for an array with something to decide: else nested arrays would be planned twice
    // at each level.
    let set = match &array {
        Plan::Value(Value::Array(array)) => native::set(array),
        _ => match elements_at(elements, place, None)? {
            Plan::Value(Value::Array(array)) => native::set(&array),
            _ => None,
        },
    };
    let mut candidates = vec![(Kind::Array, array)];
    if let Some(set) = set {
        // A set has no indices of its own.
        let there = place.present.map(|present| format!("(<array> {present})"));
        let there = there.filter(|_| elements.iter().all(Json::is_string));
        let one_by_one = match there {
            Some(there) => elements_at(elements, place, Some(&there))?,
            None => Plan::Value(Value::None),
        };
        let set = if let Plan::Array(parts) = one_by_one { Plan::Set(parts) } else { Plan::Value(set) };
        candidates.push((Kind::Set, set));
    }
    candidates.extend(native::bytes(elements).map(|bytes| (Kind::Bytes, Plan::Value(bytes))));
    Ok(choose(candidates, place))
}

/// What to write for the elements of the array `there`.
fn elements_at(elements: &[Json], place: Place<'_>, there: Option<&str>) -> Result<Plan, TooLarge> {
    let origins = match (there, place.expected) {
        (None, _) => vec![Origin::New; elements.len()],
        (_, Some(Json::Array(expected))) => origins(expected, elements),
        (_, None) => (0..elements.len()).map(Origin::Like).collect(),
        // What is there is no array.
        (_, Some(_)) => vec![Origin::New; elements.len()],
    };
    let mut room = ONE_BY_ONE;
    let mut parts = Vec::with_capacity(elements.len());
    for (json, origin) in elements.iter().zip(&origins) {
        let at = match origin {
            Origin::Kept(at) => Some(*at),
            Origin::Like(at) if room > 0 => {
                room -= 1;
                Some(*at)
            }
            Origin::Like(_) | Origin::New => None,
        };
        // A vector of numbers stays one bound value; a text is decided by what it comes from.
        let present = at.filter(|_| !json.is_number()).and_then(|at| Some(format!("{}[{at}]", there?)));
        let expected = match (place.expected, at) {
            (Some(array), Some(at)) => array.get(at),
            _ => None,
        };
        parts.push(plan(json, Place { present: present.as_deref(), expected, ..place.element() })?);
    }
    if parts.iter().all(|part| matches!(part, Plan::Value(_))) {
        let values = parts.into_iter().filter_map(Plan::value).collect::<Vec<_>>();
        return Ok(Plan::Value(Value::Array(Array::from(values))));
    }
    let mut joined: Vec<Part> = Vec::new();
    for (plan, origin) in parts.into_iter().zip(origins) {
        match (origin, joined.last_mut(), there) {
            (Origin::Kept(at), Some(Part::Kept(_, range)), _) if range.end == at => range.end = at + 1,
            (Origin::Kept(at), _, Some(there)) => joined.push(Part::Kept(there.to_owned(), at..at + 1)),
            _ => joined.push(Part::One(plan)),
        }
    }
    Ok(Plan::Array(joined))
}

/// Where an element comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Origin {
    /// It stands at this index.
    Kept(usize),
    /// It may have been made of the one at this index.
    Like(usize),
    /// From nowhere.
    New,
}

/// Where each of `elements` comes from in `expected`: what is the same at both ends stays where it is, and between them
/// each is where the same stands that no other has. What is left is made of what follows the one before it, if nobody has
/// that.
fn origins(expected: &[Json], elements: &[Json]) -> Vec<Origin> {
    let same = |(a, b): &(&Json, &Json)| a == b;
    let front = expected.iter().zip(elements).take_while(same).count();
    let (rest, expected_rest) = (elements.get(front..).unwrap_or_default(), expected.get(front..).unwrap_or_default());
    let back = expected_rest.iter().rev().zip(rest.iter().rev()).take_while(same).count();
    let mut free: HashMap<&Json, VecDeque<usize>> = HashMap::new();
    for (at, json) in expected.iter().enumerate().take(expected.len() - back).skip(front) {
        free.entry(json).or_default().push_back(at);
    }
    let found = elements.iter().enumerate().map(|(i, json)| {
        if i < front {
            Some(i)
        } else if i >= elements.len() - back {
            Some(i + expected.len() - elements.len())
        } else {
            free.get_mut(json).and_then(VecDeque::pop_front)
        }
    });
    let found: Vec<Option<usize>> = found.collect();
    let mut taken: HashSet<usize> = found.iter().flatten().copied().collect();
    let mut next = 0;
    let origin = |found: Option<usize>| {
        let origin = match found {
            Some(at) => Origin::Kept(at),
            None if next < expected.len() && taken.insert(next) => Origin::Like(next),
            None => return Origin::New,
        };
        if let Origin::Kept(at) | Origin::Like(at) = origin {
            next = at + 1;
        }
        origin
    };
    found.into_iter().map(origin).collect()
}

/// The expression that makes an array of these parts.
pub(super) fn array_of(parts: Vec<Part>, statement: &mut Statement) -> String {
    let (mut arrays, mut open) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::One(plan) => open.push(plan.expression(statement)),
            Part::Kept(there, range) if range.len() == 1 => open.push(format!("{there}[{}]", range.start)),
            Part::Kept(there, range) => {
                if !open.is_empty() {
                    arrays.push(format!("[{}]", open.join(", ")));
                    open.clear();
                }
                arrays.push(format!("array::slice({there}, {}, {})", range.start, range.end));
            }
        }
    }
    if !open.is_empty() || arrays.is_empty() {
        arrays.push(format!("[{}]", open.join(", ")));
    }
    match &*arrays {
        [only] => only.clone(),
        arrays => format!("array::concat({})", arrays.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Origin::{Kept, Like, New};
    use super::*;

    #[test]
    fn an_element_comes_from_where_the_same_stands_that_no_other_has() {
        let expected = [json!("a"), json!("b"), json!("c")];
        for (elements, wanted) in [
            (json!(["a", "b", "c"]), vec![Kept(0), Kept(1), Kept(2)]),
            (json!(["b", "c"]), vec![Kept(1), Kept(2)]),
            (json!(["x", "a", "b", "c"]), vec![New, Kept(0), Kept(1), Kept(2)]),
            (json!(["c", "b", "a"]), vec![Kept(2), Kept(1), Kept(0)]),
            (json!(["a", "x", "c"]), vec![Kept(0), Like(1), Kept(2)]),
            (json!(["b", "x"]), vec![Kept(1), Like(2)]),
            (json!(["a", "a"]), vec![Kept(0), Like(1)]),
            (json!(["a", "b", "c", "c"]), vec![Kept(0), Kept(1), Kept(2), New]),
            (json!([]), vec![]),
        ] {
            assert_eq!(origins(&expected, elements.as_array().unwrap()), wanted, "{elements}");
        }
    }
}
