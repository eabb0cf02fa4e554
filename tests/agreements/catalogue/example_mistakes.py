"""Mistakes made in the worked example (docs/examples/xugou), each with all that is said of it.

A row: which file, what stands there once, what is written instead, and the messages, as `folder/line:column: message`.
FOLDER is the example's folder, DIGEST the SHA-256 of the document as it is.
"""

TEMPLATE, SCHEME, DOCUMENT = "templates/xugou-2026.yaml", "schemes/xugou-2026.yaml", "official/xugou-2026-3.txt"

MISTAKES: list[tuple[str, str, str, list[str]]] = [
    (
        TEMPLATE,
        "虚卫老龄发〔2026〕3号",
        "虚卫老龄发[2026]3号",
        [
            "templates/12:20: “source.document_number”写法不对：“虚卫老龄发[2026]3号”。写成 湘卫老"
            '龄发〔2020〕8号 这样（年份用六角括号“〔〕”；原文没有文号的写 ""）',
        ],
    ),
    (
        DOCUMENT,
        "一式四份",
        "一式柒份",
        [
            "templates/15:11: 与来源文件 xugou-2026-3.txt 不符；这个文件的 SHA-256 是 DIGEST，核对文件无误后照此填写",
            "templates/173:11: 与官方原文不同：“则本协议一式”后面原文是“柒”，这里是“四”，请照原文改",
            "schemes/11:11: 与来源文件 xugou-2026-3.txt 不符；这个文件的 SHA-256 是 DIGEST，核对文件无误后照此填写",
        ],
    ),
    (
        TEMPLATE,
        "一式四份",
        "一式柒份",
        [
            "templates/30:1: 正文写明一式 7 份，这里列出 4 份，请改成一致",
            "templates/173:11: 与官方原文不同：“则本协议一式”后面原文是“四”，这里是“柒”，请照原文改",
        ],
    ),
    (
        TEMPLATE,
        "巡诊{rounds}次",
        "查房{rounds}次",
        [
            "templates/58:12: 正文里没有这句话：“乙方每月到甲方巡诊”，请从正文照抄",
            "templates/148:11: 与官方原文不同：“方每月到甲方”后面原文是“巡诊”，这里是“查房”，请照原文改",
        ],
    ),
    (
        TEMPLATE,
        "digest: DIGEST",
        "digest: DIGESTX",
        [
            "templates/15:11: “source.digest”写法不对：“55317ae8be5704eb7c9a446db9d900f3bdbad09e…”"
            "。写成 09cae17611373ead45ea851af11aada6a2ccafdf349d6449f8d5cc7e28d340f6 这样（来源文件"
            "的 SHA-256，用 sha256sum 文件名 计算）",
        ],
    ),
    (
        TEMPLATE,
        "DIGEST",
        "0000000000000000000000000000000000000000000000000000000000000000",
        [
            "templates/15:11: 与来源文件 xugou-2026-3.txt 不符；这个文件的 SHA-256 是 DIGEST，核对文件无误后照此填写",
        ],
    ),
    (
        SCHEME,
        "DIGEST",
        "0000000000000000000000000000000000000000000000000000000000000000",
        [
            "schemes/11:11: 与来源文件 xugou-2026-3.txt 不符；这个文件的 SHA-256 是 DIGEST，核对文件无误后照此填写",
        ],
    ),
    (
        SCHEME,
        "value: 90",
        "value: 1000",
        [
            "schemes/17:12: “targets.0.value”太大：1000（最大 100），请改成 100 或更小的数",
        ],
    ),
    (
        TEMPLATE,
        "    maximum: 100\n",
        "    maximum: 1000\n",
        [
            "templates/85:14: 百分比最大是 100，现在是 1000，写成 maximum: 100",
        ],
    ),
    (
        TEMPLATE,
        "  to_blank: valid_to\n",
        "",
        [
            "templates/23:1: 正文写明期限到“valid_to”：请在 term 里写 to_blank: valid_to",
        ],
    ),
    (
        TEMPLATE,
        "规范管理，管理率",
        "规范管理,管理率",
        [
            "templates/152:11: 与官方原文不同：“患者规范管理”后面原文是“，”，这里是“,”，请照原文改",
        ],
    ),
    (
        TEMPLATE,
        "备案各一份。本协议",
        "各一份。本协议",
        [
            "templates/173:11: 与官方原文不同：“康局、民政局”后面缺少“备案”，请照原文补上",
        ],
    ),
    (
        TEMPLATE,
        "，双方协商一致，签订",
        "，双方协商一致，自愿签订",
        [
            "templates/140:11: 与官方原文不同：“方协商一致，”后面多出“自愿”，请照原文删去",
        ],
    ),
    (
        TEMPLATE,
        "    text: 医养签约服务协议（参考文本）\n",
        "    text: 医养签约服务协议\n",
        [
            "templates/4:8: 正文应当有且只有一行标题，并与 title 相同：写成 kind: title、text: 医养"
            "签约服务协议（参考文本）",
            "templates/134:11: 与官方原文不同：“签约服务协议”后面缺少“（参考文本）”，请照原文补上",
        ],
    ),
    (
        TEMPLATE,
        "until: （此件公开发布）",
        "until: （此件不公开）",
        [
            "templates/16:10: 来源文件 xugou-2026-3.txt 里，标题之后没有单独成行的“（此件不公开）”，请照原文写",
        ],
    ),
    (
        TEMPLATE,
        "file: xugou-2026-3.txt",
        "file: xugou-2026-4.txt",
        [
            "templates/14:9: 没有找到来源文件“xugou-2026-4.txt”：请把它放进 FOLDER/official（UTF-8 文本，一字不改）",
        ],
    ),
    (
        TEMPLATE,
        "file: xugou-2026-3.txt",
        "file: ../xugou-2026-3.txt",
        [
            "templates/14:9: “source.file”写法不对：“../xugou-2026-3.txt”。写成 hunan-2020-8.txt 这"
            "样（来源文件的文件名，放在 official 文件夹里）",
        ],
    ),
    (
        TEMPLATE,
        "虚卫老龄发〔2026〕3号",
        "虚卫老龄发〔2026〕4号",
        [
            "templates/12:20: 来源文件 xugou-2026-3.txt 里没有“虚卫老龄发〔2026〕4号”，请照原文写",
        ],
    ),
    (
        DOCUMENT,
        "备案各一份",
        "备案一份",
        [
            "templates/15:11: 与来源文件 xugou-2026-3.txt 不符；这个文件的 SHA-256 是 DIGEST，核对文件无误后照此填写",
            "templates/173:11: 与官方原文不同：“、民政局备案”后面多出“各”，请照原文删去",
            "schemes/11:11: 与来源文件 xugou-2026-3.txt 不符；这个文件的 SHA-256 是 DIGEST，核对文件无误后照此填写",
        ],
    ),
    (
        TEMPLATE,
        "title: 医养",
        "title：医养",
        [
            "templates/4:1: YAML 写法有误：这一行没有写成“字段: 值”，英文冒号后面要有一个空格；这一"
            "行用了中文冒号“：”，请改成英文冒号加空格“: ”",
        ],
    ),
    (
        TEMPLATE,
        "  medical: 乙方",
        "	medical: 乙方",
        [
            "templates/21:1: YAML 写法有误：用了制表符（Tab），请改用空格",
        ],
    ),
    (
        TEMPLATE,
        'label: "1. "',
        'label: "1. ',
        [
            "templates/147:12: YAML 写法有误：引号可能没有闭合：从这里开始的引号一直到后面的行才配上另一半",
        ],
    ),
    (
        TEMPLATE,
        '- "{elder_care_signing_date}"',
        "- {elder_care_signing_date}",
        [
            'templates/184:11: 以“{”开头的文字要加引号：写成 "{elder_care_signing_date}" 这样',
        ],
    ),
    (
        TEMPLATE,
        "text: 本协议有效期为{term_years}年",
        "text: {term_years}年",
        [
            "templates/166:23: YAML 写法有误：缩进不对：同一层的各行要左对齐；值里有引号或以“{”开头的，给整个值加引号",
        ],
    ),
    (
        TEMPLATE,
        "    - 虚构区民政局",
        "   - 虚构区民政局",
        [
            "templates/11:4: YAML 写法有误：缩进不对：同一层的各行要左对齐；值里有引号或以“{”开头的，给整个值加引号",
        ],
    ),
    (
        TEMPLATE,
        "  issuers:\n",
        "  issuers: [虚构区卫生健康局\n",
        [
            "templates/9:12: YAML 写法有误：“[”没有配上“]”：列表写成 [甲, 乙] 这样，或者每项一行、以“- ”开头",
        ],
    ),
    (
        TEMPLATE,
        "status: 参考文本",
        "status: 参考文本\n  status: 范本",
        [
            "templates/18:3: “status”写了两次（第一次在第 17 行），请删去一处",
        ],
    ),
    (
        TEMPLATE,
        "is_official: true",
        "is_offical: true",
        [
            "templates/2:1: 缺少“is_official”：请加上，写成 is_official: true 这样",
            "templates/5:1: 不认识的字段“is_offical”，是不是“is_official”？",
        ],
    ),
    (
        TEMPLATE,
        "is_official: true",
        "is_official: 是",
        [
            "templates/5:14: “is_official”应当是true 或 false，现在是“是”：写成 true 或 false，不加引号",
        ],
    ),
    (
        TEMPLATE,
        'region: "520102"',
        "region: 520102",
        [
            'templates/3:9: “region”应当是文字，现在是“520102”：请加引号，写成 "520102" 这样',
        ],
    ),
    (
        TEMPLATE,
        'region: "520102"',
        'region: "5201"',
        [
            'templates/3:9: “region”写法不对：“5201”。写成 "430000" 这样（六位行政区划代码，加引号）',
        ],
    ),
    (
        TEMPLATE,
        'issued_on: "2026-03-02"',
        'issued_on: "2026年3月2日"',
        [
            "templates/13:14: “source.issued_on”写法不对：“2026年3月2日”。写成 2020-12-17 这样（原"
            '文只有年月的写 2020-12，没有日期的写 ""）',
        ],
    ),
    (
        TEMPLATE,
        "slug: xugou-2026",
        "slug: xugou",
        [
            "templates/2:7: slug 应与文件名相同：“xugou-2026”，请改 slug 或者改文件名",
        ],
    ),
    (
        TEMPLATE,
        "kind: telephone",
        "kind: telefone",
        [
            "templates/115:11: “blanks.9.kind”只能是“institution”、“authority”、“person”、“telepho"
            "ne”、“text”、“integer”、“money”、“choice”、“date”、“signing_date”，现在是“telefone”。"
            "是不是“telephone”？",
        ],
    ),
    (
        TEMPLATE,
        "    maximum: 31\n",
        "",
        [
            "templates/73:5: “blanks.2”缺少“maximum”：请加上，写成 maximum: … 这样",
        ],
    ),
    (
        TEMPLATE,
        "巡诊{rounds}次",
        "巡诊{round}次",
        [
            "templates/73:5: 填写项“rounds”在正文和签署栏里都没有用到：请在要填的地方写 {rounds}，或者删去这一项",
            "templates/148:11: 没有名为“round”的填写项，是不是“rounds”？",
        ],
    ),
    (
        TEMPLATE,
        "  blank: term_years\n",
        "  blank: rounds\n",
        [
            "templates/23:1: 正文的期限年数由“term_years”填写：请在 term 里写 blank: term_years",
        ],
    ),
    (
        TEMPLATE,
        "kind: blank_years\n  blank: term_years\n",
        "kind: fixed_years\n  years: 3\n",
        [
            "templates/23:1: 正文的期限年数由“term_years”填写：请在 term 里写 blank: term_years",
        ],
    ),
    (
        TEMPLATE,
        "quote: 每年为入住老年人免费体检一次",
        "quote: 每年免费体检一次",
        [
            "templates/52:12: 正文里没有这句话：“每年免费体检一次”，请从正文照抄",
        ],
    ),
    (
        TEMPLATE,
        "  medical: 乙方",
        "  medical: 甲方",
        [
            "templates/20:15: 双方的称呼不能相同：“甲方”，写成一方 甲方、另一方 乙方",
        ],
    ),
    (
        SCHEME,
        "rule: min_primary_partners",
        "rule: min_primary_partner",
        [
            "schemes/22:11: “rules.0.rule”只能是“min_medical_partners”、“min_primary_partners”、“s"
            "everal_partners”、“own_clinic_exempts”、“own_clinic_advised”、“county_names_medical”、"
            "“eligible_medical”、“eligible_elder_care”、“eligibility_checklist”、“practice_filing”"
            "、“yearly_assessment”、“exit_on_failed_assessment”、“health_examination”、“yearly_ser"
            "vices”、“service_package”、“agreement_elements”、“disclosure”、“advisory_notice”、“fi"
            "ling_authorities”、“filing_due”、“review_due”、“correction_due”、“signing_vouched_by”"
            "、“expiry_notice”、“prohibition”，现在是“min_primary_partner”。是不是“min_primary_par"
            "tners”？",
        ],
    ),
    (
        SCHEME,
        "with: {working_days: 10}",
        "with: {working_days: 十}",
        [
            "schemes/27:26: “rules.1.with.working_days”应当是整数，现在是“十”：只写数字，不加引号和单位，写成 3 这样",
        ],
    ),
    (
        SCHEME,
        "与不少于1家基层",
        "与不少于2家基层",
        [
            "schemes/24:12: 来源文件 xugou-2026-3.txt 里没有这句话：“已备案的养老机构应当与不少于2"
            "家基层医疗卫生机构签约”，请从原文照抄",
        ],
    ),
    (
        SCHEME,
        "due: 2027-12-31",
        "due: 2027-12-32",
        [
            "schemes/13:5: 引用的原话是“2027年12月31日前，养老机构签约率达到90%”，请写 due: 2027-12-31",
            "schemes/19:10: 没有“2027-12-32”这一天，请照原文核对",
        ],
    ),
    (
        SCHEME,
        "[虚构区卫生健康局, 虚构区民政局]",
        "[虚构区卫生健康局， 虚构区民政局]",
        [
            "schemes/5:11: “issuers.0”写法不对：“虚构区卫生健康局， 虚构区民政局”。写成 绍兴市卫生健康委员会 "
            "这样（一项一个机关，几个机关之间用英文逗号加空格，或者每项一行）",
        ],
    ),
    (
        SCHEME,
        'in_force_on: ""',
        "in_force_on: 2026.3.2",
        [
            "schemes/8:14: “in_force_on”写法不对：“2026.3.2”。写成 2024-02-19 这样（原文只有年月的"
            '写 2024-02，没有日期的写 ""）',
        ],
    ),
    (
        SCHEME,
        "lower_may_change: false\n  - rule: filing",
        "platform_default: true\n    lower_may_change: false\n  - rule: filing",
        [
            "schemes/22:5: 规则要么引用原文（quote），要么标明是平台默认（platform_default: true），只能选一样",
        ],
    ),
    (
        TEMPLATE,
        "自{valid_from}起至{valid_to}止",
        "自2026年3月2日起至2029年3月1日止",
        [
            "templates/23:1: 正文写明期限到2029年3月1日：请在 term 里写 ends_on: 2029-03-01",
            "templates/23:1: 正文写明期限从2026年3月2日：请在 term 里写 starts_on: 2026-03-02",
            "templates/101:5: 填写项“valid_from”在正文和签署栏里都没有用到：请在要填的地方写 {vali"
            "d_from}，或者删去这一项",
            "templates/105:5: 填写项“valid_to”在正文和签署栏里都没有用到：请在要填的地方写 {valid_to}，或者删去这一项",
            "templates/166:11: 与官方原文不同：“___年，自”后面原文是“____”，这里是“2026”，请照原文改",
            "templates/166:11: 与官方原文不同：“自2026年”后面原文是“__”，这里是“3”，请照原文改",
            "templates/166:11: 与官方原文不同：“026年3月”后面原文是“__”，这里是“2”，请照原文改",
            "templates/166:11: 与官方原文不同：“3月2日起至”后面原文是“____”，这里是“2029”，请照原文改",
            "templates/166:11: 与官方原文不同：“至2029年”后面原文是“__”，这里是“3”，请照原文改",
            "templates/166:11: 与官方原文不同：“029年3月”后面原文是“__”，这里是“1”，请照原文改",
        ],
    ),
    (
        TEMPLATE,
        "status: 参考文本",
        "status: 平台拟稿",
        [
            "templates/17:11: 只有 is_official 为 false 的范本才是“平台拟稿”，也必须写明“平台拟稿”",
        ],
    ),
    (
        TEMPLATE,
        'unit: "%"',
        'unit: "%"\n    choices: [八十, 九十]',
        [
            "templates/84:14: 只有 kind: choice 才有 choices，请删去",
        ],
    ),
    (
        TEMPLATE,
        "  - holder: civil_affairs\n    label: 民政部门存\n",
        "",
        [
            "templates/30:1: 正文写明报民政部门一份，请加上 holder: civil_affairs",
            "templates/30:1: 正文写明一式 4 份，这里列出 3 份，请改成一致",
        ],
    ),
    (
        DOCUMENT,
        "虚卫老龄发〔2026〕3号",
        "虚卫老龄发〔2026〕5号",
        [
            "templates/12:20: 来源文件 xugou-2026-3.txt 里没有“虚卫老龄发〔2026〕3号”，请照原文写",
            "templates/15:11: 与来源文件 xugou-2026-3.txt 不符；这个文件的 SHA-256 是 DIGEST，核对文件无误后照此填写",
            "schemes/6:18: 来源文件 xugou-2026-3.txt 里没有文号“虚卫老龄发〔2026〕3号”，请照原文写",
            "schemes/11:11: 与来源文件 xugou-2026-3.txt 不符；这个文件的 SHA-256 是 DIGEST，核对文件无误后照此填写",
        ],
    ),
    (
        SCHEME,
        "file: xugou-2026-3.txt",
        "file: xugou.docx",
        [
            "schemes/10:9: “source.file”写法不对：“xugou.docx”。写成 shaoxing-2024-6.txt 这样（来源"
            "文件的文件名，放在 official 文件夹里）",
        ],
    ),
    (
        SCHEME,
        "population: 养老机构\n",
        "populaton: 养老机构\n",
        [
            "schemes/13:5: “targets.0”缺少“population”：请加上，写成 population: … 这样",
            "schemes/16:5: 不认识的字段“populaton”，是不是“population”？",
        ],
    ),
    (
        TEMPLATE,
        "  elder_care: 甲方\n  medical: 乙方",
        "  elder_care: 乙方\n  medical: 甲方",
        [
            "templates/20:15: 正文里这一方叫“甲方”，这里写的是“乙方”：双方写反了，请对调",
            "templates/21:12: 正文里这一方叫“乙方”，这里写的是“甲方”：双方写反了，请对调",
        ],
    ),
    (
        TEMPLATE,
        "  elder_care: 甲方\n",
        "  elder_care: 丙方\n",
        [
            "templates/20:15: 正文里没有“丙方”这个称呼，请照正文写",
        ],
    ),
    (
        TEMPLATE,
        "effectiveness: both_seals",
        "effectiveness: both_signatures",
        [
            "templates/28:16: 正文写明“自双方盖章之日起生效”，请写 effectiveness: both_seals",
        ],
    ),
    (
        TEMPLATE,
        "holder: health\n",
        "holder: other\n    name: 虚构区医疗保障局\n",
        [
            "templates/30:1: 正文写明报卫生健康部门一份，请加上 holder: health",
        ],
    ),
    (
        TEMPLATE,
        "    per: month\n",
        "    per: week\n",
        [
            "templates/57:10: 引用的原话是“乙方每月到甲方巡诊”，请写 per: month",
        ],
    ),
    (
        TEMPLATE,
        "    minimum: 1\n    per: year\n",
        "    minimum: 2\n    per: year\n",
        [
            "templates/49:14: 引用的原话是“每年为入住老年人免费体检一次”，这里是 2 次，请改成一致",
        ],
    ),
    (
        TEMPLATE,
        "    - 虚构区民政局",
        "    - 虚构区民政厅",
        [
            "templates/11:7: 来源文件 xugou-2026-3.txt 里没有“虚构区民政厅”，请照原文写",
        ],
    ),
    (
        TEMPLATE,
        'issued_on: "2026-03-02"',
        'issued_on: "2026-03-20"',
        [
            "templates/13:14: 来源文件 xugou-2026-3.txt 里没有“2026年3月20日”，请照原文写",
        ],
    ),
    (
        TEMPLATE,
        'issued_on: "2026-03-02"',
        'issued_on: "2026-02-30"',
        [
            "templates/13:14: 没有“2026年2月30日”这一天，请照原文核对",
            "templates/13:14: 来源文件 xugou-2026-3.txt 里没有“2026年2月30日”，请照原文写",
        ],
    ),
    (
        TEMPLATE,
        "为做好入住",
        "为做\u200b好入住",
        [
            "templates/140:11: 有看不见的字符（U+200B），请删去",
            "templates/140:11: 与官方原文不同：“____为做”后面多出“（看不见的字符 U+200B）”，请照原文删去",
        ],
    ),
    (
        SCHEME,
        "value: 90",
        "value: 80",
        [
            "schemes/17:12: 引用的原话是“2027年12月31日前，养老机构签约率达到90%”，这里是 80，请改成一致",
        ],
    ),
    (
        SCHEME,
        "due: 2027-12-31",
        "due: 2028-12-31",
        [
            "schemes/13:5: 引用的原话是“2027年12月31日前，养老机构签约率达到90%”，请写 due: 2027-12-31",
        ],
    ),
    (
        SCHEME,
        "title: 关于印发",
        "title: 关于下发",
        [
            "schemes/4:8: 来源文件 xugou-2026-3.txt 里没有这个标题，请照原文写；原文没有标题的，写"
            " title_in_source: false",
        ],
    ),
    (
        SCHEME,
        "metric: signed_coverage",
        "metric: 签约率",
        [
            "schemes/15:13: “targets.0.metric”写法不对：“签约率”。写成 signed_coverage 这样",
        ],
    ),
]
