"""YAML that means what it looks like; what more there is to YAML is refused in a sentence with the line."""

import time

import pytest

from site_tools.authoring.fences import parse, text_of
from site_tools.authoring.plain_yaml import DEPTH, LARGEST, YamlError, read
from site_tools.authoring.prose import live_fences

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("=", "="), ("2024-13-45", "2024-13-45"), ("2024-01-05", "2024-01-05"), ("12:30", "12:30"), ("0x_", "0x_"),
        ("0x1F", "0x1F"), (".nan", ".nan"), (".inf", ".inf"), ("-.inf", "-.inf"), ("yes", "yes"), ("No", "No"),
        ("on", "on"), ("1__0", "1__0"), ("1.2.3", "1.2.3"), ("-", None), ("- x", None), ("'5'", "5"), ('"5"', "5"),
        ("|\n  5", "5"), ("5", 5), ("-7", -7), ("007", 7), ("1_000", 1000), ("1.", 1.0), (".5", 0.5), ("1e3", 1000.0),
        ("-2.5e-1", -0.25), (str(LARGEST), LARGEST), ("true", True), ("False", False), ("~", None), ("", None),
        ("[1, [a]]", [1, ["a"]]), ("{b: 1}", {"b": 1}), ("图：像", "图：像"), ("a # b", "a"), ("http://a.b", "http://a.b"),
    ],
)  # fmt: skip
def test_values_mean_what_they_look_like(written, value):
    if written[:1] == "-" and value is None:
        with pytest.raises(YamlError, match="Put a value that begins with - between quotes"):
            read(f"key: {written}")
    else:
        assert read(f"key: {written}").value == {"key": value}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: !important", 2, '"!important" would be a tag of YAML; put the value between quotes.'),
        ("a: !!python/name:os.system x", 1, '"!!python/name:os.system" would be a tag'),
        ("a: &x 1", 1, '"&x" would be an anchor of YAML'),
        ("&r {a: *r}", 1, '"&r" would be an anchor'),
        ("a: *x", 1, '"*x" would be an alias of YAML'),
        ("a: *strong words*", 1, '"*strong" would be an alias'),
        ("a: **strong** words", 1, "Put a value that begins with * between quotes."),
        (BOMB, 1, '"&a" would be an anchor'),
        ("<<: 5", 1, '"<<" would merge keys; write the keys themselves.'),
        ("? [a]\n: b", 1, "a key must be a word, not a list or a mapping."),
        ("a:\n  ? {b: c}\n  : d", 2, "a key must be a word"),
        ('"": 1', 1, "a key is missing before the colon."),
        ("a: 1\n图: 2\n图: 3", 3, 'the key "图" stands twice; keep one.'),
        ("a: 1\n---\nb: 2", 2, "a second document begins here; take out the line ---."),
        ("a: " + "1" * 5000, 1, 'the number "1111'),
        (f"a: {LARGEST + 1}", 1, "is too large for a page; put it between quotes if it is text."),
        ("a: 1e999", 1, 'the number "1e999" is too large'),
        ("a: " + "[" * 100_000, 1, f"lists and mappings stand over {DEPTH} deep"),
        ("- " * 100_000, 1, f"lists and mappings stand over {DEPTH} deep"),
        ("a: b: c", 1, "Put a value that holds a colon and a space between quotes."),
        ("a: 1\n\tb: 2", 2, "Indent with spaces"),
        ("a: 'b\n\nc: 1", 1, "found unexpected end of stream"),
        ("a: @b", 1, "Put a value that begins with @ between quotes."),
        ("a: b\nc: x\u2028y", 2, "the character U+2028, which nobody sees,"),
        ('a: "\\0"', 1, "the character U+0000, which nobody sees,"),
        ("a: b\ufeff", 1, "the character U+FEFF"),
    ],
)
def test_what_is_not_plain_is_refused_by_name(text, line, words):
    start = time.perf_counter()
    with pytest.raises(YamlError) as caught:
        read(text)
    assert time.perf_counter() - start < 1
    assert caught.value.line == line
    assert words in caught.value.message
    assert len(caught.value.message) < 300


def test_lines_are_those_of_keys_and_items_and_count_no_other_breaks():
    document = read("图: x\nb:\n  - c: 1\n    d: 0.50\n  - e\n")
    assert document.lines == {"图": 1, "b": 2, "b.0": 3, "b.0.c": 3, "b.0.d": 4, "b.1": 5}
    assert document.written == {"b.0.c": "1", "b.0.d": "0.50"}


def test_a_dot_in_a_key_is_no_second_key():
    assert read("a.b: 1\na:\n  b: 2\n").value == {"a.b": 1, "a": {"b": 2}}


def test_text_keeps_numbers_as_they_are_written():
    block = parse(next(live_fences("```exercise\nhint: 0.50\nid: true\nquestion: 1_000\n```")))
    assert [text_of(block, key) for key in ("hint", "id", "question")] == ["0.50", "true", "1_000"]
