//! A real server for the story: this same program, started again as a child, on a free port of 127.0.0.1.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::db::{Failure, Login};

/// The first argument of a process that is to be the server.
pub const START: &str = "start";

/// How long a server may take to answer: it takes half a second, and a machine may be busy.
const READY: Duration = Duration::from_mins(1);

/// On how many ports it is tried: another program may take one between our finding it free and the server's binding it.
const ATTEMPTS: usize = 4;

/// Becomes the server, for as long as the parent lives: its end closes our standard input, however it ends.
pub fn run() -> ExitCode {
    std::thread::spawn(|| {
        // Nothing is ever written there, so that this returns at the end of the parent, or with an error of the pipe.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0)
    });
    surrealdb_server::init(surrealdb_server::core::CommunityComposer())
}

/// The server. It ends when this is dropped.
pub struct Server {
    pub address: SocketAddr,
    pub login: Login,
    _child: Child,
}

impl Server {
    /// Starts one, and waits until it answers.
    pub async fn start() -> Result<Self, Failure> {
        let mut ended = None;
        for _ in 0..ATTEMPTS {
            match Self::start_at(free_address()?).await? {
                Ok(server) => return Ok(server),
                Err(status) => ended = Some(status),
            }
        }
        let status = ended.map(|status| status.to_string()).unwrap_or_default();
        Err(format!("the SurrealDB server of the story has ended at once, {ATTEMPTS} times ({status})").into())
    }

    /// Starts one there, and waits until it answers, or has ended.
    async fn start_at(address: SocketAddr) -> Result<Result<Self, ExitStatus>, Failure> {
        let (user, password) = ("root", "root");
        let mut child = Command::new(std::env::current_exe()?)
            .args([START, "--no-banner", "--log", "none", "--bind", &address.to_string(), "memory"])
            .envs([("SURREAL_USER", user), ("SURREAL_PASS", password)])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let give_up = Instant::now() + READY;
        while !is_ready(address).await {
            if let Some(status) = child.try_wait()? {
                return Ok(Err(status));
            }
            if Instant::now() > give_up {
                return Err(format!("the SurrealDB server of the story did not answer within {READY:?}").into());
            }
            sleep(Duration::from_millis(20)).await;
        }
        let login = Login { url: format!("ws://{address}"), user: user.to_owned(), password: password.to_owned() };
        Ok(Ok(Server { address, login, _child: child }))
    }
}

/// Whether the server serves: it listens some time before that, and refuses everything meanwhile.
async fn is_ready(server: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(server).await?;
        stream.write_all(b"GET /ready HTTP/1.0\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    ask.await.is_ok_and(|answer| answer.get(8..12) == Some(b" 200"))
}

/// An address that nobody listens at now.
fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
