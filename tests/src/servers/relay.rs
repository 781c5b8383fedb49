//! A TCP relay that can be cut.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A TCP relay on loopback, between a client and a server, that can be cut. It ends with this value.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    accepting: JoinHandle<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Everything goes through.
    Open,
    /// Connections end, and new ones end at once.
    Cut,
    /// Requests go through; the first answer ends its connection.
    DropAnswers,
    /// Nothing goes through, and nobody is told.
    Silent,
}

/// A WebSocket ping or pong is shorter, an answer is longer.
const ANSWER: usize = 48;

impl Relay {
    /// A relay to the server at `target`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("its address");
        let mode = watch::Sender::new(Mode::Open);
        let modes = mode.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let current = *modes.borrow();
                if current == Mode::Cut {
                    continue;
                }
                tokio::spawn(relay(client, target, modes.subscribe()));
            }
        });
        Relay { address, mode, accepting }
    }

    /// Where it is for a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Ends all connections, and lets no new one through.
    pub fn cut(&self) {
        self.mode.send_replace(Mode::Cut);
    }

    /// From now on a request arrives, and its answer ends the connection.
    pub fn drop_answers(&self) {
        self.mode.send_replace(Mode::DropAnswers);
    }

    /// From now on nothing arrives on either side, and no connection ends.
    pub fn fall_silent(&self) {
        self.mode.send_replace(Mode::Silent);
    }

    /// Lets everything through again. Connections that were ended stay ended.
    pub fn restore(&self) {
        self.mode.send_replace(Mode::Open);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.cut();
        self.accepting.abort();
    }
}

async fn relay(client: TcpStream, target: SocketAddr, mode: watch::Receiver<Mode>) {
    let Ok(server) = TcpStream::connect(target).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut cut = mode.clone();
    tokio::select! {
        () = pass(from_client, to_server, mode.clone(), false) => {}
        () = pass(from_server, to_client, mode, true) => {}
        _ = cut.wait_for(|mode| *mode == Mode::Cut) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mode: watch::Receiver<Mode>, answers: bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let mode = *mode.borrow();
        match mode {
            Mode::Cut => return,
            Mode::DropAnswers if answers && length >= ANSWER => return,
            Mode::Silent => continue,
            _ => {}
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
