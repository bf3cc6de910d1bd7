//! When a feed asks for what: order, waiting, going on where it was, letting go.

use super::*;

fn gaps(came: &[Came], word: &str) -> Vec<u128> {
    let times: Vec<Instant> = came
        .iter()
        .filter(|came| came.word() == word)
        .map(|came| came.at)
        .collect();
    times
        .windows(2)
        .map(|two| (two[1] - two[0]).as_millis())
        .collect()
}

fn watched_from(bench: &Bench) -> Vec<String> {
    let came = bench.server.came();
    came.iter()
        .filter_map(|came| came.version().map(str::to_owned))
        .collect()
}

/// Lets the clock run, with everything that comes in it.
async fn pass(bench: &mut Bench, seconds: u64) {
    let end = Instant::now() + Duration::from_secs(seconds);
    while tokio::time::timeout_at(end, bench.step()).await.is_ok() {}
}

#[tokio::test(start_paused = true)]
async fn the_watch_is_open_before_the_second_page_is_asked_for() {
    let server = Script::with(1_200);
    let mut bench = Bench::start(&server, What::Instances);
    bench.settle().await;
    assert_eq!(bench.words(), ["list", "watch", "page", "page", "page"]);
    let limits: Vec<_> = server
        .came()
        .iter()
        .filter_map(|came| came.query.get("limit").cloned())
        .collect();
    assert_eq!(limits, ["100", "500", "500", "500"]);
    assert_eq!(watched_from(&bench), ["1200"]);
    let loading = |have| FeedState::Loading(have, Some(1_200));
    assert_eq!(
        bench.states,
        [loading(100), loading(600), loading(1_100), FeedState::Live]
    );
}

#[tokio::test(start_paused = true)]
async fn what_happens_while_pages_load_is_seen_at_once_and_stays() {
    let server = Script::with(700);
    server.fault("page", Fault::Late(Duration::from_secs(3)));
    server.fault("page", Fault::Late(Duration::from_secs(3)));
    let mut bench = Bench::start(&server, What::Instances);
    bench.until(|bench| bench.rows().len() == 100).await;
    pass(&mut bench, 1).await;
    server.delete("pod-0001");
    server.delete("pod-0650");
    server.put("pod-0660");
    server.put("pod-0002");
    server.put("new");
    let before = Instant::now();
    bench.until(|bench| bench.rows().contains_key("new")).await;
    assert!(before.elapsed() < Duration::from_millis(100));
    assert!(!bench.rows().contains_key("pod-0001"));
    bench.settle().await;
    assert_eq!(bench.words(), ["list", "watch", "page", "page"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_whose_version_is_gone_goes_on_where_the_server_says() {
    let server = Script::with(700);
    server.fault("page", Fault::GoOn);
    let mut bench = Bench::start(&server, What::Instances);
    bench.settle().await;
    assert_eq!(bench.words(), ["list", "watch", "page", "page", "page"]);
    // A server that only ever sends us on is one that has no place to go on.
    let server = Script::with(700);
    (0..4).for_each(|_| server.fault("page", Fault::GoOn));
    let mut bench = Bench::start(&server, What::Instances);
    bench.settle().await;
    assert_eq!(
        bench.words().iter().filter(|word| **word == "list").count(),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_is_asked_for_again_alone() {
    let server = Script::with(1_200);
    server.fault("page", Fault::Status(500, None));
    server.fault("page", Fault::Cut(9_000, true));
    let mut bench = Bench::start(&server, What::Instances);
    bench.settle().await;
    assert_eq!(
        bench.words(),
        ["list", "watch", "page", "page", "page", "page", "page"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_watch_goes_on_from_the_last_version_or_bookmark() {
    for what in [What::Instances, What::Troubled] {
        let server = Script::with(20);
        let mut bench = Bench::start(&server, what);
        bench.settle().await;
        server.forget_came();
        server.put("pod-0003");
        bench.settle().await;
        server.cut(false);
        pass(&mut bench, 5).await;
        assert_eq!(watched_from(&bench), ["21"]);
        server.forget_came();
        // Another kind's changes: only a bookmark tells of them.
        server.skip(50);
        server.bookmark();
        server.compact();
        pass(&mut bench, 1).await;
        server.cut(true);
        pass(&mut bench, 5).await;
        assert_eq!(watched_from(&bench), ["71"]);
        assert_eq!(bench.words(), ["watch"]);
    }
}

#[tokio::test(start_paused = true)]
async fn waits_grow_to_their_limit_and_begin_anew_after_what_has_worked() {
    let server = Script::with(5);
    let mut bench = Bench::start(&server, What::Instances);
    bench.settle().await;
    pass(&mut bench, 20).await;
    server.forget_came();
    (0..14).for_each(|_| server.fault("watch", Fault::Status(500, None)));
    server.cut(true);
    server.put("pod-0001");
    bench.settle().await;
    let waits = gaps(&server.came(), "watch");
    assert_eq!(waits.len(), 14);
    for (n, wait) in waits.iter().enumerate() {
        let most = (400_u128 << n.min(8)).min(2_500);
        assert!((most / 2..=most + 5).contains(wait), "{n}: {waits:?}");
    }
    let mut late = waits[6..].to_vec();
    late.dedup();
    assert!(late.len() > 1, "no jitter: {waits:?}");
    pass(&mut bench, 20).await;
    let before = Instant::now();
    server.cut(true);
    server.put("pod-0001");
    bench.settle().await;
    assert!(before.elapsed() <= Duration::from_millis(205));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_accepts_and_hangs_up_is_not_asked_in_a_tight_loop() {
    for (what, word) in [(What::Instances, "watch"), (What::Troubled, "stream")] {
        let server = Script::with(5);
        (0..200).for_each(|_| server.fault(word, Fault::HangUp));
        let mut bench = Bench::start(&server, what);
        pass(&mut bench, 60).await;
        let asked = bench.words().len();
        assert!((20..50).contains(&asked), "{asked} requests in a minute");
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_waited_for() {
    let server = Script::with(5);
    server.fault("list", Fault::Status(429, Some(7)));
    server.fault("list", Fault::Status(503, Some(86_400)));
    let mut bench = Bench::start(&server, What::Instances);
    bench.settle().await;
    let waits = gaps(&server.came(), "list");
    assert!((7_000..7_600).contains(&waits[0]), "{waits:?}");
    assert!((300_000..300_600).contains(&waits[1]), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_asked_about_again_every_half_minute() {
    for (what, word, code) in [
        (What::Instances, "list", 403),
        (What::CronJobs, "list", 404),
        (What::Troubled, "stream", 403),
        (What::Usage, "list", 404),
    ] {
        let server = Script::with(5);
        (0..3).for_each(|_| server.fault(word, Fault::Status(code, None)));
        let mut bench = Bench::start(&server, what);
        bench.until(|bench| bench.server.faults() == 0).await;
        bench.until(Bench::live).await;
        let waits = gaps(&server.came(), word);
        assert!(
            waits.iter().all(|wait| (30_000..35_010).contains(wait)),
            "{waits:?}"
        );
        assert!(
            matches!(bench.states.first(), Some(FeedState::Refused(_))),
            "{:?}",
            bench.states
        );
        assert!(bench.stale().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_served_is_believed_to_be_refused_at_the_third_time() {
    let server = Script::with(5);
    let mut bench = Bench::start(&server, What::Instances);
    bench.settle().await;
    bench.states.clear();
    bench.may_empty = true;
    (0..3).for_each(|_| server.fault("watch", Fault::Status(403, None)));
    server.cut(false);
    bench.until(|bench| bench.refused().is_some()).await;
    assert_eq!((bench.stale().len(), bench.rows().len()), (1, 0));
    bench.settle().await;
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_is_dropped_lets_go_of_its_watch() {
    for (what, stalled) in [
        (What::Instances, false),
        (What::Troubled, false),
        (What::Instances, true),
    ] {
        let server = Script::with(700);
        if stalled {
            server.fault("page", Fault::Stall(0));
        }
        let mut bench = Bench::start(&server, what);
        bench.until(|bench| !bench.rows().is_empty()).await;
        sleep(Duration::from_secs(1)).await;
        assert_eq!(server.watches(), 1);
        bench.task.abort();
        sleep(Duration::from_millis(1)).await;
        assert_eq!(server.watches(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_watch_is_opened_again_without_a_word() {
    let server = Script::with(5);
    let mut bench = Bench::start(&server, What::Instances);
    bench.settle().await;
    server.forget_came();
    pass(&mut bench, 80).await;
    assert_eq!(bench.words().len(), 0);
    server.bookmark();
    pass(&mut bench, 80).await;
    assert_eq!(bench.words().len(), 0);
    pass(&mut bench, 15).await;
    assert_eq!(bench.words(), ["watch"]);
    assert_eq!(bench.states, [FeedState::Live]);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_streaming_lists_is_asked_for_one_once() {
    let server = Script::with(5);
    server.no_streams();
    let asker = server.asker();
    for _ in 0..2 {
        Bench::with(&server, What::Troubled, asker.clone())
            .settle()
            .await;
    }
    assert_eq!(
        server.came().iter().map(Came::word).collect::<Vec<_>>(),
        ["stream", "list", "watch", "list", "watch"]
    );
}

#[tokio::test(start_paused = true)]
async fn odd_objects_cost_nothing_but_themselves() {
    for what in [What::Instances, What::Troubled] {
        let server = Script::with(5);
        let odd = serde_json::json!({"metadata": {"name": "odd", "uid": "odd"}, "spec": {"containers": "none"}});
        server.put_as(odd.clone());
        let mut bench = Bench::start(&server, what);
        bench.settle().await;
        assert_eq!(bench.rows().len(), 5);
        // Twice the same, one that can not be read, and a Pod that goes while it can not be read.
        let held = server.object("pod-0002");
        server.say(&format!("{{\"type\":\"MODIFIED\",\"object\":{held}}}\n").repeat(2));
        server.put_as(odd);
        let mut last = server.object("pod-0003");
        last["spec"] = serde_json::json!("gone");
        server.put_as(last);
        server.delete("pod-0003");
        server.put("pod-0004");
        bench.settle().await;
        assert_eq!(bench.rows().len(), 4);
        assert!(bench.stale().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn ten_megabytes_are_read_and_let_go() {
    for what in [What::Instances, What::Troubled] {
        let server = Script::with(20);
        server.padding(500_000);
        (0..20).for_each(|n| server.put(&format!("pod-{n:04}")));
        let word = if what == What::Troubled {
            "stream"
        } else {
            "list"
        };
        server.fault(word, Fault::Cut(7_000_000, false));
        let mut bench = Bench::start(&server, what);
        bench.settle().await;
        assert_eq!(bench.rows().len(), 20);
    }
}
