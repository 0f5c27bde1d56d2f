//! Who may send us anything.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::RwLock;

use crate::settings::Network;

/// The addresses that a host of the trunk had lately: calls that began at an older one are still to come to their end.
const ADDRESSES_MAX: usize = 16;

/// The ranges of the settings, and what the names of the trunk's hosts were found to mean.
pub(super) struct Ranges {
    allowed: Vec<Network>,
    hosts: RwLock<Vec<VecDeque<IpAddr>>>,
}

impl Ranges {
    pub(super) fn new(allowed: Vec<Network>, hosts: usize) -> Self {
        Self { allowed, hosts: RwLock::new(vec![VecDeque::new(); hosts]) }
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|network| network.contains(address)) || self.is_trunk(address)
    }

    pub(super) fn is_trunk(&self, address: IpAddr) -> bool {
        let hosts = self.hosts.read().expect("nobody panics while looking up an address");
        hosts.iter().any(|addresses| addresses.contains(&address))
    }

    pub(super) fn add(&self, host: usize, found: impl Iterator<Item = IpAddr>) {
        let mut hosts = self.hosts.write().expect("nobody panics while looking up an address");
        let addresses = &mut hosts[host];
        for address in found {
            addresses.retain(|known| *known != address);
            addresses.push_back(address);
            if addresses.len() > ADDRESSES_MAX {
                addresses.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_trunk_come_in_as_they_are_found() {
        let address = |last: usize| IpAddr::from([192, 0, 2, u8::try_from(last).unwrap()]);
        let ranges = Ranges::new(vec![Network::loopback()], 2);
        assert!(ranges.contains([127, 0, 0, 9].into()) && !ranges.is_trunk([127, 0, 0, 9].into()));
        assert!(!ranges.contains(address(1)));
        ranges.add(1, [address(1)].into_iter());
        assert!(ranges.contains(address(1)) && ranges.is_trunk(address(1)));

        ranges.add(1, (2..=ADDRESSES_MAX).map(address));
        assert!(ranges.contains(address(1)), "one that was found before is still known");
        ranges.add(1, [address(99)].into_iter());
        assert!(!ranges.contains(address(1)), "but not for ever");
        assert!(ranges.contains(address(2)) && ranges.contains(address(99)));
    }
}
