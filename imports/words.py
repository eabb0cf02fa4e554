"""What people write into a sheet for the values of a choice, beside the labels themselves."""

from institutions.models import ElderCareProfile, Institution, MedicalProfile

OWNERSHIPS: dict[str, str | int] = {
    **{label: value for value, label in Institution.Ownership.choices},
    **dict.fromkeys(("公立", "国有", "公建公营", "公办公营", "政府办"), "public"),
    **dict.fromkeys(
        ("民办非企业", "民办非企业单位", "民非", "社会办非营利", "民办非营利性", "非营利性", "非营利"),
        "private_nonprofit",
    ),
    **dict.fromkeys(("民办营利性", "营利性", "营利", "企业", "私营", "社会办营利"), "private_for_profit"),
}
CARE_KINDS: dict[str, str | int] = {
    **{label: value for value, label in ElderCareProfile.Kind.choices},
    **dict.fromkeys(("养老院", "老年公寓", "护理型养老机构", "福利院", "社会福利院", "老年养护院"), "residential_care"),
    **dict.fromkeys(("农村敬老院", "乡镇敬老院", "特困供养机构", "特困人员供养服务机构"), "township_elderly_home"),
    **dict.fromkeys(("居家养老服务中心", "居家养老服务机构", "社区养老服务中心"), "home_community_care"),
    **dict.fromkeys(("日照中心", "日间照料", "社区日间照料中心", "老年人日间照料中心"), "day_care_centre"),
    **dict.fromkeys(("幸福院", "互助幸福院", "农村互助养老之家", "农村幸福院"), "mutual_aid_home"),
    **dict.fromkeys(("助餐点", "老年食堂", "老年助餐点"), "elders_canteen"),
}
MEDICAL_KINDS: dict[str, str | int] = {
    **{label: value for value, label in MedicalProfile.Kind.choices},
    "中医院": "tcm_hospital",
    **dict.fromkeys(("护理院", "护理站", "护理中心", "护理院(站)"), "nursing_hospital"),
    **dict.fromkeys(("卫生院", "中心卫生院", "乡镇中心卫生院", "镇卫生院", "乡卫生院"), "township_health_centre"),
    **dict.fromkeys(("卫生室", "村卫生所"), "village_clinic"),
    **dict.fromkeys(("诊所", "医务室", "门诊部", "卫生所"), "clinic"),
}
LEVELS: dict[str, str | int] = {
    **{label: value for value, label in MedicalProfile.Level.choices},
    **dict.fromkeys(("无", "未评级", "未评定", "无等级", "0"), 0),
    **{f"{numeral}级{grade}": value for value, numeral in enumerate("一二三", 1) for grade in ("甲等", "乙等", "丙等")},
    **{str(value): value for value in (1, 2, 3)},
    "三级特等": 3,
}
YES = frozenset({"是", "有", "√", "✓", "1", "TRUE", "Y", "YES", "对"})
NO = frozenset({"否", "无", "没有", "×", "✗", "0", "FALSE", "N", "NO", "不是"})
