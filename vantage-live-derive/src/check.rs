//! Every misuse, all of them collected.

use syn::DeriveInput;

use crate::error::Errors;
use crate::model::Entity;

pub fn input(_: &DeriveInput, _: &mut Errors) {}
pub fn entity(_: &Entity, _: &mut Errors) {}
pub fn can_expand(entity: &Entity) -> bool {
    entity.tracked().next().is_some()
}
