//! Numbers that name a person: mobile phones, identity cards of mainland China, bank cards; and addresses of computers.
//!
//! Each has a form of its own, and most a check digit, so that other numbers of the same length are rarely taken for one.

/// The digits of a text that has nothing else but these separators, full-width forms included. `None` with more than
/// twenty digits or with none.
fn digits(text: &str, separators: &[char]) -> Option<Vec<u8>> {
    let mut digits = Vec::with_capacity(20);
    for letter in text.trim().chars() {
        let letter = if ('\u{ff10}'..='\u{ff19}').contains(&letter) {
            char::from_digit(u32::from(letter) - 0xff10, 10)?
        } else {
            letter
        };
        match letter.to_digit(10) {
            Some(digit) => digits.push(u8::try_from(digit).ok()?),
            None if separators.contains(&letter) => {}
            None => return None,
        }
        if digits.len() > 20 {
            return None;
        }
    }
    (!digits.is_empty()).then_some(digits)
}

/// A mobile phone number of mainland China: eleven digits from 13 to 19, perhaps with the country's code before it.
#[must_use]
pub(super) fn is_mobile(text: &str) -> bool {
    let text = text.trim();
    let abroad =
        ["+86", "0086", "(+86)", "(86)", "86-", "86 "].iter().find_map(|code| text.strip_prefix(code));
    let Some(digits) = digits(abroad.unwrap_or(text), &[' ', '-', '\u{a0}', '.']) else { return false };
    let national = match digits.as_slice() {
        [8, 6, national @ ..] if national.len() == 11 => national,
        all => all,
    };
    national.len() == 11 && matches!(national, [1, 3..=9, ..])
}

/// An identity card of mainland China: region, date of birth, sequence, and a check digit (ISO 7064, MOD 11-2).
#[must_use]
pub(super) fn is_id_card(text: &str) -> bool {
    let text = text.trim();
    let Some((body, check)) = text.split_at_checked(17).filter(|_| text.len() == 18) else { return false };
    let Some(body) = digits(body, &[]).filter(|body| body.len() == 17) else { return false };
    let number = |from: usize, length: usize| {
        body.iter().skip(from).take(length).fold(0u32, |sum, &digit| sum * 10 + u32::from(digit))
    };
    let (year, month, day) = (number(6, 4), number(10, 2), number(12, 2));
    if !is_region(number(0, 2)) || !is_date(year, month, day) {
        return false;
    }
    // The weights are powers of two, the last digit's being two.
    let sum = body.iter().fold(0u32, |sum, &digit| (sum + u32::from(digit)) * 2 % 11);
    let expected = (12 - sum) % 11;
    check.chars().next().is_some_and(|check| match check {
        'x' | 'X' => expected == 10,
        digit => digit.to_digit(10) == Some(expected),
    })
}

/// The first two digits of a region: the provinces, and the numbers given to people of Taiwan, Hong Kong and Macao.
fn is_region(province: u32) -> bool {
    matches!(province, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91)
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1900..=2100).contains(&year) && (1..=days).contains(&day)
}

/// A bank card: 13 to 19 digits that begin as a card organisation's do, and a check digit (Luhn).
#[must_use]
pub(super) fn is_bank_card(text: &str) -> bool {
    let Some(digits) = digits(text, &[' ', '-']).filter(|digits| (13..=19).contains(&digits.len())) else {
        return false;
    };
    let start =
        |length: usize| digits.iter().take(length).fold(0u32, |sum, &digit| sum * 10 + u32::from(digit));
    let count = digits.len();
    let issued = match count {
        // American Express, Diners Club.
        14 => matches!(start(2), 36 | 38 | 39) || matches!(start(3), 300..=305),
        15 => matches!(start(2), 34 | 37),
        // Visa, Mastercard, JCB, Discover, UnionPay.
        16 => {
            start(1) == 4
                || matches!(start(2), 51..=55 | 62 | 65)
                || matches!(start(4), 2221..=2720 | 3528..=3589 | 6011)
        }
        13 => start(1) == 4,
        17..=19 => start(2) == 62 || matches!(start(4), 9558 | 6011) || matches!(start(2), 60 | 65 | 68 | 69),
        _ => false,
    };
    issued && luhn(&digits)
}

/// Whether the last digit is the check digit of those before it.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match (place % 2, u32::from(digit) * 2) {
            (0, doubled) => doubled / 2,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// An address of a computer, in either version; the four numbers of a version of a program are hardly ever that large.
#[must_use]
pub(super) fn is_ip_address(text: &str) -> bool {
    let text = text.trim();
    // Five signs and more, so that a time (8:05) or a short code is none.
    text.parse::<std::net::IpAddr>().is_ok_and(|address| match address {
        std::net::IpAddr::V4(_) => true,
        std::net::IpAddr::V6(_) => text.len() >= 5,
    })
}

/// An e-mail address.
#[must_use]
pub(super) fn is_email(text: &str) -> bool {
    let text = text.trim();
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let (Some((domain, top)), false) = (host.rsplit_once('.'), name.is_empty() || text.len() > 254) else {
        return false;
    };
    let name_sign = |sign: char| sign.is_alphanumeric() || "._%+-*'".contains(sign);
    let host_sign = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '.' | '*');
    name.chars().all(name_sign)
        && !domain.is_empty()
        && domain.chars().all(host_sign)
        && top.chars().count() >= 2
        && top.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobiles() {
        for good in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+8613800138000",
            "+86 138-0013-8000",
            "0086 13800138000",
            "86-13800138000",
            "8613800138000",
            "\u{ff11}\u{ff13}800138000",
        ] {
            assert!(is_mobile(good), "{good}");
        }
        for bad in
            ["", "12800138000", "1380013800", "138001380000", "01062751234", "1380013800x", "202403051234"]
        {
            assert!(!is_mobile(bad), "{bad}");
        }
    }

    #[test]
    fn identity_cards() {
        // The standard's own example, whose check digit is ten.
        for good in ["11010519491231002X", "11010519491231002x", " 11010519491231002X "] {
            assert!(is_id_card(good), "{good}");
        }
        for bad in [
            "110105194912310021",
            "110105194913310020",
            "00010519491231002X",
            "11010519491231002",
            "11010519490229002X",
            "440524188001010014",
            "1101051949123100X2",
            "",
        ] {
            assert!(!is_id_card(bad), "{bad}");
        }
    }

    #[test]
    fn one_check_digit_is_right() {
        for body in ["11010519491231002", "31011519900307123", "44030620001231999"] {
            let fitting = "0123456789X".chars().filter(|check| is_id_card(&format!("{body}{check}"))).count();
            assert_eq!(fitting, 1, "{body}");
        }
    }

    #[test]
    fn bank_cards() {
        // Numbers that card organisations publish for tests.
        for good in [
            "4111111111111111",
            "5555 5555 5555 4444",
            "2223003122003222",
            "378282246310005",
            "6011111111111117",
            "3530111333300000",
            "30569309025904",
            "6200-0000-0000-0005",
        ] {
            assert!(is_bank_card(good), "{good}");
        }
        for bad in [
            "4111111111111112",
            "1234567812345670",
            "2024030512345674",
            "411111111111",
            "4111x11111111111",
            "",
        ] {
            assert!(!is_bank_card(bad), "{bad}");
        }
    }

    #[test]
    fn one_check_digit_of_a_card_is_right() {
        for body in ["622202123456789012", "621700001000123456", "411111111111111"] {
            let fitting = (0..10).filter(|check| is_bank_card(&format!("{body}{check}"))).count();
            assert_eq!(fitting, 1, "{body}");
        }
    }

    #[test]
    fn mail_and_computers() {
        for good in ["a@b.cn", "li.wei+shop@mail.example.com", "张伟@例子.中国", "a***@163.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "@b.cn", "a@b", "a b@c.cn", "a@.cn", "a@b.c1", "@user"] {
            assert!(!is_email(bad), "{bad}");
        }
        for good in ["192.168.0.1", "8.8.8.8", "2001:db8::1"] {
            assert!(is_ip_address(good), "{good}");
        }
        for bad in ["", "::", "1.2.3", "256.1.1.1", "8:05", "12:05:00"] {
            assert!(!is_ip_address(bad), "{bad}");
        }
    }
}
