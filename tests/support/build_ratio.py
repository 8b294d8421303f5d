"""What the plugin costs: both languages of the course against the same pages without it.

`python -m tests.support.build_ratio [rounds]` builds them in turn, each time in a process of its own, and prints the
ratio of the medians. The other build has Material, mkdocs-jupyter and the same search; the pages of the lectures, which
the plugin writes, are given to it as files. Times of a computer with other work mean nothing, their ratio does.
"""

import json
import logging
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import get_files

ROOT = Path(__file__).parents[2]
CONFIGS = ("mkdocs.yml", "mkdocs.en.yml")
PLUGIN = "live-models"


def main(rounds: int = 5) -> None:
    """Measure and print."""
    times: dict[str, list[float]] = {"with": [], "without": []}
    with tempfile.TemporaryDirectory() as folder:
        _run("prepare", folder)
        for number in range(rounds):
            for kind, measured in times.items():
                measured.append(_run(kind, folder))
                print(f"{number + 1}/{rounds} {kind} the plugin: {measured[-1]:.2f} s of processor time", flush=True)
    ratio = statistics.median(times["with"]) / statistics.median(times["without"])
    print(f"Both languages take {ratio:.2f} times the time of the same pages without the plugin.")


def _run(*arguments: str) -> float:
    """Seconds of processor time of one build: what else the computer does counts less than in seconds of a clock."""
    child = subprocess.Popen([sys.executable, "-m", "tests.support.build_ratio", *arguments], cwd=ROOT)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed")
    return usage.ru_utime + usage.ru_stime


def prepare(folder: Path) -> None:
    """Copy the pages to where the plugin is not needed for them."""
    for name in CONFIGS:
        config = _loaded(name, site_dir=str(folder / "unused"))
        config = config.plugins.on_config(config)
        docs = folder / Path(config.docs_dir).name
        shutil.copytree(config.docs_dir, docs)
        plugins = {key: value for key, value in config.user_configs[0]["plugins"].items() if key != PLUGIN}
        settings = {"plugins": plugins, "docs_dir": str(docs), "site_dir": str(folder / f"{docs.name}-site")}
        (folder / f"{name}.json").write_text(json.dumps(settings), encoding="utf-8")
        for file in config.plugins.on_files(get_files(config), config=config).documentation_pages():
            path = docs / file.src_uri
            path.parent.mkdir(parents=True, exist_ok=True)
            if file.src_uri.endswith(".md"):  # its templates come with the plugin
                text = re.sub(r"^template: .*\n", "", file.content_string, flags=re.M)
                path.write_text(text, encoding="utf-8")


def build_with(folder: Path) -> None:
    """Both languages as readers get them; the second is built by the first."""
    build(_loaded(CONFIGS[0], site_dir=str(folder / "with")))


def build_without(folder: Path) -> None:
    """Both languages one after the other."""
    for name in CONFIGS:
        settings = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        build(_loaded(name, **settings))


def _loaded(name: str, **settings: object) -> MkDocsConfig:
    config = load_config(str(ROOT / name), **settings)
    config.plugins.on_startup(command="build", dirty=False)
    return config


if __name__ == "__main__":
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    logging.disable(logging.WARNING)  # without the plugin, links to its files lead nowhere
    work = {"prepare": prepare, "with": build_with, "without": build_without}
    if len(sys.argv) == 3:
        work[sys.argv[1]](Path(sys.argv[2]))
    else:
        main(*map(int, sys.argv[1:]))
