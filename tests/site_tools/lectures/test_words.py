"""Words of a deck as HTML, and the site's own words about decks, in both languages."""

import re

from site_tools.lectures.pages.words import items_html
from site_tools.lectures.record import Font, Item, Losses, Media, Outside
from site_tools.lectures.texts import EN, TEXTS, ZH, loss_sentences


def test_nested_bullets_paragraphs_and_tables():
    items = [Item("a", 0), Item("b", 2), Item("c", 1), Item("d", 0), Item("e"), Item(rows=(("f", "g"),)), Item("h", 1)]
    assert items_html(items) == (
        "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul><p>e</p>"
        "<table><tbody><tr><td>f</td><td>g</td></tr></tbody></table><ul><li>h</li></ul>"
    )


def test_both_languages_say_the_same_things():
    holes = re.compile(r"\{(\w+)\}")
    for name in ZH.__dataclass_fields__:
        zh, en = getattr(ZH, name), getattr(EN, name)
        if isinstance(zh, str):
            assert sorted(holes.findall(zh)) == sorted(holes.findall(en)), name
            assert zh.strip()
            assert en.strip()
    assert set(TEXTS) == {"zh", "en"}


def test_every_loss_has_its_sentence_in_both_languages():
    media = *(Media(number, "a.mp4", 3_000_000) for number in (2, 3, 9)), Media(5, "b", 0)
    losses = Losses(
        (Font("A"), Font("B", "C")),
        (1, 2, 3, 7),
        (4,),
        media,
        (6,),
        2,
        (Outside(1, "x.png"), Outside(2, "x.png")),
        (8,),
    )
    zh, en = (loss_sentences(losses, language) for language in ("zh", "en"))
    assert len(zh) == len(en) == 8
    assert en[2] == "Animations: slides 1–3, 7. The picture shows everything at once."
    assert en[4].startswith(
        "Videos and sounds: a.mp4 on slide 2–3, 9 (3.0 MB), b on slide 5 (outside the deck's file)."
    )
    assert en[5].startswith("Outside the deck's file: x.png on slide 1–2. The deck holds only their addresses")
    assert zh[6] == "图片：第 8 页用到的图片在课件文件里找不到，没有画出来。"
    assert zh[0] == "字体：转换用的电脑上缺这些字体：A、B（用 C 代替）；换行和字形可能与原来不同。"
    assert loss_sentences(Losses(), "en") == []
