"""Which files are decks, what they are called, in which order they come, and when they are up to date."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from demos.files import write_json
from site_tools.lectures import record
from site_tools.lectures.decks import MADE_MARK, Deck, find_decks
from site_tools.lectures.record import Font, Item, Link, Losses, Media, Outside, Record, Slide, read_record, to_json
from tests.support.decks import Made, converted


def files(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return root


def found(root: Path) -> list[Deck]:
    decks, problems = find_decks(root)
    assert not problems
    return decks


def paths(root: Path) -> dict[str, list[str]]:
    return {deck.name: [version.path.relative_to(root).as_posix() for version in deck.versions] for deck in found(root)}


def test_folders_and_loose_files_are_decks(tmp_path):
    files(tmp_path, "01-intro/slides.pptx", "02-vae.pdf", "03-gan.PPT", "README.md", "notes/readme.txt", "04.docx")
    assert paths(tmp_path) == {
        "01-intro": ["01-intro/slides.pptx"], "02-vae": ["02-vae.pdf"], "03-gan": ["03-gan.PPT"],
    }  # fmt: skip
    assert [deck.versions[0].folder.name for deck in found(tmp_path)] == ["01-intro", "02-vae", "03-gan"]


def test_no_folder_no_decks(tmp_path):
    assert find_decks(tmp_path / "none") == ([], [])


def test_numbers_decide_the_order_and_names_follow(tmp_path):
    files(
        tmp_path,
        "10-flow.pptx",
        "2-vae.pptx",
        "补充材料.pptx",
        "12a.ppt",
        "3D-vision.pdf",
        "04对抗网络/slides.pdf",
    )
    assert list(paths(tmp_path)) == ["2-vae", "04对抗网络", "10-flow", "12a", "3D-vision", "补充材料"]
    assert [deck.number for deck in found(tmp_path)] == [2, 4, 10, None, None, None]


def test_lock_files_and_hidden_files_are_no_decks(tmp_path):
    files(
        tmp_path, "~$01-intro.pptx", ".02-x.pptx", "01-intro/~$slides.pptx", "01-intro/slides.pptx", ".git/slides.pptx"
    )
    assert paths(tmp_path) == {"01-intro": ["01-intro/slides.pptx"]}


@pytest.mark.parametrize(
    "names",
    [
        ("01-a/slides.zh.pptx", "01-a/slides.en.pptx"),
        ("01-a.zh.pptx", "01-a.en.pptx"),
        ("01-a/x.zh.pptx", "01-a/x.en.pptx"),
    ],
)
def test_each_language_has_its_own_deck(tmp_path, names):
    (deck,) = found(files(tmp_path, *names))
    assert (deck.version("zh").path, deck.version("en").path) == tuple(tmp_path / name for name in names)
    assert deck.version("zh").output("slide-01", ".webp") == tmp_path / "01-a" / "slide-01.zh.webp"
    assert deck.version("en").json == tmp_path / "01-a" / "slides.en.json"


def test_one_deck_serves_every_language(tmp_path):
    files(tmp_path, "01-a/slides.zh.pptx", "02-b/slides.pptx", "02-b/slides.en.pptx", "03-c/slides.pptx")
    first, second, third = found(tmp_path)
    assert first.version("en").path.name == "slides.zh.pptx"
    assert second.version("zh").path.name == "slides.pptx"
    assert second.version("en").path.name == "slides.en.pptx"
    assert third.version("en") == third.version("zh")


def test_any_name_will_do_in_a_folder_of_its_own(tmp_path):
    assert paths(files(tmp_path, "05-x/Final talk (2).pptx", "05-x/a.jpg")) == {"05-x": ["05-x/Final talk (2).pptx"]}
    assert paths(files(tmp_path, "05-x/slides.pptx"))["05-x"] == ["05-x/slides.pptx"]


def test_the_authors_pdf_belongs_to_the_deck_beside_it_and_ours_is_no_deck(tmp_path):
    files(tmp_path, "01-a.pptx", "01-a.pdf", "02-b/slides.pptx", "02-b/slides.pdf", "03-c/slides.pptx", "04-d.pptx")
    (tmp_path / "03-c" / "slides.pdf").write_bytes(b"%PDF-" + MADE_MARK)
    files(tmp_path, "04-d/slide-01.webp")
    (tmp_path / "04-d" / "slides.pdf").write_bytes(b"%PDF-" + MADE_MARK)
    companions = {deck.name: deck.versions[0].companion for deck in found(tmp_path)}
    assert companions == {
        "01-a": tmp_path / "01-a.pdf", "02-b": tmp_path / "02-b" / "slides.pdf", "03-c": None, "04-d": None,
    }  # fmt: skip
    assert [deck.versions[0].pdf.name for deck in found(tmp_path)] == [
        "01-a.pdf",
        "slides.pdf",
        "slides.pdf",
        "slides.pdf",
    ]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["03-gan.pptx", "3-vae/slides.pptx"], r"03-gan\.pptx and .*3-vae/slides\.pptx both have number 3: give one"),
        (["03-gan.pptx", "03-gan/slides.pptx"], r"03-gan/slides\.pptx and .*03-gan\.pptx are two decks of one name"),
        (["03-gan/a.pptx", "03-gan/b.pptx"], r"03-gan holds a\.pptx and b\.pptx: name one of them slides, or"),
        (["03-gan.pptx", "03-gan.ppt"], r"03-gan\.ppt and .*03-gan\.pptx are two files of one deck: keep one"),
        (["index.pptx"], r"index\.pptx: index is the page of all lectures; rename the deck"),
        (["README.pdf"], r"README\.pdf: README is the page of all lectures; rename the deck"),
        (
            ["03-gan/03-gan/slides.pptx"],
            r"03-gan/03-gan/slides\.pptx lies one folder too deep: move it up into .*03-gan\.",
        ),
        (["03-gan/slides.zip"], r"03-gan/slides\.zip is no deck: upload the \.pptx or \.pdf itself into .*03-gan\."),
        (["03-gan/notes.docx"], r"notes\.docx is no deck: upload the \.pptx or \.pdf itself"),
        (["03-gan.zip"], r"03-gan\.zip is no deck: upload the \.pptx or \.pdf itself"),
        (["03-gan.pptm"], r"03-gan\.pptm: a \.pptm file cannot be read here; save it as \.pptx or \.pdf"),
        (["03-gan/slides.key"], r"slides\.key: a \.key file cannot be read here"),
        (["03-gan.ppsx"], r"\.ppsx file cannot"),
    ],
)
def test_names_that_cannot_be_are_told(tmp_path, names, words):
    _, problems = find_decks(files(tmp_path, *names))
    assert len(problems) == 1
    assert re.search(words, problems[0])


def test_a_link_is_told_and_not_followed(tmp_path):
    (tmp_path / "secret.pptx").write_bytes(b"deck")
    root = files(tmp_path / "lectures", "03-c/slides.pptx", "04-d/old/slides.pptx")
    (root / "01-a.pptx").symlink_to(tmp_path / "secret.pptx")
    (root / "02-b").symlink_to(tmp_path)
    (root / "03-c" / "slides.pdf").symlink_to(tmp_path / "gone.pdf")
    decks, problems = find_decks(root)
    assert [deck.name for deck in decks] == ["03-c"]
    assert decks[0].versions[0].companion is None
    for name in ("01-a.pptx", "02-b", "03-c/slides.pdf"):
        (problem,) = (problem for problem in problems if name in problem)
        assert "is a symbolic link, through which any file of this computer could be published: put the" in problem


def test_what_is_shown_nowhere_is_known(tmp_path):
    files(tmp_path, "03-gan/slides.pptx", "03-gan/part2.pptx", "03-gan/old/slides.pdf", "03-gan/more.docx")
    (deck,) = found(tmp_path)
    assert [path.relative_to(tmp_path / "03-gan").as_posix() for path in deck.unused] == [
        "old/slides.pdf",
        "part2.pptx",
    ]


def test_capital_letters_make_no_other_deck(tmp_path):
    (deck,) = found(files(tmp_path, "01-a/Slides.ZH.pptx", "01-a/slides.en.pptx"))
    assert (deck.version("zh").path.name, deck.version("en").path.name) == ("Slides.ZH.pptx", "slides.en.pptx")


def test_problems_name_paths_from_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, problems = find_decks(files(tmp_path / "docs", "1-a.pptx", "1-b.pptx"))
    assert problems == ["docs/1-a.pptx and docs/1-b.pptx both have number 1: give one of them another."]


def test_content_and_converter_decide_and_nothing_else(tmp_path, monkeypatch):
    version = converted(tmp_path / "01-a", Made("One"), Made("Two"))
    assert version.current_record()
    version.path.touch()
    assert version.current_record()
    version.path.write_bytes(b"other")
    assert version.current_record() is None
    assert version.last_record()
    version.path.write_bytes(b"deck")
    assert version.current_record()
    monkeypatch.setattr("site_tools.lectures.decks.CONVERTER", record.CONVERTER + 1)
    assert version.current_record() is None


@pytest.mark.parametrize("name", ["slide-02.webp", "thumb-01.webp", "slides.pdf", "slides.json"])
def test_a_missing_output_is_made_again(tmp_path, name):
    version = converted(tmp_path / "01-a", Made("One"), Made("Two"))
    (version.folder / name).unlink()
    assert version.current_record() is None
    assert version.last_record() is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"slides": [{}]}', '{"slides": 1}'])
def test_a_record_of_another_make_counts_as_none(tmp_path, text):
    version = converted(tmp_path / "01-a", Made("One"))
    version.json.write_text(text)
    assert version.current_record() is None


def test_a_record_is_read_as_it_was_written(tmp_path):
    slide = Slide(
        "a.webp", "b.webp", 1280, 720, 256, 144, "T", (Item("x", 1), Item(rows=(("a", "b"), ("", "c")))), "n\nm",
        (Link("https://x.org", "x", ((1, 2, 3, 4), (5, 6, 7, 8))), Link("#slide-2", "")),
    )  # fmt: skip
    losses = Losses(
        (Font("等线", "Noto Sans CJK SC"),),
        (1,),
        (2, 3),
        (Media(4, "a.mp4", 5),),
        (6,),
        7,
        (Outside(8, "x.png"),),
        (9,),
    )
    whole = Record(1, "ab", "cd", False, "zh", "s", (slide,), losses)
    write_json(tmp_path / "r.json", to_json(whole))
    assert read_record(tmp_path / "r.json") == whole
    value = to_json(whole)
    del value["losses"]["outside"], value["losses"]["missing"]  # as it was written before these were told
    write_json(tmp_path / "r.json", value)
    assert read_record(tmp_path / "r.json") == replace(whole, losses=replace(losses, outside=(), missing=()))


def test_a_slide_is_called_by_its_title_else_its_first_words():
    def slide(title: str = "", *items: Item) -> Slide:
        return Slide("", "", 1, 1, 1, 1, title, items)

    assert slide("T", Item("x")).label == "T"
    assert slide("", Item("x"), Item("y")).label == "x"
    assert slide("", Item(rows=(("a", "b"),)), Item("y")).label == "a b"
    assert slide().label == ""
