//! Decoding with tables, for programs outside a browser.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::{Decode, decode_unicode, guess_by_patterns};
use crate::ingest::layout::Encoding;

/// Decodes with the tables of `encoding_rs` and guesses with `chardetng`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Native;

impl Decode for Native {
    fn decode(&self, encoding: Encoding, bytes: &[u8], into: &mut String) -> bool {
        let table = match encoding {
            Encoding::Gb18030 => encoding_rs::GB18030,
            Encoding::Big5 => encoding_rs::BIG5,
            Encoding::ShiftJis => encoding_rs::SHIFT_JIS,
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
            Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => {
                return decode_unicode(encoding, bytes, into).unwrap_or(true);
            }
        };
        let (text, problems) = table.decode_without_bom_handling(bytes);
        into.push_str(&text);
        problems
    }

    fn guess(&self, head: &[u8]) -> Encoding {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(head, true);
        let found = detector.guess(None, Utf8Detection::Deny);
        let patterns = guess_by_patterns(head);
        match found.name() {
            "GBK" | "gb18030" => Encoding::Gb18030,
            // Few words are not enough for it: they are also rare characters of another language.
            "Big5" if patterns != Encoding::Gb18030 => Encoding::Big5,
            "Shift_JIS" if patterns != Encoding::Gb18030 => Encoding::ShiftJis,
            "windows-1252" if patterns != Encoding::Gb18030 => Encoding::Windows1252,
            _ => patterns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(encoding: Encoding, text: &str) -> Vec<u8> {
        let table = encoding_rs::Encoding::for_label(encoding.label().as_bytes()).unwrap();
        let (bytes, _, problems) = table.encode(text);
        assert!(!problems, "{text}");
        bytes.into_owned()
    }

    /// Headers and sentences as they stand in files.
    const SAMPLES: [(Encoding, &[&str]); 4] = [
        (
            Encoding::Gb18030,
            &[
                "用户ID,下单时间,金额\n1001,2024-03-05,12.50\n",
                "订单编号,买家会员名,买家应付货款,订单付款时间\n",
                "姓名,电话\n张伟,13800138000\n",
                "渠道,花费,曝光,点击\n抖音,100,2000,30\n",
                "今天天气很好，我们一起去公园散步。",
                "会员编号;注册日期;城市\nA1;2023/1/5;上海\nA2;2023/1/6;北京\n",
                "客户\n王芳\n",
                "事件\n支付成功\n浏览商品\n加入购物车\n",
                "某某商城订单导出\n导出时间：2024年3月5日\n",
            ],
        ),
        (
            Encoding::Big5,
            &[
                "用戶ID,下單時間,金額\n1001,2024-03-05,12.50\n",
                "訂單編號,買家帳號,應付金額,付款時間\n",
                "會員編號,註冊日期,城市\nA1,2023/1/5,臺北市\nA2,2023/1/6,高雄市\n",
                "今天天氣很好，我們一起去公園散步。",
                "通路,花費,曝光,點擊\n搜尋,100,2000,30\n",
            ],
        ),
        (
            Encoding::ShiftJis,
            &[
                "ユーザーID,注文日時,金額\n1001,2024-03-05,1250\n",
                "会員番号,お名前,都道府県\n1,山田太郎,東京都\n2,佐藤花子,大阪府\n",
                "今日はとても良い天気なので、公園を散歩しました。",
                "注文番号,購入日,商品名\n1,2024/3/5,りんごジュース\n",
            ],
        ),
        (
            Encoding::Windows1252,
            &[
                "Kundennummer;Datum;Betrag\n1001;05.03.2024;12,50 €\n",
                "Straße,Größe,Übergröße\nMünchen,Köln,Düsseldorf\n",
                "numéro,prénom,ville\n1,Zoé,Orléans\n2,Hélène,Besançon\n",
                "Der Käufer hat die Ware zurückgeschickt.\n",
                "Payé le 5 février à l'hôtel\n",
                "Größe\n10\n",
                "Nom;Été\n1;2\n",
            ],
        ),
    ];

    #[test]
    fn languages_are_told_apart() {
        for (encoding, samples) in SAMPLES {
            for sample in samples {
                let bytes = encode(encoding, sample);
                assert_eq!(Native.guess(&bytes), encoding, "{sample}");
                assert_eq!(guess_by_patterns(&bytes), encoding, "by patterns alone: {sample}");
            }
        }
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        for (encoding, samples) in SAMPLES {
            for sample in samples {
                let mut text = String::new();
                assert!(!Native.decode(encoding, &encode(encoding, sample), &mut text), "{sample}");
                assert_eq!(text, *sample);
            }
        }
        let mut text = String::new();
        assert!(Native.decode(Encoding::Gb18030, b"ok,\xff\xff\n", &mut text));
        assert!(text.starts_with("ok,\u{fffd}"));
    }
}
