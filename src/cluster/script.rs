//! An API server in this process, scripted for tests.
