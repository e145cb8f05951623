//! Tables as people have them, and header rows as platforms export them.

use super::*;

fn roles(columns: &[(&str, &[&str])]) -> Vec<(Role, ColumnType)> {
    let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let cells: Vec<Vec<&[u8]>> =
        columns.iter().map(|(_, cells)| cells.iter().map(|cell| cell.as_bytes()).collect()).collect();
    guess("rows.csv", &names, &cells).1.into_iter().map(|guess| (guess.role, guess.column_type)).collect()
}

#[test]
fn english_orders() {
    use {ColumnType as T, Role as R};
    let found = roles(&[
        ("order_id", &["489434", "489435"]),
        ("customer_id", &["13085", "13078"]),
        ("ts", &["2009-12-01 07:45:00", "2009-12-01 07:46:00"]),
        ("items", &["166", "60"]),
        ("revenue_cents", &["50530", "14580"]),
    ]);
    assert_eq!(
        found,
        [
            (R::Order, T::Text),
            (R::User, T::Text),
            (R::Time, T::Time),
            (R::Attribute, T::Number),
            (R::Value, T::Number)
        ]
    );
}

#[test]
fn chinese_orders() {
    use {ColumnType as T, Role as R};
    let found = roles(&[
        ("订单编号", &["20240101000001"]),
        ("手机号", &["13800138000"]),
        ("下单时间", &["2024/1/1 8:00"]),
        ("实付金额", &["¥1,299.00", ""]),
        ("渠道", &["抖音"]),
        ("会员等级", &["金卡"]),
    ]);
    let expected = [
        (R::Order, T::Text),
        (R::User, T::Text),
        (R::Time, T::Time),
        (R::Value, T::Number),
        (R::Channel, T::Text),
        (R::Attribute, T::Text),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_better_name_wins_and_ids_stay_text() {
    let found =
        roles(&[("id", &["1"]), ("User ID", &["0012"]), ("zip", &["01234"]), ("Date", &["05/13/2024"])]);
    assert_eq!(
        found.iter().map(|(role, _)| *role).collect::<Vec<_>>(),
        [Role::Attribute, Role::User, Role::Attribute, Role::Time]
    );
    assert_eq!(found[2].1, ColumnType::Text);
}

#[test]
fn a_bad_cell_does_not_hide_what_a_column_is() {
    let found = roles(&[
        ("user_id", &["1", "2", "3", "4"]),
        ("date", &["2024-01-01", "soon", "2024-01-03", ""]),
        ("amount", &["10", "ten", "12.5", "7"]),
    ]);
    assert_eq!(
        found.iter().map(|(role, _)| *role).collect::<Vec<_>>(),
        [Role::User, Role::Time, Role::Value]
    );
    // Half of it is not a few.
    assert_eq!(roles(&[("amount", &["10", "ten"])])[0].0, Role::Attribute);
}

#[test]
fn events_by_name() {
    assert!(is_purchase("Order Completed") && is_purchase("支付成功") && !is_purchase("view"));
    assert!(is_refund("refund") && is_refund("退款") && !is_refund("purchase"));
}

/// The kind of a table with these columns and one row, and its roles by column.
fn table(file_name: &str, columns: &[(&str, &str)]) -> (FileKind, Vec<(String, Role)>) {
    let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let cells: Vec<Vec<&[u8]>> = columns.iter().map(|(_, cell)| vec![cell.as_bytes(); 3]).collect();
    let (kind, guesses) = guess(file_name, &names, &cells);
    (kind, guesses.into_iter().map(|guess| (guess.name, guess.role)).collect())
}

const TIME: &str = "2024-03-05 15:05:00";
const ID: &str = "20240305123456789";
const MONEY: &str = "12.50";

/// A file's name, its columns with a cell each, its kind, and the roles of the columns that are more than attributes.
type Export =
    (&'static str, &'static [(&'static str, &'static str)], FileKind, &'static [(&'static str, Role)]);

/// Headers of exports.
const EXPORTS: &[Export] = &[
    (
        "ExportOrderList.csv",
        &[
            ("订单编号", ID),
            ("买家会员名", "tb123"),
            ("买家支付宝账号", "a***@b.com"),
            ("买家应付货款", MONEY),
            ("买家应付邮费", "0.00"),
            ("买家支付积分", "0"),
            ("总金额", MONEY),
            ("返点积分", "0"),
            ("买家实际支付金额", MONEY),
            ("订单状态", "交易成功"),
            ("收货人姓名", "张伟"),
            ("收货地址", "浙江省杭州市"),
            ("联系手机", "'13800138000"),
            ("订单创建时间", TIME),
            ("订单付款时间", TIME),
            ("宝贝标题", "茶"),
            ("宝贝总数量", "1"),
            ("店铺名称", "茶店"),
        ],
        FileKind::Orders,
        &[
            ("订单编号", Role::Order),
            ("买家会员名", Role::User),
            ("买家实际支付金额", Role::Value),
            ("订单创建时间", Role::Time),
            ("宝贝总数量", Role::Quantity),
        ],
    ),
    (
        "天猫订单.csv",
        &[("订单编号", ID), ("买家会员名", "tb123"), ("买家应付货款", MONEY), ("订单付款时间", TIME)],
        FileKind::Orders,
        &[
            ("订单编号", Role::Order),
            ("买家会员名", Role::User),
            ("买家应付货款", Role::Value),
            ("订单付款时间", Role::Time),
        ],
    ),
    (
        "京东.csv",
        &[
            ("订单号", "292345678901"),
            ("商品ID", "100012"),
            ("商品名称", "茶"),
            ("订购数量", "2"),
            ("支付方式", "在线支付"),
            ("下单时间", TIME),
            ("京东价", MONEY),
            ("订单金额", "25.00"),
            ("结算金额", "24.00"),
            ("订单状态", "完成"),
            ("下单帐号", "jd_abc"),
            ("客户姓名", "张伟"),
            ("客户地址", "北京"),
            ("联系电话", "13800138000"),
        ],
        FileKind::Orders,
        &[
            ("订单号", Role::Order),
            ("订购数量", Role::Quantity),
            ("下单时间", Role::Time),
            ("京东价", Role::Price),
            ("订单金额", Role::Value),
            ("下单帐号", Role::User),
        ],
    ),
    (
        "有赞.csv",
        &[
            ("订单号", "E20240305150530012345678"),
            ("订单状态", "交易完成"),
            ("订单实付金额", MONEY),
            ("买家", "小王"),
            ("买家手机号", "13800138000"),
            ("订单创建时间", TIME),
            ("买家付款时间", TIME),
            ("全部商品名称", "茶"),
            ("商品数量", "1"),
        ],
        FileKind::Orders,
        &[
            ("订单号", Role::Order),
            ("订单实付金额", Role::Value),
            ("买家", Role::User),
            ("订单创建时间", Role::Time),
            ("商品数量", Role::Quantity),
        ],
    ),
    (
        "微信支付.csv",
        &[
            ("交易时间", "`2024-03-05 15:05:00"),
            ("公众账号ID", "`wx1"),
            ("商户号", "`1230000109"),
            ("设备号", "`"),
            ("微信订单号", "`4200001"),
            ("商户订单号", "`2024"),
            ("用户标识", "`oUpF8uMuAJO"),
            ("交易类型", "`JSAPI"),
            ("交易状态", "`SUCCESS"),
            ("付款银行", "`CMB"),
            ("货币种类", "`CNY"),
            ("应结订单金额", "`12.50"),
            ("退款金额", "`0.00"),
            ("手续费", "`0.08"),
            ("费率", "`0.60%"),
            ("订单金额", "`12.50"),
        ],
        FileKind::Orders,
        &[
            ("交易时间", Role::Time),
            ("微信订单号", Role::Order),
            ("用户标识", Role::User),
            ("订单金额", Role::Value),
        ],
    ),
    (
        "微信支付账单.csv",
        &[
            ("交易时间", TIME),
            ("交易类型", "商户消费"),
            ("交易对方", "茶店"),
            ("商品", "茶"),
            ("收/支", "支出"),
            ("金额(元)", "¥12.50"),
            ("支付方式", "零钱"),
            ("当前状态", "支付成功"),
            ("交易单号", "4200001"),
            ("商户单号", "1"),
        ],
        FileKind::Orders,
        &[
            ("交易时间", Role::Time),
            ("交易对方", Role::User),
            ("金额(元)", Role::Value),
            ("交易单号", Role::Order),
        ],
    ),
    (
        "orders_export_1.csv",
        &[
            ("Name", "#1001"),
            ("Email", "a@b.com"),
            ("Financial Status", "paid"),
            ("Paid at", "2024-03-05 15:05:30 +0800"),
            ("Phone", "+8613800138000"),
            ("Lineitem quantity", "2"),
            ("Lineitem price", MONEY),
        ],
        FileKind::Orders,
        &[
            ("Name", Role::Order),
            ("Email", Role::User),
            ("Paid at", Role::Time),
            ("Lineitem quantity", Role::Quantity),
            ("Lineitem price", Role::Price),
        ],
    ),
    (
        "Campaign report.csv",
        &[
            ("Campaign", "Brand"),
            ("Day", "2024-03-05"),
            ("Currency code", "USD"),
            ("Cost", "1,234.50"),
            ("Impr.", "10,000"),
            ("Clicks", "321"),
            ("CTR", "3.21%"),
        ],
        FileKind::Costs,
        &[
            ("Campaign", Role::Channel),
            ("Day", Role::Time),
            ("Cost", Role::Cost),
            ("Impr.", Role::Impressions),
            ("Clicks", Role::Clicks),
        ],
    ),
    (
        "巨量引擎.csv",
        &[
            ("时间-天", "2024-03-05"),
            ("项目名称", "拉新"),
            ("消耗(元)", "1234.50"),
            ("展示数", "10000"),
            ("点击数", "321"),
            ("点击率", "3.21%"),
            ("平均千次展现费用(元)", "123.45"),
        ],
        FileKind::Costs,
        &[
            ("时间-天", Role::Time),
            ("项目名称", Role::Channel),
            ("消耗(元)", Role::Cost),
            ("展示数", Role::Impressions),
            ("点击数", Role::Clicks),
        ],
    ),
    (
        "渠道花费.csv",
        &[("日期", "2024/3/5"), ("渠道", "抖音"), ("花费", "100")],
        FileKind::Costs,
        &[("日期", Role::Time), ("渠道", Role::Channel), ("花费", Role::Cost)],
    ),
    (
        "会员.csv",
        &[("会员编号", "A1"), ("注册时间", TIME), ("城市", "上海"), ("注册渠道", "门店")],
        FileKind::Users,
        &[("会员编号", Role::User), ("注册渠道", Role::Channel)],
    ),
    (
        "nps.csv",
        &[("用户ID", "1"), ("提交时间", TIME), ("推荐意愿", "9"), ("意见", "好")],
        FileKind::Surveys,
        &[("用户ID", Role::User), ("提交时间", Role::Time), ("推荐意愿", Role::Score)],
    ),
    (
        "ids.csv",
        &[("手机号", "13800138000"), ("openid", "oUpF8"), ("会员号", "A1")],
        FileKind::Ids,
        &[("手机号", Role::SameUser), ("openid", Role::SameUser), ("会员号", Role::User)],
    ),
    (
        "events.csv",
        &[
            ("event_time", "2019-10-01 00:00:00 UTC"),
            ("event_type", "view"),
            ("product_id", "44600062"),
            ("price", "35.79"),
            ("user_id", "541312140"),
        ],
        FileKind::Events,
        &[
            ("event_time", Role::Time),
            ("event_type", Role::Event),
            ("price", Role::Value),
            ("user_id", Role::User),
        ],
    ),
    (
        "online retail.csv",
        &[
            ("InvoiceNo", "536365"),
            ("StockCode", "85123A"),
            ("Description", "HOLDER"),
            ("Quantity", "6"),
            ("InvoiceDate", "2010-12-01 08:26:00"),
            ("UnitPrice", "2.55"),
            ("CustomerID", "17850"),
            ("Country", "France"),
        ],
        FileKind::Orders,
        &[
            ("InvoiceNo", Role::Order),
            ("Quantity", Role::Quantity),
            ("InvoiceDate", Role::Time),
            ("UnitPrice", Role::Price),
            ("CustomerID", Role::User),
        ],
    ),
];

#[test]
fn other_scripts_and_languages() {
    let roles = |columns: &[(&str, &str)]| -> Vec<Role> {
        table("a.csv", columns).1.into_iter().map(|(_, role)| role).collect()
    };
    let orders = [Role::Order, Role::User, Role::Time, Role::Value];
    assert_eq!(
        roles(&[("訂單編號", ID), ("會員編號", "A1"), ("訂單時間", TIME), ("訂單金額", MONEY)]),
        orders
    );
    assert_eq!(roles(&[("注文番号", ID), ("会員番号", "A1"), ("注文日時", TIME), ("金額", MONEY)]), orders);
    assert_eq!(
        roles(&[
            ("Bestellnummer", "1"),
            ("Kundennummer", "2"),
            ("Bestelldatum", "05.03.2024"),
            ("Betrag", "1,50")
        ]),
        orders
    );
}

#[test]
fn exports_of_platforms_map_right() {
    for (file, columns, kind, wanted) in EXPORTS {
        let (found, roles) = table(file, columns);
        let roles: Vec<(&str, Role)> = roles
            .iter()
            .filter(|(_, role)| *role != Role::Attribute)
            .map(|(name, role)| (name.as_str(), *role))
            .collect();
        assert_eq!((found, &roles[..]), (*kind, *wanted), "{file}");
    }
}

#[test]
fn columns_of_one_file_agree() {
    let look = |columns: &[(&str, &[&'static str])]| -> Vec<ColumnGuess> {
        let names: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let cells: Vec<Vec<&[u8]>> =
            columns.iter().map(|(_, cells)| cells.iter().map(|cell| cell.as_bytes()).collect()).collect();
        guess("a.csv", &names, &cells).1
    };
    let formats = |columns: &[(&str, &[&'static str])]| -> Vec<Option<NumberFormat>> {
        look(columns).into_iter().map(|guess| guess.number_format).collect()
    };
    let (point, comma) = (Some(NumberFormat::Point), Some(NumberFormat::Comma));
    assert_eq!(formats(&[("a", &["1.234", "2.345"]), ("b", &["12,50", "3,5"])]), [comma, comma]);
    assert_eq!(formats(&[("a", &["1.234", "2.345"]), ("b", &["12", "3"])]), [point, point]);
    assert_eq!(formats(&[("a", &["1.5", "2.25"]), ("b", &["12,50", "3,5"])]), [point, comma]);
    assert_eq!(formats(&[("a", &["12", "13"]), ("b", &["12,50", "3,5"])]), [point, comma]);
    let dates = look(&[("a", &["03/04/2024", "05/06/2024"]), ("b", &["03/25/2024", "05/06/2024"])]);
    assert_eq!((dates[0].time_format, dates[0].ambiguous_date), (Some(TimeFormat::MonthFirst), false));
}

#[test]
fn users_appear_once() {
    let names = ["user_id", "city"].map(str::to_owned);
    let kind = |users: &[&str]| {
        let cells: Vec<Vec<&[u8]>> =
            vec![users.iter().map(|user| user.as_bytes()).collect(), vec![b"x"; users.len()]];
        guess("a.csv", &names, &cells).0
    };
    let many: Vec<String> = (0..30).map(|user| format!("u{user}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(kind(&many), FileKind::Users);
    assert_eq!(kind(&["u"; 30]), FileKind::Events);
}
