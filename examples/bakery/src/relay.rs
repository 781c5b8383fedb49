//! A TCP relay between you and the server, which can be cut: how a connection is lost in the story.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::db::Failure;

/// What gets through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passing {
    All,
    /// Requests only: the answers are lost.
    Requests,
    Nothing,
}

/// The relay. It ends, and what it carries, when this is dropped.
pub struct Relay {
    pub address: SocketAddr,
    passing: watch::Sender<Passing>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Carries connections to `server`.
    pub async fn to(server: SocketAddr) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (passing, watched) = watch::channel(Passing::All);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, watched.clone()));
            }
        });
        Ok(Relay { address, passing, task })
    }

    /// Ends every connection, and each new one at once.
    pub fn cut(&self) {
        self.passing.send_replace(Passing::Nothing);
    }

    /// Loses every answer from here on, until the relay is [`cut`](Self::cut).
    pub fn lose_answers(&self) {
        self.passing.send_replace(Passing::Requests);
    }

    /// Lets new connections through again.
    pub fn restore(&self) {
        self.passing.send_replace(Passing::All);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.cut();
        self.task.abort();
    }
}

async fn carry(client: TcpStream, server: SocketAddr, mut passing: watch::Receiver<Passing>) {
    if *passing.borrow() == Passing::Nothing {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    let ((mut requests, to_client), (from_server, mut to_server)) = (client.into_split(), server.into_split());
    let watched = passing.clone();
    // The connection ends with whichever side ends first, or when it is cut.
    tokio::select! {
        _ = tokio::io::copy(&mut requests, &mut to_server) => {}
        () = answers(from_server, to_client, watched) => {}
        _ = passing.wait_for(|passing| *passing == Passing::Nothing) => {}
    }
}

async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, passing: watch::Receiver<Passing>) {
    let mut buffer = [0; 8_192];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let lost = *passing.borrow() != Passing::All;
        if !lost && to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
