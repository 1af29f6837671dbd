"""What is taught, and what those who learnt it work as. Codes as in ``schemas/codes``, shares by eye."""

from random import Random
from typing import Final, NamedTuple


class Job(NamedTuple):
    """An occupation (ISCO-08), the position as registered, and an industry (TSIC 2009)."""

    occupation: str
    position: str
    tsic: str


class Trade(NamedTuple):
    """What the fields of a family have in common.

    Attributes:
        occupations: those that one learns for, by code, with their usual position; the first is the skill test's.
        industries: where these are mostly found.
    """

    occupations: tuple[tuple[str, str], ...]
    industries: tuple[str, ...]


TRADES: Final = {
    "motor": Trade((("7231", "ช่างซ่อมรถยนต์"), ("3115", "ช่างเทคนิคเครื่องกล")), ("45201", "29101", "29309")),
    "machining": Trade((("7223", "ช่างกลโรงงาน"), ("7222", "ช่างแม่พิมพ์")), ("25922", "28220", "29309")),
    "welding": Trade((("7212", "ช่างเชื่อม"),), ("25111", "25999", "30110")),
    "electrical": Trade(
        (("7411", "ช่างไฟฟ้าภายในอาคาร"), ("7412", "ช่างซ่อมเครื่องจักรไฟฟ้า"), ("3113", "ช่างเทคนิคไฟฟ้า")),
        ("43210", "35101", "27103"),
    ),
    "electronics": Trade((("7421", "ช่างอิเล็กทรอนิกส์"), ("3114", "ช่างเทคนิคอิเล็กทรอนิกส์")), ("26109", "26201", "95210")),
    "building": Trade((("7115", "ช่างไม้ก่อสร้าง"), ("3112", "ช่างเทคนิคโยธา")), ("41001", "42101", "43309")),
    "accounting": Trade((("3313", "เจ้าหน้าที่บัญชี"), ("4311", "เสมียนบัญชี")), ("69200", "46900", "64191")),
    "marketing": Trade((("3322", "ผู้แทนขาย"), ("5223", "พนักงานขาย")), ("47111", "46900", "73101")),
    "computing": Trade((("3512", "เจ้าหน้าที่สนับสนุนระบบ"), ("4132", "พนักงานบันทึกข้อมูล")), ("62012", "46510", "82110")),
    "it": Trade((("3512", "เจ้าหน้าที่ไอที"), ("2512", "นักพัฒนาซอฟต์แวร์")), ("62011", "61101", "63111")),
    "hotel": Trade((("5131", "พนักงานบริการอาหารและเครื่องดื่ม"), ("4224", "พนักงานต้อนรับ")), ("55101", "56101", "79110")),
    "food": Trade((("5120", "ผู้ประกอบอาหาร"), ("7512", "คนทำขนมอบ")), ("56101", "10712", "10759")),
    "farming": Trade((("6130", "ผู้ปลูกพืชและเลี้ยงสัตว์"),), ("01119", "01461", "10139")),
}

# What anyone may find, whatever was learnt.
_ANY_JOB: Final = (
    Job("8212", "พนักงานประกอบชิ้นส่วนอิเล็กทรอนิกส์", "26109"),
    Job("8211", "พนักงานประกอบชิ้นส่วนยานยนต์", "29309"),
    Job("9329", "พนักงานฝ่ายผลิต", "22209"),
    Job("9321", "พนักงานบรรจุสินค้า", "10139"),
    Job("5223", "พนักงานขาย", "47113"),
    Job("5230", "พนักงานเก็บเงิน", "47111"),
    Job("5131", "พนักงานเสิร์ฟ", "56101"),
    Job("8322", "พนักงานขับรถ", "49329"),
    Job("4321", "พนักงานคลังสินค้า", "52101"),
    Job("9621", "พนักงานส่งของ", "53200"),
    Job("4110", "พนักงานธุรการ", "82110"),
    Job("5414", "พนักงานรักษาความปลอดภัย", "80100"),
)

# Level → field of study → (trade, share). A few lie outside our partial list of fields: the publisher warns of them.
FIELDS: Final = {
    "PVC": {
        "20101": ("motor", 16),
        "20102": ("machining", 6),
        "20103": ("welding", 4),
        "20104": ("electrical", 15),
        "20105": ("electronics", 8),
        "20106": ("building", 4),
        "20201": ("accounting", 14),
        "20202": ("marketing", 6),
        "20204": ("computing", 12),
        "20404": ("food", 4),
        "20501": ("farming", 3),
        "20701": ("hotel", 4),
        "20901": ("it", 4),
    },
    "PVS": {
        "30101": ("motor", 15),
        "30102": ("machining", 9),
        "30104": ("electrical", 17),
        "30105": ("electronics", 8),
        "30201": ("accounting", 20),
        "30202": ("marketing", 9),
        "30404": ("food", 3),
        "30501": ("farming", 3),
        "30701": ("hotel", 6),
        "30901": ("it", 10),
    },
    "BTECH": {"40104": ("electrical", 40), "40102": ("machining", 30), "40201": ("accounting", 30)},
}
_NEXT_TRADE: Final = {"welding": "machining", "building": "machining", "computing": "it"}  # where a level lacks it
_FOR_WHAT_WAS_LEARNT: Final = 0.33  # of jobs; TDRI found far fewer technicians among new ปวส. graduates
_IN_ITS_INDUSTRY: Final = 0.25


def field(rng: Random, qualification: str, trade: str | None = None) -> str:
    """A field of a level, by its share of graduates; of a trade, or the nearest one, where one is given."""
    fields = FIELDS[qualification]
    if trade is not None:
        for wanted in (trade, _NEXT_TRADE.get(trade)):
            if of_trade := [code for code, (taught, _) in fields.items() if taught == wanted]:
                return of_trade[0]
    return rng.choices(tuple(fields), [share for _, share in fields.values()])[0]


def trade_of(field_code: str) -> str:
    return next(fields[field_code][0] for fields in FIELDS.values() if field_code in fields)


def job(rng: Random, trade: str) -> Job:
    """A job of someone who learnt a trade: in it, beside it in its industry, or anywhere."""
    learnt, draw = TRADES[trade], rng.random()
    anywhere = rng.choice(_ANY_JOB)
    if draw > _FOR_WHAT_WAS_LEARNT + _IN_ITS_INDUSTRY:
        return anywhere
    industry = rng.choice(learnt.industries)
    if draw > _FOR_WHAT_WAS_LEARNT:
        return anywhere._replace(tsic=industry)
    return Job(*rng.choice(learnt.occupations), industry)
