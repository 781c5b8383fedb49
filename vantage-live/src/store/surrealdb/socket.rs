//! A WebSocket connection that knows what it has sent.
//!
//! The SDK's own connection queues requests while the server is away, sends them later, and does not tell the two
//! apart; a save could then not say whether it has happened. This one speaks the same protocol, never reconnects, and
//! keeps one invariant: a request ends in its answer, in "was not sent" or in "was sent, the answer is lost", and none
//! that has ended is sent afterwards. Whoever holds it opens another one when it is lost.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::Duration;

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use parking_lot::Mutex;
use surrealdb::types::{Array, Error as ServerError, ErrorDetails, Object, SurrealValue, Value};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Error as WsError, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};

use super::error::{Cause, Failure};
use super::link::Server;

/// How many requests wait for the connection to take them, before those who make them wait.
const QUEUE: usize = 256;

/// How often the server is asked for a sign of life.
const PING: Duration = Duration::from_secs(2);

/// How long the goodbye to the server may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// The size from which an answer is decoded beside the connection, not in it: about a millisecond of work.
const LARGE: usize = 256 * 1024;

/// Takes what the server tells without being asked.
pub(super) trait Listener: Send + Sync {
    /// A notification of a live query.
    fn notified(&self, notification: Object);
}

/// A connection. Dropping it closes it.
pub(super) struct Socket {
    queue: mpsc::Sender<Call>,
    state: Arc<State>,
}

struct State {
    pending: Mutex<HashMap<i64, oneshot::Sender<Answer>>>,
    lost: watch::Sender<Option<String>>,
    heard: Mutex<Instant>,
    number: AtomicI64,
    listener: Option<Arc<dyn Listener>>,
    /// How long the server may be silent.
    silence: Duration,
}

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

type Answer = Result<Value, Failure>;

struct Call {
    number: i64,
    message: Vec<u8>,
    answer: oneshot::Sender<Answer>,
    ticket: Arc<Ticket>,
}

/// Settles, once, whether a request is sent or given up.
#[derive(Default)]
struct Ticket(AtomicU8);

impl Ticket {
    const SENT: u8 = 1;
    const GIVEN_UP: u8 = 2;

    /// Why a request that is over has no answer.
    fn failure(&self, why: String) -> Failure {
        if self.settle(Ticket::GIVEN_UP) { Failure::NotSent(why.into()) } else { Failure::Lost(why.into()) }
    }

    /// Whether this is the end of it: true for the first who asks.
    fn settle(&self, end: u8) -> bool {
        self.0.compare_exchange(0, end, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

/// Gives the request up when the one who made it is gone.
struct GiveUp(Arc<Ticket>);

impl Drop for GiveUp {
    fn drop(&mut self) {
        self.0.settle(Ticket::GIVEN_UP);
    }
}

impl Socket {
    /// Connects to the server whose address begins with `ws://`, or with `wss://` where its connector knows TLS. One
    /// that is silent for its deadline is taken for lost.
    pub(super) async fn open(server: &Server, listener: Option<Arc<dyn Listener>>) -> Result<Socket, Cause> {
        let mut request = format!("{}/rpc", server.url.trim_end_matches('/')).into_client_request()?;
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("flatbuffers"));
        // P8: an answer is collected before it is read. The server sends each in one frame.
        let bound = Some(server.largest_answer);
        let config = WebSocketConfig::default().max_message_size(bound).max_frame_size(bound);
        let stream = connect(request, config, server.connector.clone()).await?;
        let (sink, stream) = stream.split();
        let (queue, requests) = mpsc::channel(QUEUE);
        let state = Arc::new(State {
            pending: Mutex::default(),
            lost: watch::Sender::new(None),
            heard: Mutex::new(Instant::now()),
            number: AtomicI64::new(0),
            listener,
            silence: server.deadline,
        });
        tokio::spawn(write(sink, requests, Arc::clone(&state)));
        tokio::spawn(read(stream, Arc::clone(&state)));
        Ok(Socket { queue, state })
    }

    /// Why the connection is lost, if it is.
    pub(super) fn lost(&self) -> Option<String> {
        self.state.lost.borrow().clone()
    }

    /// Waits until the connection is lost, and answers why.
    pub(super) async fn closed(&self) -> String {
        let mut lost = self.state.lost.subscribe();
        match lost.wait_for(Option::is_some).await {
            Ok(why) => why.clone().unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Sends a request and waits for its answer until `deadline`.
    pub(super) async fn call(&self, method: &str, params: Vec<Value>, deadline: Instant) -> Answer {
        let number = self.state.number.fetch_add(1, Ordering::Relaxed);
        let message = encode(number, method, params).map_err(Failure::NotSent)?;
        let (answer, mut receiver) = oneshot::channel();
        let ticket = Arc::new(Ticket::default());
        let _give_up = GiveUp(Arc::clone(&ticket));
        let asked = Instant::now();
        let answered = async {
            let request = Call { number, message, answer, ticket: Arc::clone(&ticket) };
            self.queue.send(request).await.ok()?;
            (&mut receiver).await.ok()
        };
        match tokio::time::timeout_at(deadline, answered).await {
            Ok(Some(answer)) => answer,
            // The connection ended without a word on this request.
            Ok(None) => Err(ticket.failure(self.lost().unwrap_or_else(|| "the connection was closed".to_owned()))),
            Err(_) => {
                self.state.pending.lock().remove(&number);
                let waited = asked.elapsed();
                if *self.state.heard.lock() < asked {
                    self.state.lose(&format!("the server has been silent for {waited:.1?}"));
                }
                Err(ticket.failure(format!("no answer within {waited:.1?}")))
            }
        }
    }
}

#[cfg(feature = "surrealdb-tls")]
async fn connect(request: Request<()>, config: WebSocketConfig, connector: Connector) -> Result<Stream, WsError> {
    let connecting = tokio_tungstenite::connect_async_tls_with_config(request, Some(config), true, Some(connector));
    connecting.await.map(|(stream, _)| stream)
}

#[cfg(not(feature = "surrealdb-tls"))]
async fn connect(request: Request<()>, config: WebSocketConfig, _: Connector) -> Result<Stream, WsError> {
    tokio_tungstenite::connect_async_with_config(request, Some(config), true).await.map(|(stream, _)| stream)
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Both tasks end with it.
        self.state.lose("the connection was closed here");
    }
}

impl State {
    /// Marks the connection as lost, and tells everyone who waits.
    fn lose(&self, why: &str) {
        self.lost.send_if_modified(|lost| lost.is_none() && lost.replace(why.to_owned()).is_none());
        self.fail_pending();
    }

    fn fail_pending(&self) {
        let why = self.lost.borrow().clone().unwrap_or_default();
        for (_, answer) in self.pending.lock().drain() {
            // The only error is that nobody waits any more.
            drop(answer.send(Err(Failure::Lost(why.clone().into()))));
        }
    }

    /// Takes a message of the server's to whoever waits for it.
    fn deliver(&self, bytes: &[u8]) {
        let mut message = match surrealdb::types::decode::<Value>(bytes) {
            Ok(Value::Object(message)) => message,
            Ok(_) => return self.lose("the server sent something that is no message"),
            Err(error) => return self.lose(&format!("the server sent something that cannot be read: {error}")),
        };
        match (message.remove("id").and_then(|id| i64::from_value(id).ok()), &self.listener) {
            (Some(number), _) => {
                if let Some(answer) = self.pending.lock().remove(&number) {
                    drop(answer.send(answer_of(message)));
                }
            }
            (None, Some(listener)) => {
                if let Some(Value::Object(notification)) = message.remove("result") {
                    listener.notified(notification);
                }
            }
            (None, None) => {}
        }
    }
}

async fn write(mut sink: SplitSink<Stream, Message>, mut requests: mpsc::Receiver<Call>, state: Arc<State>) {
    let mut lost = state.lost.subscribe();
    let mut ping = tokio::time::interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            biased;
            _ = lost.wait_for(Option::is_some) => break,
            request = requests.recv() => {
                let Some(request) = request else { break };
                if !request.ticket.settle(Ticket::SENT) {
                    continue;
                }
                state.pending.lock().insert(request.number, request.answer);
                Message::Binary(Bytes::from(request.message))
            }
            _ = ping.tick() => Message::Ping(Bytes::new()),
        };
        let sent = tokio::select! {
            biased;
            _ = lost.wait_for(Option::is_some) => break,
            sent = sink.send(message) => sent,
        };
        if let Err(error) = sent {
            state.lose(&error.to_string());
            break;
        }
    }
    // One that was entered while the others were told.
    state.fail_pending();
    drop(tokio::time::timeout(GOODBYE, sink.close()).await);
}

async fn read(mut stream: SplitStream<Stream>, state: Arc<State>) {
    let mut lost = state.lost.subscribe();
    loop {
        let message = tokio::select! {
            biased;
            _ = lost.wait_for(Option::is_some) => return,
            message = tokio::time::timeout(state.silence, stream.next()) => message,
        };
        let why = match message {
            Ok(Some(Ok(Message::Binary(bytes)))) => {
                *state.heard.lock() = Instant::now();
                if bytes.len() < LARGE {
                    state.deliver(&bytes);
                } else {
                    let state = Arc::clone(&state);
                    tokio::task::spawn_blocking(move || state.deliver(&bytes));
                }
                continue;
            }
            Ok(Some(Ok(Message::Close(frame)))) => match frame {
                Some(frame) if !frame.reason.is_empty() => {
                    format!("the server closed the connection: {}", frame.reason)
                }
                _ => "the server closed the connection".to_owned(),
            },
            Ok(Some(Ok(_))) => {
                *state.heard.lock() = Instant::now();
                continue;
            }
            Ok(Some(Err(WsError::Capacity(error)))) => {
                format!("an answer is larger than this connection takes ({error}): ask for less at once")
            }
            Ok(Some(Err(error))) => error.to_string(),
            Ok(None) => "the server closed the connection".to_owned(),
            Err(_) => format!("the server has been silent for {:.1?}", state.silence),
        };
        return state.lose(&why);
    }
}

fn encode(number: i64, method: &str, params: Vec<Value>) -> Result<Vec<u8>, Cause> {
    let mut request = Object::new();
    request.insert("id", number);
    request.insert("method", method.to_owned());
    request.insert("params", Array::from(params));
    Ok(surrealdb::types::encode(&Value::Object(request))?)
}

fn answer_of(mut message: Object) -> Answer {
    match (message.remove("result"), message.remove("error")) {
        (Some(result), _) => Ok(result),
        (None, Some(error)) => {
            let error = ServerError::from_value(error).unwrap_or_else(|error| error);
            Err(Failure::Server(error))
        }
        (None, None) => Ok(Value::None),
    }
}

/// The answers of a query's statements.
pub(super) fn statements(answer: Value) -> Result<Vec<Result<Value, ServerError>>, ServerError> {
    let Value::Array(statements) = answer else {
        return Err(ServerError::internal("the answer of a query is no array".to_owned()));
    };
    Ok(statements.into_vec().into_iter().map(statement).collect())
}

fn statement(answer: Value) -> Result<Value, ServerError> {
    let Value::Object(mut answer) = answer else {
        return Err(ServerError::internal("the answer of a statement is no object".to_owned()));
    };
    let result = answer.remove("result").unwrap_or(Value::None);
    let failed = matches!(answer.remove("status"), Some(Value::String(status)) if status == "ERR");
    if !failed {
        return Ok(result);
    }
    let message = match result {
        Value::String(message) => message,
        other => format!("{other:?}"),
    };
    answer.remove("time");
    answer.remove("type");
    let details = ErrorDetails::from_value(Value::Object(answer)).unwrap_or(ErrorDetails::Internal);
    Err(ServerError::from_details(message, details))
}
