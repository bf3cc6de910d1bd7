//! What a container looks like from inside, made of its facts: files, environment, processes.

use super::{
    commands,
    files::{Device, Files, Kind, Live, absolute},
};
use crate::demo::streams::Facts;

/// Where programs are looked for, in this order.
pub(super) const PATH: [&str; 6] = [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
];

const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The memory of a node, in KiB.
const NODE_MEMORY: u64 = 16 << 20;

pub(super) struct World {
    pub(super) facts: Facts,
}

/// A family of images, which decides on small things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Alpine,
    Busybox,
    Debian,
    /// Nothing but the program itself.
    Bare,
}

/// A process as `ps` shows it.
pub(super) struct Process {
    pub(super) id: u32,
    pub(super) user: &'static str,
    pub(super) command: String,
    /// Resident memory in KiB.
    pub(super) memory: u64,
}

impl World {
    pub(super) fn new(facts: Facts) -> Self {
        Self { facts }
    }

    pub(super) fn family(&self) -> Family {
        let image = self.facts.image.to_ascii_lowercase();
        let has = |word: &str| image.contains(word);
        if has("distroless") || has("scratch") || self.facts.image_name() == "pause" {
            Family::Bare
        } else if has("busybox") {
            Family::Busybox
        } else if has("debian") || has("ubuntu") || has("bookworm") || has("slim") {
            Family::Debian
        } else if has("alpine") || !is_debian(self.facts.image_name()) {
            Family::Alpine
        } else {
            Family::Debian
        }
    }

    /// The working directory.
    pub(super) fn directory(&self) -> &str {
        if self.facts.directory.is_empty() {
            "/"
        } else {
            &self.facts.directory
        }
    }

    /// The environment that every process of the container has.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let facts = &self.facts;
        let mut all: Vec<(String, String)> = [
            ("PATH", PATH.join(":")),
            ("HOSTNAME", facts.hostname.clone()),
            ("HOME", "/root".to_owned()),
            ("KUBERNETES_SERVICE_HOST", "10.96.0.1".to_owned()),
            ("KUBERNETES_SERVICE_PORT", "443".to_owned()),
            ("KUBERNETES_SERVICE_PORT_HTTPS", "443".to_owned()),
            ("KUBERNETES_PORT", "tcp://10.96.0.1:443".to_owned()),
            ("KUBERNETES_PORT_443_TCP", "tcp://10.96.0.1:443".to_owned()),
            ("KUBERNETES_PORT_443_TCP_PROTO", "tcp".to_owned()),
            ("KUBERNETES_PORT_443_TCP_ADDR", "10.96.0.1".to_owned()),
            ("KUBERNETES_PORT_443_TCP_PORT", "443".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for (name, value) in &facts.env {
            match all.iter_mut().find(|(given, _)| given == name) {
                Some((_, given)) => value.clone_into(given),
                None => all.push((name.clone(), value.clone())),
            }
        }
        all
    }

    /// What process 1 runs.
    pub(super) fn main_command(&self) -> String {
        if self.facts.command.is_empty() {
            format!("/app/{}", self.facts.image_name())
        } else {
            self.facts.command.join(" ")
        }
    }

    /// The processes there are, with the one that asks.
    pub(super) fn processes(&self, asking: &str) -> Vec<Process> {
        let process = |id, command: String, memory| Process {
            id,
            user: "root",
            command,
            memory,
        };
        let resident = match self.facts.memory {
            0 => 96 << 20,
            limit => limit / 3,
        };
        let own = 20 + (self.facts.started.unsigned_abs() / 1_000 % 900) as u32;
        vec![
            process(1, self.main_command(), resident / 1_024),
            process(own, "sh".to_owned(), 1_664),
            process(own + 7, asking.to_owned(), 1_180),
        ]
    }

    /// The memory the container may use, in bytes.
    pub(super) fn memory(&self) -> u64 {
        if self.facts.memory == 0 {
            NODE_MEMORY << 10
        } else {
            self.facts.memory
        }
    }

    /// What a file says that is made when it is read.
    pub(super) fn live(live: Live, facts: &Facts, now: i64) -> String {
        let up = (now - facts.started).max(0) / 1_000;
        match live {
            Live::Uptime => format!("{up}.00 {}.00\n", up * 3),
            Live::Load => "0.42 0.36 0.31 2/384 71\n".to_owned(),
            Live::Memory => {
                let free = NODE_MEMORY / 3 + (up.unsigned_abs() % 4_096);
                format!(
                    "MemTotal:       {NODE_MEMORY:>8} kB\nMemFree:        {free:>8} kB\nMemAvailable:   {:>8} kB\n\
                     Buffers:        {:>8} kB\nCached:         {:>8} kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n",
                    NODE_MEMORY / 10 * 7,
                    188_416,
                    5_242_880
                )
            }
        }
    }

    /// All files of the container.
    pub(super) fn files(&self) -> Files {
        let facts = &self.facts;
        let time = facts.started / 1_000;
        let mut files = Files::default();
        let mut text = |path: &str, content: String| {
            files.put(path, Kind::File(content.into_bytes()), 0o644, time);
        };
        for (path, content) in self.system_files() {
            text(path, content);
        }
        for (name, content) in [
            ("ca.crt", certificate()),
            ("namespace", facts.namespace.clone()),
            ("token", token(facts)),
        ] {
            text(&format!("{ACCOUNT}/{name}"), content);
        }
        for (path, content) in &facts.files {
            text(path, content.clone());
        }
        for (path, live) in [
            ("/proc/uptime", Live::Uptime),
            ("/proc/loadavg", Live::Load),
            ("/proc/meminfo", Live::Memory),
        ] {
            files.put(path, Kind::Live(live), 0o444, time);
        }
        for (path, device) in [
            ("/dev/null", Device::Null),
            ("/dev/zero", Device::Zero),
            ("/dev/urandom", Device::Random),
            ("/dev/random", Device::Random),
            ("/dev/tty", Device::Terminal),
        ] {
            files.put(path, Kind::Device(device), 0o666, time);
        }
        for path in [
            "/tmp",
            "/root",
            "/home",
            "/sys",
            "/usr/local/bin",
            "/usr/sbin",
            "/sbin",
            "/var/log",
            "/opt",
        ] {
            files.put(
                path,
                Kind::Directory,
                if path == "/tmp" { 0o1777 } else { 0o755 },
                time,
            );
        }
        files.put(self.directory(), Kind::Directory, 0o755, time);
        for (path, _) in &facts.mounts {
            if files.look(&absolute("/", path)).is_none() {
                files.put(path, Kind::Directory, 0o755, time);
            }
        }
        self.add_programs(&mut files, time);
        files.put("/run", Kind::Link("var/run".to_owned()), 0o777, time);
        for folder in ["/proc", "/sys", ACCOUNT] {
            files.seal(folder);
        }
        for (path, _) in facts.mounts.iter().filter(|(_, writable)| !writable) {
            files.seal(path);
        }
        files
    }

    fn add_programs(&self, files: &mut Files, time: i64) {
        let family = self.family();
        let main = self.facts.command.first().cloned();
        let main = main.unwrap_or_else(|| format!("/app/{}", self.facts.image_name()));
        if main.contains('/') {
            files.put(&main, Kind::Program, 0o755, time);
        }
        if family == Family::Bare {
            return;
        }
        for name in commands::programs() {
            let is_there = match name {
                "bash" => family == Family::Debian,
                "curl" => family != Family::Busybox,
                _ => true,
            };
            if is_there {
                let folder = if commands::is_essential(name) {
                    "/bin"
                } else {
                    "/usr/bin"
                };
                files.put(&format!("{folder}/{name}"), Kind::Program, 0o755, time);
            }
        }
    }

    fn system_files(&self) -> Vec<(&'static str, String)> {
        let facts = &self.facts;
        let Facts {
            hostname,
            namespace,
            ip,
            ..
        } = facts;
        let full = if facts.subdomain.is_empty() {
            hostname.clone()
        } else {
            format!(
                "{hostname}.{}.{namespace}.svc.cluster.local\t{hostname}",
                facts.subdomain
            )
        };
        let release = match self.family() {
            Family::Alpine => {
                "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME=\"Alpine Linux v3.22\"\n"
            }
            Family::Busybox | Family::Bare => "NAME=\"BusyBox\"\nID=busybox\n",
            Family::Debian => {
                "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n"
            }
        };
        let processor = |number: u32| {
            format!(
                "processor\t: {number}\nvendor_id\t: GenuineIntel\nmodel name\t: Simulated CPU @ 2.60GHz\ncpu MHz\t\t: 2600.000\n\
                 cache size\t: 36608 KB\ncpu cores\t: 4\nbogomips\t: 5200.00\n\n"
            )
        };
        vec![
            ("/etc/hostname", format!("{hostname}\n")),
            (
                "/etc/hosts",
                format!(
                    "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n\
                     fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n{ip}\t{full}\n"
                ),
            ),
            (
                "/etc/resolv.conf",
                format!(
                    "search {namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"
                ),
            ),
            ("/etc/os-release", release.to_owned()),
            (
                "/etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n".to_owned(),
            ),
            ("/etc/group", "root:x:0:\nnogroup:x:65534:\n".to_owned()),
            ("/proc/cpuinfo", (0..4).map(processor).collect()),
            (
                "/proc/version",
                "Linux version 6.12.43 (demo@barkeep) #1 SMP PREEMPT_DYNAMIC\n".to_owned(),
            ),
            ("/proc/1/cmdline", self.main_command().replace(' ', "\0")),
            ("/proc/self/status", format!("Name:\tsh\nState:\tR (running)\nNSpid:\t{}\n", 20)),
            (
                "/sys/fs/cgroup/memory.max",
                if facts.memory == 0 {
                    "max\n".to_owned()
                } else {
                    format!("{}\n", facts.memory)
                },
            ),
            ("/dev/termination-log", String::new()),
        ]
    }
}

/// Images that are built on Debian unless their tag says otherwise.
fn is_debian(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "nginx", "postgres", "mysql", "mariadb", "redis", "python", "node", "httpd",
    ];
    NAMES.contains(&name)
}

fn token(facts: &Facts) -> String {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
    let part = |text: &str| BASE64.encode(text);
    let head = part(r#"{"alg":"RS256","kid":"demo"}"#);
    let body = part(&format!(
        r#"{{"iss":"https://kubernetes.default.svc","sub":"system:serviceaccount:{}:{}"}}"#,
        facts.namespace, facts.account
    ));
    format!("{head}.{body}.{}", part("this is not a signature"))
}

fn certificate() -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let lines = BASE64_STANDARD.encode("this cluster is simulated, and so is its certificate");
    format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
}
