"""What lecture pages say, in both languages, and the losses of a deck in sentences for pages and terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from site_tools.lectures.record import Losses
from site_tools.messages import size


@dataclass(frozen=True)
class Texts:
    """The words of one language; a name in braces is filled in."""

    slides: str
    slide: str
    position: str
    downloads: str
    download: str
    deck_language: Mapping[str, str]
    viewer: str
    thumbs: str
    run: str
    run_label: str
    nameless: str
    jump: str
    notes: str
    no_notes: str
    transcript: str
    links: str
    losses: str
    losses_lead: str
    description: str
    description_more: str
    empty: str
    separator: str
    fonts: str
    stand_in: str
    animations: str
    transitions: str
    media: str
    media_one: str
    media_outside: str
    formulas: str
    hidden: str
    outside: str
    outside_one: str
    missing: str


ZH = Texts(
    slides="{count} 页",
    slide="第 {number} 页",
    position="第 {number} 页，共 {count} 页",
    downloads="下载：",
    download="{kind}（{size}）",
    deck_language={"en": "课件是英文的"},
    viewer="课件",
    thumbs="各页缩略图",
    run="▶ 运行",
    run_label="运行：{text}",
    nameless="第 {number} 页的演示",
    jump="到第 {number} 页",
    notes="讲者备注",
    no_notes="这一页没有备注。",
    transcript="逐页文字",
    links="链接：",
    losses="和原课件不一样的地方",
    losses_lead="这里的图由课件转换而来，下面这些没能原样保留；需要时请下载原文件。",
    description="《{title}》课件，共 {count} 页，可在浏览器里逐页翻看、搜索和下载。",
    description_more="《{title}》课件，共 {count} 页：{titles}。",
    empty="还没有课件。",
    separator="、",
    fonts="字体：转换用的电脑上缺这些字体：{names}；换行和字形可能与原来不同。",
    stand_in="{name}（用 {stand_in} 代替）",
    animations="动画：第 {numbers} 页。图上看到的是所有对象同时出现的样子。",
    transitions="切换效果：第 {numbers} 页。",
    media="视频和声音：{names}。图上只有它的封面。",
    media_one="第 {numbers} 页的 {name}（{size}）",
    media_outside="不在课件文件里",
    formulas="公式：第 {numbers} 页有夹在文字里的公式没有画出来。",
    hidden="隐藏的幻灯片：{count} 页，没有收进来。",
    outside="不在课件文件里的内容：{names}。课件只记着它们的地址，转换时不去读取；要显示，请嵌入课件后重新上传。",
    outside_one="第 {numbers} 页的 {name}",
    missing="图片：第 {numbers} 页用到的图片在课件文件里找不到，没有画出来。",
)
EN = Texts(
    slides="{count} slides",
    slide="Slide {number}",
    position="Slide {number} of {count}",
    downloads="Download: ",
    download="{kind} ({size})",
    deck_language={"zh": "The slides are in Chinese"},
    viewer="Slides",
    thumbs="Thumbnails of all slides",
    run="▶ Run",
    run_label="Run: {text}",
    nameless="the demo of slide {number}",
    jump="To slide {number}",
    notes="Speaker notes",
    no_notes="No notes on this slide.",
    transcript="The text of every slide",
    links="Links: ",
    losses="What differs from the original deck",
    losses_lead="The pictures were made from the deck. What follows was not kept; the original can be downloaded.",
    description="The slides of “{title}”, {count} in all, to page through, search and download in the browser.",
    description_more="The slides of “{title}”, {count} in all: {titles}.",
    empty="There are no lectures yet.",
    separator=", ",
    fonts="Fonts: the converting computer lacks {names}; lines may break elsewhere and letters look different.",
    stand_in="{name} (shown as {stand_in})",
    animations="Animations: slides {numbers}. The picture shows everything at once.",
    transitions="Transitions: slides {numbers}.",
    media="Videos and sounds: {names}. The picture shows the cover only.",
    media_one="{name} on slide {numbers} ({size})",
    media_outside="outside the deck's file",
    formulas="Formulas: slides {numbers} hold formulas amid words that were not drawn.",
    hidden="Hidden slides: {count}, left out.",
    outside="Outside the deck's file: {names}. The deck holds only their addresses, which are not followed; "
    "to show them, embed them and upload the deck again.",
    outside_one="{name} on slide {numbers}",
    missing="Pictures: slides {numbers} use pictures that the deck's file does not hold; they were not drawn.",
)
TEXTS = {"zh": ZH, "en": EN}


def texts(language: str) -> Texts:
    """The words of a language; English for one we do not speak."""
    return TEXTS.get(language, EN)


def loss_sentences(losses: Losses, language: str) -> list[str]:
    """One sentence for each kind of loss; none if nothing is lost."""
    t = texts(language)
    sentences = []
    if losses.fonts:
        fonts = [
            t.stand_in.format(name=font.name, stand_in=font.stand_in) if font.stand_in else font.name
            for font in losses.fonts
        ]
        sentences.append(t.fonts.format(names=t.separator.join(fonts)))
    for numbers, sentence in (
        (losses.formulas, t.formulas), (losses.animations, t.animations), (losses.transitions, t.transitions),
    ):  # fmt: skip
        if numbers:
            sentences.append(sentence.format(numbers=_ranges(numbers, t.separator)))
    if losses.media:
        slides: dict[tuple[str, int], list[int]] = {}
        for one in losses.media:
            slides.setdefault((one.name, one.bytes), []).append(one.slide)
        names = [
            t.media_one.format(
                numbers=_ranges(numbers, t.separator), name=name, size=size(count) if count else t.media_outside
            )
            for (name, count), numbers in slides.items()
        ]
        sentences.append(t.media.format(names=t.separator.join(names)))
    if losses.outside:
        where: dict[str, list[int]] = {}
        for thing in losses.outside:
            where.setdefault(thing.name, []).append(thing.slide)
        names = [
            t.outside_one.format(numbers=_ranges(numbers, t.separator), name=name) for name, numbers in where.items()
        ]
        sentences.append(t.outside.format(names=t.separator.join(names)))
    if losses.missing:
        sentences.append(t.missing.format(numbers=_ranges(losses.missing, t.separator)))
    if losses.hidden:
        sentences.append(t.hidden.format(count=losses.hidden))
    return sentences


def _ranges(numbers: Sequence[int], separator: str) -> str:
    """1, 2, 3, 7 -> "1–3, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return separator.join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
