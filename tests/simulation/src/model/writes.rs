//! What the sessions have written: the fields that were typed into and nothing else, over what was shown and nothing else.

use std::collections::BTreeMap;

use vantage_live::{Id, Patch, Policy, Record};

use super::{Broken, Known, Permit, Promise, ensure};
use crate::product::{FIELDS, Val, path, stored};
use crate::world::{Commit, Deed};

/// The writes of the sessions so far.
#[derive(Default)]
pub(crate) struct Writes {
    /// By session, what the store made of what it wrote.
    own: BTreeMap<u32, Known>,
    /// By session and episode, the record that it made.
    made: BTreeMap<(u32, u32), Id>,
}

impl Writes {
    /// Whether this session has made this record.
    pub fn has_made(&self, actor: u32, id: &Id) -> bool {
        self.made.range((actor, 0)..=(actor, u32::MAX)).any(|(_, made)| made == id)
    }

    /// Looks at what has taken effect.
    pub fn look(&mut self, commit: &Commit) -> Result<(), Broken> {
        // What a table is asked directly is written as it is asked.
        let (Some(actor), Some(permit)) = (commit.by.actor, &commit.by.permit) else { return Ok(()) };
        match &commit.deed {
            Deed::Write(patch) => {
                let fields = no_collateral(actor, patch, permit)?;
                if let Some(before) = &commit.before {
                    self.no_lost_update(actor, commit, before, &fields, permit)?;
                }
                self.note(actor, commit, &fields);
            }
            Deed::Insert => {
                self.made_once(actor, commit, permit)?;
                self.note(actor, commit, &[0, 1, 2, 3, 4, 5]);
            }
            Deed::Replace => ensure(commit.before.is_none(), Promise::P2, || {
                format!("session {actor} has replaced the whole of `{}`", commit.id)
            })?,
            Deed::Delete => {
                if let Some(before) = &commit.before {
                    self.no_lost_update(actor, commit, before, &[0, 1, 2, 3, 4, 5], permit)?;
                }
            }
        }
        Ok(())
    }

    fn note(&mut self, actor: u32, commit: &Commit, fields: &[usize]) {
        let Some(after) = &commit.after else { return };
        let own = self.own.entry(actor).or_default();
        for field in fields {
            own[*field].insert(stored(after, *field));
        }
    }

    /// P3: nothing is overwritten that the person has not been shown, and that the session did not write itself.
    fn no_lost_update(
        &self,
        actor: u32,
        commit: &Commit,
        before: &Record,
        fields: &[usize],
        permit: &Permit,
    ) -> Result<(), Broken> {
        if permit.policy == Policy::Overwrite {
            return Ok(());
        }
        for field in fields {
            let old = stored(before, *field);
            let stays = commit.after.as_ref().is_some_and(|after| stored(after, *field) == old);
            // Whoever has written what the person has typed, it comes to the same.
            let same = permit.typed[*field].contains(&old);
            let known = same
                || permit.shown[*field].contains(&old)
                || self.own.get(&actor).is_some_and(|own| own[*field].contains(&old));
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
    fn made_once(&mut self, actor: u32, commit: &Commit, permit: &Permit) -> Result<(), Broken> {
        // After another program has deleted it, the repetition of an insert makes it again, under the same id.
        let made = self.made.entry((actor, permit.episode)).or_insert_with(|| commit.id.clone());
        ensure(*made == commit.id, Promise::P4, || {
            format!("session {actor} has made `{made}`, and the same record again as `{}`", commit.id)
        })
    }
}

/// P2: what a session sends is what was typed, and nothing else. The fields, by their places.
fn no_collateral(actor: u32, patch: &Patch, permit: &Permit) -> Result<Vec<usize>, Broken> {
    let mut fields = Vec::new();
    for (written, value) in patch
        .sets()
        .map(|(path, value)| (path, Val::of_json(Some(value))))
        .chain(patch.unsets().map(|path| (path, Val::Nothing)))
    {
        let field = (0..FIELDS.len()).find(|field| path(*field) == written);
        let typed = field.is_some_and(|field| permit.typed[field].contains(&value));
        ensure(typed, Promise::P2, || {
            format!("session {actor} writes {value} to `{written:?}`, which nobody has typed there")
        })?;
        fields.extend(field);
    }
    Ok(fields)
}
