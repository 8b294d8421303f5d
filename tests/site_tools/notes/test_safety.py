"""`python -m site_tools import` when something is wrong: one sentence, no secret on the page, nothing half-written."""

import re

import pytest

from site_tools.__main__ import main
from site_tools.notes import files
from tests.support.notes import article, make_twins, png, tree
from tests.support.sites import build_site


@pytest.mark.parametrize("link", ["![k](<{}>)", "[k](<{}>)"])
@pytest.mark.parametrize(
    "name", [".ssh/id.pub", "id_rsa", "server.pem", "server.KEY", "cloud.json", "inbox/server.pem", "inbox/.env.txt"]
)
def test_no_link_carries_a_secret_of_this_computer_into_the_site(course, tmp_path, link, name):
    secret = tmp_path / name
    secret.parent.mkdir(exist_ok=True)
    secret.write_text("secret")
    (course.inbox / "safe.png").symlink_to(secret)
    status, said = course.run(f"# T\n\n{link.format(secret)}\n\n{link.format('safe.png')}\n")
    assert status == 1
    assert said.count("not copied, for it is ") == 2
    assert not any(b"secret" in content for content in tree(course.root).values())


@pytest.mark.parametrize("link", ["../home/passwords.txt", "{home}/passwords.txt", "file://{home}/passwords.txt"])
def test_only_pictures_are_fetched_from_outside_the_folder_of_the_note(course, tmp_path, link):
    home = tmp_path / "home"
    home.mkdir()
    (home / "passwords.txt").write_text("secret")
    (home / "a.png").write_bytes(png(5))
    link = link.format(home=home)
    note = f"# T\n\n![a](../home/a.png) [large](../home/a.png)\n\n[pw]({link})\n"
    status, said = course.run(note)
    assert status == 1
    assert (
        f"note.md:5: missing {link}: not copied, for it lies outside the note's folder; if everybody may read it, put "
        f"it into {course.inbox} and import again with --force, or remove the link\n"
    ) in said
    assert course.files() == {"a.png": png(5)}
    assert "pw <mark>文件缺失：passwords.txt</mark>" in course.page()

    (course.inbox / "passwords.txt").write_text("for everybody")
    status, said = course.run(note, "--force")
    assert status == 0, said
    assert "found beside the note; the link says" in said
    assert course.files() == {"a.png": png(5), "passwords.txt": b"for everybody"}


def test_what_only_seems_to_lie_with_the_note_is_not_copied(course, tmp_path):
    (tmp_path / "passwords.txt").write_text("secret")
    (course.inbox / "list.txt").symlink_to(tmp_path / "passwords.txt")
    note = f"---\ntypora-root-url: {tmp_path}\ntypora-copy-images-to: {tmp_path}\n---\n# T\n\n"
    status, said = course.run(f"{note}[a](list.txt) [b](/passwords.txt) [c](D:\\passwords.txt)\n")
    assert status == 1
    assert said.count("it lies outside the note's folder") == 3
    assert course.files() == {}


@pytest.mark.parametrize("suffix", [".PDF", ".pptx", ".xlsx", ".csv", ".py", ".txt", ".zip", ".mp4"])
def test_what_notes_link_to_comes_along(course, suffix):
    (course.inbox / "more").mkdir()
    (course.inbox / f"more/x{suffix}").write_bytes(b"for everybody")
    status, said = course.run(f"# T\n\n[x](more/x{suffix})\n")
    assert status == 0, said
    assert course.files() == {f"x{suffix}": b"for everybody"}


@pytest.mark.parametrize(
    ("note", "arguments", "message"),
    [
        (None, [], "There is no note {inbox}/note.md: correct the path."),
        ("folder", [], "{inbox}/note.md is a folder: name the note in it."),
        (png(1), [], "note.md is not a text in UTF-8, UTF-16 or GB18030"),
        (b"\x81\xff\xff text", [], "note.md is not a text in UTF-8, UTF-16 or GB18030"),
        ("# T".encode("utf-16-le"), [], "note.md is not a text in UTF-8, UTF-16 or GB18030"),
        (b"# T", ["--language", "de"], 'mkdocs.yml has no language "de": choose zh or en.'),
        (b"# T", ["--to", "x.md"], "x.md lies outside the pages of the site: choose a place below docs/zh (zh)"),
        (b"# T", ["--to", "docs/zh/../../x.md"], "x.md lies outside the pages of the site"),
        (b"# T", ["--to", "docs/en/x.md", "--language", "zh"], "choose a place below docs/zh (zh)."),
        (b"# T", ["--to", "docs/zh"], "--to is docs/zh, which is not a page: end it in the name of a page, such as"),
        (b"# T", ["--to", "docs/zh/index.md"], "docs/zh/index.md exists: replace it with --force, or choose another"),
        (b"# T", ["--to", "docs/zh/index.md/x.md"], "x.md was not written (Not a directory"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_changes_nothing(course, capsys, note, arguments, message):
    path = course.inbox / "note.md"
    if note == "folder":
        path.mkdir()
    elif note is not None:
        path.write_bytes(note)
    before = tree(course.root)
    capsys.readouterr()
    assert main(["import", str(path), *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    assert message.format(inbox=course.inbox) in said.err
    assert tree(course.root) == before


def test_outside_a_site(course, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert "There is no mkdocs.yml in" in course.run("# T")[1]


def test_a_configuration_with_a_mistake(course):
    config = course.root / "mkdocs.yml"
    config.write_text(config.read_text().replace("docs_dir: docs/zh", "docs_dir: docs/none"))
    assert "mkdocs.yml cannot be used" in course.run("# T")[1]


def test_a_page_is_not_imported_onto_itself(course, capsys):
    page = course.root / "docs/zh/index.md"
    assert main(["import", str(page), "--to", "docs/zh/index.md", "--force"]) == 2
    assert "is the page itself, and a note is never changed: move it out of docs/zh" in capsys.readouterr().err


CODE = """---
title: T
---
# T

<script>alert(1)</script>

`<script>` and [x](javascript:y)

```html
<script>alert(1)</script>
```

$a<b$ ![k](a.png)

--8<-- "facts.yml"

```
--8<-- "facts.yml"
;--8<-- "facts.yml"
```

<b onclick="x">b</b>
<iframe src="https://x.org/v"></iframe>
"""


def test_code_and_snippets_in_a_note_are_named_and_snippets_are_shown_as_text(course):
    config = course.root / "mkdocs.yml"
    snippets = "markdown_extensions:\n  pymdownx.snippets: {base_path: !relative $config_dir}\n"
    config.write_text(config.read_text().replace("markdown_extensions:\n", snippets))
    status, said = course.run(CODE)
    assert status == 1
    told = re.findall(r"^note\.md:(\d+): (refused by the build|shown as text|left as it is,) (.{26})", said, re.M)
    assert told == [
        ("6", "refused by the build", "because <script> is nothin"),
        ("8", "refused by the build", "because the address javasc"),
        ("16", "shown as text", '--8<-- "facts.yml", which '),
        ("19", "shown as text", '--8<-- "facts.yml", which '),
        ("23", "refused by the build", "because the attribute oncl"),
        ("24", "left as it is,", "but the frame https://x.or"),
    ]
    assert re.findall(r"^.*8<.*$", course.page(), re.M) == [';--8<-- "facts.yml"'] * 3

    make_twins(course)
    harmless = re.sub(r"^<.*\n|\[x\].*", "", CODE, flags=re.M)
    assert course.run(harmless, "--force")[0] == 0
    html = article(build_site(config) / "notes" / "note")
    assert html.count('--8&lt;-- "facts.yml"') + html.count("--8&lt;-- &quot;facts.yml&quot;") == 3
    assert "students" not in html


def test_without_the_extension_such_a_line_is_text_already(course):
    assert course.run('# T\n\n--8<-- "facts.yml"\n')[0] == 0
    assert course.page().endswith('\n--8<-- "facts.yml"\n')


def test_a_picture_from_an_allowed_server_is_no_remark(course):
    config = course.root / "mkdocs.yml"
    config.write_text(config.read_text().replace("shared: [styles]", "shared: [styles]\n    allow: [x.org]"))
    said = course.run("# T\n\n![of x](https://x.org/a.png) ![of y](https://y.org/a.png)\n")[1]
    assert "x.org" not in said
    assert "left https://y.org/a.png" in said


@pytest.mark.parametrize("step", ["copyfile", "replace", "write_text"])
@pytest.mark.parametrize("again", [False, True])
def test_a_failure_at_any_step_leaves_everything_as_it_was(course, monkeypatch, step, again):
    note = "# T\n\n![](a.png) ![](pics/b%20c.png)\n"
    if again:
        course.run(note)
        (course.inbox / "a.png").write_bytes(b"drawn again")
    before = tree(course.root)
    owner = {"copyfile": files.shutil, "replace": files.os, "write_text": files}[step]
    real, calls = getattr(owner, step), []

    def fail(*arguments, **more):
        calls.append(arguments)
        if len(calls) == (1 if step == "write_text" else 2):
            raise OSError(28, "No space left on device", str(arguments[0]))
        return real(*arguments, **more)

    monkeypatch.setattr(owner, step, fail)
    status, said = course.run(note, "--force")
    monkeypatch.undo()
    assert calls
    assert status == 2
    assert "note.md was not written (No space left on device" in said
    assert tree(course.root) == before
    assert (course.root / "docs/zh/notes").exists() == again


def test_an_interrupt_leaves_everything_as_it_was(course, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "write_text", interrupt)
    before = tree(course.root)
    assert course.run("# T\n\n![](a.png)\n")[0] == 130
    assert tree(course.root) == before
    assert not (course.root / "docs/zh/notes").exists()
