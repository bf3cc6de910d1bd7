//! Chance without state: what falls depends on the seed, on whom it is for and on how often that one has thrown, and on
//! nothing else. So one visitor's doings do not change what happens to the others.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

/// A number for this seed and this occasion.
pub fn throw(seed: u64, occasion: impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    seed.hash(&mut hasher);
    occasion.hash(&mut hasher);
    // The hasher is quick but its low bits are poor; this is the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    let mut z = hasher.finish().wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The same, from 0 up to and without 1.
pub fn share(seed: u64, occasion: impl Hash) -> f64 {
    (throw(seed, occasion) >> 11) as f64 / (1_u64 << 53) as f64
}

/// The same, one of these; `choices` must not be empty.
pub fn one_of<T>(seed: u64, occasion: impl Hash, choices: &[T]) -> &T {
    &choices[(throw(seed, occasion) % choices.len() as u64) as usize]
}

/// Letters and digits as Kubernetes makes them for `generateName`: without vowels and what looks like another
/// (`k8s.io/apimachinery/pkg/util/rand`).
pub fn letters(seed: u64, occasion: impl Hash, count: usize) -> String {
    const KNOWN: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut number = throw(seed, occasion);
    let mut letter = || {
        let letter = KNOWN[(number % KNOWN.len() as u64) as usize];
        number /= KNOWN.len() as u64;
        char::from(letter)
    };
    (0..count).map(|_| letter()).collect()
}

/// A UUID (RFC 9562, version 4) for this occasion.
pub fn uuid(seed: u64, occasion: impl Hash) -> String {
    let high = throw(seed, (&occasion, 0));
    let low = throw(seed, (&occasion, 1));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_occasion_throws_the_same() {
        assert_eq!(throw(1, ("web", 3)), throw(1, ("web", 3)));
        assert_ne!(throw(1, ("web", 3)), throw(2, ("web", 3)));
        assert_ne!(throw(1, ("web", 3)), throw(1, ("web", 4)));
        let shares: Vec<f64> = (0..1_000).map(|n| share(7, n)).collect();
        let mean = shares.iter().sum::<f64>() / 1_000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
        assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
    }

    #[test]
    fn names_look_like_those_of_kubernetes() {
        let name = letters(1, "pod", 5);
        assert_eq!(name.len(), 5);
        assert!(!name.contains(|c: char| "aeiou01".contains(c)), "{name}");
        let uuid = uuid(1, "pod");
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    }
}
