//! `attach`: a client beside the main process of a container, which here is nothing but its log.

use std::pin::pin;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};

use super::{
    client::{Client, Said},
    exec::Command,
    verdict,
};

/// Sends the lines as they appear, until the container has ended. Input is taken and goes nowhere: nothing here reads it.
pub(super) async fn run(
    mut client: Client,
    command: Command,
    lines: impl Stream<Item = Bytes>,
    ended: impl Future<Output = String>,
) {
    let mut lines = pin!(lines.fuse());
    let mut ended = pin!(ended);
    let mut listens = true;
    loop {
        tokio::select! {
            _ = &mut ended => break,
            heard = client.heard.recv(), if listens => listens = heard.is_some(),
            Some(line) = lines.next(), if command.stdout => {
                tokio::select! {
                    _ = &mut ended => break,
                    sent = client.said.send(Said::Stdout(line)) => if sent.is_err() { return },
                }
            }
        }
    }
    // A client that left does not ask how it ended.
    let _ = client.said.send(Said::Status(verdict::success())).await;
}
