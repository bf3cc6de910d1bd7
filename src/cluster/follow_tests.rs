//! Faults of a server, and what a feed makes of them.
