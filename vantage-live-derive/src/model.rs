//! The struct as the later steps see it. Questions about it are methods here.
//!
//! A model can be expanded even where it has errors: what contradicts itself is read in one of the two ways, so that
//! the error is the only message.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, Generics, Ident, Type, Visibility};

use crate::attr::{EntityAttrs, EntitySerde, FieldAttrs, FieldSerde, Given, rust};
use crate::docs;
use crate::error::Errors;
use crate::generated::Names;
use crate::generics::{self, Params};
use crate::naming::{self, RenameRule};
use crate::types::{self, AROUND_MANY, AROUND_ONE, PLAIN, optional, ungrouped};

/// The struct.
pub struct Entity {
    pub ident: Ident,
    pub vis: Visibility,
    pub generics: Generics,
    /// What is said of its use, and holds for the generated types too: `#[deprecated]`, `#[doc(hidden)]`, `#[allow(…)]`.
    pub notes: Vec<Attribute>,
    pub live: EntityAttrs,
    pub serde: EntitySerde,
    /// The `packed` of `#[repr(packed)]`.
    pub packed: Option<Ident>,
    pub names: Names,
    pub fields: Vec<Field>,
    /// The lifetimes that the struct spells anywhere.
    lifetimes: Vec<Ident>,
    /// Known once, as it is asked for every field.
    has_nested: bool,
}

/// A field of the struct.
pub struct Field {
    pub ident: Ident,
    pub ty: Type,
    pub vis: Visibility,
    /// The field's documentation, as it stands at a copy.
    pub docs: Vec<Attribute>,
    /// What is said of its use, and holds for the generated items too: `#[deprecated]`, `#[doc(hidden)]`, `#[allow(…)]`.
    pub notes: Vec<Attribute>,
    pub live: FieldAttrs,
    pub serde: FieldSerde,
    /// The name in the enums; `None` where none can be made of the field's.
    pub variant: Option<Ident>,
    /// The earlier field that has the same variant already.
    pub namesake: Option<Ident>,
    pub wire: Wire,
    /// Whether the type is the struct itself, or holds another one of it.
    is_recursive: bool,
    /// The parameter of the struct that the type mentions.
    pub parameter: Option<Ident>,
    /// The number of the type among the struct's, the same for all fields that spell it alike; `None` where it mentions a
    /// parameter, as a function of it would need the bounds.
    pub shared_type: Option<usize>,
    /// The type's tokens as text, in which most of what is looked for is not: text is quicker to look through.
    pub spelt: String,
    /// Whether any thread may read a value, as far as the names in the type tell.
    pub is_shared: bool,
    /// Whether a value can be copied, as far as the names in the type tell.
    pub is_of_std: bool,
}

/// What serde calls a field in the record.
pub struct Wire {
    /// The name that it writes.
    pub written: String,
    /// The names that it reads, with the attributes that say so; the one that it writes first, where that is among them.
    pub read: Vec<Given<String>>,
}

/// What becomes of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Id,
    Skip,
    Leaf,
    Nested,
}

impl Entity {
    /// The model of `input`, or `None` where it is no struct with named fields.
    pub fn parse(input: &DeriveInput, errors: &mut Errors) -> Option<Self> {
        let live = EntityAttrs::parse(&input.attrs, errors);
        let serde = EntitySerde::parse(&input.attrs);
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => &fields.named,
                Fields::Unnamed(_) | Fields::Unit => return None,
            },
            Data::Enum(_) | Data::Union(_) => return None,
        };
        let (mut seen, mut types) = (HashMap::new(), HashMap::new());
        let fields = fields.iter().filter_map(|field| {
            let mut field = Field::parse(field, input, &serde, errors)?;
            field.find_namesake(&mut seen);
            if field.parameter.is_none() {
                let (number, spelt) = (types.len(), field.spelt.clone());
                // Two of them may be of two crates.
                let spelt = if spelt.contains("$crate") { format!("{number} {spelt}") } else { spelt };
                field.shared_type = Some(*types.entry(spelt).or_insert(number));
            }
            Some(field)
        });
        let fields: Vec<_> = fields.collect();
        let names = Names::new(&input.ident, &live).beside(&fields);
        let (ident, vis, generics) = (input.ident.clone(), input.vis.clone(), input.generics.clone());
        let (notes, packed) = (rust::notes(&input.attrs), rust::packed(&input.attrs));
        let (clause, types) = (&generics.where_clause, fields.iter().filter(|field| field.spelt.contains('\'')));
        let types = types.map(|field| &field.ty);
        let lifetimes = generics::lifetimes(quote!(#(#types)* #generics #clause));
        let has_nested =
            fields.iter().any(|field| field.is_tracked() && field.variant.is_some() && field.kind() == Kind::Nested);
        Some(Entity { ident, vis, generics, notes, live, serde, packed, names, fields, lifetimes, has_nested })
    }

    /// Writes `'static` in place of every lifetime, for generated types that have none; whether that could be done.
    pub fn lasts(&mut self) -> bool {
        let (params, clause) = (self.generics.type_params(), &self.generics.where_clause);
        let in_bounds = generics::lifetimes(quote!(#(#params)* #clause));
        let is_unbounded = in_bounds.iter().all(|lifetime| lifetime == "static");
        is_unbounded && self.fields.iter_mut().all(Field::lasts)
    }

    /// Whether serde says itself what is wrong with an attribute of its own.
    pub fn is_refused_by_serde(&self) -> bool {
        self.serde.is_refused || self.fields.iter().any(|field| field.serde.is_refused)
    }

    /// The fields that have a variant, with their places among themselves.
    pub fn tracked(&self) -> impl Iterator<Item = (usize, &Field, &Ident)> {
        let tracked = self.fields.iter().filter(|field| field.is_tracked());
        tracked.filter_map(|field| Some((field, field.variant.as_ref()?))).enumerate().map(|(at, (f, v))| (at, f, v))
    }

    /// The fields that are entities themselves.
    pub fn nested(&self) -> impl Iterator<Item = &Field> {
        self.tracked().map(|(_, field, _)| field).filter(|field| field.kind() == Kind::Nested)
    }

    /// Whether there is an entity inside this one.
    pub fn has_nested(&self) -> bool {
        self.has_nested
    }

    /// The `#[live(id)]` field.
    pub fn id(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind() == Kind::Id)
    }

    /// Whether the compiler minds that the struct, or a field of it, is used.
    pub fn is_deprecated(&self) -> bool {
        let mut notes = self.fields.iter().flat_map(|field| &field.notes).chain(&self.notes);
        notes.any(|note| note.path().is_ident("deprecated"))
    }

    /// Whether the struct is seen where one of the nested entities may not be.
    pub fn hides_nested(&self) -> bool {
        self.nested().any(|field| field.is_hidden_in(self))
    }

    /// The field under which serde writes the struct's name; empty where it does not.
    pub fn tag(&self) -> String {
        self.serde.tag.as_ref().map(|tag| tag.value.value()).unwrap_or_default()
    }

    /// The table's name.
    pub fn table(&self) -> String {
        let given = self.live.table.as_ref().map(|table| table.value.value());
        given.unwrap_or_else(|| naming::snake_case(&self.ident.unraw().to_string()))
    }

    /// The path of what generated code may name.
    pub fn private(&self) -> TokenStream {
        private(&self.live)
    }

    /// `'e`, or another where the struct has a lifetime of that name somewhere.
    pub fn lifetime(&self, name: &str) -> TokenStream {
        generics::free_lifetime(name, &self.lifetimes)
    }

    /// The struct's parameters that generated types need.
    pub fn params(&self) -> Params<'_> {
        Params::new(&self.generics, self.tracked().map(|(_, field, _)| field.ty.to_token_stream()))
    }
}

/// The path of what generated code may name.
pub fn private(live: &EntityAttrs) -> TokenStream {
    let given = live.krate.as_ref().map(|krate| &krate.value);
    given.map_or_else(|| quote!(::vantage_live::__private), |path| quote!(#path::__private))
}

impl Field {
    fn parse(field: &syn::Field, of: &DeriveInput, entity: &EntitySerde, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.clone()?;
        // syn lets it through, and nothing could be read from such a field.
        if ident == "_" {
            errors.at(ident, "a field has a name: write one in place of `_`");
            return None;
        }
        let (name, span) = (ident.unraw().to_string(), ident.span());
        let mut serde = FieldSerde::parse(&field.attrs);
        let panics = entity.panics_at(&name, &serde);
        serde.is_refused |= panics;
        let ty = generics::without_self(&field.ty, of);
        let parameter = generics::mentioned(&of.generics, &ty);
        let wire = Wire::new(&ident, &serde, entity);
        Some(Field {
            ident: naming::of_any_edition(ident),
            vis: field.vis.clone(),
            docs: docs::copied(rust::docs(&field.attrs), &of.ident),
            notes: rust::notes(&field.attrs),
            live: FieldAttrs::parse(&field.attrs, errors),
            variant: naming::variant(&name, span),
            namesake: None,
            wire,
            is_recursive: types::innermost(&ty) == Some(&of.ident),
            shared_type: None,
            spelt: ty.to_token_stream().to_string(),
            is_shared: parameter.is_none() && types::is_shared(&ty),
            is_of_std: parameter.is_none() && types::is_of_std(&ty),
            parameter,
            ty,
            serde,
        })
    }

    fn find_namesake(&mut self, seen: &mut HashMap<Ident, Ident>) {
        if let Some(variant) = self.variant.clone().filter(|_| self.is_tracked()) {
            self.namesake = seen.get(&variant).cloned();
            seen.entry(variant).or_insert_with(|| self.ident.clone());
        }
    }

    /// As [`Entity::lasts`].
    fn lasts(&mut self) -> bool {
        // Whatever the type lacks is for the day when it can be read.
        self.live.is_refused = true;
        let lasting = types::static_of(&self.ty);
        self.spelt = lasting.to_token_stream().to_string();
        lasting.map(|ty| self.ty = ty).is_some()
    }

    /// What becomes of the field.
    pub fn kind(&self) -> Kind {
        if self.live.id.is_some() {
            Kind::Id
        } else if self.is_own() || self.is_refused_flat() {
            Kind::Skip
        } else if self.live.nested.is_some() && self.parameter.is_none() && self.no_entity().is_none() {
            Kind::Nested
        } else {
            Kind::Leaf
        }
    }

    /// Whether the field is the program's own, and not in the record.
    pub fn is_own(&self) -> bool {
        self.live.skip.is_some() || self.serde.skipped().is_some()
    }

    /// Whether the field has a variant of its own.
    pub fn is_tracked(&self) -> bool {
        matches!(self.kind(), Kind::Leaf | Kind::Nested) && self.namesake.is_none()
    }

    /// What is wrong with the type where it can be seen to be no entity, nor an `Option` of one, and what to do.
    pub fn no_entity(&self) -> Option<String> {
        let inside = optional(&self.ty);
        let ty = inside.unwrap_or(&self.ty);
        let path = match ungrouped(ty) {
            Type::Path(path) => path,
            // Whatever it is in the end.
            Type::Macro(_) | Type::Paren(_) => return None,
            _ => return Some("this is neither: take `nested` away".to_owned()),
        };
        if self.is_recursive {
            let is_held = path.path.segments.last().is_some_and(|last| types::is_one_of(&last.ident, AROUND_ONE));
            let held = if is_held { "" } else { ", and hold it in a `Box`" };
            return Some(format!("the fields of a struct that is in itself have no end: take `nested` away{held}"));
        }
        if inside.is_some() && optional(ty).is_some() {
            return Some("this is an `Option` of an `Option`: keep one".to_owned());
        }
        // What has a path of its own may be somebody's own type of that name.
        let name = path.path.get_ident().map(ToString::to_string);
        if name.as_deref().is_some_and(|name| PLAIN.contains(&name)) {
            return Some(format!("`{}` is neither: take `nested` away", name.unwrap_or_default()));
        }
        let last = path.path.segments.last().filter(|last| !last.arguments.is_empty())?;
        let name = last.ident.to_string();
        if AROUND_ONE.contains(&name.as_str()) {
            return Some(format!("a `{name}` is neither: hold the struct without `{name}`, or take `nested` away"));
        }
        AROUND_MANY.contains(&name.as_str()).then(|| format!("a `{name}` is neither: take `nested` away"))
    }

    /// Whether the store alone sets it.
    pub fn is_readonly(&self) -> bool {
        self.live.readonly.is_some() || self.live.version.is_some()
    }

    /// Whether serde writes the field's own fields beside it.
    pub fn is_flat(&self) -> bool {
        self.serde.flatten.is_some()
    }

    /// Whether the type is an `Option`, as far as its name tells: serde then reads nothing as `None`.
    pub fn is_option(&self) -> bool {
        matches!(ungrouped(&self.ty), Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
    }

    /// Whether it is spread over the record, and nothing says what for. Nothing is asked of the type then: what it is to
    /// be may need less.
    pub fn is_refused_flat(&self) -> bool {
        let said = [&self.live.id, &self.live.skip, &self.live.nested];
        self.is_flat() && self.serde.skipped().is_none() && said.iter().all(|said| said.is_none())
    }

    /// Whether serde can read a record that has nothing of the field, or may be meant to: it has refused what says so.
    pub fn may_be_missing(&self, entity: &EntitySerde) -> bool {
        let is_said = entity.default || self.serde.default.is_some();
        let may_be_said = entity.is_refused || self.serde.is_refused;
        is_said || may_be_said || self.is_option() && self.serde.is_read_by_serde()
    }

    /// Whether it is of one of the language's own types, which have no other name.
    pub fn is_primitive(&self) -> bool {
        self.parameter.is_none() && types::is_primitive(&self.spelt)
    }

    /// What to write in the place of a `&` or a `Cow` without a lifetime, or with one that nobody declares.
    pub fn without_lifetime(&self) -> Option<&'static str> {
        let may_borrow = self.spelt.contains(['&', '\'']) || self.spelt.contains("Cow");
        may_borrow.then(|| types::without_lifetime(&self.ty)).flatten()
    }

    /// What to write in the type's place, where no record can be read into the field: serde could, from one that lives as long
    /// as the field does, or the compiler misses a lifetime.
    pub fn borrows(&self) -> Option<&'static str> {
        // What serde borrows whatever a function of one's own would do, and what it can read by borrowing alone.
        let is_borrowed = types::is_borrowed(&self.ty)
            || matches!(ungrouped(&self.ty), Type::Reference(_)) && self.serde.is_read_by_serde();
        let is_borrowed = self.serde.borrow.is_some() || is_borrowed && self.serde.reads();
        if is_borrowed { Some(types::OWNED) } else { self.without_lifetime().filter(|_| !self.is_own()) }
    }

    /// Whether the field is seen in fewer places than the struct, or in others.
    pub fn is_hidden_in(&self, entity: &Entity) -> bool {
        !matches!(entity.vis, Visibility::Inherited) && self.vis != entity.vis
    }

    /// The name in Rust, without `r#`.
    pub fn name(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// The name for a person.
    pub fn label(&self) -> String {
        self.live.label.as_ref().map_or_else(|| naming::label(&self.name()), |label| label.value.value())
    }
}

impl Wire {
    fn new(ident: &Ident, serde: &FieldSerde, entity: &EntitySerde) -> Self {
        let name = ident.unraw().to_string();
        let (serialize, deserialize) = entity.rules();
        let by = |rule: Option<RenameRule>| rule.map_or_else(|| name.clone(), |rule| rule.apply(&name));
        let rename = serde.rename.as_ref();
        let written = rename.and_then(|rename| rename.serialize.clone()).unwrap_or_else(|| by(serialize));
        let renamed =
            rename.iter().flat_map(|rename| rename.deserialize.iter().map(|name| (&rename.key, name.clone())));
        let mut named: Vec<_> = renamed.collect();
        if named.is_empty() {
            named.push((ident, by(deserialize)));
        }
        named.extend(serde.aliases.iter().map(|alias| (&alias.key, alias.value.value())));
        let mut read: Vec<Given<String>> = Vec::new();
        for (key, value) in named {
            if !read.iter().any(|given| given.value == value) {
                read.push(Given { key: key.clone(), value });
            }
        }
        read.sort_by_key(|given| given.value != written);
        Wire { written, read }
    }

    /// Whether serde reads the name that it writes.
    pub fn is_read(&self) -> bool {
        self.read.iter().any(|given| given.value == self.written)
    }

    /// The other names that it reads.
    pub fn others(&self) -> impl Iterator<Item = &Given<String>> {
        self.read.iter().filter(|given| given.value != self.written)
    }
}
