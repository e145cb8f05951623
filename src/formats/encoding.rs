//! In which letters a text is written: byte order mark, then strict UTF-8, then a detector.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use strata_core::ingest::layout::Encoding;

/// The encoding of a text, judged by its beginning.
#[must_use]
pub fn guess(head: &[u8]) -> Encoding {
    for (mark, encoding) in [
        (&[0xef, 0xbb, 0xbf][..], Encoding::Utf8),
        (&[0xff, 0xfe], Encoding::Utf16Le),
        (&[0xfe, 0xff], Encoding::Utf16Be),
    ] {
        if head.starts_with(mark) {
            return encoding;
        }
    }
    if let Some(encoding) = wide(head) {
        return encoding;
    }
    match std::str::from_utf8(head) {
        Ok(_) => return Encoding::Utf8,
        // The piece may end within a letter.
        Err(error) if error.error_len().is_none() => return Encoding::Utf8,
        Err(_) => {}
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, false);
    match detector.guess(None, Utf8Detection::Deny).name() {
        "GBK" | "gb18030" => Encoding::Gb18030,
        "Big5" => Encoding::Big5,
        "Shift_JIS" => Encoding::ShiftJis,
        _ => Encoding::Windows1252,
    }
}

/// UTF-16 without a byte order mark: in a table every other byte of many letters is zero.
fn wide(head: &[u8]) -> Option<Encoding> {
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    let pairs = head.len() / 2;
    if low_first * 4 > pairs && high_first * 16 < pairs {
        Some(Encoding::Utf16Le)
    } else if high_first * 4 > pairs && low_first * 16 < pairs {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// The encoding of a few letters, such as a file's name in a zip file: most that do not say so are Chinese.
pub(crate) fn detect_short(text: &[u8]) -> &'static encoding_rs::Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(text, true);
    detector.guess(Some(b"cn"), Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_by_hand() {
        let chinese = "用户编号,事件,时间,渠道,金额\n甲一,下单,2024年3月5日,微信小程序,12.50\n";
        let traditional = "使用者編號,事件,時間,通路,金額\n王小明,下單,2024年3月5日,門市,12.50\n";
        let japanese = "ユーザー,イベント,日付,チャネル\nたなか,ログイン,2024年3月5日,アプリ\n";
        let western = "client,ville,prix\nRené,Orléans,12\nAndré,Besançon,7\nZoé,Nîmes,é\n";
        let encode =
            |encoding: &'static encoding_rs::Encoding, text: &str| encoding.encode(text).0.into_owned();
        assert_eq!(guess(chinese.as_bytes()), Encoding::Utf8);
        assert_eq!(guess(&chinese.as_bytes()[..2]), Encoding::Utf8, "cut within a letter");
        assert_eq!(guess(&encode(encoding_rs::GBK, chinese)), Encoding::Gb18030);
        assert_eq!(guess(&encode(encoding_rs::BIG5, traditional)), Encoding::Big5);
        assert_eq!(guess(&encode(encoding_rs::SHIFT_JIS, japanese)), Encoding::ShiftJis);
        assert_eq!(guess(&encode(encoding_rs::WINDOWS_1252, western)), Encoding::Windows1252);
        let table = "id,event,time\n1,甲,2024-03-05\n";
        let little: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = table.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!((guess(&little), guess(&big)), (Encoding::Utf16Le, Encoding::Utf16Be));
        assert_eq!(guess(&[&[0xff, 0xfe][..], &little].concat()), Encoding::Utf16Le);
    }
}
