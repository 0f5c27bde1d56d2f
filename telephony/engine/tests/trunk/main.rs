//! The trunk against a peer that is no work of ours: sipp, with scenarios of our own.

mod apart;
mod browsers;
mod callers;
mod desk;
mod dialled;
mod failover;
mod garbage;
mod hosts;
mod phone;
mod record;
mod secure;
mod softphone;
mod sound;
mod support;
mod tcp;
mod tls;
