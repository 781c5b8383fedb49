//! The yardsticks: what one would write by hand with the client of the SDK.

use std::pin::Pin;

use futures::{Stream, StreamExt as _};
use surrealdb::engine::any::{Any, connect};
use surrealdb::opt::auth::Root;
use surrealdb::opt::{Config, WebsocketConfig};
use surrealdb::types::{Number, RecordId, SurrealValue, Value, vars};
use surrealdb::{Notification, Surreal};
use tests::servers::SurrealServer;
use vantage_live::store::surrealdb::SurrealDb;

/// The statement that the store sends for the same save: one field, guarded by its value, written as the kind of number that
/// stands there.
const GUARDED_WRITE: &str = "{ \
    LET $made = (UPDATE $id SET `price` = (IF type::of(`price`) = 'decimal' { $decimal } \
    ELSE IF type::of(`price`) = 'float' { $float } ELSE { $new }) WHERE `price` = $old RETURN AFTER); \
    RETURN IF array::len($made) > 0 { { written: (SELECT * FROM ONLY $id) } } \
    ELSE IF (SELECT VALUE true FROM ONLY $id WHERE `price` = $old) = true { THROW $denied } \
    ELSE { { now: (SELECT * FROM ONLY $id) } }; }";

const DENIED: &str = "this user is not allowed to write this record, or to see it then";

/// A client of the SDK's.
pub struct Raw {
    client: Surreal<Any>,
}

/// The entity, as the SDK decodes it.
#[derive(SurrealValue)]
pub struct Row {
    name: String,
    maker: String,
    shelf: String,
    note: String,
    code: String,
    pub price: i64,
    stock: i64,
    ordered: i64,
    sold: i64,
    minutes: i64,
    weight: f64,
    width: f64,
    height: f64,
    margin: f64,
    rating: f64,
    is_sold: bool,
    is_new: bool,
    // Null, which is no `None` to the SDK.
    seller: Value,
    discount: Value,
    tags: Vec<String>,
}

#[derive(SurrealValue)]
struct Written {
    written: Row,
}

impl Raw {
    /// Of a database in this process, with rows of its own.
    pub async fn in_process() -> Self {
        let client = connect("mem://").await.expect("a database in this process");
        client.use_ns("bakery").use_db("hill_valley").await.expect("a database");
        Raw { client }
    }

    /// Of a server.
    pub async fn of(url: String) -> Self {
        // All rows come in one message.
        let websocket = WebsocketConfig::default().max_message_size(256 << 20);
        let config = Config::new().websocket(websocket).expect("a configuration");
        let client = connect((url, config)).await.expect("a client");
        let (user, password) = SurrealServer::ROOT;
        let root = Root { username: user.to_owned(), password: password.to_owned() };
        client.signin(root).await.expect("signing in");
        client.use_ns("bakery").use_db("hill_valley").await.expect("a database");
        Raw { client }
    }

    /// The database of this client, as the library's.
    pub fn database(&self) -> SurrealDb {
        SurrealDb::from_client(self.client.clone())
    }

    pub async fn rows(&self) -> Vec<Row> {
        self.client.query("SELECT * FROM product").await.expect("an answer").take(0).expect("rows")
    }

    pub async fn write(&self, n: u32, old: i64, new: i64) -> Row {
        let id = RecordId::new("product", i64::from(n));
        let (decimal, float) = (Number::Decimal(new.into()), f64::from(u32::try_from(new).expect("a price")));
        let values = vars! { id: id, decimal: decimal, float: float, new: new, old: old, denied: DENIED };
        let mut answer = self.client.query(GUARDED_WRITE).bind(values).await.expect("an answer");
        answer.take::<Option<Written>>(0).expect("a record").expect("the guard holds").written
    }

    pub async fn sets_stock(&self, n: u32, stock: i64) {
        let values = vars! { id: RecordId::new("product", i64::from(n)), stock: stock };
        let set = self.client.query("UPDATE ONLY $id SET stock = $stock RETURN NONE").bind(values);
        set.await.expect("an answer").check().expect("it is done");
    }

    pub async fn reads(&self, n: u32) -> Row {
        let id = RecordId::new("product", i64::from(n));
        let mut answer = self.client.query("SELECT * FROM ONLY $id").bind(vars! { id: id }).await.expect("an answer");
        answer.take::<Option<Row>>(0).expect("a record").expect("it is there")
    }

    pub async fn follows(&self) -> Changes {
        Changes(self.client.select::<Vec<Row>>("product").live().await.expect("a LIVE query").boxed())
    }
}

/// The raw stream of the changes.
pub struct Changes(Pin<Box<dyn Stream<Item = surrealdb::Result<Notification<Row>>> + Send>>);

impl Changes {
    /// Waits until it tells of this stock.
    pub async fn hears(&mut self, stock: i64) {
        while let Some(change) = self.0.next().await {
            if change.expect("a change").data.stock == stock {
                return;
            }
        }
    }
}
