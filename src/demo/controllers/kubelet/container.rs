//! The life of one container: its image comes, it starts, is ready, ends and starts again, later each time
//! (`pkg/kubelet/{kuberuntime,images,prober}`).

use serde_json::{Value, json};

use super::{
    acts::Death,
    needs,
    scene::Scene,
    words::{container_id, go_duration, image_id, probe_failed, pull_error, whole_image},
};
use crate::demo::{dice, object};

const SECOND: i64 = 1_000;
/// Waits after a crash or a failed pull: the first, and the longest.
const BACK_OFF: (i64, i64) = (10 * SECOND, 300 * SECOND);
/// Who ran for so long is forgiven.
const FORGIVEN: i64 = 600 * SECOND;
/// A container that cannot be made is tried again at each sync of its Pod.
const SYNC: i64 = 10 * SECOND;
/// So many events about the same are told; after that one in five minutes
/// (`k8s.io/client-go/tools/record`, `EventSourceObjectSpamFilter`).
const TOLD: u32 = 25;

/// What a container does now. Times are milliseconds since the epoch.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Doing {
    /// It is not its turn.
    #[default]
    Waiting,
    /// Its image comes.
    Pulling { since: i64, until: i64 },
    /// Its image did not come; `said` is when it is called back-off.
    Unpulled { said: Option<i64>, retry: i64 },
    /// What it needs is not there.
    Unmade { retry: i64 },
    /// It runs.
    Running {
        since: i64,
        ready: Option<i64>,
        probe: Option<i64>,
        death: Option<(i64, Death)>,
    },
    /// It was told to stop, for its liveness probe failed.
    Stopping { until: i64, since: i64 },
    /// It ended and starts again; `said` is when that is called back-off.
    Ended { said: Option<i64>, retry: i64 },
    /// It ended.
    Done,
}

/// A container as its kubelet knows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Container {
    /// What it does now.
    pub(super) doing: Doing,
    /// How long to wait after the next crash, at the pace of life.
    back_off: i64,
    /// How long to wait after the next failed pull.
    pull_back_off: i64,
    told: u32,
}

impl Container {
    /// A container that was there before its kubelet: what it does follows from its status.
    pub(super) fn restore(scene: &Scene<'_>, status: &Value) -> Self {
        let now = scene.state.now();
        let restarts = object::number(status, "/restartCount").unwrap_or(0);
        let mut container = Self {
            back_off: match restarts {
                0 => 0,
                more => (BACK_OFF.0 << (more - 1).min(5)).min(BACK_OFF.1),
            },
            ..Self::default()
        };
        let time = |pointer: &str| object::millis(object::text(status, pointer));
        let wait = |whole: i64| scene.chance("restored", 0, whole) + 1;
        if let Some(since) = time("/state/running/startedAt") {
            container.run(scene, status, since);
            if let Doing::Running { death, ready, .. } = &mut container.doing {
                if let Some((when, _)) = death
                    && *when <= now
                {
                    *when = now + wait((*when - since).max(SECOND));
                }
                if status["ready"] == true {
                    *ready = None;
                }
            }
            return container;
        }
        container.doing = match object::text(status, "/state/waiting/reason") {
            "CrashLoopBackOff" => {
                let ended = time("/lastState/terminated/finishedAt").unwrap_or(now);
                let retry = ended + scene.state.span(container.back_off);
                let retry = if retry > now {
                    retry
                } else {
                    now + wait(container.back_off)
                };
                Doing::Ended { said: None, retry }
            }
            "ErrImagePull" | "ImagePullBackOff" => {
                container.pull_back_off = BACK_OFF.1;
                let retry = now + wait(BACK_OFF.1);
                Doing::Unpulled { said: None, retry }
            }
            "CreateContainerConfigError" => Doing::Unmade {
                retry: now + wait(SYNC),
            },
            _ if !status["state"]["terminated"].is_null() => {
                let code = object::number(status, "/state/terminated/exitCode").unwrap_or(0);
                if scene.starts_again(code) {
                    Doing::Ended {
                        said: None,
                        retry: now + wait(container.back_off.max(SECOND)),
                    }
                } else {
                    Doing::Done
                }
            }
            _ => Doing::Waiting,
        };
        container
    }

    /// When there is something to do for it.
    pub(super) fn due(&self) -> Option<i64> {
        match &self.doing {
            Doing::Waiting | Doing::Done => None,
            Doing::Pulling { until, .. } | Doing::Stopping { until, .. } => Some(*until),
            Doing::Unmade { retry } => Some(*retry),
            Doing::Unpulled { said, retry } | Doing::Ended { said, retry } => {
                Some(said.unwrap_or(*retry))
            }
            Doing::Running {
                ready,
                probe,
                death,
                ..
            } => {
                let death = death.map(|(when, _)| when);
                [*ready, *probe, death].into_iter().flatten().min()
            }
        }
    }

    /// Does what is due.
    pub(super) fn step(&mut self, scene: &mut Scene<'_>, status: &mut Value) {
        let now = scene.state.now();
        if matches!(self.doing, Doing::Waiting) {
            return self.begin(scene, status);
        }
        while self.due().is_some_and(|due| due <= now) {
            match self.doing.clone() {
                Doing::Waiting | Doing::Done => return,
                Doing::Pulling { since, .. } => self.pulled(scene, status, now - since),
                Doing::Unpulled {
                    said: Some(_),
                    retry,
                } => {
                    back_off_pull(scene, status);
                    self.doing = Doing::Unpulled { said: None, retry };
                }
                Doing::Ended {
                    said: Some(_),
                    retry,
                } => {
                    self.back_off(scene, status);
                    self.doing = Doing::Ended { said: None, retry };
                }
                Doing::Unpulled { .. } | Doing::Unmade { .. } | Doing::Ended { .. } => {
                    self.begin(scene, status);
                }
                Doing::Running { .. } => self.live(scene, status, now),
                Doing::Stopping { since, .. } => {
                    self.end(scene, status, since, 137, "Error");
                }
            }
        }
    }

    /// What it needs, then its image, then its start.
    fn begin(&mut self, scene: &mut Scene<'_>, status: &mut Value) {
        let now = scene.state.now();
        let present = scene.state.index.has_image(scene.node(), scene.image());
        let always = scene.spec["imagePullPolicy"] == "Always";
        let never = scene.spec["imagePullPolicy"] == "Never";
        if never && scene.acts.missing {
            scene.never_pull(status);
            let retry = now + scene.state.span(SYNC);
            self.doing = Doing::Unmade { retry };
            return;
        }
        if (present || never) && !always && !scene.acts.missing {
            let message = format!(
                "Container image \"{}\" already present on machine and can be accessed by the pod",
                scene.image()
            );
            scene.say("Normal", "Pulled", &message);
            return self.make(scene, status);
        }
        let message = format!("Pulling image \"{}\"", scene.image());
        scene.say("Normal", "Pulling", &message);
        let time = match (scene.acts.missing, present) {
            (true, _) => scene.chance("refused", 300, 900),
            (_, true) => scene.chance("checked", 200, 600),
            _ => scene.acts.pulls.map_or_else(
                || scene.chance("pulls", SECOND, 3 * SECOND),
                |time| scene.state.span(time),
            ),
        };
        self.doing = Doing::Pulling {
            since: now,
            until: now + time,
        };
    }

    fn pulled(&mut self, scene: &mut Scene<'_>, status: &mut Value, time: i64) {
        let now = scene.state.now();
        let image = scene.image().to_owned();
        if scene.acts.missing {
            let why = pull_error(&image);
            let message = format!("Failed to pull image \"{image}\": {why}");
            scene.say("Warning", "Failed", &message);
            scene.say("Warning", "Failed", "Error: ErrImagePull");
            wait(status, "ErrImagePull", &why);
            self.pull_back_off = (self.pull_back_off * 2).clamp(BACK_OFF.0, BACK_OFF.1);
            let said = now + scene.chance("sync", SECOND, 3 * SECOND);
            let retry = now + scene.state.span(self.pull_back_off);
            self.doing = Doing::Unpulled {
                said: Some(said.min(retry)),
                retry,
            };
            return;
        }
        self.pull_back_off = 0;
        let node = scene.node().to_owned();
        scene.state.index.pulled(&node, &image);
        let size = 4_000_000 + dice::throw(0, ("size", &image)) % 180_000_000;
        let took = format!("{}.{:03}s", time / 1_000, time % 1_000);
        let message = format!(
            "Successfully pulled image \"{image}\" in {took} ({took} including waiting). Image size: {size} bytes."
        );
        scene.say("Normal", "Pulled", &message);
        self.make(scene, status);
    }

    fn make(&mut self, scene: &mut Scene<'_>, status: &mut Value) {
        let now = scene.state.now();
        let namespace = object::namespace(scene.pod);
        if let Some(why) = needs::of_container(scene.state, namespace, scene.spec) {
            scene.say("Warning", "Failed", &format!("Error: {why}"));
            wait(status, "CreateContainerConfigError", &why);
            let retry = now + scene.state.span(SYNC);
            self.doing = Doing::Unmade { retry };
            return;
        }
        scene.say("Normal", "Created", "Container created");
        scene.say("Normal", "Started", "Container started");
        let mut restarts = object::number(status, "/restartCount").unwrap_or(0);
        let ended = match status["state"]["terminated"].take() {
            Value::Null if status["lastState"]["terminated"].is_object() => {
                status["lastState"]["terminated"].take()
            }
            ended => ended,
        };
        if !ended.is_null() {
            restarts += 1;
            self.back_off = (self.back_off * 2).clamp(BACK_OFF.0, BACK_OFF.1);
            status["lastState"] = json!({"terminated": ended});
        }
        status["restartCount"] = json!(restarts);
        status["resources"] = scene.resources();
        status["state"] = json!({"running": {"startedAt": object::time(now)}});
        status["imageID"] = json!(image_id(scene.image()));
        status["image"] = json!(whole_image(scene.image()));
        status["containerID"] = json!(container_id(object::uid(scene.pod), scene.name(), restarts));
        self.run(scene, status, now);
        let Doing::Running { ready, .. } = &self.doing else {
            return;
        };
        let at_once = ready.is_some_and(|ready| ready <= now);
        status["started"] = json!(scene.spec["startupProbe"].is_null() || at_once);
        status["ready"] = json!(at_once);
        if at_once && let Doing::Running { ready, .. } = &mut self.doing {
            *ready = None;
        }
    }

    /// It runs since then: when it will be ready, and when it will end.
    fn run(&mut self, scene: &Scene<'_>, status: &Value, since: i64) {
        let restarts = object::number(status, "/restartCount").unwrap_or(0);
        let death = scene.acts.death(restarts);
        let probes = ["readinessProbe", "startupProbe"].map(|kind| &scene.spec[kind]);
        let delay: i64 = probes
            .iter()
            .map(|probe| object::number(probe, "/initialDelaySeconds").unwrap_or(0))
            .sum();
        let has_probe = probes.iter().any(|probe| probe.is_object());
        let starts = match scene.acts.starts {
            Some(time) => scene.state.span(time),
            None if has_probe => scene.chance("starts", SECOND, 3 * SECOND),
            None => 0,
        };
        let first = since + starts + scene.state.span(delay * SECOND);
        self.told = 0;
        self.doing = Doing::Running {
            since,
            ready: (!scene.acts.unready).then_some(first),
            probe: scene.acts.unready.then_some(first),
            death: death.map(|(time, death)| (since + scene.state.span(time), death)),
        };
    }

    fn live(&mut self, scene: &mut Scene<'_>, status: &mut Value, now: i64) {
        let told = self.told;
        let Doing::Running {
            since,
            ready,
            probe,
            death,
        } = &mut self.doing
        else {
            return;
        };
        if ready.is_some_and(|due| due <= now) {
            *ready = None;
            status["ready"] = json!(true);
            status["started"] = json!(true);
        }
        if probe.is_some_and(|due| due <= now) {
            let period = object::number(scene.spec, "/readinessProbe/periodSeconds").unwrap_or(10);
            let seconds = if told < TOLD { period.max(1) } else { 300 };
            *probe = Some(now + scene.state.span(seconds * SECOND).max(1));
            self.told += 1;
            status["started"] = json!(true);
            let message = probe_failed("Readiness", &scene.spec["readinessProbe"], scene.pod, 503);
            scene.say("Warning", "Unhealthy", &message);
        }
        let since = *since;
        match *death {
            Some((due, Death::Exit(code))) if due <= now => {
                let reason = if code == 0 { "Completed" } else { "Error" };
                self.end(scene, status, since, code, reason);
            }
            Some((due, Death::Memory)) if due <= now => {
                self.end(scene, status, since, 137, "OOMKilled");
            }
            Some((due, Death::Liveness)) if due <= now => {
                let message =
                    probe_failed("Liveness", &scene.spec["livenessProbe"], scene.pod, 500);
                scene.say("Warning", "Unhealthy", &message);
                let message = format!(
                    "Container {} failed liveness probe, will be restarted",
                    scene.name()
                );
                scene.say("Normal", "Killing", &message);
                let time = scene.state.span(scene.acts.ends.unwrap_or(SECOND));
                self.doing = Doing::Stopping {
                    until: now + time,
                    since,
                };
            }
            _ => {}
        }
    }

    /// It ended: what it was becomes known, and when it starts again is decided.
    pub(super) fn end(
        &mut self,
        scene: &Scene<'_>,
        status: &mut Value,
        since: i64,
        code: i64,
        reason: &str,
    ) {
        let now = scene.state.now();
        status["state"] = json!({"terminated": {
            "exitCode": code, "reason": reason, "containerID": status["containerID"],
            "startedAt": object::time(since), "finishedAt": object::time(now),
        }});
        status["ready"] = json!(false);
        status["started"] = json!(false);
        if !scene.starts_again(code) {
            self.doing = Doing::Done;
            return;
        }
        if now - since > scene.state.span(FORGIVEN) {
            self.back_off = 0;
        }
        let sync = now + scene.state.span(SECOND);
        let retry = now + scene.state.span(self.back_off);
        self.doing = if self.back_off == 0 {
            Doing::Ended {
                said: None,
                retry: sync,
            }
        } else {
            Doing::Ended {
                said: Some(sync),
                retry: retry.max(sync + 1),
            }
        };
    }

    /// A crash that is waited for is called so.
    fn back_off(&self, scene: &mut Scene<'_>, status: &mut Value) {
        let whole = scene.whole_name();
        let name = scene.name().to_owned();
        let message = format!("Back-off restarting failed container {name} in pod {whole}");
        scene.say("Warning", "BackOff", &message);
        let time = go_duration(self.back_off / SECOND);
        let why = format!("back-off {time} restarting failed container={name} pod={whole}");
        let ended = status["state"]["terminated"].take();
        if !ended.is_null() {
            status["lastState"] = json!({"terminated": ended});
        }
        wait(status, "CrashLoopBackOff", &why);
    }
}

/// Says that a container waits.
pub(super) fn wait(status: &mut Value, reason: &str, message: &str) {
    let mut waiting = json!({"reason": reason});
    if !message.is_empty() {
        waiting["message"] = json!(message);
    }
    let ended = status["state"]["terminated"].take();
    if !ended.is_null() {
        status["lastState"] = json!({"terminated": ended});
    }
    status["state"] = json!({"waiting": waiting});
    status["ready"] = json!(false);
    status["started"] = json!(false);
}

fn back_off_pull(scene: &mut Scene<'_>, status: &mut Value) {
    let image = scene.image().to_owned();
    let message = format!("Back-off pulling image \"{image}\"");
    scene.say("Normal", "BackOff", &message);
    scene.say("Warning", "Failed", "Error: ImagePullBackOff");
    let why = format!("{message}: ErrImagePull: {}", pull_error(&image));
    wait(status, "ImagePullBackOff", &why);
}
