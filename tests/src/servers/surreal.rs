//! A SurrealDB server as a child process.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long the server may take to answer: it takes a third of a second, on a busy machine some seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// On how many ports it is tried: another program may take one between our finding it free and the server's binding it.
const ATTEMPTS: usize = 4;

/// A SurrealDB server in memory, on loopback, as a child process. It ends with this value and with this process.
#[derive(Debug)]
pub struct SurrealServer {
    program: PathBuf,
    address: SocketAddr,
    output: PathBuf,
    child: Mutex<Option<Child>>,
}

impl SurrealServer {
    /// The name and the password of the root user.
    pub const ROOT: (&'static str, &'static str) = ("root", "well-kept");

    /// Starts a server and waits until it answers. `program` is `env!("CARGO_BIN_EXE_surreal-server")`, which only a
    /// test knows.
    ///
    /// # Panics
    /// When it ends at once on several ports, or does not answer within a minute.
    #[must_use]
    pub fn start(program: &str) -> Self {
        let mut said = String::new();
        for _ in 0..ATTEMPTS {
            let free = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
            let address = free.local_addr().expect("its address");
            drop(free);
            let output = std::env::temp_dir().join(format!("surreal-server-{}.log", address.port()));
            let server = SurrealServer { program: program.into(), address, output, child: Mutex::default() };
            match server.answers_after_a_start() {
                Ok(()) => return server,
                Err(output) => said = output,
            }
        }
        panic!("the server has ended at once, on each of {ATTEMPTS} ports: {said}")
    }

    /// Starts it again after [`kill`](Self::kill), empty, on the same port, and waits until it answers.
    ///
    /// # Panics
    /// When it ends at once, or does not answer within a minute.
    pub fn start_again(&self) {
        if let Err(said) = self.answers_after_a_start() {
            panic!("the server has ended at once: {said}");
        }
    }

    /// Starts it, and waits until it answers; or has ended, and then this is what it has said.
    fn answers_after_a_start(&self) -> Result<(), String> {
        let output = File::create(&self.output).expect("a file for the server's output");
        let mut child = Command::new(&self.program)
            .args([
                "start",
                "--user",
                Self::ROOT.0,
                "--pass",
                Self::ROOT.1,
                "--bind",
                &self.address.to_string(),
                "memory",
            ])
            .env("REMOVE_AT_THE_END", &self.output)
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("the output file"))
            .stderr(output)
            .spawn()
            .expect("starting the server");
        let started = Instant::now();
        while !self.is_ready() {
            if child.try_wait().expect("the child's state").is_some() {
                return Err(std::fs::read_to_string(&self.output).unwrap_or_else(|error| error.to_string()));
            }
            assert!(started.elapsed() < PATIENCE, "the server does not answer: see {}", self.output.display());
            std::thread::sleep(Duration::from_millis(20));
        }
        *self.child.lock().expect("the child") = Some(child);
        Ok(())
    }

    /// Kills it at once, and waits until it is gone.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&self) {
        if let Some(mut child) = self.child.lock().expect("the child").take() {
            child.kill().expect("killing the server");
            child.wait().expect("the server's end");
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is for a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    fn is_ready(&self) -> bool {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(self.address)?;
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            let mut status = [0; 12];
            stream.read_exact(&mut status)?;
            Ok(status == *b"HTTP/1.1 200")
        };
        ask().unwrap_or(false)
    }
}

impl Drop for SurrealServer {
    fn drop(&mut self) {
        self.kill();
        drop(std::fs::remove_file(&self.output));
    }
}
