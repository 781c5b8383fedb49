//! What an edit session should be: what the person typed is there, and what differs from the snapshot is modified.

use std::sync::Arc;

use vantage_live::{FieldSet, Id, Policy, RecordEdit};

use super::{Broken, Known, Permit, Promise, SeenState, SentDelete, ensure};
use crate::product::{COUNT, FIELDS, PART, Product, ProductField, Val, is_true, places, set, three, together, val};
use crate::world::{Shape, Store};

pub(crate) type Edit = RecordEdit<'static, Product>;

/// What the model knows of one session.
pub(crate) struct Session {
    /// How the person is called.
    pub name: String,
    permit: Arc<Permit>,
    /// How it is to save from now on; what is under way was asked for as it was then.
    policy: Policy,
    /// What the person wants a field to be, until the store has it, and the session knows.
    wishes: [Option<Wish>; COUNT],
    /// The fields that differ with the part that they are in, which the store has not, or had not.
    implied: [bool; COUNT],
    /// The wishes that were for a moment what the session knew of the store: a field that is not modified follows it.
    back: [bool; COUNT],
    /// The fields that the person has typed into or decided since the session last had no save under way.
    touched: [bool; COUNT],
    /// Whether a write of the session may have taken effect without its knowing.
    pub doubt: bool,
    /// The record that the session was told last that it has made, or that is gone.
    pub heard: Option<Id>,
    /// The record of which it was told last that it is gone.
    pub gone: Option<Id>,
    /// The place in its history of the state that the session's snapshot shows, at the least.
    at: Option<(Id, usize)>,
    /// The states of its records that its snapshot has been.
    seen: Vec<(Id, SeenState)>,
    /// Where it was when it asked for something of which it has no answer yet.
    asked: Option<(Id, usize)>,
    /// What each conflict was last shown to be about.
    bases: [Option<Val>; COUNT],
}

/// What a person wants a field to be.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub val: Val,
    /// The record, and the place in its history of the state that the session's snapshot was, when it was typed.
    since: (Id, usize),
}

impl Session {
    pub fn new(name: String, policy: Policy) -> Self {
        let permit = Permit {
            policy,
            typed: Known::default(),
            shown: Default::default(),
            over: Default::default(),
            agreed: Default::default(),
            saves: None,
            deletes: None,
            episode: 0,
        };
        let (permit, wishes) = (Arc::new(permit), Default::default());
        Session {
            name,
            permit,
            policy,
            wishes,
            implied: [false; COUNT],
            back: [false; COUNT],
            touched: [true; COUNT],
            doubt: false,
            heard: None,
            gone: None,
            at: None,
            seen: Vec::new(),
            asked: None,
            bases: Default::default(),
        }
    }

    /// What it may write now.
    pub fn permit(&self) -> &Arc<Permit> {
        &self.permit
    }

    pub fn set_policy(&mut self, policy: Policy, edit: &Edit) {
        self.policy = policy;
        if policy == Policy::Overwrite {
            Arc::make_mut(&mut self.permit).policy = policy;
        }
        self.policy_holds(edit);
    }

    /// It holds for what is asked for from now on, so not as long as something is under way.
    fn policy_holds(&mut self, edit: &Edit) {
        if self.permit.policy != self.policy && !edit.is_saving() && !edit.is_deleting() {
            Arc::make_mut(&mut self.permit).policy = self.policy;
        }
    }

    /// The person wants this field to be this.
    pub fn wants(&mut self, field: usize, wish: Val, edit: &Edit) {
        (self.touched[field], self.bases[field]) = (true, None);
        if PART.contains(&field) && edit.is_modified(FIELDS[PART[0]]) {
            // Who types into a part that the store has none of types all of it.
            self.touched = std::array::from_fn(|field| self.touched[field] || PART.contains(&field));
        }
        self.back[field] = val(edit.live_snapshot(), field) == wish;
        let permit = Arc::make_mut(&mut self.permit);
        permit.typed[field].insert(wish.clone());
        if self.wishes[field].is_none() {
            permit.over[field] = Some(val(edit.live_snapshot(), field));
        }
        // Nobody can tell that what is there was typed once more.
        let since = self.wishes[field].take().filter(|old| old.val == wish).map(|old| old.since);
        self.wishes[field] =
            Some(Wish { val: wish, since: since.unwrap_or_else(|| (edit.id().clone(), self.place(edit))) });
    }

    /// The person wants every field as it is.
    pub fn wants_all(&mut self, edit: &Edit) {
        (0..FIELDS.len()).for_each(|field| self.wants(field, val(edit.local(), field), edit));
    }

    /// The person asks for a save of what is there.
    pub fn asks_to_save(&mut self) {
        let permit = Arc::make_mut(&mut self.permit);
        permit.saves = Some([permit.shown.clone(), permit.over.clone()]);
    }

    /// The person asks for the record to be deleted, as it was shown.
    pub fn asks_to_delete(&mut self) {
        let permit = Arc::make_mut(&mut self.permit);
        permit.deletes = Some([permit.shown.clone(), permit.over.clone()]);
    }

    /// What is made from now on is another record.
    pub fn makes_another(&mut self) {
        Arc::make_mut(&mut self.permit).episode += 1;
    }

    /// The person has changed these fields, and whatever came or went with them.
    pub fn has_typed(&mut self, fields: impl IntoIterator<Item = usize>, before: &Product, edit: &Edit) {
        let typed: Vec<usize> = fields.into_iter().collect();
        for field in 0..COUNT {
            let now = val(edit.local(), field);
            if typed.contains(&field) || now != val(before, field) {
                self.wants(field, now, edit);
            }
        }
    }

    /// The person has decided against what was typed into these fields. A write that is on its way may have it all the
    /// same, and then the old value is what is wanted.
    pub fn gives_up(&mut self, fields: impl IntoIterator<Item = usize>, edit: &Edit) {
        for field in fields {
            if self.wishes[field].is_some() {
                self.wants(field, val(edit.live_snapshot(), field), edit);
            }
        }
    }

    /// The fields that the person has typed into, of which the store has not had what was wanted.
    pub fn not_reached(&self, edit: &Edit, store: &Store) -> FieldSet<ProductField> {
        let is_left = |field: &usize| {
            self.wishes[*field].as_ref().is_some_and(|wish| !self.has_its_wish(*field, wish, edit, store))
        };
        set((0..COUNT).filter(is_left))
    }

    pub fn wishes(&self) -> &[Option<Wish>; COUNT] {
        &self.wishes
    }

    /// The person was shown what the store has, beside what was typed.
    pub fn sees_everything(&mut self, edit: &Edit) {
        (0..FIELDS.len()).for_each(|field| self.sees(field, edit.live_snapshot()));
    }

    /// The person was shown what the store has of this field.
    pub fn sees(&mut self, field: usize, product: &Product) {
        let val = val(product, field);
        if self.permit.shown[field].as_ref() != Some(&val) {
            Arc::make_mut(&mut self.permit).shown[field] = Some(val);
        }
    }

    /// Looks at the session after a step.
    pub fn look(&mut self, edit: &Edit, store: &Store) -> Result<(), Broken> {
        let modified = self.dirty_truth(edit)?;
        self.three_values(edit, store)?;
        self.nothing_lost(edit, modified, store)?;
        self.no_going_back(edit, store)?;
        let agreed = std::array::from_fn(|field| Some(val(edit.live_snapshot(), field)));
        if self.permit.agreed != agreed {
            Arc::make_mut(&mut self.permit).agreed = agreed;
        }
        if !edit.is_new() {
            (0..FIELDS.len()).filter(|field| !modified[*field]).for_each(|field| self.sees(field, edit.local()));
        }
        Ok(())
    }

    /// P1: what is said to be modified is what differs, field by field.
    fn dirty_truth(&self, edit: &Edit) -> Result<[bool; COUNT], Broken> {
        let (local, snapshot) = (edit.local(), &**edit.live_snapshot());
        let differs: [bool; COUNT] = std::array::from_fn(|field| val(local, field) != val(snapshot, field));
        let expected = set((0..COUNT).filter(|field| differs[*field]));
        let said = edit.modified_fields();
        ensure(said == expected, Promise::P1, || {
            format!("{} says that {said:?} are modified, and {expected:?} differ", self.name)
        })?;
        let (dirty, is) = (edit.dirty(), |field: usize| edit.is_modified(FIELDS[field]));
        let (part, inside) = (dirty.delivery.whole, dirty.delivery.inside);
        let flags = [dirty.name, dirty.price, dirty.inventory.stock, dirty.inventory.shelf, dirty.note, dirty.tag];
        let flags: Vec<bool> = flags.into_iter().chain([part, inside.street, inside.floor]).collect();
        ensure(flags == differs && (0..COUNT).all(|field| is(field) == differs[field]), Promise::P1, || {
            format!("{} has {dirty:?}, and {expected:?} differ", self.name)
        })?;
        let mut changes = 0;
        for change in edit.changes() {
            ensure(is_true(&change, snapshot, local), Promise::P1, || format!("{} shows {change:?}", self.name))?;
            changes += 1;
        }
        ensure(changes == said.len(), Promise::P1, || format!("{} has {changes} changes of {said:?}", self.name))?;
        Ok(differs)
    }

    /// P3: a conflict shows what was typed, what the store has, and what that was before the session first saw it change, as
    /// long as nothing was decided.
    fn three_values(&mut self, edit: &Edit, store: &Store) -> Result<(), Broken> {
        let conflicts = edit.conflicts();
        let shown = three(&conflicts);
        let fields = set((0..COUNT).filter(|field| shown[*field].is_some()));
        ensure(fields == conflicts.fields(), Promise::P3, || {
            format!("{} has conflicts in {:?}, and values of {fields:?}", self.name, conflicts.fields())
        })?;
        for (field, shown) in shown.into_iter().enumerate() {
            let before = self.bases[field].take();
            let Some([base, local, remote]) = shown else { continue };
            let is_so = local == val(edit.local(), field) && remote == val(edit.live_snapshot(), field);
            let was = |shape: &Shape| matches!(shape, Shape::Row(row) if val(row, field) == base);
            // Of one that was saved as new it may be what another record was before.
            let known = self.permit.episode > 0 || store.history(edit.id()).iter().any(was);
            let is_base = known && before.as_ref().is_none_or(|before| *before == base);
            ensure(is_so && is_base, Promise::P3, || {
                format!(
                    "{} shows {} as {local}, {remote} in the store and {base} before, which had been {before:?}",
                    self.name, FIELDS[field]
                )
            })?;
            self.bases[field] = Some(base);
        }
        Ok(())
    }

    /// P4: what was typed is there, unless it had reached the store, or was nothing new, and the field follows the store.
    fn nothing_lost(&mut self, edit: &Edit, modified: [bool; COUNT], store: &Store) -> Result<(), Broken> {
        let (local, snapshot) = (edit.local(), &**edit.live_snapshot());
        let open = self.doubt || edit.is_saving() || edit.is_new();
        let is_in_the_part = PART.iter().any(|field| self.wishes[*field].is_some() || self.implied[*field]);
        for field in 0..FIELDS.len() {
            // Where the store has, or has had, no such part, what is typed into it is all of one.
            let with_the_part =
                PART.contains(&field) && is_in_the_part && (modified[PART[0]] || self.was_away(edit, store));
            self.implied[field] = modified[field] && (with_the_part || self.implied[field]);
            let Some(wish) = self.wishes[field].clone() else {
                ensure(!modified[field] || self.implied[field], Promise::P1, || {
                    format!("nobody typed into {} of {}, and it is modified", FIELDS[field], self.name)
                })?;
                continue;
            };
            let now = val(local, field);
            if now == wish.val {
                self.back[field] |= val(snapshot, field) == wish.val;
                if open || modified[field] {
                    continue;
                }
            } else {
                let follows = Self::left_alone(field, &wish, store)
                    || (!modified[field] || self.implied[field])
                        && (self.back[field] || has_reached(field, &wish, edit, store));
                ensure(follows, Promise::P4, || {
                    format!("{} of {} was to be {} and is {now}", FIELDS[field], self.name, wish.val)
                })?;
            }
            self.wishes[field] = None;
            Arc::make_mut(&mut self.permit).typed[field].clear();
        }
        Ok(())
    }

    /// Whether the record has had no part that comes and goes, since the session's snapshot of before, or since something
    /// was wished for in it: an answer that comes late is taken in as of then.
    fn was_away(&self, edit: &Edit, store: &Store) -> bool {
        let is_away = |shape: &Shape| matches!(shape, Shape::Row(row) if val(row, PART[0]) == Val::Nothing);
        let wishes = PART.iter().filter_map(|field| Some((*field, self.wishes[*field].as_ref()?)));
        store.history(edit.id())[self.place(edit)..].iter().any(is_away)
            || wishes.into_iter().any(|(field, wish)| Self::left_alone(field, wish, store))
    }

    /// Whether the field is in the part that comes and goes, which the record has had none of since something was wished for.
    /// What is typed again as it was before it went is as if nobody had touched it, and follows what has come.
    fn left_alone(field: usize, wish: &Wish, store: &Store) -> bool {
        let (id, place) = &wish.since;
        let is_away = |shape: &Shape| matches!(shape, Shape::Row(row) if val(row, PART[0]) == Val::Nothing);
        PART.contains(&field) && store.history(id).get(*place..).unwrap_or_default().iter().any(is_away)
    }

    /// P6: a session's snapshot is a state that the store has had, and never an older one than before.
    fn no_going_back(&mut self, edit: &Edit, store: &Store) -> Result<(), Broken> {
        if edit.is_new() {
            self.at = None;
            return Ok(());
        }
        let from = self.at.take().filter(|(id, _)| id == edit.id()).map_or(0, |(_, place)| place);
        let history = store.history(edit.id());
        let is_it = |shape: &Shape| shape.is_row(edit.live_snapshot());
        let place = history[from..].iter().position(is_it).map(|place| place + from);
        ensure(place.is_some(), Promise::P6, || {
            let was = if history.iter().any(is_it) { "an older state than before" } else { "what never was" };
            format!("the snapshot of {} shows {was}: {:?}", self.name, edit.live_snapshot())
        })?;
        self.at = place.map(|place| (edit.id().clone(), place));
        let is_seen = |(id, seen): &(Id, SeenState)| id == edit.id() && Arc::ptr_eq(&seen.state, edit.live_snapshot());
        if !self.seen.last().is_some_and(is_seen) {
            let first = history.iter().position(is_it).unwrap_or_default();
            let seen = SeenState { state: Arc::clone(edit.live_snapshot()), first, found_by: None };
            self.seen.push((edit.id().clone(), seen));
        }
        Ok(())
    }

    /// It has rebased to what its table has learned by this request.
    pub fn has_rebased(&mut self, edit: &Edit, found_by: u64) {
        let seen = SeenState { state: Arc::clone(edit.live_snapshot()), first: 0, found_by: Some(found_by) };
        self.seen.push((edit.id().clone(), seen));
    }

    /// Whether the session has seen of a delete of this record that was sent that it was done before that, or will be no more.
    pub fn has_settled(&self, id: &Id, sent: &SentDelete) -> bool {
        self.seen.iter().any(|(of, seen)| of == id && sent.is_settled_by(seen))
    }

    /// The person keeps a value of their own, though it may have come with the part that it is in.
    pub fn keeps(&mut self, field: usize, edit: &Edit) {
        if self.wishes[field].is_none() && edit.is_modified(FIELDS[field]) {
            self.wants(field, val(edit.local(), field), edit);
        }
        (self.touched[field], self.bases[field]) = (true, None);
        // Who decides has seen what the store has, and means it for a save under way too.
        self.sees(field, edit.live_snapshot());
        if let Some([shown, _]) = &mut Arc::make_mut(&mut self.permit).saves {
            shown[field] = Some(val(edit.live_snapshot(), field));
        }
    }

    /// P1: what was saved is modified no more, unless it was typed into, or decided, since, or is among `otherwise`.
    pub fn is_saved(&self, edit: &Edit, otherwise: FieldSet<ProductField>) -> Result<(), Broken> {
        let modified = edit.modified_fields();
        let touched = together((0..COUNT).filter(|field| self.touched[*field]), modified.contains(FIELDS[PART[0]]));
        let left = modified - otherwise - set(touched);
        ensure(left.is_empty(), Promise::P1, || {
            format!("{} is saved, and {left:?} are modified that nobody has touched since", self.name)
        })
    }

    /// P6: what a session shows that is told that it is saved is no older than what its write has made, which was `answered`.
    pub fn shows_its_write(&self, edit: &Edit, store: &Store, answered: Option<&(Id, usize)>) -> Result<(), Broken> {
        // It may have been told since that it has gone.
        let is_gone = self.gone.as_ref() == Some(edit.id());
        let Some((_, place)) = answered.filter(|(id, _)| id == edit.id() && !is_gone) else { return Ok(()) };
        let since = &store.history(edit.id())[*place..];
        // A delete is not what it shows.
        let is_row = matches!(since.first(), Some(Shape::Row(_)));
        let shows = since.iter().any(|shape| shape.is_row(edit.live_snapshot()));
        ensure(!is_row || shows, Promise::P6, || {
            format!("{} is saved, and shows what was before that: {:?}", self.name, edit.live_snapshot())
        })
    }

    /// The session asks the store for something.
    pub fn asks(&mut self, edit: &Edit) {
        // Saving over a conflict decides it.
        self.bases = Default::default();
        if !edit.is_saving() {
            self.touched = [false; COUNT];
        }
        // Who asks once more means what is there by now.
        (0..COUNT).for_each(|field| self.touched[field] |= edit.is_saving() && edit.is_modified(FIELDS[field]));
        self.policy_holds(edit);
        let here = (edit.id().clone(), self.place(edit));
        self.asked.get_or_insert(here);
    }

    /// It was told something.
    pub fn is_answered(&mut self, edit: &Edit) {
        // What it has written itself is what others have changed.
        self.bases = Default::default();
        self.policy_holds(edit);
        if !edit.is_saving() && !edit.is_deleting() {
            self.asked = None;
        }
    }

    /// Whether the record has been gone since the session's snapshot, or that which it was when it asked: an answer that
    /// nobody has waited for is told late, and is true all the same.
    pub fn was_gone(&self, edit: &Edit, store: &Store) -> bool {
        let asked = match &self.asked {
            Some((id, place)) if id == edit.id() => *place,
            // It was to be made then.
            Some(_) => 0,
            None => usize::MAX,
        };
        let from = asked.min(self.place(edit));
        store.history(edit.id())[from..].iter().any(|shape| matches!(shape, Shape::Gone))
    }

    /// Whether each of these fields was ever anything else than what the person was shown last.
    pub fn have_differed(&self, fields: FieldSet<ProductField>, edit: &Edit, store: &Store) -> bool {
        let differs = |field: usize, shape: &Shape| match shape {
            Shape::Row(row) => self.permit.shown[field].as_ref() != Some(&val(row, field)),
            _ => false,
        };
        places(fields).into_iter().all(|field| store.history(edit.id()).iter().any(|shape| differs(field, shape)))
    }

    /// P3: of what a rebase has shown in conflict `before` it was not, where a save is under way and no answer was lost,
    /// nothing is what that save has written as it was typed.
    pub fn shows_no_echo(
        &self,
        before: FieldSet<ProductField>,
        edit: &Edit,
        stands: impl Fn(usize, &Val) -> bool,
    ) -> Result<(), Broken> {
        let is_own = |field: &usize| {
            let remote = val(edit.live_snapshot(), *field);
            self.permit.typed[*field].contains(&remote) && stands(*field, &remote)
        };
        let fresh = places(edit.conflicts().fields() - before);
        // Of a part that is on one side only, all of it is in conflict.
        let is_whole = edit.conflicts().fields().contains(FIELDS[PART[0]]);
        let echoes = set(fresh.into_iter().filter(|field| !(is_whole && PART.contains(field))).filter(is_own));
        ensure(echoes.is_empty() || self.permit.policy == Policy::Overwrite, Promise::P3, || {
            format!("{} shows its own values of {echoes:?} as somebody else's", self.name)
        })
    }

    /// The place in its history of the state that the session's snapshot is, at the least.
    fn place(&self, edit: &Edit) -> usize {
        self.at.as_ref().filter(|(id, _)| id == edit.id()).map_or(0, |(_, place)| *place)
    }

    /// Whether the store has what the person wanted, or had, before somebody else has changed it.
    pub fn has_its_wish(&self, field: usize, wish: &Wish, edit: &Edit, store: &Store) -> bool {
        has_reached(field, wish, edit, store)
            || !edit.is_modified(FIELDS[field]) && self.back[field]
            || Self::left_alone(field, wish, store)
    }
}

/// Whether the store has had what was wished for, since the session's snapshot of then: whoever has written it.
fn has_reached(field: usize, wish: &Wish, edit: &Edit, store: &Store) -> bool {
    let coerced = store.coerce(field, &wish.val);
    let has = |shape: &Shape| match shape {
        Shape::Row(row) => val(row, field) == wish.val || coerced == Some(val(row, field)),
        Shape::Gone | Shape::Unfit => false,
    };
    let (id, place) = &wish.since;
    let since = store.history(id).get(*place..).unwrap_or_default();
    // What the session has made since is all of the time after.
    let made = if id == edit.id() { &[] } else { store.history(edit.id()) };
    since.iter().chain(made).any(has)
}
