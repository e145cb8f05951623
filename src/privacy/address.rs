//! Names and addresses of people, by how they are written.

/// Whether a text looks like a Chinese personal name: a surname and one or two more characters (three after a surname of two).
#[must_use]
pub(super) fn is_chinese_name(text: &str) -> bool {
    const DOUBLE: [&str; 24] = [
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯",
        "长孙", "宇文", "轩辕", "端木", "南宫", "西门", "独孤", "呼延", "闻人", "歐陽", "司馬", "諸葛",
    ];
    // The surnames of nearly all Chinese, simplified and traditional.
    const SINGLE: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈\
        姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤康易乔施文牛樊\
        葛邢安齐章梅庄辛管殷卓鲁翟聂焦柯盛游祝靳耿牟卜路詹关苗凌费纪欧甘车阮柴房谷鲍喻屈伍项祁闵解温娄单涂季蒲宁冉岳丛童柳\
        兰裴霍席俞骆柏倪翁舒尚包左申华成应查饶巩古邬桂霞牧蓝冼宗蓬符臧滕褚计仇储麦褚迟冷晏\
        張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇魏呂盧鍾譚陸賈韋鄒閻龍賀顧龔萬錢嚴湯喬齊莊聶關費紀歐車項溫婁單塗寧蘭駱華應饒";
    let text = text.trim();
    let length = text.chars().count();
    let han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    if !text.chars().all(|letter| han(letter) || letter == '\u{b7}' || letter == '*') {
        return false;
    }
    let double = DOUBLE.iter().any(|surname| text.starts_with(surname));
    let single = text.chars().next().is_some_and(|first| SINGLE.contains(first));
    (double && (3..=4).contains(&length)) || (single && (2..=3).contains(&length))
}

/// Whether a text could be a personal name in Latin letters: one to five words of letters, each with a capital or all small.
#[must_use]
pub(super) fn is_latin_name(text: &str) -> bool {
    let words = text.split_whitespace().count();
    let letter = |sign: char| {
        (sign.is_alphabetic() && !('\u{3040}'..='\u{9fff}').contains(&sign))
            || " .,'-\u{2019}*".contains(sign)
    };
    (1..=5).contains(&words) && text.chars().all(letter) && text.chars().any(char::is_alphabetic)
}

/// Whether a text looks like a postal address: two or more of a Chinese address's parts in their order, or a house number
/// and a street.
#[must_use]
pub(super) fn is_address(text: &str) -> bool {
    const PARTS: [&[char]; 6] = [
        &['省'],
        &['市', '州', '盟'],
        &['区', '县', '旗', '區', '縣'],
        &['镇', '乡', '村', '鎮', '鄉'],
        &['路', '街', '道', '巷', '弄', '里'],
        &['号', '號', '栋', '幢', '楼', '樓', '室', '层'],
    ];
    let text = text.trim();
    if text.chars().count() < 5 {
        return false;
    }
    let (mut rest, mut parts) = (text, 0);
    for signs in PARTS {
        // A part has a name before its sign.
        if let Some(place) = rest.find(signs).filter(|place| *place > 0) {
            rest = rest.get(place..).unwrap_or("");
            let mut letters = rest.chars();
            letters.next();
            rest = letters.as_str();
            parts += 1;
        }
    }
    parts >= 2 || is_latin_address(text)
}

fn is_latin_address(text: &str) -> bool {
    const STREETS: [&str; 24] = [
        "street",
        "st",
        "road",
        "rd",
        "avenue",
        "ave",
        "lane",
        "ln",
        "drive",
        "dr",
        "boulevard",
        "blvd",
        "court",
        "ct",
        "square",
        "way",
        "place",
        "highway",
        "hwy",
        "apt",
        "suite",
        "rue",
        "platz",
        "terrace",
    ];
    let lower = text.to_lowercase();
    let mut words = lower.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    let street = words.clone().any(|word| {
        STREETS.contains(&word)
            || word.ends_with("stra\u{df}e")
            || word.ends_with("strasse")
            || word.ends_with("weg")
    });
    street && words.any(|word| word.starts_with(|sign: char| sign.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["张伟", "王小明", "欧阳娜娜", "诸葛亮", "陳怡君", "李*明"] {
            assert!(is_chinese_name(good), "{good}");
        }
        for bad in ["", "张", "茶叶礼盒", "上海", "王小明先生好", "张伟1", "抖音"] {
            assert!(!is_chinese_name(bad), "{bad}");
        }
        for good in ["Li Wei", "Anne-Marie O'Neil", "José García", "J. Smith"] {
            assert!(is_latin_name(good), "{good}");
        }
        for bad in ["", "user_1", "A1", "张伟", "a b c d e f", "..."] {
            assert!(!is_latin_name(bad), "{bad}");
        }
    }

    #[test]
    fn addresses() {
        for good in [
            "浙江省杭州市西湖区文三路 478 号",
            "北京市朝阳区建国路88号",
            "上海市 浦东新区 世纪大道100号",
            "臺北市信義區市府路1號",
            "221B Baker Street, London",
            "1600 Pennsylvania Ave NW",
            "Hauptstra\u{df}e 5, Berlin",
        ] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "上海市", "华东", "新品上市", "12 Monkeys", "Street food", "渠道来源"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
