//! `exec` over WebSocket and over SPDY.

use std::future::pending;

use barkeep::demo::streams::{
    self, Command, Transport,
    spdy::{Connection, Event, Line},
};
use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::duplex;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use super::client::{LONG, agreed, exec, facts, program, query};

const PLAIN: &str = "stdout=true&stderr=true";

#[tokio::test]
async fn a_command_says_what_it_says() {
    for protocol in ["v5.channel.k8s.io", "v4.channel.k8s.io"] {
        let mut session = exec(protocol, &query(PLAIN, &["echo", "안녕"])).await;
        session.finish().await;
        assert_eq!((session.text().as_str(), session.code()), ("안녕\n", 0));
        assert_eq!(
            session.status,
            Some(json!({"metadata": {}, "status": "Success"}))
        );
    }
}

#[tokio::test]
async fn errors_go_apart_and_codes_come_back() {
    let script = "echo out; echo err 1>&2; exit 2";
    let mut session = exec("v5.channel.k8s.io", &query(PLAIN, &["sh", "-c", script])).await;
    session.finish().await;
    assert_eq!(session.text(), "out\n");
    assert_eq!(session.stderr, b"err\n");
    // Word for word as a kubelet with containerd says it.
    let wanted = json!({
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": format!("command terminated with non-zero exit code: error executing command [sh -c {script}], exit code 2"),
        "details": {"causes": [{"reason": "ExitCode", "message": "2"}]},
    });
    assert_eq!(session.status, Some(wanted));
}

#[tokio::test]
async fn what_cannot_be_started_is_an_internal_error() {
    let cases: [(&[&str], &str); 4] = [
        (
            &["foo"],
            "exec: \"foo\": executable file not found in $PATH: unknown",
        ),
        (
            &["./x"],
            "exec: \"./x\": stat ./x: no such file or directory: unknown",
        ),
        (&["/etc"], "exec: \"/etc\": permission denied: unknown"),
        (&[], "exec failed: args must not be empty: unknown"),
    ];
    for (argv, why) in cases {
        let mut session = exec("v5.channel.k8s.io", &query(PLAIN, argv)).await;
        session.finish().await;
        let status = session.status.unwrap();
        let message = status["message"].as_str().unwrap();
        assert!(message.ends_with(why), "{message}");
        assert!(message.starts_with("Internal error occurred: Internal error occurred: error executing command in container: "));
        assert_eq!(
            (&status["reason"], &status["code"]),
            (&json!("InternalError"), &json!(500))
        );
    }
}

#[tokio::test]
async fn stdin_is_read_to_its_end() {
    let flags = format!("stdin=true&{PLAIN}");
    let mut session = exec("v5.channel.k8s.io", &query(&flags, &["cat"])).await;
    session.type_in("one\n").await;
    session.until("one\n").await;
    session.type_in("two").await;
    session.send(255, &[0]).await;
    session.finish().await;
    assert_eq!((session.text().as_str(), session.code()), ("one\ntwo", 0));
}

#[tokio::test]
async fn a_script_comes_by_stdin() {
    let flags = format!("stdin=true&{PLAIN}");
    let mut session = exec("v5.channel.k8s.io", &query(&flags, &["sh"])).await;
    session
        .type_in("read x\nhello\necho got $x\nif true\nthen echo yes\nfi\nexit 7\n")
        .await;
    session.finish().await;
    assert_eq!(
        (session.text().as_str(), session.code()),
        ("got hello\nyes\n", 7)
    );
}

const TERMINAL: &str = "stdin=true&stdout=true&tty=true";

#[tokio::test]
async fn a_terminal_has_a_size_that_changes() {
    let mut session = exec("v5.channel.k8s.io", &query(TERMINAL, &["sh"])).await;
    session.resize(77, 22).await;
    session.until("/app # ").await;
    session.type_in("stty size\r").await;
    session.until("22 77\r\n").await;
    session.resize(100, 30).await;
    session.type_in("stty size; tty\r").await;
    session.until("30 100\r\n/dev/pts/0\r\n").await;
    session.type_in("exit 3\r").await;
    session.finish().await;
    let wanted = json!({
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": "command terminated with non-zero exit code: command terminated with exit code 3",
        "details": {"causes": [{"reason": "ExitCode", "message": "3"}]},
    });
    assert_eq!(session.status, Some(wanted));
}

#[tokio::test]
async fn ctrl_c_stops_what_runs_and_ctrl_d_ends() {
    let mut session = exec("v5.channel.k8s.io", &query(TERMINAL, &["sh"])).await;
    session.resize(80, 24).await;
    session.until("# ").await;
    for command in [
        "yes",
        "sleep 1000",
        "cat",
        "while true; do true; done",
        "yes | cat",
    ] {
        session.stdout.clear();
        session.type_in(&format!("{command}\r")).await;
        session.until(&format!("{command}\r\n")).await;
        if command.starts_with("yes") {
            // It runs on and on, and a lot of it is read.
            while session.stdout.len() < 1 << 20 {
                assert!(session.hear().await);
            }
        }
        session.type_in("\x03").await;
        session.until("/app # ").await;
        session.stdout.clear();
        session.type_in("echo code $?\r").await;
        session.until("code 130\r\n/app # ").await;
    }
    session.type_in("\x04").await;
    session.finish().await;
    assert_eq!(session.code(), 0);
}

#[tokio::test]
async fn a_client_that_does_not_read_stops_the_process() {
    let mut session = exec("v5.channel.k8s.io", &query(TERMINAL, &["sh"])).await;
    session.resize(80, 24).await;
    session.until("# ").await;
    session.type_in("yes\r").await;
    session.until("y\r\n").await;
    // What was under way is all that still comes: it is bounded by the buffers.
    session.type_in("\x03").await;
    session.stdout.clear();
    session.until("/app # ").await;
    assert!(session.stdout.len() < 2 << 20, "{}", session.stdout.len());
}

#[tokio::test]
async fn top_uses_the_alternate_screen() {
    let mut session = exec("v5.channel.k8s.io", &query(TERMINAL, &["top"])).await;
    session.resize(60, 10).await;
    session.until("COMMAND").await;
    session.resize(120, 40).await;
    session.until(&format!("COMMAND{}", " ".repeat(60))).await;
    session.type_in("q").await;
    session.finish().await;
    let text = session.text();
    assert!(
        text.starts_with("\x1b[?1049h") && text.ends_with("\x1b[?1049l"),
        "{text:?}"
    );
    assert_eq!(session.code(), 0);
}

/// Whether a process of this number runs: neither gone nor a zombie.
fn runs(pid: i32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    !stat
        .rsplit(") ")
        .next()
        .is_some_and(|rest| rest.starts_with('Z'))
}

/// Children of this process that run as shells with a word in their environment.
fn shells(mark: &str) -> Vec<i32> {
    let Ok(folder) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = folder.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(mark) && runs(*pid)
    })
    .collect()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_vanishes_takes_its_process_along() {
    for (flags, kind) in [(TERMINAL, "terminal"), (PLAIN, "pipes")] {
        let mut own = facts();
        let mark = format!("vanishing-{kind}-{}", std::process::id());
        own.node.clone_from(&mark);
        let mut session = super::client::exec_in(
            "v5.channel.k8s.io",
            &query(flags, &["sh", "-c", "echo up; sleep 1000"]),
            own,
        )
        .await;
        session.until("up").await;
        let [pid] = shells(&mark)[..] else {
            panic!("{:?}", shells(&mark));
        };
        drop(session.socket);
        tokio::time::timeout(LONG, session.server)
            .await
            .unwrap()
            .unwrap();
        while runs(pid) {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_container_that_ends_takes_its_processes_along() {
    for flags in [TERMINAL, PLAIN] {
        let script = ["sh", "-c", "echo up; sleep 1000"];
        let mut session = exec("v5.channel.k8s.io", &query(flags, &script)).await;
        session.until("up").await;
        session.end.take().unwrap().send(()).unwrap();
        session.finish().await;
        assert_eq!(session.code(), 137);
    }
}

#[tokio::test]
async fn pings_are_answered() {
    let mut session = exec("v5.channel.k8s.io", &query(TERMINAL, &["sh"])).await;
    session
        .socket
        .send(Message::Ping(Bytes::from_static(b"there?")))
        .await
        .unwrap();
    loop {
        match tokio::time::timeout(LONG, session.socket.next())
            .await
            .unwrap()
        {
            Some(Ok(Message::Pong(bytes))) => break assert_eq!(&bytes[..], b"there?"),
            Some(Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn old_dialects_are_spoken() {
    for (protocol, wanted) in [
        ("channel.k8s.io", &[&b"\x01"[..], b"\x01hi\n"]),
        ("base64.channel.k8s.io", &[&b"1"[..], b"1aGkK"]),
    ] {
        let mut session = exec(protocol, &query(PLAIN, &["echo", "hi"])).await;
        let mut heard = Vec::new();
        while let Some(Ok(message)) = session.socket.next().await {
            if message.is_close() {
                break;
            }
            heard.push(message.into_data());
        }
        assert_eq!(heard, wanted, "{protocol}");
    }
}

#[tokio::test]
async fn attach_shows_the_lines_as_they_appear() {
    let (near, far) = duplex(64 << 10);
    let (mut feed, lines) = futures::channel::mpsc::channel(1);
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let handshake = agreed("v5.channel.k8s.io", Transport::WebSocket);
    let command = Command::of("stdin=true&stdout=true");
    tokio::spawn(async move {
        let ended = async {
            let _ = ended.await;
            String::new()
        };
        streams::attach(far, handshake, command, lines, ended).await;
    });
    let mut socket = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
    let mut heard = Vec::new();
    for line in ["one\n", "two\n"] {
        feed.send(Bytes::from(line)).await.unwrap();
        while !heard.ends_with(line.as_bytes()) {
            heard.extend(socket.next().await.unwrap().unwrap().into_data());
        }
    }
    end.send(()).unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if message.is_close() {
            break;
        }
        heard.extend(message.into_data());
    }
    let heard = String::from_utf8(heard).unwrap();
    assert_eq!(
        heard,
        "\x01\x01one\n\x01two\n\x03{\"metadata\":{},\"status\":\"Success\"}"
    );
}

#[tokio::test]
async fn spdy_has_a_stream_for_each() {
    let (near, far) = duplex(64 << 10);
    let query = query("stdin=true&stdout=true&tty=true", &["sh"]);
    let (handshake, command) = (
        agreed("v4.channel.k8s.io", Transport::Spdy),
        Command::of(&query),
    );
    tokio::spawn(streams::exec(
        far,
        handshake,
        command,
        facts(),
        pending(),
        program(),
    ));
    let mut line = Line::new(near, Connection::client());
    let open = |line: &mut Line<_>, kind: &str| {
        line.connection
            .open(vec![("streamtype".to_owned(), kind.to_owned())])
    };
    let [error, stdin, stdout, resize] =
        ["error", "stdin", "stdout", "resize"].map(|kind| open(&mut line, kind));
    let sizes = Bytes::from_static(b"{\"Width\":70,\"Height\":20}\n");
    line.connection.send(resize, sizes);
    let (mut said, mut status, mut typed) = (Vec::new(), Vec::new(), false);
    let (mut replied, mut ended) = (0, 0);
    while ended < 2 {
        let events = tokio::time::timeout(LONG, line.step(true))
            .await
            .unwrap()
            .unwrap();
        for event in events {
            match event {
                Event::Replied { .. } => replied += 1,
                Event::Data { id, bytes } => {
                    line.connection.consumed(id, bytes.len());
                    if id == stdout {
                        said.extend(bytes);
                    } else if id == error {
                        status.extend(bytes);
                    }
                }
                Event::Ended { .. } => ended += 1,
                other => panic!("{other:?}"),
            }
        }
        if said.ends_with(b"# ") && !std::mem::replace(&mut typed, true) {
            let keys = Bytes::from_static(b"stty size; exit 5\r");
            line.connection.send(stdin, keys);
        }
    }
    assert_eq!(replied, 4);
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("\r\n20 70\r\n"), "{said:?}");
    let status: Value = serde_json::from_slice(&status).unwrap();
    assert_eq!(status["details"]["causes"][0]["message"], "5");
}
