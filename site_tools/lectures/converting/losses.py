"""What a picture of a slide cannot show, or this machine cannot draw, named so that nobody has to find out."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pptx.opc.package import Part
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.slide import Slide as PptxSlide

from site_tools.lectures.converting.fonts import installed, missing
from site_tools.lectures.converting.outside import Link
from site_tools.lectures.converting.slides_pptx import MATH, MC, open_deck, shown_slides
from site_tools.lectures.record import Losses, Media, Outside

_ANIMATED = {qn(f"p:{name}") for name in ("anim", "animClr", "animEffect", "animMotion", "animRot", "animScale", "set")}
_LATIN = re.compile(r"[A-Za-z0-9]")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def find_losses(path: Path, text: str, *, drawn_here: bool, cut: Mapping[str, list[Link]] = {}) -> Losses:
    """What is lost of a .pptx.

    Args:
        path: the file.
        text: all its words.
        drawn_here: whether its pages were; in the author's own PDF, fonts, formulas and pictures are as they should be.
        cut: part of the deck -> what lies outside and was not fetched.
    """
    deck = open_deck(path)
    slides = shown_slides(deck)
    numbered = list(enumerate(slides, start=1))
    return Losses(
        fonts=missing(_fonts(slides, text), installed()) if drawn_here else (),
        animations=tuple(n for n, slide in numbered if _has_animation(slide)),
        transitions=tuple(n for n, slide in numbered if _has_transition(slide)),
        media=tuple(Media(n, name, size) for n, slide in numbered for name, size in _media(slide)),
        formulas=tuple(n for n, slide in numbered if _loses_formula(slide)) if drawn_here else (),
        hidden=len(deck.slides) - len(slides),
        outside=tuple(Outside(n, name) for n, slide in numbered for name in _outside(slide, cut)) if drawn_here else (),
        missing=tuple(n for n, slide in numbered if _lacks_picture(slide)) if drawn_here else (),
    )


def _has_animation(slide: PptxSlide) -> bool:
    return any(element.tag in _ANIMATED for timing in slide._element.iter(qn("p:timing")) for element in timing.iter())


def _has_transition(slide: PptxSlide) -> bool:
    return any(len(transition) for transition in slide._element.iter(qn("p:transition")))


def _media(slide: PptxSlide) -> Iterator[tuple[str, int]]:
    """Name and bytes of every video and sound; one that lies outside the deck has 0 bytes."""
    relations = {
        key: relation
        for key, relation in slide.part.rels.items()
        if relation.reltype.rpartition("/")[2] in ("video", "audio", "media")
    }
    names = {}
    for element in slide._element.xpath(".//a:videoFile | .//a:audioFile | .//a:quickTimeFile"):
        holder = next(element.iterancestors(qn("p:nvPr")), None)
        owner = holder.getparent() if holder is not None else None
        if owner is not None and (relation := relations.get(element.get(qn("r:link")))):
            names[_target(relation)] = owner.find(qn("p:cNvPr")).get("name", "")
    # PowerPoint points at a video twice, the old way and the new
    for target, relation in {_target(relation): relation for relation in relations.values()}.items():
        file = Path(target.replace("\\", "/"))
        name = names.get(target, "").removesuffix(file.suffix) or file.stem
        yield f"{name}{file.suffix}", 0 if relation.is_external else len(relation.target_part.blob)


def _outside(slide: PptxSlide, cut: Mapping[str, list[Link]]) -> list[str]:
    """The names of what a slide would have fetched, itself or through its layout, charts and drawings."""
    links = (link for part in _parts(slide) for link in cut.get(str(part.partname), ()) if not link.is_media)
    return list(dict.fromkeys(link.name for link in links))


def _parts(slide: PptxSlide) -> Iterator[Part]:
    """The parts of the deck of which a slide is made."""
    waiting: list[Part] = [slide.part]
    seen = set()
    while waiting:
        part = waiting.pop()
        if part.partname in seen:
            continue
        seen.add(part.partname)
        yield part
        for relation in part.rels.values():
            kind = relation.reltype.rpartition("/")[2]
            others = kind in ("slide", "notesSlide") or (kind == "slideLayout" and part is not slide.part)
            if not relation.is_external and not others:
                waiting.append(relation.target_part)


def _lacks_picture(slide: PptxSlide) -> bool:
    """Whether a slide names a picture that the deck does not hold, or of which nothing is left."""
    for picture in slide._element.iter(qn("a:blip")):
        if key := picture.get(qn("r:embed")):
            relation = slide.part.rels.get(key)
            if relation is None or not (relation.is_external or relation.target_part.blob):
                return True
    return False


def _target(relation) -> str:
    return relation.target_ref if relation.is_external else str(relation.target_part.partname)


# --- Fonts -----------------------------------------------------------------------------------------


def _fonts(slides: list[PptxSlide], text: str) -> set[str]:
    """The fonts named in the slides, in what they are made after, and in its theme where a text names none."""
    layouts = {slide.slide_layout.part.partname: slide.slide_layout for slide in slides}.values()
    masters = {layout.slide_master.part.partname: layout.slide_master for layout in layouts}.values()
    names = set()
    for owner in (*slides, *layouts, *masters):
        for tag in ("a:latin", "a:ea", "a:cs", "a:sym"):
            names |= {font.get("typeface", "") for font in owner._element.iter(qn(tag))}
    for tag, letters in (("a:latin", _LATIN), ("a:ea", _CHINESE)):
        if letters.search(text) and any(_takes_the_themes(slide, tag, letters) for slide in slides):
            names |= {name for master in masters for name in _theme_fonts(master, tag)}
    return {name for name in names if name and not name.startswith(("+", "@"))}


def _takes_the_themes(slide: PptxSlide, tag: str, letters: re.Pattern[str]) -> bool:
    """Whether some of a slide's text in these letters names no font of its own; charts and diagrams seldom do."""
    if slide._element.find(".//" + qn("p:graphicFrame")) is not None:
        return True
    for run in slide._element.iter(qn("a:r"), qn("a:fld")):
        font = run.find(f"{qn('a:rPr')}/{qn(tag)}")
        own = font is not None and not font.get("typeface", "+").startswith("+")
        if not own and letters.search(run.findtext(qn("a:t")) or ""):
            return True
    return False


def _theme_fonts(master, tag: str) -> Iterator[str]:
    theme = next((rel.target_part.blob for rel in master.part.rels.values() if rel.reltype.endswith("/theme")), b"")
    if not theme:
        return
    for scheme in parse_xml(theme).iter(qn("a:majorFont"), qn("a:minorFont")):
        font = scheme.find(qn(tag))
        name = "" if font is None else font.get("typeface", "")
        if not name and tag == "a:ea":
            # PowerPoint takes the theme's font for Simplified Chinese where none is named
            name = next(
                (one.get("typeface", "") for one in scheme.iter(qn("a:font")) if one.get("script") == "Hans"), ""
            )
        yield name


# --- Formulas --------------------------------------------------------------------------------------


def take_formula_pictures(deck) -> bool:
    """Let PowerPoint's own pictures of formulas stand where it keeps them; whether there were any.

    LibreOffice draws a formula that stands alone, and drops one amid words. PowerPoint stores a picture
    of the whole text box for programs that cannot draw it.
    """
    changed = False
    for slide in shown_slides(deck):
        for alternatives in list(slide._element.iter(f"{MC}AlternateContent")):
            picture = _formula_picture(alternatives)
            if picture is not None:
                alternatives.getparent().replace(alternatives, picture)
                changed = True
    return changed


def _formula_picture(alternatives):
    choice, fallback = alternatives.find(f"{MC}Choice"), alternatives.find(f"{MC}Fallback")
    if choice is None or fallback is None or choice.find(f".//{MATH}oMath") is None or len(fallback) != 1:
        return None
    return fallback[0] if fallback.find(".//" + qn("a:blip")) is not None else None


def _loses_formula(slide: PptxSlide) -> bool:
    """Whether a formula stands amid words and has no picture."""
    for body in slide._element.iter(qn("p:txBody")):
        alternatives = next(body.iterancestors(f"{MC}AlternateContent"), None)
        if alternatives is not None and _formula_picture(alternatives) is not None:
            continue
        paragraphs = body.findall(qn("a:p"))
        if body.find(f".//{MATH}oMath") is not None:
            words = "".join(run.findtext(qn("a:t")) or "" for run in body.iter(qn("a:r"))).strip()
            if words or len(paragraphs) > 1:
                return True
    return False
