//! What the black-box tests stand on: a terminal to run the binary in, a cluster to compare it with, and the reading
//! of frames. Nothing here knows the library; everything goes through the binary, its screen and the Kubernetes API.

pub mod cluster;
pub mod frame;
#[cfg(feature = "demo")]
pub mod served;
pub mod terminal;

use std::{path::Path, time::Duration};

/// How long anything may take: an unoptimized program on a busy machine takes its time to live through a year. Nothing
/// waits so long unless it has failed.
pub const WITHIN: Duration = Duration::from_mins(5);

/// The binary under test, as cargo built it for this test.
pub fn barkeep() -> terminal::Launch {
    terminal::Launch::new(env!("CARGO_BIN_EXE_barkeep"))
}

/// The binary under test, with a context `test` whose cluster refuses connections.
pub fn refused() -> terminal::Launch {
    let launch = barkeep();
    let kubeconfig = launch.home().join("kubeconfig");
    let server = format!("https://{}", refused_address());
    write_kubeconfig(&kubeconfig, &server, "{token: none}");
    let kubeconfig = kubeconfig.display().to_string();
    launch.env("KUBECONFIG", kubeconfig)
}

/// The address of a port on which nobody listens: bound once to learn a free one, then let go.
pub fn refused_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

/// Writes a kubeconfig with one context, `test`, whose cluster is `server` and whose user is `user` (YAML in flow style).
pub fn write_kubeconfig(path: &Path, server: &str, user: &str) {
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
         clusters:\n- name: test\n  cluster: {{server: \"{server}\"}}\n\
         users:\n- name: test\n  user: {user}\n\
         contexts:\n- name: test\n  context: {{cluster: test, user: test}}\n"
    );
    std::fs::write(path, text).expect("kubeconfig written");
}
