//! Pseudonyms of ids, so that a list can leave without them: HMAC-SHA256 (RFC 2104, FIPS 198-1).
//!
//! The key is the passphrase in UTF-8, the message the id in UTF-8, neither changed in any way (no spaces taken off, no
//! normal form); the pseudonym is all 32 bytes in small hexadecimal digits. Whoever has the passphrase can compute it again:
//!
//! ```text
//! printf '%s' ID | openssl dgst -sha256 -hmac PASSPHRASE
//! hmac.new(PASSPHRASE.encode(), ID.encode(), hashlib.sha256).hexdigest()      # Python
//! ```
//!
//! A plain hash would be no protection: all phone numbers can be tried in a minute. With a passphrase that nobody guesses they
//! cannot. One passphrase gives one id the same pseudonym always, so lists can be put together; another gives others. Under
//! PIPL (article 73) and GDPR (article 4) what results is pseudonymous, and so still personal information.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::error::{Error, ErrorKind, Result};

/// The fewest characters of a passphrase.
pub const SHORTEST: usize = 8;

/// What follows the name of a column of ids when it holds pseudonyms.
const MARK: &str = " (HMAC-SHA256)";

/// What a user keeps to themselves. It is in no message, log or address; it crosses to the worker, and goes with the request.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Passphrase(String);

impl Passphrase {
    /// A passphrase.
    ///
    /// # Errors
    /// [`ErrorKind::ShortPassphrase`] below [`SHORTEST`] characters.
    pub fn new(text: &str) -> Result<Self> {
        let length = text.chars().count();
        if length < SHORTEST {
            let error = Error::new(ErrorKind::ShortPassphrase).at_path("passphrase");
            return Err(error.found(length).expected(SHORTEST.to_string()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Passphrase(…)")
    }
}

impl TryFrom<String> for Passphrase {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::new(&text)
    }
}

impl From<Passphrase> for String {
    fn from(passphrase: Passphrase) -> Self {
        passphrase.0
    }
}

/// A pseudonym before it is written.
pub type Digest = [u8; 32];

/// Gives ids their pseudonyms.
#[derive(Clone)]
pub struct Pseudonyms(Hmac<Sha256>);

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pseudonyms(…)")
    }
}

impl Pseudonyms {
    /// The pseudonyms under a passphrase.
    ///
    /// # Errors
    /// None that a passphrase can cause: HMAC takes keys of any length.
    pub fn new(passphrase: &Passphrase) -> Result<Self> {
        Self::under(passphrase.0.as_bytes())
    }

    fn under(key: &[u8]) -> Result<Self> {
        let keyed = Hmac::new_from_slice(key);
        keyed.map(Self).map_err(|error| Error::new(ErrorKind::EngineStopped).found(error))
    }

    /// The pseudonym of an id.
    #[must_use]
    pub fn of(&self, id: &str) -> Digest {
        self.mac(id.as_bytes())
    }

    fn mac(&self, message: &[u8]) -> Digest {
        // The key's block has been worked through once for all ids.
        let mut mac = self.0.clone();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

/// A pseudonym as it is written.
#[must_use]
pub fn to_hex(digest: &Digest) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A pseudonym from its 64 hexadecimal digits, in either case.
#[must_use]
pub fn from_hex(text: &str) -> Option<Digest> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != 32 {
        return None;
    }
    let mut digest = Digest::default();
    let half = |sign: u8| char::from(sign).to_digit(16).and_then(|half| u8::try_from(half).ok());
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        *byte = half(*high)? << 4 | half(*low)?;
    }
    Some(digest)
}

/// The name of a column of ids when it holds their pseudonyms.
#[must_use]
pub fn column_name(ids: &str) -> String {
    format!("{ids}{MARK}")
}

/// The name of the ids' own column, from that of a column of pseudonyms.
#[must_use]
pub fn own_name(pseudonyms: &str) -> Option<&str> {
    pseudonyms.strip_suffix(MARK)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn under(key: &[u8], message: &[u8]) -> String {
        to_hex(&Pseudonyms::under(key).unwrap().mac(message))
    }

    #[test]
    fn the_vectors_of_rfc_4231() {
        let cases: [(&[u8], &[u8], &str); 6] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
                &[0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. \
                  The key needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, message, expected) in cases {
            assert_eq!(under(key, message), expected);
        }
    }

    /// `hmac.new(passphrase.encode(), id.encode(), hashlib.sha256).hexdigest()`, Python 3.
    #[test]
    fn the_same_as_in_python() {
        let cases = [
            (
                "correct horse battery staple",
                "1234567890123456789",
                "baeb77d8f8efc97adbcacd7addf82458839637897e4f411eb3f0a00c7c23e8a4",
            ),
            (
                "中文口令八个字符！",
                "会员甲",
                "5655b15b91ec7521224834babb79b03f1979997bbd0fedd2f80e373950682fcf",
            ),
            (
                "correct horse battery staple",
                "",
                "101408a980bd2fd8511425e0f883ff9d6f7ee1b2d1248f78d8b9f39e0ccdb432",
            ),
        ];
        for (passphrase, id, expected) in cases {
            let pseudonyms = Pseudonyms::new(&Passphrase::new(passphrase).unwrap()).unwrap();
            assert_eq!(to_hex(&pseudonyms.of(id)), expected);
            assert_eq!(from_hex(expected), Some(pseudonyms.of(id)));
            assert_eq!(from_hex(&expected.to_uppercase()), Some(pseudonyms.of(id)));
        }
    }

    #[test]
    fn passphrases_are_long_enough_and_told_to_nobody() {
        let error = Passphrase::new("1234567").unwrap_err();
        assert_eq!(error.kind, ErrorKind::ShortPassphrase);
        assert_eq!((error.found.as_deref(), error.expected.as_deref()), (Some("7"), Some("8")));
        assert!(Passphrase::new("").is_err() && Passphrase::new("一二三四五六七").is_err());
        let secret = Passphrase::new("一二三四五六七八").unwrap();
        assert!(!format!("{secret:?} {:?}", Pseudonyms::new(&secret).unwrap()).contains('一'));
        assert!(serde_json::from_str::<Passphrase>("\"short\"").is_err(), "nor does one cross unseen");
        assert!(!Passphrase::new("secret").unwrap_err().to_string().contains("secret"));
    }

    #[test]
    fn only_64_digits_are_a_pseudonym() {
        let good = "0".repeat(64);
        assert_eq!(from_hex(&good), Some([0; 32]));
        for bad in ["", "0", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
        assert_eq!(own_name(&column_name("会员编号")), Some("会员编号"));
        assert_eq!(own_name("会员编号"), None);
    }
}
