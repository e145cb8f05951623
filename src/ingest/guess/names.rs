//! What columns and events are called, in English and Chinese, by people and by the platforms they export from.

use crate::ingest::mapping::Role;

/// Names of columns, the most telling first, without spaces, dashes, underscores and capitals; then what other names of that
/// role end with.
struct Names {
    role: Role,
    known: &'static str,
    endings: &'static str,
}

/// In the order in which roles take their columns.
const NAMES: [Names; 13] = [
    Names {
        role: Role::User,
        known: "userid customerid memberid uid buyerid clientid accountid distinctid userpin 用户id \
            会员id 客户id 买家id 用户编号 会员编号 客户编号 会员号 会员卡号 客户号 用户标识 顾客id \
            顾客编号 openid unionid 买家会员名 会员名 会员名称 下单账号 用户账号 用户名 \
            买家账号 user customer member buyer membernumber customernumber userpseudoid visitorid \
            deviceid username 用户 会员 客户 买家 顾客 买家昵称 用户昵称 买家手机号 会员手机号 \
            用户手机号 手机号 手机号码 手机 联系手机 联系电话 电话 phone mobile phonenumber \
            customeremail email emailaddress 邮箱 收货人手机号 交易对方 买家支付宝账号 customername \
            买家姓名 客户姓名 会员番号 kundennummer kunde id",
        endings: "userid customerid memberid 用户id 会员id 客户id 会员编号 用户编号",
    },
    Names {
        role: Role::Time,
        known: "eventtime ordertime orderdate paytime paymenttime purchasedate timestamp datetime time \
            ts date day createdat createtime paidat processedat occurredat invoicedate \
            transactiondate transactiontime eventtimestamp eventdate 下单时间 支付时间 付款时间 \
            成交时间 订单时间 交易时间 购买时间 消费时间 事件时间 发生时间 订单创建时间 订单付款时间 \
            买家付款时间 付款确认时间 创建时间 下单日期 支付日期 订单日期 交易日期 购买日期 消费日期 \
            统计日期 时间天 提交时间 答题时间 注文日时 购入日 datum bestelldatum 时间 日期",
        endings: "时间 日期 time date timestamp",
    },
    Names {
        role: Role::Event,
        known: "event eventname eventtype action behavior behaviour behaviortype activity 事件 事件名 \
            事件名称 事件类型 行为 行为类型 用户行为 动作",
        endings: "",
    },
    Names {
        role: Role::Value,
        known: "amount revenue revenuecents gmv totalamount orderamount paidamount payamount amountpaid \
            payment ordertotal ordervalue sales total totalprice value money 实付金额 实付款 实付 \
            支付金额 付款金额 成交金额 订单实付金额 买家实际支付金额 买家实付金额 用户实付金额 \
            订单金额 实收金额 消费金额 交易金额 销售额 销售金额 订单总金额 金额 总金额 总价 应付金额 \
            用户应付金额 买家应付货款 应结订单金额 结算金额 betrag umsatz subtotal",
        endings: "实付金额 支付金额 订单金额 成交金额 销售额 revenue gmv",
    },
    Names {
        role: Role::Order,
        known: "orderid orderno ordernumber ordersn ordername invoice invoiceno invoiceid transactionid \
            tradeno receiptid 订单号 订单编号 主订单编号 订单id 微信订单号 商户订单号 交易号 \
            交易单号 流水号 单号 商户单号 注文番号 bestellnummer",
        endings: "订单号 订单编号 orderid orderno ordernumber",
    },
    Names {
        role: Role::Channel,
        known: "channel acquisitionchannel marketingchannel channelname utmsource trafficsource source \
            medium mediasource 渠道 渠道名称 获客渠道 来源渠道 推广渠道 投放渠道 渠道来源 流量来源 \
            来源 注册渠道 媒体 投放平台 广告平台 平台 推广计划 推广计划名称 计划名称 广告计划 \
            广告计划名称 推广单元 campaign campaignname adgroup 项目名称 账户 账户名称 accountname",
        endings: "渠道 channel",
    },
    Names {
        role: Role::Cost,
        known: "cost costs adcost adspend spend spent amountspent mediacost 花费 消耗 总花费 总消耗 \
            广告花费 广告消耗 推广花费 推广费 推广费用 广告费 广告费用 投放费用 投放金额 费用 成本 \
            渠道成本 获客成本 消费",
        endings: "花费 消耗 adspend adcost",
    },
    Names {
        role: Role::Impressions,
        known: "impressions impression impr imps views 曝光 曝光量 曝光数 曝光次数 展现 展现量 展现数 \
            展现次数 展示 展示量 展示数 展示次数",
        endings: "曝光量 展现量 展示量 impressions",
    },
    Names {
        role: Role::Clicks,
        known: "clicks click linkclicks 点击 点击量 点击数 点击次数 总点击",
        endings: "点击量 点击数 点击次数",
    },
    Names {
        role: Role::Score,
        known: "score nps npsscore rating csat satisfaction stars 评分 分数 得分 打分 nps评分 nps分数 \
            推荐分 推荐意愿 推荐度 满意度 满意度评分 星级",
        endings: "评分 得分 score rating",
    },
    Names {
        role: Role::Quantity,
        known: "quantity qty lineitemquantity itemquantity units 数量 件数 购买数量 商品数量 订购数量 \
            宝贝总数量 宝贝数量 商品件数 销售数量 购买件数 下单件数",
        endings: "数量 件数 quantity qty",
    },
    Names {
        role: Role::Price,
        known: "unitprice lineitemprice itemprice price 单价 商品单价 商品价格 价格 售价 京东价 成交单价 \
            销售单价",
        endings: "单价 unitprice",
    },
    Names {
        role: Role::SameUser,
        known: "unionid openid phone mobile phonenumber email 手机号 手机号码 手机 会员号 会员卡号 \
            会员id 会员编号 邮箱 deviceid 设备id idfa oaid imei anonymousid distinctid wechatid \
            微信号 淘宝昵称 买家会员名 memberid customerid crmid accountid buyerid uid 小程序openid \
            公众号openid 抖音id 企业微信id externaluserid 外部联系人id",
        endings: "openid unionid userid 手机号",
    },
];

/// The roles in the order in which they take their columns.
pub(super) fn roles() -> impl Iterator<Item = Role> {
    NAMES.iter().map(|names| names.role)
}

/// Events that are purchases.
const PURCHASES: [&str; 18] = [
    "purchase",
    "purchased",
    "order",
    "orderplaced",
    "ordercompleted",
    "pay",
    "paid",
    "payment",
    "paymentsuccess",
    "paysuccess",
    "buy",
    "transaction",
    "购买",
    "支付",
    "付款",
    "支付成功",
    "支付订单",
    "成交",
];

/// Events that are refunds.
const REFUNDS: [&str; 9] =
    ["refund", "refunded", "orderrefunded", "return", "returned", "退款", "退货", "退款成功", "退单"];

/// Events by which a user has merely been seen: something was shown or opened.
const SIGHTS: [&str; 32] = [
    "impression",
    "impressions",
    "exposure",
    "exposed",
    "expose",
    "show",
    "shown",
    "view",
    "viewed",
    "pageview",
    "pageviewed",
    "screenview",
    "viewpage",
    "viewscreen",
    "appviewscreen",
    "mpviewscreen",
    "visit",
    "visited",
    "firstvisit",
    "open",
    "appopen",
    "firstopen",
    "launch",
    "appstart",
    "sessionstart",
    "曝光",
    "展示",
    "展现",
    "浏览",
    "浏览页面",
    "访问",
    "启动",
];

/// Whether by an event with this name a user has merely been seen.
#[must_use]
pub fn is_sight(event: &str) -> bool {
    SIGHTS.contains(&plain(event.trim_start_matches('$')).as_str())
}

/// Whether an event with this name is a purchase.
#[must_use]
pub fn is_purchase(event: &str) -> bool {
    PURCHASES.contains(&plain(event).as_str())
}

/// Whether an event with this name is a refund.
#[must_use]
pub fn is_refund(event: &str) -> bool {
    REFUNDS.contains(&plain(event).as_str())
}

/// The name without spaces, dashes, underscores, dots, brackets and capitals.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|sign| {
            !matches!(sign, ' ' | '_' | '-' | '.' | '(' | ')' | '/' | '\u{feff}' | '\u{ff08}' | '\u{ff09}')
        })
        .flat_map(char::to_lowercase)
        .map(simplified)
        .collect()
}

/// The simplified form of the traditional characters (and Japanese ones) that columns are called with.
fn simplified(letter: char) -> char {
    const TRADITIONAL: &str = "會員編號訂單買賣額價時間實帳帐總費點擊數戶註冊來廣備參別類稱種單應付貨顧購銷訊網電話機郵標識動項計劃評滿顯題經";
    const SIMPLIFIED: &str = "会员编号订单买卖额价时间实账账总费点击数户注册来广备参别类称种单应付货顾购销讯网电话机邮标识动项计划评满显题经";
    let place = TRADITIONAL.chars().position(|traditional| traditional == letter);
    place.and_then(|place| SIMPLIFIED.chars().nth(place)).unwrap_or(letter)
}

/// The name without what stands in brackets: its unit, most often.
fn without_brackets(name: &str) -> &str {
    name.split(['(', '\u{ff08}', '[', '\u{3010}']).next().unwrap_or(name)
}

/// How well a name fits a role: smaller is better.
pub(super) fn name_rank(name: &str, role: Role) -> Option<usize> {
    let names = NAMES.iter().find(|names| names.role == role)?;
    let whole = plain(name);
    let position = |name: &str| names.known.split(' ').position(|known| known == name);
    if let Some(rank) = position(&whole) {
        return Some(rank);
    }
    let short = plain(without_brackets(name));
    if let Some(rank) = position(&short) {
        return Some(500 + rank);
    }
    let rank = names.endings.split(' ').position(|ending| !ending.is_empty() && short.ends_with(ending))?;
    Some(1000 + rank)
}

/// Whether times in a column of this name belong to the user's life and not to what a row tells: sign-up, birthday.
pub(super) fn is_profile_time(name: &str) -> bool {
    const PARTS: [&str; 27] = [
        "signup",
        "signedup",
        "regist",
        "joined",
        "joindate",
        "birth",
        "firstseen",
        "lastseen",
        "lastlogin",
        "firstday",
        "lastday",
        "firstactive",
        "lastactive",
        "firstorder",
        "lastorder",
        "firstpurchase",
        "lastpurchase",
        "注册",
        "入会",
        "加入",
        "开卡",
        "生日",
        "出生",
        "首次",
        "首单",
        "最近",
        "最后",
    ];
    let plain = plain(name);
    PARTS.iter().any(|part| plain.contains(part))
}

/// Whether a name says that whole numbers in its column are ids: `product_id`, `SKU`, `邮编`.
pub(super) fn is_id_name(name: &str) -> bool {
    const WORDS: [&str; 18] = [
        "id",
        "no",
        "code",
        "sku",
        "spu",
        "zip",
        "zipcode",
        "postcode",
        "phone",
        "mobile",
        "tel",
        "telephone",
        "barcode",
        "ean",
        "upc",
        "uid",
        "openid",
        "number",
    ];
    const ENDINGS: [&str; 12] =
        ["号", "編號", "编号", "号码", "编码", "代码", "条码", "邮编", "手机", "电话", "账号", "标识"];
    let name = without_brackets(name).trim();
    let lower = name.to_lowercase();
    let word_start = name
        .char_indices()
        .rev()
        .find(|(_, sign)| !sign.is_ascii_alphanumeric())
        .map_or(0, |(place, sign)| place + sign.len_utf8());
    let word = name.get(word_start..).unwrap_or(name);
    WORDS.contains(&word.to_lowercase().as_str())
        || ["Id", "ID", "Code", "No"].iter().any(|ending| {
            // productId: the word begins with its capital.
            word.strip_suffix(ending)
                .is_some_and(|before| before.ends_with(|sign: char| sign.is_ascii_lowercase()))
        })
        || ENDINGS.iter().any(|ending| lower.ends_with(ending))
}
