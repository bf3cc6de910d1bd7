//! Accidents of a server, and what a feed makes of them.

use super::*;

/// What a feed is to say of an accident.
#[derive(Clone, Copy, Debug)]
enum Told {
    /// Nothing at all.
    Nothing,
    /// Stale, with this in the sentence.
    Stale(&'static str),
    /// May not be read; while something is held, that is doubted at first.
    Refused(&'static str),
}

/// Accidents of any request.
fn common() -> Vec<(Fault, Told)> {
    use Fault::*;
    let status = |code| Status(code, None);
    vec![
        (
            status(401),
            Told::Stale(
                "does not accept our credentials (401). The token may have expired: log in",
            ),
        ),
        (status(403), Told::Refused("You may not")),
        (status(404), Told::Refused("The server does not know pods")),
        (status(409), Told::Refused("The server would not")),
        (status(410), Told::Nothing),
        (Status(429, Some(7)), Told::Stale("asks to wait 7 s")),
        (status(500), Told::Stale("The server failed to")),
        (status(503), Told::Stale("The server has no time to")),
        (
            Page,
            Told::Stale("a web page “Sign in” instead of the API (200)"),
        ),
        (Late(Duration::from_secs(5)), Told::Nothing),
        (Reset, Told::Stale("was reset")),
    ]
}

fn lists() -> Vec<(Fault, Told)> {
    use Fault::*;
    let mut all = common();
    all.extend([
        (OtherJson, Told::Stale("it is no list")),
        (Cut(5_000, false), Told::Stale("A list was cut off")),
        (Cut(20_000, true), Told::Stale("reset")),
        (Cut(20, false), Told::Stale("A list was cut off")),
        (Stall(9_000), Told::Stale("has sent nothing for 20 s")),
        (Stall(0), Told::Stale("has sent nothing for 20 s")),
        (Slow(2_000_000), Told::Nothing),
    ]);
    all
}

fn watches() -> Vec<(Fault, Told)> {
    use Fault::*;
    let mut all = common();
    all.extend([
        (HangUp, Told::Nothing),
        (Event(410), Told::Nothing),
        (
            Event(500),
            Told::Stale("The server failed to watch pods (500)"),
        ),
        (
            Event(504),
            Told::Stale("The server failed to watch pods (504)"),
        ),
        (Stall(0), Told::Nothing),
        (Slow(2_000), Told::Nothing),
        (Twice, Told::Nothing),
        (Shuffled, Told::Nothing),
        (
            Says("upstream connect error".into()),
            Told::Stale("not what the API promises"),
        ),
        (
            Says("{\"type\":\"ODD\",\"object\":{}}".into()),
            Told::Stale("a kind that we do not know"),
        ),
    ]);
    all
}

fn streams() -> Vec<(Fault, Told)> {
    use Fault::*;
    let mut all = common();
    all.retain(|(fault, _)| !matches!(fault, Status(409, _)));
    all.extend([
        (Status(422, None), Told::Nothing),
        (Status(400, None), Told::Nothing),
        (
            Event(500),
            Told::Stale("The server failed to watch pods (500)"),
        ),
        (Cut(5_000, false), Told::Stale("was cut off")),
        (Cut(5_000, true), Told::Stale("reset")),
        (HangUp, Told::Stale("was cut off")),
        (Twice, Told::Nothing),
        (Stall(5_000), Told::Nothing),
        (Stall(0), Told::Nothing),
    ]);
    all
}

/// A feed, the word of a request, and what may happen to it.
type Place = (What, &'static str, Vec<(Fault, Told)>);

fn table() -> Vec<Place> {
    let mut pages = lists();
    pages.push((Fault::GoOn, Told::Nothing));
    vec![
        (What::Instances, "list", lists()),
        (What::Instances, "page", pages),
        (What::Instances, "watch", watches()),
        (What::Troubled, "stream", streams()),
    ]
}

fn check(bench: &Bench, said: Told, held: bool, case: &str) {
    let sentences: Vec<String> = bench.stale().iter().map(ToString::to_string).collect();
    match said {
        Told::Nothing => {
            assert_eq!(
                (sentences.len(), bench.refused()),
                (0, None),
                "{case}: {sentences:?}"
            );
        }
        Told::Refused(part) if !held => {
            let refused = bench
                .refused()
                .unwrap_or_else(|| panic!("{case}: not refused"));
            assert!(refused.to_string().contains(part), "{case}: {refused}");
            assert!(sentences.is_empty(), "{case}: {sentences:?}");
        }
        Told::Stale(part) | Told::Refused(part) => {
            assert!(
                sentences.iter().any(|said| said.contains(part)),
                "{case}: {sentences:?}"
            );
            assert_eq!(bench.refused(), None, "{case}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_accident_while_loading() {
    for (what, word, faults) in table() {
        for (fault, says) in faults {
            let case = format!("{what:?} {word} {fault:?}");
            let server = Script::with(700);
            server.fault(word, fault);
            let mut bench = Bench::start(&server, what);
            bench.may_empty = matches!(says, Told::Refused(_));
            bench.churn(12).await;
            bench.settle().await;
            check(&bench, says, false, &case);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_accident_while_live_and_all_is_listed_again() {
    for (what, word, faults) in table() {
        for (fault, says) in faults {
            let case = format!("{what:?} {word} {fault:?} again");
            let server = Script::with(700);
            let mut bench = Bench::start(&server, what);
            bench.settle().await;
            bench.states.clear();
            server.cut(false);
            for _ in 0..20 {
                bench.change();
            }
            server.compact();
            bench.change();
            server.forget_came();
            if word == "watch" {
                // The first one only hears that its version is gone.
                server.fault("watch", Fault::Event(410));
            }
            server.fault(word, fault);
            bench.churn(12).await;
            bench.settle().await;
            check(&bench, says, true, &case);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_accident_when_the_watch_is_opened_again_costs_no_list() {
    for (fault, says) in watches() {
        if matches!(
            fault,
            Fault::Status(410, _) | Fault::Event(410) | Fault::Page | Fault::Says(_)
        ) {
            continue;
        }
        for with_error in [false, true] {
            let server = Script::with(250);
            let mut bench = Bench::start(&server, What::Instances);
            bench.settle().await;
            bench.states.clear();
            server.forget_came();
            server.fault("watch", fault.clone());
            server.cut(with_error);
            bench.change();
            bench.change();
            bench.settle().await;
            assert!(
                bench.words().iter().all(|word| *word == "watch"),
                "{fault:?}"
            );
            if !with_error {
                check(&bench, says, true, &format!("{fault:?}"));
            }
        }
    }
}
