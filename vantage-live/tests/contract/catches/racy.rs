//! Calls that take two steps where they should take one.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use vantage_live::{
    DeleteOutcome, Expectation, Guard, Id, ImTable, Patch, ReadableValueSet, Record, ValueError, WritableValueSet,
    WriteOutcome,
};

use super::broken::Flaw;

/// Between the one step and the other.
async fn others() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Between the one step and the other: until somebody has read twice, of which the second has begun after the one step was
/// done.
async fn readers(reads: &AtomicI64) {
    let enough = reads.load(Ordering::SeqCst) + 2;
    while reads.load(Ordering::SeqCst) < enough {
        tokio::task::yield_now().await;
    }
}

/// Compares, and writes in a second step, under the guards that the flaw is about.
pub async fn write(
    table: &ImTable,
    id: &Id,
    patch: &Patch,
    guard: &Guard,
    flaw: Flaw,
    reads: &AtomicI64,
) -> Result<WriteOutcome, ValueError> {
    let is_it = match (flaw, guard) {
        (Flaw::LooksForAbsencesThenWrites, Guard::Fields(fields)) => {
            fields.iter().all(|field| field.what == Expectation::Absent)
        }
        (Flaw::ComparesVersionsThenWrites, Guard::Version { .. })
        | (Flaw::LooksThenMakes, Guard::Nothing)
        | (Flaw::WritesBackWhatItRead, Guard::Exists) => true,
        (Flaw::WritesFieldByField, _) => {
            for (path, value) in patch.sets().take(patch.sets().len().saturating_sub(1)) {
                let _ = table.write(id, &Patch::new().set(path.clone(), value.clone()), guard).await?;
                readers(reads).await;
            }
            false
        }
        _ => false,
    };
    let now = table.get_id_value(id).await?;
    if !is_it || (flaw == Flaw::LooksThenMakes && now.is_some()) {
        return table.write(id, patch, guard).await;
    }
    match now {
        None if *guard != Guard::Nothing || patch.sets().len() == 0 => Ok(WriteOutcome::Gone),
        Some(now) if !guard.holds(Some(&now)) => Ok(WriteOutcome::Refused(now)),
        now => {
            others().await;
            let mut record = now.unwrap_or_default();
            patch.apply(&mut record);
            Ok(WriteOutcome::Written(table.replace_id_value(id, record).await?))
        }
    }
}

/// Compares versions, and deletes in a second step.
pub async fn delete(table: &ImTable, id: &Id, guard: &Guard) -> Result<DeleteOutcome, ValueError> {
    match (table.get_id_value(id).await?, guard) {
        (Some(now), Guard::Version { .. }) if guard.holds(Some(&now)) => {
            others().await;
            table.delete_id(id, &Guard::Nothing).await
        }
        _ => table.delete_id(id, guard).await,
    }
}

/// Deletes, and inserts in a second step.
pub async fn replace(table: &ImTable, id: &Id, record: Record, reads: &AtomicI64) -> Result<Record, ValueError> {
    let _ = table.delete_id(id, &Guard::Nothing).await?;
    readers(reads).await;
    table.replace_id_value(id, record).await
}

/// Chooses the next id, and takes it in a second step.
pub async fn insert(table: &ImTable, record: Record, last: &AtomicI64) -> Result<(Id, Record), ValueError> {
    let next = last.load(Ordering::SeqCst) + 1;
    others().await;
    last.store(next, Ordering::SeqCst);
    let id = Id::from(next);
    let record = table.replace_id_value(&id, record).await?;
    Ok((id, record))
}
