//! Recognises columns with personal data, by their cells, with the column's name as a hint.
//!
//! A column is of a kind when at least four fifths of its filled cells, and at least three, have that kind's form. Forms with
//! a check digit or a shape of their own need no more. Names and addresses are words like others: there the column's name
//! has to say so too, or nearly all cells have to have the form. The page marks such columns; nothing is decided by it.

use serde::{Deserialize, Serialize};

use super::{address, numbers};

/// The fewest filled cells that tell anything.
const FEWEST_CELLS: usize = 3;

/// The share of the filled cells that have to have the form.
const SHARE: f64 = 0.8;

/// The share where nothing but the form speaks for a name or an address.
const HIGH_SHARE: f64 = 0.95;

/// The cells that it takes then.
const MANY_CELLS: usize = 20;

/// What a column of cells says about people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal {
    /// Mobile phone numbers of mainland China, or phone numbers by the column's name.
    Phone,
    /// Identity cards of mainland China.
    IdCard,
    /// E-mail addresses.
    Email,
    /// Bank cards.
    BankCard,
    /// Names of people.
    Name,
    /// Postal addresses.
    Address,
    /// Addresses of computers.
    IpAddress,
}

impl Personal {
    /// All kinds, in the order in which they are tried: what has a check digit comes first.
    pub const ALL: [Self; 7] =
        [Self::IdCard, Self::Phone, Self::Email, Self::BankCard, Self::IpAddress, Self::Address, Self::Name];

    /// The code in JSON and in `locales/` (`personal_<code>`).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::IdCard => "id_card",
            Self::Email => "email",
            Self::BankCard => "bank_card",
            Self::Name => "name",
            Self::Address => "address",
            Self::IpAddress => "ip_address",
        }
    }

    /// Whether a cell has this kind's form. `named` says that the column's name says so too.
    fn fits(self, cell: &str, named: bool) -> bool {
        match self {
            Self::Phone => numbers::is_mobile(cell) || (named && is_phone(cell)),
            Self::IdCard => numbers::is_id_card(cell),
            Self::Email => numbers::is_email(cell),
            Self::BankCard => numbers::is_bank_card(cell),
            Self::IpAddress => numbers::is_ip_address(cell),
            Self::Address => address::is_address(cell),
            Self::Name => address::is_chinese_name(cell) || (named && address::is_latin_name(cell)),
        }
    }

    /// Whether a column's name, in small letters, speaks for this kind.
    fn is_named(self, name: &str) -> bool {
        let (words, not): (&[&str], &[&str]) = match self {
            Self::Phone => (
                &["phone", "mobile", "tel", "手机", "电话", "手機", "電話"],
                &["model", "brand", "型号", "品牌", "hotel"],
            ),
            Self::IdCard => (&["idcard", "身份证", "证件号", "身分證"], &[]),
            Self::Email => (&["mail", "邮箱", "郵箱"], &[]),
            Self::BankCard => (&["bankcard", "cardnumber", "银行卡", "卡号"], &[]),
            Self::IpAddress => (&["ip"], &[]),
            Self::Address => {
                (&["address", "street", "地址", "住址"], &["mail", "ip", "mac", "url", "网址", "邮箱"])
            }
            Self::Name => (
                &[
                    "姓名",
                    "收货人",
                    "收件人",
                    "联系人",
                    "客户名",
                    "fullname",
                    "firstname",
                    "lastname",
                    "realname",
                    "surname",
                    "customername",
                    "contactname",
                    "recipient",
                    "姓氏",
                    "真实姓名",
                ],
                &["手机", "电话", "地址", "phone", "address", "mail"],
            ),
        };
        words.iter().any(|word| name.contains(word)) && !not.iter().any(|word| name.contains(word))
    }
}

/// A phone number anywhere: seven to fifteen digits with what people write between them.
fn is_phone(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let sign = |sign: char| sign.is_ascii_digit() || " -+().*x\u{ff0b}".contains(sign);
    (7..=15).contains(&digits) && cell.trim().chars().all(sign)
}

/// What kind of personal data a column holds, if any. Empty cells count for nothing.
#[must_use]
pub fn recognise<'a>(column_name: &str, cells: impl Iterator<Item = &'a str>) -> Option<Personal> {
    let name: String = column_name
        .chars()
        .filter(|sign| !matches!(sign, ' ' | '_' | '-' | '.'))
        .flat_map(char::to_lowercase)
        .collect();
    let named = Personal::ALL.map(|kind| kind.is_named(&name));
    let mut fitting = [0usize; Personal::ALL.len()];
    let mut filled = 0usize;
    for cell in cells.filter(|cell| !cell.trim().is_empty()) {
        filled += 1;
        for ((count, kind), named) in fitting.iter_mut().zip(Personal::ALL).zip(named) {
            *count += usize::from(kind.fits(cell, named));
        }
    }
    if filled < FEWEST_CELLS {
        return None;
    }
    let kinds = Personal::ALL.into_iter().zip(named).zip(fitting);
    kinds
        .filter(|&((kind, named), count)| {
            let share = count as f64 / filled as f64;
            let words = matches!(kind, Personal::Name | Personal::Address);
            if words && !named { share >= HIGH_SHARE && filled >= MANY_CELLS } else { share >= SHARE }
        })
        .map(|((kind, _), _)| kind)
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(name: &str, cells: &[&str]) -> Option<Personal> {
        recognise(name, cells.iter().copied())
    }

    #[test]
    fn columns_by_content() {
        assert_eq!(of("x", &["13800138000", "", "+86 159-1234-5678", "18612345678"]), Some(Personal::Phone));
        assert_eq!(of("x", &["11010519491231002X"; 3]), Some(Personal::IdCard));
        assert_eq!(of("x", &["a@b.cn", "c@d.com", "e@f.org"]), Some(Personal::Email));
        assert_eq!(
            of("x", &["4111111111111111", "5555555555554444", "378282246310005"]),
            Some(Personal::BankCard)
        );
        assert_eq!(of("x", &["192.168.0.1", "10.0.0.7", "2001:db8::1"]), Some(Personal::IpAddress));
    }

    #[test]
    fn names_and_addresses_need_a_hint() {
        assert_eq!(of("收货人姓名", &["张伟", "王小明", "欧阳娜娜"]), Some(Personal::Name));
        assert_eq!(of("customer_name", &["Li Wei", "Anne Smith", "J. Doe"]), Some(Personal::Name));
        assert_eq!(of("x", &["张伟", "王小明", "李娜"]), None);
        let many: Vec<&str> = ["张伟", "王小明", "李娜", "陈静"].into_iter().cycle().take(24).collect();
        assert_eq!(of("x", &many), Some(Personal::Name));
        assert_eq!(of("product_name", &["Green tea", "Black tea", "Cup"]), None);
        assert_eq!(
            of("收货地址", &["浙江省杭州市西湖区文三路478号", "北京市朝阳区建国路88号", "上海市浦东新区"]),
            Some(Personal::Address)
        );
        assert_eq!(of("city", &["上海市", "北京市", "杭州市"]), None);
        assert_eq!(
            of("tel", &["010-6275 1234", "+1 (202) 555-0143", "021 5555 1234"]),
            Some(Personal::Phone)
        );
    }

    #[test]
    fn few_cells_or_few_fits_tell_nothing() {
        assert_eq!(of("phone", &["13800138000", "15912345678"]), None);
        assert_eq!(of("x", &["13800138000", "15912345678", "18612345678", "none", "none"]), None);
        assert_eq!(of("phone_model", &["iPhone 15", "Mate 60", "Mi 14"]), None);
        assert_eq!(of("", &[]), None);
        assert_eq!(of("amount", &["12.50", "8", "1,234"]), None);
        assert_eq!(of("time", &["12:05:00", "8:05:00", "23:59:59"]), None);
    }

    #[test]
    fn every_kind_has_words() {
        for kind in Personal::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
            for language in [crate::locale::Language::English, crate::locale::Language::Chinese] {
                assert!(language.words().get(&format!("personal_{}", kind.code())).is_some(), "{kind:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn order_ids_are_not_bank_cards(start in 0u64..100_000_000, step in 1u64..1000) {
            // Sixteen digits that begin with a day, and any with a card's beginning: one in ten has the check digit.
            let dated: Vec<String> = (0..200).map(|row| format!("20240305{:08}", (start + row * step) % 100_000_000)).collect();
            prop_assert_eq!(recognise("order", dated.iter().map(String::as_str)), None);
            let cards: Vec<String> = (0..200).map(|row| format!("62240305{:08}", (start + row) % 100_000_000)).collect();
            prop_assert_eq!(recognise("order", cards.iter().map(String::as_str)), None);
        }

        #[test]
        fn no_text_makes_it_panic(name in ".{0,12}", cells in proptest::collection::vec(".{0,24}", 0..6)) {
            let _ = recognise(&name, cells.iter().map(String::as_str));
        }
    }
}
