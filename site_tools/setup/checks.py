"""The maintainer's commands: check, test, bench, train, export, figures, wheel."""

import os

from site_tools.setup.environment import (
    BIN,
    PYTHON,
    TOOLS,
    WEB,
    ensure_browser_tools,
    ensure_data,
    ensure_node_modules,
    node,
)
from site_tools.setup.programs import ROOT, ensure_browser, run

SNAKEFILE = ROOT / "demos" / "Snakefile"
WORKERS = "2"  # test processes; what measures time is marked `alone` and comes after them


def check() -> None:
    """Style, types and workflows; nothing is changed."""
    run(PYTHON, "-m", "ruff", "check", ".")
    run(PYTHON, "-m", "ruff", "format", "--check", ".")
    run(PYTHON, "-m", "mypy")
    run(BIN / "npm", "run", "--silent", "check", cwd=WEB, env=node())
    run(BIN / "zizmor", "--offline", "--quiet", ".github/workflows")


def test(*, slow: bool) -> None:
    """The web code's unit tests and pytest; `slow` runs what the fast suite leaves out."""
    environment = {**node(), "CHROME_PATH": ensure_browser(), "OMP_NUM_THREADS": "1"}
    ensure_data()
    run(PYTHON, "-m", "site_tools", "lectures")  # a deck may have been uploaded alone; publishing converts it as well
    if slow:
        ensure_browser_tools()
    else:
        run(BIN / "npm", "run", "--silent", "test", cwd=WEB, env=environment)
    which = "slow" if slow else "not slow"
    run(PYTHON, "-m", "pytest", "-m", f"{which} and not alone", "-n", WORKERS, "--dist", "worksteal", env=environment)
    run(PYTHON, "-m", "pytest", "-m", f"{which} and alone", env=environment)


def bench(*options: str) -> None:
    """How long readers wait, and how fast the engines are; `options` as of `python -m tests.browser.benchmark`."""
    ensure_node_modules(TOOLS)  # they drive Firefox, where it is installed
    run(PYTHON, "-m", "tests.browser.benchmark", *options, env={**node(), "CHROME_PATH": ensure_browser()})


def pipeline(target: str) -> None:
    """Bring `train`, `export`, `compare` or `figures` up to date; what is up to date is skipped."""
    run(
        PYTHON, "-m", "snakemake", "--snakefile", SNAKEFILE, "--directory", ROOT,
        "--workflow-profile", ROOT / "demos" / "profiles" / "default", target,
        env={"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")},
    )  # fmt: skip


def wheel() -> None:
    """Build the wheel that another teacher installs: plugin, overrides, bundle and runtime."""
    run(PYTHON, "-m", "build", "--wheel", "--no-isolation", "--outdir", ROOT / "dist", ROOT)
