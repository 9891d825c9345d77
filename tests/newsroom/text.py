"""Invented Vietnamese: sentences, headlines, captions and weekly reports, each a function of the chance it is given.

They read like a provincial paper and say nothing. Two texts share almost no five syllables in a row, because every run
of that length takes words from two lists or more (`test_newsroom` measures it)."""

# ruff: noqa: E501 - a sentence reads best in one line
from __future__ import annotations

from newsroom import words
from newsroom.dice import Chance


def place(chance: Chance) -> str:
    return f"{chance.pick(words.PLACE_HEADS)} {chance.pick(words.PLACE_TAILS)}"


def person(chance: Chance) -> str:
    return f"{chance.pick(words.SURNAMES)} {chance.pick(words.MIDDLES)} {chance.pick(words.GIVEN)}"


def pen_name(chance: Chance) -> str:
    """How a reporter signs: two or three words."""
    return f"{chance.pick(words.SURNAMES)} {chance.pick(words.GIVEN)}" if chance.random() < 0.5 else person(chance)


def figure(chance: Chance) -> str:
    """A number as Vietnamese papers print it: 17, 1.240, 34,5."""
    kind = chance.random()
    if kind < 0.5:
        return str(chance.number(2, 99))
    if kind < 0.75:
        return str(chance.number(100, 989))
    if kind < 0.9:
        return f"{chance.number(1, 96)}.{chance.number(0, 999):03}"
    return f"{chance.number(1, 98)},{chance.number(1, 9)}"


def amount(chance: Chance) -> str:
    unit, thing = chance.pick(words.THINGS)
    return f"{figure(chance)} {unit} {thing}"


def moment(chance: Chance) -> str:
    kind = chance.random()
    if kind < 0.35:
        return f"{chance.pick(('Sáng', 'Chiều', 'Tối', 'Ngày'))} {chance.number(1, 28)}/{chance.number(1, 12)}"
    if kind < 0.6:
        return f"{chance.pick(('Sau', 'Trong', 'Suốt', 'Chưa đầy'))} {chance.number(2, 90)} {chance.pick(('ngày', 'tuần', 'tháng'))}"
    if kind < 0.8:
        return f"{chance.pick(('Đầu', 'Giữa', 'Cuối', 'Hết'))} tháng {chance.number(1, 12)}"
    return f"{chance.pick(('Vụ này', 'Năm ngoái', 'Hôm qua', 'Mùa trước', 'Đến nay', 'Khi ấy'))}"


def sentence(chance: Chance) -> str:  # noqa: PLR0911 - one return a shape
    """One sentence of one of ten shapes."""
    shape = int(chance.random() * 10)
    actor, verb = chance.pick(words.ACTORS), chance.pick(words.VERBS)
    if shape == 0:
        return f"{moment(chance)}, {actor} {place(chance)} {verb} {amount(chance)}, {chance.pick(words.PURPOSES)}."
    if shape == 1:
        return f"{actor.capitalize()} ở {place(chance)} {verb} {amount(chance)} vì {chance.pick(words.CAUSES)}."
    if shape == 2:
        return f"“{chance.pick(words.SPEECH).capitalize()}, {chance.pick(words.SPEECH)}”, {chance.pick(words.ROLES)} {person(chance)} nói."
    if shape == 3:
        return f"Theo {chance.pick(words.ROLES)} {person(chance)}, {actor} {verb} {amount(chance)} và {chance.pick(words.PURPOSES)}."
    if shape == 4:
        return (
            f"Dù {chance.pick(words.CAUSES)}, {place(chance)} vẫn {verb} {amount(chance)}, hơn trước {figure(chance)}%."
        )
    if shape == 5:
        return f"{moment(chance)}, {chance.pick(words.ROLES)} {person(chance)} {verb} {amount(chance)} rồi {chance.pick(words.VERBS)} {amount(chance)}."
    if shape == 6:
        return f"Muốn {chance.pick(words.PURPOSES)}, {actor} phải {verb} {amount(chance)} trước tháng {chance.number(1, 12)}."
    if shape == 7:
        return f"Cứ {amount(chance)} thì {actor} {verb} {figure(chance)} phần, {chance.pick(words.CAUSES)} cũng mặc."
    if shape == 8:
        return f"Từ {place(chance)} sang {place(chance)}, {actor} {verb} {amount(chance)} để {chance.pick(words.PURPOSES)}."
    return f"{person(chance)}, {chance.number(19, 88)} tuổi, {verb} {amount(chance)}; {chance.pick(words.CAUSES)} nên {chance.pick(words.PURPOSES)}."


def paragraph(chance: Chance, *, sentences: int) -> str:
    return " ".join(sentence(chance) for _ in range(sentences))


def headline(chance: Chance) -> str:
    shape = int(chance.random() * 4)
    head, verb = chance.pick(words.TITLE_HEADS), chance.pick(words.TITLE_VERBS)
    if shape == 0:
        return f"{head} {place(chance)} {verb} sau {chance.number(2, 60)} năm {chance.pick(words.PURPOSES)}"
    if shape == 1:
        return f"{place(chance)}: {head.lower()} {verb}, {chance.pick(words.ACTORS)} {chance.pick(words.VERBS)} {amount(chance)}"
    if shape == 2:
        return f"{head} ở {place(chance)} {verb} vì {chance.pick(words.CAUSES)}"
    return f"{chance.pick(words.ACTORS).capitalize()} {place(chance)} {chance.pick(words.VERBS)} {amount(chance)}"


def lede(chance: Chance) -> str:
    return f"{sentence(chance)} {sentence(chance)}"


def caption(chance: Chance) -> str:
    """The words under a picture; most name the photographer."""
    said = f"{chance.pick(words.ACTORS).capitalize()} {place(chance)} {chance.pick(words.VERBS)} {chance.pick(words.THINGS)[1]}."
    return f"{said} Ảnh: {pen_name(chance)}" if chance.random() < 0.7 else said


def report_title(market: Chance, number: int, day: str) -> str:
    return f"Giá nông sản chợ {place(market)} kỳ {number}, ngày {day}"


def report(market: Chance, chance: Chance) -> tuple[str, list[str]]:
    """Lede and paragraphs of a market report: the words belong to `market`, every figure to `chance`."""
    first = f"{market.pick(words.ACTORS)} {place(market)}"
    said = (
        f"Phiên kỳ này, {first} cân {chance.number(110, 989)} lượt hàng, trị giá {chance.number(11, 99)},{chance.number(1, 9)} triệu đồng, "
        f"{market.pick(words.CAUSES)} nên sức mua {market.pick(('giữ vững', 'lên xuống thất thường'))}."
    )
    goods = [market.pick(words.GOODS) for _ in range(4)]
    paragraphs = [
        f"Mặt hàng {good} do {market.pick(words.ACTORS)} {place(market)} đưa đến được trả {chance.number(11, 98)}.{chance.number(1, 9)}00 đồng mỗi cân, "
        f"khối lượng {chance.number(102, 989)} cân; {market.pick(words.ROLES)} {person(market)} cho biết {market.pick(words.SPEECH)}, "
        f"phần còn lại {chance.number(12, 97)} cân {market.pick(words.VERBS)} để {market.pick(words.PURPOSES)}."
        for good in goods
    ]
    return said, paragraphs
