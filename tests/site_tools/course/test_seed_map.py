"""Nothing of the customer's document is lost: every idea and picture has a place, here or in a named later chapter."""

import re
from pathlib import Path

import pytest
import yaml

from site_tools.course.seed_pages import PAGE, anchors, seed_page

ROOT = Path(__file__).parents[3]
LANGUAGES = ("zh", "en")
MAP = yaml.safe_load((ROOT / "tests" / "seed_map.yml").read_text(encoding="utf-8"))
KINDS = ("groups", "pictures", "corrections")
ENTRIES = [entry for kind in KINDS for entry in MAP[kind]]
PLACES = sorted({place for entry in ENTRIES for place in entry.get("where", ())})


@pytest.mark.parametrize("kind", KINDS)
def test_entries_are_numbered_without_gap_and_as_many_as_stated(kind):
    ids = [entry["id"] for entry in MAP[kind]]
    assert ids == [f"{kind[0]}{number:02d}" for number in range(1, MAP["counts"][kind] + 1)]


def test_the_seed_has_14_pictures_and_17_corrections():
    assert (MAP["counts"]["pictures"], MAP["counts"]["corrections"]) == (14, 17)
    files = [picture["file"] for picture in MAP["pictures"]]
    assert len(set(files)) == 14
    assert all(re.fullmatch(r"image-\d{17}\.png", file) for file in files)


def test_every_section_of_the_seed_is_covered_in_its_order():
    sections = [group["section"] for group in MAP["groups"]]
    assert list(dict.fromkeys(sections)) == [section["zh"] for section in MAP["sections"]]


def test_quotes_only_locate():
    quotes = [group["quote"] for group in MAP["groups"]]
    assert len(set(quotes)) == len(quotes)
    assert all(0 < len(quote) <= 30 for quote in quotes)


def test_every_picture_stands_after_a_group():
    groups = {group["id"] for group in MAP["groups"]}
    assert {picture["after"] for picture in MAP["pictures"]} <= groups


def test_every_correction_applies_somewhere_and_every_one_applied_exists():
    applied = {correction for entry in ENTRIES for correction in entry.get("corrected", ())}
    assert applied == {correction["id"] for correction in MAP["corrections"]}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_every_entry_has_a_place(entry):
    assert entry["status"] in ("here", "later")
    if entry["status"] == "here":
        assert entry["where"]
    else:
        assert "where" not in entry
        assert entry["chapter"] in [chapter["zh"] for chapter in MAP["chapters"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_every_place_exists_in_both_languages(place, language):
    path, _, anchor = place.partition("#")
    page = ROOT / "docs" / language / path
    assert page.is_file(), f"docs/{language}/{path} does not exist"
    assert anchor in anchors(page.read_text(encoding="utf-8")), f"docs/{language}/{path} has no #{anchor}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_map_is_fresh(language):
    docs = ROOT / "docs" / language
    assert (docs / PAGE).read_text(encoding="utf-8") == seed_page(MAP, docs, language), "run site_tools seed-pages"


def test_everything_on_github_is_here_and_only_three_pictures_are_to_come():
    later = [entry["id"] for entry in ENTRIES if entry["status"] == "later"]
    assert later == ["p09", "p10", "p11"]  # they belong to lessons on the other families


@pytest.mark.parametrize("chinese", sorted((ROOT / "docs" / "zh").rglob("*.md")), ids=lambda path: path.stem)
def test_both_languages_have_the_same_headings_and_blocks(chinese):
    english = ROOT / "docs" / "en" / chinese.relative_to(ROOT / "docs" / "zh")
    structure = re.compile(
        r"^#+ .*(\{ #[\w-]+ \})$"
        r"|^(\{ #[\w-]+ \}|(?:id|use|model|after|kind|demo|steps|schedule|start): .+|  - [a-z-]+: )",
        re.M,
    )
    chinese_text, english_text = (page.read_text(encoding="utf-8") for page in (chinese, english))
    assert structure.findall(chinese_text) == structure.findall(english_text)
