//! Guards that a delete compares too loosely.

use serde_json::Value;
use vantage_live::{
    DeleteOutcome, Expectation, Expected, Guard, Id, ImTable, ReadableValueSet, Record, ValueError, WritableValueSet,
};

use super::broken::Flaw;

/// Deletes under a guard that holds for more than it should.
pub async fn delete(table: &ImTable, id: &Id, guard: &Guard, flaw: Flaw) -> Result<DeleteOutcome, ValueError> {
    let Some(now) = table.get_id_value(id).await? else { return Ok(DeleteOutcome::Gone) };
    let (Guard::Fields(fields), false) = (guard, guard.holds(Some(&now))) else {
        return table.delete_id(id, guard).await;
    };
    let first = if flaw == Flaw::DeletesByTheFirstExpectation { 1 } else { fields.len() };
    if fields.iter().take(first).all(|expected| holds(expected, &now, flaw)) {
        return table.delete_id(id, &Guard::Exists).await;
    }
    Ok(DeleteOutcome::Refused(now))
}

fn holds(expected: &Expected, now: &Record, flaw: Flaw) -> bool {
    if Guard::Fields(vec![expected.clone()]).holds(Some(now)) {
        return true;
    }
    if flaw == Flaw::DeletesIgnoringNestedPaths {
        return expected.path.names().len() > 1;
    }
    if flaw == Flaw::DeletesUnderAnything {
        return expected.what == Expectation::Object && expected.path.get(now).is_some();
    }
    let (Expectation::Value(wanted), Some(now)) = (&expected.what, expected.path.get(now)) else { return false };
    match (flaw, wanted, now) {
        (Flaw::DeletesByFloats, Value::Number(wanted), Value::Number(now)) => wanted.as_f64() == now.as_f64(),
        (Flaw::DeletesByPrintedValue, wanted, now) => {
            let printed = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            printed(wanted) == printed(now)
        }
        (Flaw::DeletesByLowerCase, Value::String(wanted), Value::String(now)) => {
            wanted.to_lowercase() == now.to_lowercase()
        }
        (Flaw::DeletesUnderAnyArray, Value::Array(_), Value::Array(_))
        | (Flaw::DeletesUnderAnyObject, Value::Object(_), Value::Object(_))
        | (Flaw::DeletesUnderAnyBoolean, Value::Bool(_), Value::Bool(_)) => true,
        _ => false,
    }
}
