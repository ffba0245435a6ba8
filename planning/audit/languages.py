"""
Words and digits of other languages, as far as a planning document needs them.

A plan in Spanish writes ``1.500 usuarios`` and ``2,5 s``, one in Korean ``12만 명`` and
``30초``. Times, sizes and shares are understood; what is counted keeps its own word
(``명``, ``peticiones``), for two words are not known to be one thing.
"""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


# Units by their word in small letters. Words that are English too ("tag", "an") are left out.
UNIT_WORDS = {
    # Spanish and Portuguese
    "segundo": "s", "segundos": "s", "seg": "s", "minuto": "min", "minutos": "min", "hora": "h",
    "horas": "h", "día": "day", "días": "day", "dia": "day", "dias": "day", "semana": "week",
    "semanas": "week", "mes": "month", "meses": "month", "mês": "month", "año": "year",
    "años": "year", "ano": "year", "anos": "year", "núcleos": "core", "veces": "x",
    # German
    "sekunde": "s", "sekunden": "s", "sek": "s", "minuten": "min", "stunde": "h", "stunden": "h",
    "std": "h", "tage": "day", "tagen": "day", "woche": "week", "wochen": "week",
    "monat": "month", "monate": "month", "monaten": "month", "jahr": "year", "jahre": "year",
    "jahren": "year", "prozent": "percent", "kerne": "core", "kernen": "core",
    # French and Italian
    "seconde": "s", "secondes": "s", "heure": "h", "heures": "h", "jour": "day", "jours": "day",
    "semaine": "week", "semaines": "week", "mois": "month", "octets": "byte", "cœurs": "core",
    "secondi": "s", "minuti": "min", "ore": "h", "giorno": "day", "giorni": "day", "mesi": "month",
}  # fmt: skip

# Only after a word for "per": in English they mean something else.
PER_WORDS = {"tag": "day", "an": "year", "jour": "day", "giorno": "day"}

# Written after a number without a space, often with an ending: "60초이다", "5대가". The longest
# that fits is meant. Nouns stay as they are.
COUNTERS = {
    "초": "s", "분": "min", "시간": "h", "일": "day", "주": "week", "개월": "month", "년": "year",
    "원": "KRW", "배": "x", "퍼센트": "percent", "바이트": "byte", "코어": "core",
    "명": "명", "건": "건", "개": "개", "대": "대", "회": "회", "쿼리": "쿼리", "요청": "요청",
    "노드": "노드", "서버": "서버", "샤드": "샤드", "파티션": "파티션", "인스턴스": "인스턴스",
    "메시지": "메시지", "사용자": "사용자",
    "秒": "s", "分": "min", "時間": "h", "小时": "h", "天": "day", "日間": "day", "週間": "week",
    "ヶ月": "month", "个月": "month", "円": "JPY", "元": "CNY", "倍": "x",
    "人": "人", "件": "件", "台": "台", "個": "個", "个": "个", "次": "次", "回": "回", "条": "条",
}  # fmt: skip
# Nouns that stand after a space, often with a word before them: "3,000 입력 토큰".
_NOUNS = words(
    "토큰 단어 글자 페이지 계정 세션 주문 상품 이미지 파일 연결 커넥션 스레드 프로세스 컨테이너 "
    "파드 클러스터 브로커 토픽 레코드 이벤트 알림 호출 쓰기 읽기 트랜잭션 라인 게시물 댓글 리뷰 "
    "기기 디바이스 플레이어 채널 워커"
)
COUNTERS.update((noun, noun) for noun in sorted(_NOUNS))
COUNTED_TIMES = {"초": "s", "분": "min", "시간": "h", "일": "day", "주": "week", "월": "month",
                 "년": "year", "秒": "s", "分": "min", "時間": "h", "小时": "h", "天": "day",
                 "日": "day", "月": "month", "年": "year"}  # fmt: skip
SCALES = {"십만": 1e5, "백만": 1e6, "천만": 1e7, "만": 1e4, "백억": 1e10, "천억": 1e11, "억": 1e8,
          "조": 1e12, "천": 1e3, "백": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8,
          "兆": 1e12}  # fmt: skip
# After the unit: "30ms 이하" is at most 30 ms.
AFTER_BELOW, AFTER_ABOVE = (
    ("이하", "미만", "이내", "以下", "未満", "以内"),
    ("이상", "초과", "以上"),
)
BEFORE_RATES = {"초당": "s", "분당": "min", "시간당": "h", "毎秒": "s", "每秒": "s"}

CJK_SIGNS = "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3"


def _longest(words: dict[str, str] | dict[str, float] | tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


COUNTER = re.compile(
    rf"\s?(?:(?:입력|출력|동시|활성|신규|전체|최대|평균)\s)?(?P<noun>{_longest(COUNTERS)})"
)
SCALE = re.compile(rf"\s?(?:{_longest(SCALES)})")
COUNTED_TIME = re.compile(_longest(COUNTED_TIMES))
AFTER = re.compile(rf"\s?(?:(?P<below>{_longest(AFTER_BELOW)})|(?P<above>{_longest(AFTER_ABOVE)}))")
BEFORE_RATE = re.compile(rf"({_longest(BEFORE_RATES)})\s{{0,2}}$")
# "2026년", "1월 15일", "14시", "2단계", "3차": a date, a time of day, a stage.
NO_COUNT = re.compile(r"\s?(?:월|시(?!간)|단계|번째|차|호|년\s?[0-9]{1,2}월|月|時(?!間)|号|章|장)")
CJK = re.compile(f"[{CJK_SIGNS}]")

BELOW = (
    "hasta|menos de|como máximo|bis zu|höchstens|weniger als|unter|maximal|jusqu'à|moins de|최대"
)
ABOVE = "más de|al menos|mínimo de|mehr als|mindestens|über|plus de|au moins|최소"
ABOUT = "unos|unas|alrededor de|cerca de|aproximadamente|rund|etwa|ungefähr|environ|약|대략"


# What ends the words after a number, in the languages above.
STOP_WORDS = words(
    "después antes además entonces máximo mínimo de del en la el los las lo y e o u con al a por "
    "para que se su sus es son está están hay más menos cada como si no ya una un uno desde entre "
    "sobre cuando queda quedan bastan "
    "der die das den dem des und oder mit auf für von vom zu zur zum bei je pro im in am ist sind "
    "war wird werden hat haben gab gibt also als auch nur noch nach vor aus an um über unter nicht "
    "sich sie er es wir dass damit dann wenn "
    "le les des du et ou avec pour par dans sur est sont ont aux au qui une ne pas "
    "di da il gli con per su nel che"
)

_COMMA = re.compile(
    r"(?<![\w.,])(?:[0-9]{1,3}(?:\.[0-9]{3}){0,4}|[0-9]{1,9}),[0-9]{1,2}(?![\w,)]|\.[0-9])"
)
_POINT = re.compile(
    r"(?<![\w.,])(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}(?![\w,])|[0-9]{1,9}\.[0-9]{1,2}(?![\w,.]))"
)
_FOREIGN_NUMBER = re.compile(
    r"(?<![\w.,])(?:(?P<groups>[0-9]{1,3}(?:\.[0-9]{3}){1,4})(?P<rest>,[0-9]{1,9})?"
    r"|(?P<whole>[0-9]{1,9}),(?P<part>[0-9]{1,9}))(?![0-9]|[.,][0-9])"
)


def decimal_comma(text: str) -> bool:
    """
    Whether a document writes its decimals with a comma.

    Its own numbers tell, since no document says so: at least three are written with a comma and
    one or two digits after it, and more than twice as many as with a point or with commas
    between thousands. The first million characters are looked at.

    >>> decimal_comma("7,7 pagos/s tardan 1,8 s; el 3,5 % falla"), decimal_comma("1,500 users")
    (True, False)
    """
    head = text[:1_000_000]
    commas = sum(1 for _ in _COMMA.finditer(head))
    return commas >= 3 and commas > 2 * sum(1 for _ in _POINT.finditer(head))


def with_points(text: str) -> str:
    """
    Return a text of a document with decimal commas as one with decimal points.

    >>> with_points("1.500 usuarios, 2,5 s, 2.082,06 €, versión 2.1, 12.02.2026")
    '1,500 usuarios, 2.5 s, 2,082.06 €, versión 2.1, 12.02.2026'
    """

    def swapped(match: re.Match[str]) -> str:
        if match["groups"] and match["groups"].count(".") == 3 and not match["rest"]:
            return match[0]  # four groups of three digits are an address
        return match[0].translate(_SWAP)

    return _FOREIGN_NUMBER.sub(swapped, _MIL.sub(" thousand ", text))


# In Spanish a thousand; in English, now and then, a million.
_MIL = re.compile(r"(?<=[0-9]) mil(?: de)? (?=[^\W\d])")
_SWAP = str.maketrans(",.", ".,")
