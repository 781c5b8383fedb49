//! Structs after those of real programs, and shortened: the names, the attributes and the order are the authors', many
//! fields are left out, and the types of their other modules are stand-ins. `LiveEntity` and what `#[live]` says of it are
//! added. What is refused as it was written stands in `fail/strangers`; whole structs of the same shapes, in our own words,
//! in `whole_range`.

#![deny(warnings)]
#![allow(dead_code)]

use serde_json::json;
use vantage_live::{FieldSet, Id, LiveEntity};

/// octocrab, `models`: MIT or Apache-2.0.
mod octocrab {
    use std::collections::HashMap;

    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Deserializer, Serialize};
    use vantage_live::LiveEntity;

    pub type Url = String;
    type Number = u64;

    #[derive(Debug, Clone, Hash, Eq, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[non_exhaustive]
    pub struct Author {
        pub login: String,
        pub id: Number,
        pub node_id: String,
        pub avatar_url: Url,
        pub r#type: String,
        pub site_admin: bool,
        pub name: Option<String>,
        pub patch_url: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
    }

    #[derive(Debug, Clone, Hash, Eq, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[non_exhaustive]
    pub struct UserProfile {
        pub login: String,
        pub id: Number,
        pub r#type: String,
        #[serde(deserialize_with = "empty_string_is_none")]
        pub blog: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub email: Option<String>,
        pub hireable: Option<bool>,
        pub public_repos: u64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }

    fn empty_string_is_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
    }

    #[derive(Debug, Clone, Eq, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[non_exhaustive]
    pub struct Collaborator {
        #[live(nested)]
        #[serde(flatten)]
        pub author: Author,
        pub permissions: Permissions,
    }

    #[derive(Debug, Clone, Hash, Eq, PartialEq, Serialize, Deserialize)]
    pub struct Permissions {
        pub admin: bool,
        pub push: bool,
        pub pull: bool,
    }

    #[derive(Debug, Clone, Hash, Eq, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[non_exhaustive]
    pub struct Label {
        pub id: Number,
        pub node_id: String,
        pub url: Url,
        pub name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        pub color: String,
        pub default: bool,
    }

    #[derive(Debug, Clone, Hash, Eq, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[non_exhaustive]
    pub struct Milestone {
        pub url: Url,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub labels_url: Option<Url>,
        pub id: Number,
        pub number: i64,
        pub title: String,
        #[live(nested)]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub creator: Option<Author>,
        pub created_at: DateTime<Utc>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub due_on: Option<DateTime<Utc>>,
    }

    #[derive(Debug, Clone, Eq, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub struct Installation {
        pub id: Number,
        #[live(nested)]
        pub account: Author,
        pub events: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none", default, deserialize_with = "deserialize_opt")]
        pub created_at: Option<DateTime<Utc>>,
    }

    fn deserialize_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
        Option::deserialize(deserializer)
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default, LiveEntity)]
    #[non_exhaustive]
    pub struct WorkflowDispatch {
        pub r#ref: String,
        // The author's has no `default`, and the derive says that serde cannot read what it leaves out then.
        #[serde(skip_serializing_if = "serde_json::Value::is_null", default)]
        pub inputs: serde_json::Value,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LiveEntity)]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub struct CommentReactions {
        pub url: Url,
        pub total_count: u64,
        #[live(skip)]
        #[serde(flatten)]
        pub reactions: Option<HashMap<String, u64>>,
    }

    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, LiveEntity)]
    pub struct CachedResponse {
        pub body: Vec<u8>,
        #[serde(with = "header_map")]
        pub headers: HashMap<String, Vec<String>>,
    }

    mod header_map {
        use super::*;

        pub fn serialize<S: serde::Serializer>(
            headers: &HashMap<String, Vec<String>>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            headers.serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HashMap<String, Vec<String>>, D::Error> {
            HashMap::deserialize(deserializer)
        }
    }
}

/// atuin, its settings and records: MIT.
mod atuin {
    use std::path::PathBuf;

    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    #[derive(Clone, Debug, Deserialize, Serialize, LiveEntity)]
    pub struct Stats {
        #[serde(default = "Stats::common_prefix_default")]
        pub common_prefix: Vec<String>,
        #[serde(default = "Stats::ignored_commands_default")]
        pub ignored_commands: Vec<String>,
    }

    impl Stats {
        fn common_prefix_default() -> Vec<String> {
            vec!["sudo".to_owned()]
        }

        fn ignored_commands_default() -> Vec<String> {
            Vec::new()
        }
    }

    #[derive(Clone, Debug, Default, Deserialize, Serialize, LiveEntity)]
    pub struct PtyProxy {
        #[serde(alias = "enable")]
        pub enabled: bool,
    }

    #[derive(Clone, Debug, Deserialize, Serialize, LiveEntity)]
    pub struct Search {
        pub filters: Vec<FilterMode>,
        pub recency_score_multiplier: f64,
        pub frecency_score_multiplier: f64,
        pub shells: Shells,
    }

    #[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    pub enum FilterMode {
        Global,
        Host,
    }

    #[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
    #[serde(untagged)]
    pub enum Shells {
        Named(String),
        Listed(Vec<String>),
    }

    #[derive(Clone, Debug, Deserialize, Serialize, LiveEntity)]
    pub struct Daemon {
        #[serde(alias = "enable")]
        pub enabled: bool,
        pub autostart: bool,
        pub sync_frequency: u64,
        pub socket_path: Option<PathBuf>,
        pub pidfile_path: String,
    }

    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, LiveEntity)]
    pub struct EncryptedData {
        #[serde(rename = "data", alias = "raw")]
        pub raw: String,
        #[serde(rename = "content_encryption_key", alias = "cek")]
        pub cek: String,
    }

    #[derive(Debug, Clone, Serialize, Deserialize, LiveEntity)]
    pub struct HistoryStats {
        pub total_commands: usize,
        pub unique_commands: usize,
        pub top: Vec<(Vec<String>, usize)>,
    }

    #[derive(Clone, Debug, Deserialize, Serialize, LiveEntity)]
    pub struct Server {
        pub host: String,
        pub port: u16,
        #[live(nested)]
        pub metrics: Metrics,
        #[live(nested)]
        #[serde(flatten)]
        pub db_settings: DbSettings,
    }

    #[derive(Clone, Debug, Deserialize, Serialize, LiveEntity)]
    pub struct Metrics {
        #[serde(alias = "enabled")]
        pub enable: bool,
        pub host: String,
        pub port: u16,
    }

    #[derive(Clone, Debug, Deserialize, Serialize, LiveEntity)]
    pub struct DbSettings {
        pub db_uri: String,
        pub read_db_uri: Option<String>,
    }
}

/// megalodon, its entities: MIT.
mod megalodon {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Serialize};
    use vantage_live::LiveEntity;

    #[derive(Debug, Deserialize, Serialize, Clone, PartialEq, LiveEntity)]
    pub struct Account {
        #[live(id)]
        pub id: String,
        pub username: String,
        pub locked: bool,
        pub moved: Option<Box<Account>>,
        pub created_at: DateTime<Utc>,
        pub followers_count: i32,
        pub emojis: Vec<Emoji>,
        #[live(nested)]
        pub source: Option<Source>,
        pub mute_expires_at: Option<DateTime<Utc>>,
    }

    #[derive(Debug, Deserialize, Serialize, Clone, PartialEq)]
    pub struct Emoji {
        pub shortcode: String,
        pub url: String,
    }

    #[derive(Debug, Deserialize, Serialize, Clone, PartialEq, LiveEntity)]
    pub struct Source {
        pub privacy: Option<String>,
        pub sensitive: Option<bool>,
        pub note: String,
    }

    #[derive(Debug, Clone, PartialEq, Deserialize, Serialize, LiveEntity)]
    pub struct Card {
        pub url: String,
        pub r#type: CardType,
        pub width: Option<u32>,
    }

    #[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum CardType {
        Link,
        Photo,
    }

    #[derive(Debug, Clone, PartialEq, Deserialize, Serialize, LiveEntity)]
    pub struct Poll {
        #[live(id)]
        pub id: String,
        pub expires_at: Option<DateTime<Utc>>,
        pub multiple: bool,
        pub votes_count: u32,
        pub options: Vec<PollOption>,
    }

    #[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
    pub struct PollOption {
        pub title: String,
        pub votes_count: Option<u32>,
    }

    #[derive(Debug, Clone, PartialEq, Deserialize, Serialize, LiveEntity)]
    pub struct Status {
        #[live(id)]
        pub id: String,
        pub account: Account,
        pub reblog: Option<Box<Status>>,
        pub content: String,
        #[live(nested)]
        pub card: Option<Card>,
        pub poll: Option<Poll>,
        pub bookmarked: Option<bool>,
    }
}

/// Meilisearch: MIT.
mod meilisearch {
    use std::collections::BTreeMap;
    use std::num::NonZeroUsize;

    use serde::{Deserialize, Serialize};
    use time::OffsetDateTime;
    use uuid::Uuid;
    use vantage_live::LiveEntity;

    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, LiveEntity)]
    #[serde(rename_all = "camelCase")]
    pub struct Metadata {
        pub dump_version: Version,
        pub db_version: String,
        #[serde(with = "time::serde::rfc3339")]
        pub dump_date: OffsetDateTime,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Version {
        V5,
        V6,
    }

    #[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, LiveEntity)]
    pub struct Key {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        #[live(id)]
        pub uid: Uuid,
        pub actions: Vec<String>,
        #[serde(with = "time::serde::rfc3339::option")]
        pub expires_at: Option<OffsetDateTime>,
        #[live(readonly)]
        #[serde(with = "time::serde::rfc3339")]
        pub updated_at: OffsetDateTime,
    }

    #[derive(Debug, Clone, Serialize, Deserialize, LiveEntity)]
    #[serde(deny_unknown_fields)]
    #[serde(rename_all = "camelCase")]
    pub struct Facets {
        pub level_group_size: Option<NonZeroUsize>,
        pub min_level_size: Option<NonZeroUsize>,
    }

    #[derive(Default, Debug, PartialEq, Clone, Serialize, Deserialize, LiveEntity)]
    #[serde(rename_all = "camelCase")]
    pub struct DetailsView {
        #[serde(skip_serializing_if = "Option::is_none")]
        pub received_documents: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub indexed_documents: Option<Option<u64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub primary_key: Option<Option<String>>,
    }

    #[derive(Debug, Serialize, Deserialize, Clone, PartialEq, Eq, LiveEntity)]
    #[serde(rename_all = "camelCase")]
    pub struct ResponseError {
        #[serde(skip)]
        pub code: u16,
        pub message: String,
        #[serde(rename = "code")]
        pub error_code: String,
        #[serde(rename = "type")]
        error_type: String,
        #[serde(rename = "link")]
        error_link: String,
    }

    #[derive(Serialize, Deserialize, Clone, Debug, LiveEntity)]
    pub struct IndexStats {
        #[serde(default)]
        pub documents_database_stats: BTreeMap<String, u64>,
        // Read for the sake of older versions, and never written.
        #[live(skip)]
        #[serde(default, skip_serializing)]
        pub number_of_documents: Option<u64>,
        pub database_size: u64,
        #[serde(default)]
        pub internal_database_sizes: Vec<(String, u64)>,
        #[serde(with = "time::serde::rfc3339")]
        pub created_at: OffsetDateTime,
    }

    #[derive(Serialize, Deserialize, Debug, Clone, PartialEq, Eq, LiveEntity)]
    #[serde(rename_all = "camelCase")]
    pub struct Remote {
        pub url: String,
        #[serde(default)]
        pub search_api_key: Option<String>,
        #[live(skip)]
        #[serde(skip_deserializing)]
        pub status: u8,
    }
}

/// An entity reads what a store has, writes the same again, and its patch is what serde writes.
fn goes_there_and_back<E: LiveEntity>(stored: serde_json::Value) {
    goes_there_and_back_as::<E>(Id::from("1"), stored);
}

fn goes_there_and_back_as<E: LiveEntity>(id: Id, stored: serde_json::Value) {
    let record = stored.as_object().unwrap();
    let entity = E::from_record(&id, &record).unwrap();
    assert_eq!(&entity.to_record().unwrap(), record);
    let (mut patched, written) = (vantage_live::Record::new(), entity.to_new_record().unwrap());
    entity.patch(FieldSet::ALL).unwrap().apply(&mut patched);
    assert_eq!(patched, written);
    assert!(entity.diff(&entity.clone()).is_empty());
}

pub(super) fn main() {
    let time = "2026-01-02T03:04:05Z";
    let author = json!({
        "login": "marty", "id": 1, "node_id": "n", "avatar_url": "u", "type": "User", "site_admin": false,
        "name": null, "patch_url": null, "email": "m@hill.valley",
    });
    let with = |mut base: serde_json::Value, more: serde_json::Value| {
        base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        base
    };
    goes_there_and_back::<octocrab::Author>(author.clone());
    goes_there_and_back::<octocrab::UserProfile>(json!({
        "login": "marty", "id": 1, "type": "User", "blog": "b", "hireable": null, "public_repos": 2,
        "created_at": time, "updated_at": time,
    }));
    goes_there_and_back::<octocrab::Collaborator>(with(
        author.clone(),
        json!({"permissions": {"admin": true, "push": true, "pull": false}}),
    ));
    goes_there_and_back::<octocrab::Label>(json!({
        "id": 1, "node_id": "n", "url": "u", "name": "bug", "color": "red", "default": true,
    }));
    goes_there_and_back::<octocrab::Milestone>(json!({
        "url": "u", "id": 1, "number": 2, "title": "t", "creator": author, "created_at": time,
    }));
    goes_there_and_back::<octocrab::Installation>(json!({"id": 1, "account": author, "events": ["push"]}));
    goes_there_and_back::<octocrab::WorkflowDispatch>(json!({"ref": "main", "inputs": {"a": [1]}}));
    goes_there_and_back::<octocrab::CommentReactions>(json!({"url": "u", "total_count": 3}));
    goes_there_and_back::<octocrab::CachedResponse>(json!({"body": [1, 2], "headers": {"etag": ["x"]}}));

    goes_there_and_back::<atuin::Stats>(json!({"common_prefix": ["doas"], "ignored_commands": []}));
    goes_there_and_back::<atuin::PtyProxy>(json!({"enabled": true}));
    goes_there_and_back::<atuin::Search>(json!({
        "filters": ["global", "host"], "recency_score_multiplier": 1.0, "frecency_score_multiplier": 0.5, "shells": ["sh"],
    }));
    goes_there_and_back::<atuin::Daemon>(json!({
        "enabled": true, "autostart": false, "sync_frequency": 5, "socket_path": "/run/a", "pidfile_path": "/run/p",
    }));
    goes_there_and_back::<atuin::EncryptedData>(json!({"data": "d", "content_encryption_key": "k"}));
    goes_there_and_back::<atuin::HistoryStats>(json!({
        "total_commands": 3, "unique_commands": 2, "top": [[["ls", "-l"], 2]],
    }));
    goes_there_and_back::<atuin::Server>(json!({
        "host": "h", "port": 1, "metrics": {"enable": true, "host": "h", "port": 2}, "db_uri": "u", "read_db_uri": null,
    }));

    let source = json!({"privacy": "public", "sensitive": null, "note": "n"});
    let account = json!({
        "username": "marty", "locked": false, "moved": null, "created_at": time, "followers_count": 3,
        "emojis": [{"shortcode": "s", "url": "u"}], "source": source, "mute_expires_at": null,
    });
    goes_there_and_back::<megalodon::Account>(account.clone());
    goes_there_and_back::<megalodon::Source>(source);
    goes_there_and_back::<megalodon::Card>(json!({"url": "u", "type": "photo", "width": 3}));
    let poll = json!({"expires_at": null, "multiple": false, "votes_count": 1, "options": [{"title": "a", "votes_count": 1}]});
    goes_there_and_back::<megalodon::Poll>(poll.clone());
    goes_there_and_back::<megalodon::Status>(json!({
        "account": with(account, json!({"id": "1"})), "reblog": null, "content": "c",
        "card": {"url": "u", "type": "link", "width": null}, "poll": with(poll, json!({"id": "2"})), "bookmarked": true,
    }));

    goes_there_and_back::<meilisearch::Metadata>(json!({"dumpVersion": "V6", "dbVersion": "1.0", "dumpDate": time}));
    goes_there_and_back_as::<meilisearch::Key>(
        uuid::Uuid::nil().into(),
        json!({"name": "n", "actions": ["search"], "expires_at": null, "updated_at": time}),
    );
    goes_there_and_back::<meilisearch::Facets>(json!({"levelGroupSize": 4, "minLevelSize": null}));
    goes_there_and_back::<meilisearch::DetailsView>(json!({"receivedDocuments": 1, "indexedDocuments": 2}));
    goes_there_and_back::<meilisearch::ResponseError>(json!({"message": "m", "code": "c", "type": "t", "link": "l"}));
    goes_there_and_back::<meilisearch::IndexStats>(json!({
        "documents_database_stats": {"a": 1}, "database_size": 2, "internal_database_sizes": [["a", 1]], "created_at": time,
    }));
    goes_there_and_back::<meilisearch::Remote>(json!({"url": "u", "searchApiKey": null}));
}
