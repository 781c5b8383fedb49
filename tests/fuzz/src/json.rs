//! Arbitrary JSON, paths and ids that meet each other often: few names, and the numbers where integers and floats part.

use arbitrary::{Result, Unstructured};
use serde_json::{Number, Value};
use uuid::Uuid;
use vantage_live::{Id, Path, Record};

/// How many objects and arrays may stand inside each other.
const DEPTH: u32 = 4;

/// A record whose names are often among `names`.
pub fn record(input: &mut Unstructured<'_>, names: &[&str]) -> Result<Record> {
    object(input, names, DEPTH)
}

fn object(input: &mut Unstructured<'_>, names: &[&str], depth: u32) -> Result<Record> {
    let mut object = Record::new();
    for _ in 0..input.int_in_range(0..=6)? {
        object.insert(name(input, names)?, nested(input, names, depth.saturating_sub(1))?);
    }
    Ok(object)
}

/// A name: of the given ones, or any text.
pub fn name(input: &mut Unstructured<'_>, names: &[&str]) -> Result<String> {
    if input.ratio(1, 8)? {
        return input.arbitrary();
    }
    input.choose(names).map(|name| (*name).to_owned())
}

/// A value, of any kind.
pub fn value(input: &mut Unstructured<'_>, names: &[&str]) -> Result<Value> {
    nested(input, names, DEPTH)
}

fn nested(input: &mut Unstructured<'_>, names: &[&str], depth: u32) -> Result<Value> {
    let kinds = if depth == 0 { 6 } else { 9 };
    Ok(match input.int_in_range(0..=kinds)? {
        0 => Value::Null,
        1 => Value::from(input.arbitrary::<bool>()?),
        2..=4 => number(input)?,
        5 | 6 => Value::from(name(input, names)?),
        7 => {
            let mut array = Vec::new();
            for _ in 0..input.int_in_range(0..=3)? {
                array.push(nested(input, names, depth - 1)?);
            }
            Value::from(array)
        }
        _ => Value::Object(object(input, names, depth)?),
    })
}

/// A number, often one of those at which integers and floats are hard to tell apart.
pub fn number(input: &mut Unstructured<'_>) -> Result<Value> {
    const INTEGERS: &[i64] = &[0, 1, -1, 1 << 53, (1 << 53) + 1, i64::MAX, i64::MIN];
    let float = |float: f64| Number::from_f64(float).map_or(Value::Null, Value::from);
    Ok(match input.int_in_range(0..=6)? {
        0 => Value::from(*input.choose(INTEGERS)?),
        #[expect(clippy::cast_precision_loss, reason = "that is what is tried")]
        1 => float(*input.choose(INTEGERS)? as f64),
        2 => Value::from(input.arbitrary::<i64>()?),
        3 => Value::from(input.arbitrary::<u64>()?),
        4 => float(input.arbitrary()?),
        5 => Value::from(i64::from(input.arbitrary::<i8>()?)),
        _ => float(f64::from(input.arbitrary::<i8>()?) / 2.0),
    })
}

/// A path, seldom the one of no names.
pub fn path(input: &mut Unstructured<'_>, names: &[&str]) -> Result<Path> {
    let mut path = Vec::new();
    for _ in 0..input.int_in_range(0..=4)? {
        path.push(name(input, names)?);
    }
    Ok(Path::from_iter(path))
}

/// An id: of very few, or any.
pub fn id(input: &mut Unstructured<'_>) -> Result<Id> {
    const TEXTS: &[&str] = &["a", "b", "", "1", "temp_", "temp_00000000-0000-0000-0000-000000000001"];
    Ok(match input.int_in_range(0..=6)? {
        0 => Id::from(i64::from(input.arbitrary::<u8>()? % 4)),
        1 => Id::from(input.arbitrary::<i64>()?),
        2 => Id::from(Uuid::from_u128(input.arbitrary::<u8>()?.into())),
        3 => Id::opaque(*input.choose(TEXTS)?),
        4 => Id::temp(Uuid::from_u128(input.arbitrary::<u8>()?.into())),
        5 => Id::from(input.arbitrary::<String>()?),
        _ => Id::from(*input.choose(TEXTS)?),
    })
}
