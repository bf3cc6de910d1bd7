//! `barkeep demo` as a process: the simulated cluster on a port of this machine.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use super::{WITHIN, cluster::eventually};

/// `barkeep demo`, ended with this.
pub struct Served {
    child: Child,
    /// Where it can be reached.
    pub kubeconfig: PathBuf,
    /// A folder of its own.
    pub home: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    /// Starts it, and waits until it has written its kubeconfig.
    pub fn start(args: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let kubeconfig = home.path().join("kubeconfig");
        let child = Command::new(env!("CARGO_BIN_EXE_barkeep"))
            .arg("demo")
            .args([
                "--write-kubeconfig",
                kubeconfig.to_str().expect("a plain path"),
            ])
            .args(args)
            .env("XDG_STATE_HOME", home.path())
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let served = Self {
            child,
            kubeconfig,
            home,
        };
        eventually(WITHIN, || served.read()).expect("a kubeconfig");
        served
    }

    /// The kubeconfig, once all of it is there.
    pub fn read(&self) -> Option<String> {
        let text = fs::read_to_string(&self.kubeconfig).ok()?;
        text.contains("context: {cluster: demo, user: demo-nobody}")
            .then_some(text)
    }
}
