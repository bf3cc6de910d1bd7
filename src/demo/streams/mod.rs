//! What happens on a connection after it was upgraded: `exec`, `attach` and `port-forward`, with nothing real behind them.
//!
//! ```text
//!                      ┌ socket ─ channels in WebSocket messages ┐             ┌ process ─ pty or pipes ─ barkeep __shell
//!  Upgraded io ────────┤                                         ├─ Client ─ exec
//!   (handshake says)   └ remote ─ streams of a SPDY connection ──┘             └ attach ─ the container's log lines
//!
//!  Upgraded io ─ forward ─ WebSocket channels, or SPDY (raw, or tunnelled in WebSocket messages) ─ responder
//! ```
//!
//! Each of the three entry points is one future that owns everything it started: when it is dropped, or its client goes, or the
//! container ends, the process behind it is killed.

mod attach;
mod client;
pub mod exec;
pub mod facts;
mod forward;
pub mod handshake;
mod process;
mod remote;
pub mod responder;
mod socket;
pub mod spdy;
mod verdict;

use std::path::Path;

use bytes::Bytes;
use futures::Stream;
use tokio::io::{AsyncRead, AsyncWrite};

pub use self::{
    exec::Command,
    facts::Facts,
    forward::ports,
    handshake::{EXEC, FORWARD, Handshake, Transport, handshake},
};

/// Runs a command in a container for the client at the other end, until it exits, the client goes, or the container has `ended`.
/// `program` is this executable, which is also the shell.
pub async fn exec<IO>(
    io: IO,
    handshake: Handshake,
    command: Command,
    facts: Facts,
    ended: impl Future<Output = String>,
    program: &Path,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send,
{
    let wraps = handshake.protocol == "v5.channel.k8s.io";
    let streams = command.clone();
    let work = |client| exec::run(client, command, facts, ended, program, wraps);
    match handshake.transport {
        Transport::WebSocket => socket::serve(io, &handshake.protocol, &streams, work).await,
        Transport::Spdy => remote::serve(io, &streams, work).await,
    }
}

/// Shows what the main process of a container says. Each item of `lines` is sent as it is, so it should end its line itself.
pub async fn attach<IO>(
    io: IO,
    handshake: Handshake,
    command: Command,
    lines: impl Stream<Item = Bytes>,
    ended: impl Future<Output = String>,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send,
{
    let streams = command.clone();
    let work = |client| attach::run(client, command, lines, ended);
    match handshake.transport {
        Transport::WebSocket => socket::serve(io, &handshake.protocol, &streams, work).await,
        Transport::Spdy => remote::serve(io, &streams, work).await,
    }
}

/// Forwards connections to the ports of a pod, which answer out of memory. `ports` are those of the query; only the WebSocket
/// protocol without SPDY needs them.
pub async fn forward<IO>(
    io: IO,
    handshake: Handshake,
    ports: Vec<u16>,
    facts: Facts,
    ended: impl Future<Output = String>,
) where
    IO: AsyncRead + AsyncWrite + Unpin + Send,
{
    forward::run(io, handshake, ports, facts, ended).await;
}
