//! A link against a server on this machine.
#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::{sync::atomic::Ordering, time::Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::proxy::matcher::Matcher;
use kube::config::AuthInfo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::cluster::testbed::{
    self, Server, Setup, echo, fails, get, header, read, status, text, token,
};

const AGENT: &str = concat!("barkeep/", env!("CARGO_PKG_VERSION"));

#[tokio::test]
async fn all_requests_share_one_h2_connection() {
    let server = Server::start(Setup::default(), echo).await;
    let link = connect(&server.target(token())).unwrap();
    assert_eq!((link.meter().attempts(), server.connections()), (0, 0));
    let all = futures::future::join_all((0..20).map(|_| read(&link, get("/version")))).await;
    for answer in all {
        assert_eq!(
            answer.unwrap().1,
            format!("h2 /version Bearer secret {AGENT}  []")
        );
    }
    assert_eq!((link.meter().attempts(), server.connections()), (1, 1));
    assert_eq!(link.meter().requests(), 20);
    assert!(link.meter().received() > 0 && link.meter().is_multiplexed());
    assert_eq!(link.meter().last_error(), None);
}

#[tokio::test]
async fn a_server_without_h2_and_one_without_tls_are_fine() {
    let old: &[&[u8]] = &[b"http/1.1"];
    for setup in [
        Setup {
            alpn: old,
            ..Setup::default()
        },
        Setup {
            alpn: &[],
            ..Setup::default()
        },
        Setup {
            tls: false,
            ..Setup::default()
        },
    ] {
        let server = Server::start(setup, echo).await;
        let link = connect(&server.target(token())).unwrap();
        assert!(
            read(&link, get("/version"))
                .await
                .unwrap()
                .1
                .starts_with("h1 /version Bearer secret")
        );
        assert!(!link.meter().is_multiplexed());
    }
}

#[tokio::test]
async fn a_prefix_and_impersonation_reach_the_server() {
    let server = Server::start(Setup::default(), echo).await;
    let mut target = server.target(AuthInfo {
        username: Some("u".into()),
        password: Some("p".to_owned().into()),
        impersonate: Some("jane".into()),
        impersonate_groups: Some(vec!["ops".into(), "dev".into()]),
        ..AuthInfo::default()
    });
    target.server = format!("{}k8s/clusters/c-1/", target.server)
        .parse()
        .unwrap();
    let link = connect(&target).unwrap();
    assert_eq!(
        read(&link, get("/api/v1/pods?limit=1")).await.unwrap().1,
        format!("h2 /k8s/clusters/c-1/api/v1/pods Basic dTpw {AGENT} jane [\"ops\", \"dev\"]")
    );
    target.identity.impersonate = Some("ja\nne".into());
    assert_eq!(connect(&target).err().unwrap().cause, Cause::Config);
}

#[tokio::test]
async fn gzip_is_asked_for_and_undone_unless_the_request_says_otherwise() {
    // gzip of "hello", made once.
    const HELLO: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcbH\xcd\xc9\xc9\x07\x00\x86\xa6\x106\x05\x00\x00\x00";
    let server = Server::start(Setup::default(), |request: Request<Incoming>| async move {
        match header(&request, "accept-encoding") {
            "gzip" => {
                let mut answer = text(HELLO);
                answer
                    .headers_mut()
                    .insert("content-encoding", HeaderValue::from_static("gzip"));
                answer
            }
            other => text(format!("plain for {other}")),
        }
    })
    .await;
    let link = connect(&server.target(AuthInfo::default())).unwrap();
    assert_eq!(read(&link, get("/")).await.unwrap().1, "hello");
    let watch = Request::get("/")
        .header("accept-encoding", "identity")
        .body(Body::empty())
        .unwrap();
    assert_eq!(read(&link, watch).await.unwrap().1, "plain for identity");
}

#[tokio::test]
async fn what_is_wrong_with_the_server_is_said() {
    let expired = Setup {
        change: |params| {
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after = rcgen::date_time_ymd(2021, 2, 3);
        },
        ..Setup::default()
    };
    let server = Server::start(expired, echo).await;
    let at = server.address;
    let problem = fails(&server.target(token())).await;
    assert_eq!(
        problem.what,
        format!("The certificate of {at} expired on 2021-02-03 00:00 UTC")
    );

    let elsewhere = Setup {
        names: &["api.example.com"],
        ..Setup::default()
    };
    let server = Server::start(elsewhere, echo).await;
    let at = server.address;
    let mut target = server.target(token());
    let problem = fails(&target).await;
    assert_eq!(
        problem.what,
        format!("The certificate of {at} is for api.example.com, not for 127.0.0.1")
    );
    target.settings.tls_server_name = Some("api.example.com".into());
    assert_eq!(
        read(&connect(&target).unwrap(), get("/")).await.unwrap().0,
        200
    );

    target.settings.certificate_authority_data =
        Some(testbed::base64(&testbed::Authority::new().pem));
    let problem = fails(&target).await;
    assert_eq!(problem.cause, Cause::Certificate, "{problem}");
    target.settings.insecure_skip_tls_verify = Some(true);
    assert_eq!(
        read(&connect(&target).unwrap(), get("/")).await.unwrap().0,
        200
    );

    let plain = Server::start(
        Setup {
            tls: false,
            ..Setup::default()
        },
        echo,
    )
    .await;
    let at = plain.address;
    let problem = fails(&testbed::target(&format!("https://{at}"), token())).await;
    assert_eq!(problem.what, format!("{at} does not speak TLS"));

    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let target = testbed::target(&format!("http://{nobody}"), token());
    let link = connect(&target).unwrap();
    let problem = read(&link, get("/")).await.unwrap_err();
    assert_eq!(problem.what, format!("{nobody} refuses the connection"));
    assert_eq!(link.meter().last_error(), Some(problem));
    let problem = fails(&testbed::target(&format!("https://{nobody}"), token())).await;
    assert_eq!(problem.what, format!("{nobody} refuses the connection"));
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let server = Server::start(Setup::default(), |_| std::future::pending()).await;
    let mut target = server.target(token());
    target.request_timeout = Some(Duration::from_millis(80));
    let problem = fails(&target).await;
    assert_eq!(
        problem.what,
        format!("{} did not answer within 1 s", server.address)
    );

    target.request_timeout = None;
    let mut own = get("/");
    own.extensions_mut()
        .insert(AnswerWithin(Duration::from_millis(80)));
    assert!(read(&connect(&target).unwrap(), own).await.is_err());

    // Accepts, and not even TLS comes.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut target = testbed::target(
        &format!("https://{}", listener.local_addr().unwrap()),
        token(),
    );
    target.request_timeout = Some(Duration::from_millis(80));
    assert_eq!(fails(&target).await.cause, Cause::Unreachable);
}

/// A proxy that understands CONNECT, and can be made to swallow everything from some moment on.
async fn proxy(mute: Arc<std::sync::atomic::AtomicBool>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let mute = Arc::clone(&mute);
            tokio::spawn(async move {
                let mut asked = Vec::new();
                while !asked.ends_with(b"\r\n\r\n") {
                    asked.push(near.read_u8().await.unwrap());
                }
                let asked = String::from_utf8(asked).unwrap();
                if !asked.contains("Basic dTpw") {
                    let _ = near.write_all(b"HTTP/1.1 407 No\r\n\r\n").await;
                    return;
                }
                let mut far = TcpStream::connect(asked.split(' ').nth(1).unwrap())
                    .await
                    .unwrap();
                near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let (mut there, mut back) = ([0; 4096], [0; 4096]);
                loop {
                    tokio::select! {
                        read = near.read(&mut there) => match read {
                            Ok(count) if count > 0 => {
                                if !mute.load(Ordering::SeqCst) {
                                    far.write_all(&there[..count]).await.unwrap();
                                }
                            }
                            _ => return,
                        },
                        read = far.read(&mut back) => match read {
                            Ok(count) if count > 0 => {
                                if !mute.load(Ordering::SeqCst) {
                                    near.write_all(&back[..count]).await.unwrap();
                                }
                            }
                            _ => return,
                        },
                    }
                }
            });
        }
    });
    address
}

fn by_way_of(target: &Target, proxy: &str) -> Target {
    let proxy = Matcher::builder()
        .all(proxy.to_owned())
        .build()
        .intercept(&target.server);
    Target {
        proxy,
        ..target.clone()
    }
}

#[tokio::test]
async fn a_proxy_is_asked_to_connect() {
    let server = Server::start(Setup::default(), echo).await;
    let target = server.target(token());
    let proxy = proxy(Arc::default()).await;
    let link = connect(&by_way_of(&target, &format!("http://u:p@{proxy}"))).unwrap();
    assert!(read(&link, get("/")).await.unwrap().1.starts_with("h2 /"));

    let problem = fails(&by_way_of(&target, &format!("http://{proxy}"))).await;
    let at = server.address;
    assert_eq!(
        problem.what,
        format!("The proxy would not connect us to {at}: proxy authorization required")
    );

    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    for scheme in ["http", "https", "socks5"] {
        let problem = fails(&by_way_of(&target, &format!("{scheme}://{nobody}"))).await;
        assert_eq!(
            problem.what,
            format!("{nobody} refuses the connection"),
            "{scheme}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_connection_is_noticed_within_eight_seconds() {
    // A body that never ends, through a proxy that then swallows everything.
    let server = Server::start(Setup::default(), |_| std::future::pending()).await;
    let mute = Arc::default();
    let proxy = proxy(Arc::clone(&mute)).await;
    let target = by_way_of(&server.target(token()), &format!("http://u:p@{proxy}"));
    let link = connect(&target).unwrap();
    let request = read(&link, get("/"));
    tokio::pin!(request);
    // Wait for the connection itself.
    while server.connections() == 0 || !link.meter().is_multiplexed() {
        tokio::select! {
            answer = &mut request => assert!(answer.is_ok(), "{answer:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    mute.store(true, Ordering::SeqCst);
    let since = tokio::time::Instant::now();
    let problem = request.await.unwrap_err();
    assert_eq!(
        problem.what,
        format!("{} stopped answering", server.address)
    );
    assert!(
        since.elapsed() <= Duration::from_secs(8),
        "{:?}",
        since.elapsed()
    );
}

#[tokio::test]
async fn an_upgrade_goes_over_a_connection_of_its_own() {
    let server = Server::start(
        Setup::default(),
        |mut request: Request<Incoming>| async move {
            if header(&request, "upgrade").is_empty() {
                return echo(request).await;
            }
            let upgrade = hyper::upgrade::on(&mut request);
            tokio::spawn(async move {
                let mut stream = hyper_util::rt::TokioIo::new(upgrade.await.unwrap());
                stream.write_all(b"hello").await.unwrap();
            });
            let mut answer: http::Response<Full<Bytes>> = status(101);
            answer
                .headers_mut()
                .insert(UPGRADE, HeaderValue::from_static("websocket"));
            answer
                .headers_mut()
                .insert("connection", HeaderValue::from_static("upgrade"));
            answer
        },
    )
    .await;
    let link = connect(&server.target(token())).unwrap();
    assert!(read(&link, get("/")).await.unwrap().1.starts_with("h2"));
    let request = Request::get("/exec")
        .header(UPGRADE, "websocket")
        .header("connection", "upgrade")
        .body(Body::empty())
        .unwrap();
    let answer = link.client().send(request).await.unwrap();
    assert_eq!(answer.status(), 101);
    let mut stream = hyper_util::rt::TokioIo::new(hyper::upgrade::on(answer).await.unwrap());
    let mut said = [0; 5];
    stream.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"hello");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_ended_is_made_anew() {
    let server = Server::start(Setup::default(), |request: Request<Incoming>| async move {
        if request.uri().path() == "/hang" {
            return std::future::pending().await;
        }
        echo(request).await
    })
    .await;
    let link = connect(&server.target(token())).unwrap();
    assert!(read(&link, get("/")).await.is_ok());
    let (hanging, ()) = tokio::join!(read(&link, get("/hang")), async {
        while link.meter().requests() < 2 {
            tokio::task::yield_now().await;
        }
        server.hang_up();
    });
    let problem = hanging.unwrap_err();
    assert_eq!(problem.cause, Cause::Unreachable, "{problem}");
    assert!(read(&link, get("/")).await.is_ok());
    assert_eq!(server.connections(), 2);

    // And one that ends while nobody uses it: a request that leaves before the news arrives may be lost with it.
    server.hang_up();
    while read(&link, get("/")).await.is_err() || server.connections() < 3 {}
}

#[tokio::test]
async fn a_socks_proxy_gets_name_and_port() {
    let server = Server::start(Setup::default(), echo).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let mut greeting = [0; 3];
        near.read_exact(&mut greeting).await.unwrap();
        assert_eq!(greeting, [5, 1, 0]);
        near.write_all(&[5, 0]).await.unwrap();
        let mut wish = [0; 10];
        near.read_exact(&mut wish).await.unwrap();
        assert_eq!(wish[..4], [5, 1, 0, 1]);
        let ip = std::net::Ipv4Addr::new(wish[4], wish[5], wish[6], wish[7]);
        let mut far = TcpStream::connect((ip, u16::from_be_bytes([wish[8], wish[9]])))
            .await
            .unwrap();
        near.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            .await
            .unwrap();
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    });
    let link = connect(&by_way_of(
        &server.target(token()),
        &format!("socks5://{proxy}"),
    ))
    .unwrap();
    assert!(read(&link, get("/")).await.unwrap().1.starts_with("h2 /"));
}

#[tokio::test]
async fn preparing_a_link_takes_no_time() {
    let target = testbed::target("https://api.example.com", token());
    let started = Instant::now();
    let link = connect(&target).unwrap();
    assert!(started.elapsed() < Duration::from_millis(50));
    assert_eq!(link.meter().attempts(), 0);
}
