//! What the answers to a save do to the session.

use std::sync::Arc;

use futures::FutureExt;
use serde_json::Value;

use super::doubt::State;
use super::save::{self, Answer, Asked, Pending, Sent, Step, Was};
use super::{EditError, RecordEdit, SaveError, SaveResult};
use crate::broken::{self, Broken};
use crate::dataset::DataSetError;
use crate::entity::{EntityError, Field, FieldSet, LiveEntity};
use crate::table::{Entry, Learned, Policy};
use crate::value::{Id, Path};

impl<E: LiveEntity> RecordEdit<'_, E> {
    /// Waits for the answer of the save that is under way and takes it in.
    pub(super) async fn finish_pending(&mut self) -> Result<SaveResult<E>, EditError> {
        loop {
            let pending = self.pending.as_mut().ok_or(EditError::NoSaveUnderWay)?;
            let answer = (&mut pending.answer).await;
            if let Step::Done(result) = self.take_answer(answer.ok())? {
                return Ok(result);
            }
        }
    }

    /// The answer of the save that is under way, taken in, where it is there by now.
    pub(super) fn poll_pending(&mut self) -> Option<Result<SaveResult<E>, EditError>> {
        loop {
            let answer = (&mut self.pending.as_mut()?.answer).now_or_never()?;
            match self.take_answer(answer.ok()) {
                Ok(Step::Again) => {}
                Ok(Step::Done(result)) => return Some(Ok(result)),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Takes an answer in; `None` where the runtime has dropped it.
    fn take_answer(
        &mut self,
        answer: Option<Result<Answer<E>, DataSetError>>,
    ) -> Result<Step<SaveResult<E>>, EditError> {
        let Pending { sent, asked, rebased, .. } = *self.pending.take().ok_or(EditError::NoSaveUnderWay)?;
        let Some(answer) = answer else {
            self.is_not_made();
            return Err(EditError::Closed);
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                return self.take_error(error, sent, &asked).map(|error| Step::Done(SaveResult::Error(error)));
            }
        };
        if !matches!(answer, Answer::NotAsked) {
            self.snapshot_time = self.table.shared().env.now();
        }
        Ok(Step::Done(match answer {
            Answer::NotAsked => self.saved(),
            Answer::Written { after, shown_in } => {
                let mut now = self.freshest(after.clone(), shown_in, rebased);
                // P4: a row that has gone cannot tell which of the two is later.
                let is_known = shown_in.is_some() && rebased != Some(u64::MAX);
                if !is_known && self.row().is_none() && sent.may_come_after(&now.row, &after.row) {
                    now = after.clone();
                }
                self.take_written(sent, &after, now)
            }
            Answer::Gone => {
                self.see(&State::Gone, Learned::LATEST);
                self.forgets_what_was_made();
                SaveResult::Deleted
            }
            Answer::Created(id, after) => {
                self.has_become(&id);
                let _ = self.take_stored(sent, &after, after.clone(), FieldSet::EMPTY);
                SaveResult::Created(id)
            }
            Answer::CreatedBefore(id, found) => {
                // What was left as the program began it follows what the store has by now.
                let differs = self.three.snapshot.row.diff(&sent.local);
                let meant = differs | self.doubts.typed_since(&sent.local, differs);
                // Any attempt may be the one that has made it, and whoever has changed it since has kept what stands there.
                self.doubts.add(sent.clone());
                let own = self.doubts.standing(&found.row);
                let foreign = sent.fields - own;
                // Where another value of what was meant stands there, somebody else has changed what was sent, though it may be
                // what the program began with.
                let others = foreign & meant;
                Arc::make_mut(&mut self.three.snapshot.row).copy_fields(&sent.local, others);
                let followed = self.take_remote_state_with(found, own, others);
                // P4: with what was sent for its base, nothing tells what was typed of a part that is not there: all of it stays.
                self.three.forget_what_was_left();
                let changed = self.unseen.changed;
                self.has_become(&id);
                self.unseen.changed = changed;
                self.unseen.created = Some(id);
                if self.is_by_version() && !foreign.is_empty() && !self.modified_fields().is_empty() {
                    return Ok(Step::Done(SaveResult::Conflict(self.conflicts())));
                }
                return self.go_on(sent, meant, followed, asked.attempt);
            }
            Answer::Refused(now) => {
                self.is_there();
                let now = self.freshest(now, None, rebased);
                let own = self.doubts.landed(&now.row);
                let typed = sent.typed_since(&self.three.local, self.three.modified());
                self.see(&State::Row(Arc::clone(&now.row)), Learned::LATEST);
                let followed = self.take_in(now, own, typed);
                if self.is_by_version() || asked.attempt + 1 >= save::UNSEEN {
                    SaveResult::Conflict(self.conflicts())
                } else {
                    let wanted = sent.fields;
                    return self.go_on(sent, wanted, followed, asked.attempt + 1);
                }
            }
            // Nothing was written, so nothing is in doubt.
            Answer::RefusedUnfit(error) => {
                self.see(&State::Unfit, Learned::LATEST);
                SaveResult::Error(save::failed(error)?)
            }
            Answer::Found(found) => {
                self.is_there();
                let found = self.freshest(found, None, rebased);
                let wanted = sent.fields;
                let is_foreign = self.has_foreign_change(&found, wanted);
                let state = State::Row(Arc::clone(&found.row));
                let followed = self.take_remote_state(found);
                self.doubts.is_read();
                self.see(&state, Learned::LATEST);
                if self.is_by_version() && is_foreign {
                    SaveResult::Conflict(self.conflicts())
                } else {
                    return self.go_on(sent, wanted, followed, asked.attempt);
                }
            }
        }))
    }

    fn take_error(
        &mut self,
        error: DataSetError,
        sent: Sent<E>,
        asked: &Asked,
    ) -> Result<SaveError<E::Field>, EditError> {
        let error = save::failed(error);
        if broken::is(Broken::FailureDropsLocal) {
            self.revert();
        }
        let is_lost = matches!(error, Ok(SaveError::OutcomeUnknown { .. }));
        if is_lost && !self.is_new() && broken::is(Broken::LostIsSaved) {
            self.three.snapshot.row = Arc::new(sent.local);
            return error;
        }
        // Who cannot read the answer does not know it either.
        let is_unread = matches!(error, Err(EditError::KeptApart { .. }));
        if is_unread {
            self.see(&State::Unfit, Learned::LATEST);
        }
        // An answer is lost only of what was sent: a read that finds out is not in doubt itself.
        if (is_lost || is_unread) && asked.is_write && !broken::is(Broken::LostIsRefused) {
            self.doubts.add(sent);
        }
        self.is_not_made();
        error
    }

    fn take_written(&mut self, sent: Sent<E>, after: &Entry<E>, now: Entry<E>) -> SaveResult<E> {
        self.is_there();
        self.doubts.overwrite(sent.fields);
        let changed = self.three.snapshot.row.diff(&now.row);
        // An earlier write whose answer was lost may have landed beside this one; what has changed otherwise it never will.
        let landed = self.doubts.landed(&now.row);
        self.see(&State::Row(Arc::clone(&now.row)), Learned::LATEST);
        self.unseen.changed |= changed - sent.standing(&now.row) - landed - version::<E>();
        // A version counts any change of anybody's, and this one nobody has been shown.
        self.unseen.refused |= self.is_by_version() && !after.row.diff(&now.row).is_empty();
        let result = self.take_stored(sent, after, now, landed);
        if matches!(result, SaveResult::Saved) { self.saved() } else { result }
    }

    /// Takes a written after-image in: the fields that the save wrote are the session's own, and so are those of earlier
    /// ones that have `landed`. `now` is the record as it is by now; what has changed since the after-image is somebody
    /// else's.
    fn take_stored(
        &mut self,
        sent: Sent<E>,
        after: &Entry<E>,
        now: Entry<E>,
        landed: FieldSet<E::Field>,
    ) -> SaveResult<E> {
        let (seen, modified) = (Arc::clone(&self.three.snapshot.row), self.three.modified());
        let typed = sent.typed_since(&self.three.local, modified);
        let decided = sent.kept | (sent.ever_followed & typed);
        // A part that was written into, and is not in what was stored, has gone by this write; or what was read after it says
        // so, and that may be of somebody else.
        let gone = sent.local.diff(&after.row);
        let tells = self.table.shared().backend.capabilities().after_image;
        let own = if tells { sent.fields.with_wholes_of(gone) } else { sent.fields };
        // Two steps: what was written and is as it was sent is modified no more, and follows what has come after it.
        self.three.written(&after.row, own, typed);
        let followed = self.three.take_in(now, landed, typed);
        // Who has decided, or typed into what had followed the store, has seen what was there.
        let changed = seen.diff(&self.three.snapshot.row).with_wholes_of(self.three.conflicting());
        let _ = self.three.keep_local(decided - changed);
        self.follow(followed);
        self.fill_id();
        save::judge(sent, Arc::clone(&after.row), &mut self.coerced)
    }

    /// Everything is saved; where the record was made on the way, this is the first that anyone hears of it.
    pub(super) fn saved(&mut self) -> SaveResult<E> {
        self.unseen.created.take().map_or(SaveResult::Saved, SaveResult::Created)
    }

    /// Nobody can decide what nobody can see: without a conflict to show, the save goes on, with what has `followed` the store as
    /// it is by now.
    fn go_on(
        &mut self,
        mut sent: Sent<E>,
        wanted: FieldSet<E::Field>,
        followed: FieldSet<E::Field>,
        attempt: u8,
    ) -> Result<Step<SaveResult<E>>, EditError> {
        let is_told = self.policy != Policy::Overwrite && !broken::is(Broken::RefusalGoesUnshown);
        if is_told && self.three.has_conflicts() {
            return Ok(Step::Done(SaveResult::Conflict(self.conflicts())));
        }
        sent.local.copy_fields(&self.three.local, followed);
        self.send_rest(sent, wanted, attempt)
    }

    /// Whether any change of anybody's refuses a save.
    pub(super) fn is_by_version(&self) -> bool {
        self.policy == Policy::Version && E::VERSION.is_some()
    }

    /// Whether somebody else has changed the record since the snapshot, in whatever part of it, so that what is `wanted`
    /// may not be written.
    fn has_foreign_change(&self, found: &Entry<E>, wanted: FieldSet<E::Field>) -> bool {
        let snapshot = &self.three.snapshot;
        let (changed, own) = (snapshot.row.diff(&found.row), self.doubts.landed(&found.row));
        // One write was done since, and it is this session's.
        if !own.is_empty() && self.raised_by(found) == Some(1) {
            return false;
        }
        let is_left = !(wanted & found.row.diff(&self.three.local)).is_empty();
        // What is read-only follows from any write, this session's own too; or somebody else has changed it.
        let follows = match (is_left, own.is_empty()) {
            (false, _) => E::Field::READONLY,
            (true, false) => version::<E>(),
            (true, true) => FieldSet::EMPTY,
        };
        !(changed - own - follows).is_empty() || beside(snapshot, own) != beside(found, own)
    }

    /// By how much the version was raised since the snapshot, where it counts and the store raises it with each write.
    fn raised_by(&self, found: &Entry<E>) -> Option<i64> {
        let counts = self.table.shared().backend.capabilities().version_token;
        let version = E::VERSION.filter(|_| counts)?;
        let of = |entry: &Entry<E>| version.find(&entry.record().ok()?).and_then(|(_, token)| token.as_i64());
        of(found)?.checked_sub(of(&self.three.snapshot)?)
    }

    /// A record that was to be saved as a new one, and was not made, is the one it was.
    pub(super) fn is_not_made(&mut self) {
        if self.doubts.is_empty()
            && let Some(Was { id, doubts, otherwise }) = self.was.take()
        {
            (self.id, self.doubts, self.new) = (id, doubts, None);
            self.unseen.otherwise = otherwise;
        }
    }

    /// The record is not new any more, and this is its id.
    fn has_become(&mut self, id: &Id) {
        self.new = None;
        self.was = None;
        self.doubts.clear();
        self.unseen = super::Unseen::default();
        self.deleting = super::Deleting::default();
        self.id = id.clone();
        self.fill_id();
    }

    /// The record of an answer that was `shown_in` those rows first, or the table's row, which is no older: a session that
    /// has seen the row does not go back. Where it has left the table, the later of the two counts, if that is known.
    pub(super) fn freshest(&self, answer: Entry<E>, shown_in: Option<u64>, rebased: Option<u64>) -> Entry<E> {
        let Some(rebased) = rebased else { return answer };
        self.row().unwrap_or_else(|| {
            if shown_in.is_some_and(|shown_in| rebased < shown_in) { answer } else { self.three.snapshot.clone() }
        })
    }

    pub(super) fn fault(&self, source: EntityError) -> EditError {
        EditError::Entity { table: self.table.name().to_owned(), id: self.id.clone(), source }
    }
}

/// The version, which any write raises, this session's own too.
pub(super) fn version<E: LiveEntity>() -> FieldSet<E::Field> {
    E::VERSION.map(FieldSet::from).unwrap_or_default()
}

/// What a record has beside its entity, but for how it spells the fields `own`.
fn beside<E: LiveEntity>(entry: &Entry<E>, own: FieldSet<E::Field>) -> Vec<(&Path, Option<&Value>)> {
    let own: Vec<&Path> = own.into_iter().flat_map(Field::places).collect();
    let is_own = |path: &Path| own.iter().any(|place| place.contains(path) || path.contains(place));
    let rest = entry.rest.iter().flat_map(|rest| {
        let sets = rest.sets().map(|(path, value)| (path, Some(value)));
        sets.chain(rest.unsets().map(|path| (path, None)))
    });
    rest.filter(|(path, _)| !is_own(path)).collect()
}
