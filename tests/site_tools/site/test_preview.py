"""`mkdocs serve`: the edited page first, then what a whole build makes; mistakes are told and lose nothing."""

import json
import logging
import re
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.commands.serve import serve
from mkdocs.config import load_config
from mkdocs.utils import DuplicateFilter
from mkdocs_jupyter import convert

from site_tools.site import plugin
from site_tools.site.preview import changes as changes_module
from site_tools.site.preview import server as server_module
from site_tools.site.preview.changes import Changes, Watcher
from site_tools.site.preview.kept import Overtaken
from site_tools.site.preview.server import PreviewServer, differing
from tests.site_tools.site.test_notebooks import markdown, notebook
from tests.support.sites import make_site

ROOT = Path(__file__).resolve().parents[3]
DEMO = "\n```demo\nuse: spin-noise\nseed: {}\ncaption: Noise\n```\n"
PAGES = {
    f"{language}/{name}.md": f"# {name} in {language}\n\nText. See [a](a.md).\n"
    for language in ("zh", "en")
    for name in ("index", "a", "b")
}
PAGES["zh/a.md"] += DEMO.format(1)


class Preview:
    """A site that is being served in this process.

    Attributes:
        server: what answers.
        docs: the folder of the pages.
    """

    def __init__(self, server: PreviewServer, docs: Path) -> None:
        self.server = server
        self.docs = docs

    def read(self, address: str) -> str:
        with urllib.request.urlopen(self.server.url + address, timeout=10) as answer:
            return answer.read().decode()

    def state(self, address: str, *, version: int = 0, since: int = 0) -> dict:
        """What a page's script is told."""
        query = f"since={since}&version={version}&page={self.server.mount_path}{address}"
        return json.loads(self.read(f"livereload/state?{query}"))

    def wait_for(self, sought) -> None:
        deadline = time.monotonic() + 30
        while not sought():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.docs / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def version(self, address: str) -> int:
        return int(re.search(r'data-version="(\d+)"', self.read(address))[1])

    def follow(self) -> None:
        """Let the whole build come, and wait for it."""
        root = self.server.root
        server_module.QUIET_S = 0
        self.wait_for(lambda: self.server.root != root)


@contextmanager
def preview(config: Path, patch: pytest.MonkeyPatch) -> Iterator[Preview]:
    """Plain `mkdocs serve`; whole builds only `follow` when they are asked for."""
    made: list[PreviewServer] = []

    class Noted(PreviewServer):
        def serve(self, *, open_in_browser: bool = False) -> None:
            made.append(self)
            super().serve(open_in_browser=open_in_browser)

    patch.setattr(plugin, "PreviewServer", Noted)
    patch.setattr(server_module, "QUIET_S", 1000)
    patch.setattr(server_module, "MOST_QUIET_S", 1000)
    thread = threading.Thread(target=serve, kwargs={"config_file": str(config), "dev_addr": "127.0.0.1:0"})
    thread.start()
    while not (made and made[0].serve_thread.is_alive()):
        assert thread.is_alive()
        time.sleep(0.01)
    server = made[0]
    server.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield Preview(server, config.parent / "docs")
    finally:
        server.shutdown()
        thread.join(20)


@pytest.fixture
def site(tmp_path, monkeypatch) -> Iterator[Preview]:
    with preview(make_site(tmp_path, PAGES), monkeypatch) as made:
        yield made


def whole_build(config: Path, target: Path) -> Path:
    """What a whole build under `serve` makes of the same sources; its addresses have the port that was asked for."""
    made = load_config(str(config), site_dir=str(target))
    made.plugins.on_startup(command="serve", dirty=False)
    made.site_url = "http://127.0.0.1:0/"
    build(made, serve_url=made.site_url)
    return target


def test_the_edited_page_comes_first_and_the_rest_follows_to_the_byte(tmp_path, monkeypatch):
    config = make_site(tmp_path, PAGES)
    with preview(config, monkeypatch) as site:
        versions = {address: site.version(address) for address in ("a/", "b/", "en/a/")}
        before, root = site.state("a/"), site.server.root
        site.edit("zh/a.md", "# a in zh", "# Named anew")
        assert site.state("a/", version=versions["a/"], since=before["version"])["reload"]
        assert "Named anew" in site.read("a/")
        assert "Named anew" not in site.read("b/")  # its navigation waits
        assert not site.state("b/", version=versions["b/"])["reload"]
        site.edit("en/a.md", "Text.", "Other words.")
        site.wait_for(lambda: site.state("en/a/", version=versions["en/a/"])["reload"])
        assert "Other words." in site.read("en/a/")
        assert site.server.root == root
        shown = {address: (site.version(address), site.read(address)) for address in ("a/", "en/a/")}
        site.follow()
        assert "Named anew" in site.read("b/")
        assert site.state("b/", version=versions["b/"])["reload"]
        for address, (version, _) in shown.items():  # made alone they were what the whole build makes of them
            assert not site.state(address, version=version)["reload"]
        shutil.copytree(site.server.root, tmp_path / "served")
    assert not differing(tmp_path / "served", whole_build(config, tmp_path / "built"))
    assert not Path(root).exists()  # nothing of it stays behind


def test_a_mistake_is_told_over_the_page_as_it_was_and_gone_when_mended(site, monkeypatch):
    page, version = site.read("a/"), site.version("a/")
    site.edit("zh/a.md", "seed: 1", "seeed: 1")
    site.wait_for(lambda: site.state("a/")["problems"])
    told = site.state("a/", version=version)
    assert not told["reload"]
    (problem,) = told["problems"]
    assert re.search(r'docs/zh/a\.md:7: demo block: unknown key "seeed".*did you mean "seed"', problem)
    assert re.sub(r'data-version="\d+"', "", site.read("a/")) == re.sub(r'data-version="\d+"', "", page)
    site.edit("en/b.md", "Text.", "Still shown.")  # another page goes on
    site.wait_for(lambda: "Still shown." in site.read("en/b/"))
    assert site.state("b/")["problems"] == [problem]
    monkeypatch.setattr(server_module, "QUIET_S", 0)
    site.wait_for(lambda: "" in site.server._problems)  # the whole build says so as well
    monkeypatch.setattr(server_module, "QUIET_S", 1000)
    assert site.state("b/")["problems"] == [problem]
    site.edit("zh/a.md", "seeed: 1", "seed: 2")
    site.wait_for(lambda: not site.state("a/")["problems"])
    assert site.state("a/", version=version)["reload"]
    assert 'seed="2"' in site.read("a/")


def test_a_notebook_is_converted_when_it_has_changed_and_not_for_other_pages(tmp_path, monkeypatch):
    config = make_site(tmp_path, PAGES | {f"{one}/n.ipynb": notebook(markdown("# N\n\n1")) for one in ("zh", "en")})
    jupyter = "mkdocs-jupyter: {include: ['*.ipynb'], execute: false, cache: false}"
    for path in (config, config.with_name("mkdocs.en.yml")):
        path.write_text(path.read_text().replace("plugins:\n", f"plugins:\n  {jupyter}\n"))
    converted: list[str] = []
    convert_now = convert.nb2html
    monkeypatch.setattr(convert, "nb2html", lambda path, **how: converted.append(path) or convert_now(path, **how))
    with preview(config, monkeypatch) as site:
        assert len(converted) == 2
        version = site.version("n/")
        (site.docs / "zh" / "n.ipynb").write_text(notebook(markdown("# N\n\n2")))
        site.wait_for(lambda: site.state("n/", version=version)["reload"])
        assert "<p>2</p>" in site.read("n/")
        site.edit("zh/a.md", "Text.", "Other words.")
        site.follow()
        assert len(converted) == 3
        shutil.copytree(site.server.root, tmp_path / "served")
    assert not differing(tmp_path / "served", whole_build(config, tmp_path / "built"))
    assert len(converted) == 5  # a server that begins knows nothing


def test_what_only_a_whole_build_finds_is_told_as_often_as_it_is_made(site, monkeypatch):
    monkeypatch.setattr(logging.getLogger("mkdocs.commands.build"), "filters", [DuplicateFilter()])  # as `mkdocs` does
    facts = site.docs.parent / "facts.yml"
    for words in ("Text.", "Words."):
        root = site.server.root
        facts.write_text("classroom: {students: 60\n")
        site.wait_for(lambda: site.state("a/")["problems"])
        assert "facts.yml:1: this is not YAML" in site.state("a/")["problems"][0]
        assert words in site.read("a/")
        site.edit("zh/a.md", words, "Words.")  # it might need the new facts, so it waits with the rest
        facts.write_text("classroom: {students: 61}\n")
        site.wait_for(lambda before=root: site.server.root != before)
        assert not site.state("a/")["problems"]
        assert "Words." in site.read("a/")


def test_a_wrong_configuration_does_not_end_it(site):
    config = site.docs.parent / "mkdocs.yml"
    right = config.read_text()
    config.write_text(right.replace("name: material", "name: no-such-theme"))
    site.wait_for(lambda: site.state("a/")["problems"])
    assert "no-such-theme" in site.state("a/")["problems"][0]
    config.write_text(right)
    site.wait_for(lambda: not site.state("a/")["problems"])


def test_a_new_style_sheet_reaches_every_open_page_and_a_new_page_the_one_that_waits_for_it(site):
    versions = {address: site.version(address) for address in ("b/", "en/a/")}
    for language in ("zh", "en"):
        (site.docs / language / "c.md").write_text("# New\n")
    for address in ("c/", "en/c/"):
        site.wait_for(lambda one=address: site.state(one, version=versions["b/"])["reload"])
        assert "New" in site.read(address)
    version = site.version("c/")
    (site.docs.parent / "styles" / "own.css").write_text("body { margin: 1px }")
    site.wait_for(lambda: "1px" in site.read("styles/own.css"))
    assert site.state("c/", version=version)["reload"]


def test_a_page_is_seen_before_its_twin_is_written(site):
    version = site.version("b/")
    (site.docs / "zh" / "d.md").write_text("# Half\n")
    site.wait_for(lambda: site.state("d/", version=version)["reload"])
    assert re.search(r"本页还没有 English 版，请写在 <code>\S*docs/en/d\.md</code>", site.read("d/"))
    version = site.version("d/")
    (site.docs / "en" / "d.md").write_text("# Whole\n")
    site.wait_for(lambda: site.state("d/", version=version)["reload"])
    assert "本页还没有" not in site.read("d/")


def test_every_page_has_the_script_and_its_policy_stays_as_it_is(site):
    page = site.read("b/")
    written = (Path(site.server.root) / "b" / "index.html").read_text()
    assert re.search(r"script-src 'self'[ ;]", page)
    assert re.sub(r'<script src="/livereload/client\.js" data-version="\d+"></script>', "", page) == written
    assert "fetch(" in site.read("livereload/client.js")
    with pytest.raises(urllib.error.HTTPError) as error:
        site.read("nowhere/")
    assert "/livereload/client.js" in error.value.read().decode()  # there may be a page some day


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # jieba leaves the course's list of words open
def test_every_page_of_the_course_made_alone_is_the_page_of_the_whole_build(tmp_path):
    whole_build(ROOT / "mkdocs.yml", tmp_path)
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path))
    ours = config.plugins["live-models"]  # one for all configurations
    ours.preview.keep()
    pages = [(key, file) for key, kept in ours.preview.kept.items() for file in kept.pages() if file.abs_src_path]
    assert len(pages) > 20
    for key, file in pages:
        written = Path(file.abs_dest_path)
        before = written.read_bytes()
        written.unlink()
        ours._make_again(key, file)
        assert written.read_bytes() == before, file.src_uri


def test_builds_that_are_overtaken_leave_everything_as_it_was(site, monkeypatch):
    site.edit("zh/a.md", "Text.", "Words.")
    site.wait_for(lambda: "Words." in site.read("a/"))
    site.follow()
    shared, root = site.server.preview, Path(site.server.root)
    kept, files = shared.kept, {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    for _ in range(3):  # two folders take turns
        asked = iter([False] * 8 + [True])
        monkeypatch.setattr(shared, "overtaken", lambda asked=asked: next(asked))
        config = load_config(str(site.docs.parent / "mkdocs.yml"), site_dir=str(root))
        with pytest.raises(Overtaken):
            build(config, serve_url=site.server.url)
    assert shared.kept is kept
    assert files == {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert site.read("en/a/")


# --- Events -----------------------------------------------------------------------------------------------


@contextmanager
def watched(*paths: Path, polling: bool = False) -> Iterator[Changes]:
    changes = Changes()
    watcher = Watcher(changes, polling=polling)
    for path in paths:
        watcher.watch(str(path))
    watcher.start()
    try:
        yield changes
    finally:
        watcher.stop()
        watcher.join()


def taken(changes: Changes, timeout: float = 5) -> set[str]:
    return {Path(path).name for path in changes.take(pause=0.1, timeout=timeout)}


def test_what_editors_do_when_they_save(tmp_path):
    docs, config = tmp_path / "docs", tmp_path / "mkdocs.yml"
    docs.mkdir()
    page = docs / "a.md"
    for path in (page, config, tmp_path / "beside.txt"):
        path.write_text("1")
    with watched(docs, config) as changes:
        page.write_text("2")
        assert taken(changes) == {"a.md"}
        (docs / "4913").write_text("")  # Vim asks whether it may write here, and keeps the old file until it has
        (docs / "4913").unlink()
        page.rename(docs / "a.md~")
        page.write_text("3")
        (docs / "a.md~").unlink()
        assert taken(changes) == {"a.md"}
        for _ in range(2):  # others write beside it and replace it; the next time it must still be watched
            (docs / ".a.md.tmp").write_text("4")
            (docs / ".a.md.tmp").rename(page)
            assert taken(changes) == {"a.md"}
            (tmp_path / "x").write_text("4")
            (tmp_path / "x").rename(config)
            assert taken(changes) == {"mkdocs.yml"}
        page.read_text()
        (docs / ".hidden").write_text("")
        (docs / "__pycache__").mkdir()
        (docs / "__pycache__" / "x.pyc").write_text("")
        (tmp_path / "beside.txt").write_text("2")
        assert taken(changes, 0.3) == set()
        page.unlink()
        assert taken(changes) == {"a.md"}


def test_where_the_system_tells_nothing_files_are_looked_at(tmp_path, monkeypatch):
    class Exhausted(changes_module.Observer):
        def start(self) -> None:
            raise OSError(28, "No space left on device")

    page = tmp_path / "a.md"
    page.write_text("1")
    monkeypatch.setattr(changes_module, "Observer", Exhausted)
    monkeypatch.setattr(changes_module, "POLLING_S", 0.05)
    with watched(tmp_path) as changes:
        page.write_text("22")
        assert taken(changes) == {"a.md"}
