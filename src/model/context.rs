//! Which cluster is meant, before it has an id, and which ones there are to choose from.

/// A cluster as the person names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Context {
    /// The kubeconfig's current context, whatever its name; in a Pod without a kubeconfig the Pod's own cluster.
    Current,
    /// A context of the kubeconfig.
    Named(String),
    /// The cluster inside the program.
    Simulated,
}

/// What the simulated cluster is called. It says what it is: nobody should take it for a real one.
pub const SIMULATED: &str = "demo (simulated)";

impl Context {
    /// The one of this name.
    pub fn of_name(name: &str) -> Self {
        if name == SIMULATED {
            Self::Simulated
        } else {
            Self::Named(name.to_owned())
        }
    }

    /// Its name, as far as that is known before the kubeconfig is read.
    pub fn name(&self) -> &str {
        match self {
            Self::Current => "no cluster",
            Self::Named(name) => name,
            Self::Simulated => SIMULATED,
        }
    }
}

/// A cluster that can be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which.
    pub context: Context,
    /// Where it is, for people: host and port.
    pub server: String,
}
