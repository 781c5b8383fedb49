//! What the sessions have written: the fields that were typed into and nothing else, over what was shown and nothing else.

use std::collections::BTreeMap;

use vantage_live::{Id, Patch, Policy, Record};

use super::{Broken, Known, Permit, Promise, ensure};
use crate::product::{COUNT, FIELDS, PART, Val, path, stored};
use crate::world::{Commit, Deed, Store};

const ALL: [usize; COUNT] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/// The writes of the sessions so far.
#[derive(Default)]
pub(crate) struct Writes {
    /// Which session has written what stands in each field of each record; of what others have written, none.
    authors: BTreeMap<Id, [Option<u32>; COUNT]>,
    /// By session, what the store has made of what it wrote, the last first.
    own: BTreeMap<u32, [Vec<Val>; COUNT]>,
    /// By session, or by what was asked of a table directly, how many writes were done.
    done: BTreeMap<u32, u64>,
    /// By session, or by what was asked of a table directly, how many deletes were done.
    deleted: BTreeMap<u32, u64>,
    /// Who has deleted each record last.
    deleters: BTreeMap<Id, Option<u32>>,
    /// By session and episode, the record that it made last.
    made: BTreeMap<(u32, u32), Id>,
}

/// Of a session, what it has sent in requests whose answers were lost, and whether there was one that could not be read.
pub(crate) struct Lost<'s> {
    pub sent: Option<&'s Known>,
    pub is_unread: bool,
}

impl Lost<'_> {
    fn has_sent(&self, field: usize, val: &Val, permit: &Permit) -> bool {
        let was_sent = self.sent.is_some_and(|sent| sent[field].contains(val));
        was_sent || self.is_unread && permit.typed[field].contains(val)
    }
}

impl Writes {
    /// Whether this session has made this record.
    pub fn has_made(&self, actor: u32, id: &Id) -> bool {
        self.made.range((actor, 0)..=(actor, u32::MAX)).any(|(_, made)| made == id)
    }

    /// Whether it was this session that has written what stands in this field of the record.
    pub fn is_author(&self, actor: u32, id: &Id, field: usize) -> bool {
        self.authors.get(id).is_some_and(|authors| authors[field] == Some(actor))
    }

    /// How many writes of this session, or of what was asked of a table directly, were done.
    pub fn done(&self, actor: u32) -> u64 {
        self.done.get(&actor).copied().unwrap_or_default()
    }

    /// How many deletes of this session were done.
    pub fn deleted(&self, actor: u32) -> u64 {
        self.deleted.get(&actor).copied().unwrap_or_default()
    }

    /// Whether it was this session that has deleted this record last.
    pub fn has_deleted(&self, actor: u32, id: &Id) -> bool {
        self.deleters.get(id) == Some(&Some(actor))
    }

    /// Looks at what has taken effect, in a world where stores can guard or not, by a session that has `lost` answers.
    pub fn look(&mut self, commit: &Commit, store: &Store, guards: bool, lost: &Lost<'_>) -> Result<(), Broken> {
        let judged = self.judge(commit, store, guards, lost);
        self.note(commit);
        judged
    }

    fn judge(&mut self, commit: &Commit, store: &Store, guards: bool, lost: &Lost<'_>) -> Result<(), Broken> {
        // What a table is asked directly is written as it is asked.
        let (Some(actor), Some(permit)) = (commit.by.actor, &commit.by.permit) else { return Ok(()) };
        match &commit.deed {
            Deed::Write(patch) => {
                // A copy has what the record had that it was copied from.
                let is_copy = self.has_made(actor, &commit.id);
                let had = |field: usize, value: &Val| store.had(&commit.id, field, value, is_copy);
                let fields = no_collateral(actor, patch, permit, &had)?;
                // Without a guard nobody knows what is there of the record that is written into.
                ensure(!guards || commit.was_unfit() || !commit.is_unfit(), Promise::P2, || {
                    format!("session {actor} has made a record of `{}` that does not fit any more", commit.id)
                })?;
                if let Some(before) = &commit.before {
                    self.no_lost_update((actor, lost), commit, before, &fields, permit)?;
                }
            }
            Deed::Insert => self.made_once(actor, commit, permit, store)?,
            Deed::Replace => ensure(commit.before.is_none(), Promise::P2, || {
                format!("session {actor} has replaced the whole of `{}`", commit.id)
            })?,
            Deed::Delete => {
                if let Some(before) = &commit.before {
                    self.no_lost_update((actor, lost), commit, before, &ALL, permit)?;
                }
            }
        }
        Ok(())
    }

    /// Who has written what stands there now.
    fn note(&mut self, commit: &Commit) {
        let author = commit.by.actor.filter(|_| commit.by.permit.is_some());
        if let Some(actor) = commit.by.actor {
            let done = match &commit.deed {
                Deed::Write(_) | Deed::Insert | Deed::Replace => &mut self.done,
                Deed::Delete => &mut self.deleted,
            };
            *done.entry(actor).or_default() += 1;
        }
        if let Deed::Delete = &commit.deed {
            self.deleters.insert(commit.id.clone(), commit.by.actor);
        }
        let authors = self.authors.entry(commit.id.clone()).or_default();
        let val = |record: &Option<Record>, field| record.as_ref().map(|record| stored(record, field));
        for field in ALL {
            if val(&commit.before, field) != val(&commit.after, field) {
                authors[field] = author;
            }
        }
        if let (Some(author), Some(after)) = (author, &commit.after) {
            let own = self.own.entry(author).or_default();
            for field in ALL.into_iter().filter(|field| authors[*field] == Some(author)) {
                own[field].insert(0, stored(after, field));
            }
        }
    }

    /// P3: nothing is overwritten, or deleted, that the person had not been shown when it asked for that, and that the session
    /// did not write itself.
    fn no_lost_update(
        &self,
        (actor, lost): (u32, &Lost<'_>),
        commit: &Commit,
        before: &Record,
        fields: &[usize],
        permit: &Permit,
    ) -> Result<(), Broken> {
        if permit.policy == Policy::Overwrite {
            return Ok(());
        }
        let asked = if let Deed::Delete = commit.deed { &permit.deletes } else { &permit.saves };
        for field in fields {
            let old = stored(before, *field);
            let stays = commit.after.as_ref().is_some_and(|after| stored(after, *field) == old);
            let own = self.authors.get(&commit.id).is_some_and(|authors| authors[*field] == Some(actor));
            // What it has written itself may be there again: last, or before the last of which it does not know yet.
            let written = self.own.get(&actor).map_or(&[][..], |own| &own[*field]);
            let is_agreed = permit.agreed[*field].as_ref() == Some(&old);
            let own = own || written.first() == Some(&old) || is_agreed && written.contains(&old);
            // Where an answer was lost, who has written what was sent cannot be told from the session.
            let own = own || lost.has_sent(*field, &old, permit);
            let known = own || asked.iter().flatten().any(|shown| shown[*field].as_ref() == Some(&old));
            ensure(stays || known, Promise::P3, || {
                format!(
                    "session {actor} has overwritten {} of `{}`, which was {old}, and had never been shown that",
                    FIELDS[*field], commit.id
                )
            })?;
        }
        Ok(())
    }

    /// P4: a record that is to be made is made once, of what was typed.
    fn made_once(&mut self, actor: u32, commit: &Commit, permit: &Permit, store: &Store) -> Result<(), Broken> {
        let made = self.made.entry((actor, permit.episode)).or_insert_with(|| commit.id.clone());
        // After another program has deleted it, it may be made again, as it was or as another.
        ensure(*made == commit.id || !store.stays(made), Promise::P4, || {
            format!("session {actor} has made `{made}`, and the same record again as `{}`", commit.id)
        })?;
        made.clone_from(&commit.id);
        Ok(())
    }
}

/// P2: what a session sends is what was typed, and nothing else. The fields, by their places.
fn no_collateral(
    actor: u32,
    patch: &Patch,
    permit: &Permit,
    had: &dyn Fn(usize, &Val) -> bool,
) -> Result<Vec<usize>, Broken> {
    // A part that comes or goes does so as a whole: what nobody has typed of it is what the store has had there.
    let mut fields = Vec::new();
    let mut is_whole = false;
    for (written, value) in patch
        .sets()
        .map(|(path, value)| (path, Val::of_json(Some(value))))
        .chain(patch.unsets().map(|path| (path, Val::Nothing)))
    {
        if written == path(PART[0]) {
            is_whole = true;
            continue;
        }
        let field = (0..COUNT).find(|field| path(*field) == written);
        let with_the_part = |field| PART.contains(&field) && had(field, &value);
        let typed = field.is_some_and(|field| permit.typed[field].contains(&value) || with_the_part(field));
        ensure(typed, Promise::P2, || {
            format!("session {actor} writes {value} to `{written:?}`, which nobody has typed there")
        })?;
        fields.extend(field);
    }
    if is_whole {
        let mut record = Record::new();
        patch.apply(&mut record);
        let (typed, shown) =
            PART.iter().partition::<Vec<usize>, _>(|field| permit.typed[**field].contains(&stored(&record, **field)));
        let known = shown.iter().all(|field| had(*field, &stored(&record, *field)));
        ensure(known && !typed.is_empty(), Promise::P2, || {
            format!("session {actor} writes the delivery of {record:?}, which nobody has typed there")
        })?;
        fields.extend(PART);
    }
    Ok(fields)
}
