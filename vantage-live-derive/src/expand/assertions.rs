//! What is found out while a program is compiled, of an entity in which others are nested: nothing of their types is known
//! here.

use proc_macro2::TokenStream;
use quote::quote;

use super::field::nested_field;
use super::{Place, field, fixed, is_nested, of_nested};
use crate::check::CAPACITY;
use crate::model::{Entity, Field};

/// That no nested entity has an id, which nobody would fill in, nor an optional one a field that only the store can set;
/// that fields side by side in the record have names of their own; and that there are not too many leaves.
pub fn all(entity: &Entity) -> Option<TokenStream> {
    let live = &entity.private();
    let each = entity.nested().map(|field| {
        let (place, name) = (Place::of_entity(&field.ty), field.name());
        let is = |condition, message| place.put(quote!(const _: () = #live::assert!(#condition, #message);));
        let has_id = of_nested(&field.ty, &quote!(__live::NestedEntity), &quote!(HAS_ID));
        let no_id = is(
            quote!(!#has_id),
            format!(
                "`{name}` is nested and its type has an `#[live(id)]` field: an id belongs to a whole record, take one \
                 of the two away"
            ),
        );
        let inner = nested_field(&quote!(__live), field);
        let constant = |item: TokenStream| fixed(place.put(quote!(<#inner as __live::Field>::#item)));
        let (own, readonly) = (constant(quote!(OWN)), constant(quote!(READONLY)));
        let settable = (!field.is_readonly()).then(|| {
            is(
                quote!(!#own.optional || #readonly.bits().is_empty()),
                format!(
                    "`{name}` may be absent and has a read-only field, which nobody could bring back with it: take \
                     `readonly`, or `version`, away inside, or the `Option`, or put `readonly` on `{name}`"
                ),
            )
        });
        let flat = field.is_flat().then(|| {
            is(
                quote!(!#own.optional),
                format!("`{name}` is spread over the record, where nothing tells whether it is there: take the `Option` away, or `flatten`"),
            )
        });
        quote!(#no_id #settable #flat)
    });
    let leaves = entity.nested().map(|field| {
        let inner = nested_field(&quote!(__live), field);
        Place::of_entity(&field.ty).put(quote!(__live::leaves::<#inner>()))
    });
    let (own, name) = (entity.tracked().count() - entity.nested().count(), &entity.ident);
    let too_many = format!(
        "`{name}` has more than {CAPACITY} fields, those of its nested entities included: take `nested` away where a \
         field can be compared and saved as a whole"
    );
    // Not `<=` the capacity: with one field of its own, clippy would tell the user to write that as `<`.
    let limit = CAPACITY + 1;
    let places = field::in_record(entity).enumerate().filter(|(_, field)| is_nested(field) && field.is_flat());
    let flat = places.map(|(place, field)| {
        // Not that of the enum, which asks for all that is nested: what is no entity would be said there too.
        let own_fields = fixed(field::own(entity));
        let message = format!(
            "a field of `{}` and another of `{name}` have the same name in the record, or are read from it: rename one of \
             them, or take the `alias` or `flatten` away",
            field.name()
        );
        Place::of(&field.ty).put(quote! {
            const _: () = {
                const __OWN: #live::Own = #own_fields;
                #live::assert!(#live::Own::is_distinct_at::<{ #live::Own::places(&__OWN) }>(&__OWN, #place), #message);
            };
        })
    });
    let spread = spread(entity);
    entity.has_nested().then(|| {
        quote! {
            #(#each)*
            #(#spread)*
            const _: () = #live::assert!(#own #(+ #leaves)* < #limit, #too_many);
            #(#flat)*
        }
    })
}

/// That of what is spread over the record nothing is read into a map among it as well, from which serde would write what it
/// was: serde gives such a map whatever is not taken before it, and what is read as a map itself takes nothing.
fn spread(entity: &Entity) -> Vec<TokenStream> {
    let live = &entity.private();
    let is = |field: &Field, of: &TokenStream| {
        let inner = nested_field(&quote!(__live), field);
        let own = fixed(Place::of_entity(&field.ty).put(quote!(<#inner as __live::Field>::OWN)));
        quote!(#live::Own::#of(&#own))
    };
    let flat = || entity.fields.iter().filter(|field| field.is_flat() && field.serde.skipped().is_none()).enumerate();
    let mut all = Vec::new();
    for (at, field) in flat().filter(|(_, field)| is_nested(field)) {
        for (place, map) in flat().filter(|(place, _)| *place != at) {
            let (name, other) = (field.name(), map.name());
            let has_map = if is_nested(map) { is(map, &quote!(has_rest)) } else { quote!(true) };
            let takes_none = if place < at { quote!(true) } else { is(field, &quote!(is_read_as_map)) };
            let instead = if place < at {
                format!("put `{other}` behind `{name}`")
            } else {
                format!("take the `flatten` inside `{name}` away, or the map")
            };
            let message = format!(
                "serde reads the fields of `{name}` into the map that `{other}` spreads over the record as well, and would \
                 write from there what they were: {instead}"
            );
            let place = Place::of(&map.ty);
            let never_both = place.put(quote!(#live::assert!(!(#has_map && #takes_none), #message);));
            all.push(quote!(const _: () = { #never_both };));
        }
    }
    all
}
