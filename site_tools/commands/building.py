"""Making and checking the site, and what it is made with."""

import os
from pathlib import Path

from site_tools.commands.command import Arguments, Command, Parser
from site_tools.setup import environment


def _setup(_: Arguments) -> None:
    environment.ensure_bundle()


def _web(_: Arguments) -> None:
    environment.ensure_bundle()


def _kernels(_: Arguments) -> None:
    from site_tools.setup.kernels import WASM, compile_kernels

    compile_kernels()
    print(f"{WASM.relative_to(environment.ROOT).as_posix()}: {WASM.stat().st_size} bytes")


def _serve(arguments: Arguments) -> None:
    from site_tools.site.serve import serve

    serve(address=arguments.address, browser=arguments.open)


def _serve_arguments(parser: Parser) -> None:
    parser.add_argument("--address", default="127.0.0.1:8000", metavar="HOST:PORT")
    parser.add_argument("--open", action="store_true", help="open it in a browser")


def _site(arguments: Arguments) -> None:
    if arguments.offline:
        os.environ["OFFLINE"] = "true"
    from site_tools.site.serve import site

    site(folder=arguments.folder)


def _site_arguments(parser: Parser) -> None:
    parser.add_argument("--folder", metavar="DIR", help="where to, instead of site/")
    parser.add_argument("--offline", action="store_true", help="for opening from disk")


def _check(_: Arguments) -> None:
    from site_tools.setup.checks import check

    check()


def _test(_: Arguments) -> None:
    from site_tools.setup.checks import test

    test(slow=False)


def _test_slow(_: Arguments) -> None:
    from site_tools.setup.checks import test

    environment.ensure_packages("kernels")  # one of them compiles the kernels again and compares
    test(slow=True)


def _bench(arguments: Arguments) -> None:
    from site_tools.setup.checks import bench

    bench(
        *(["--only", arguments.only] if arguments.only else []),
        *(["--json", str(arguments.json)] if arguments.json else []),
    )


def _bench_arguments(parser: Parser) -> None:
    parser.add_argument("--only", metavar="PART", help="one part of it: visits, dragging, engines or serve")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the numbers as well")


def _wheel(_: Arguments) -> None:
    from site_tools.setup.checks import wheel

    wheel()


def _pipeline(arguments: Arguments) -> None:
    from site_tools.setup.checks import pipeline

    pipeline(arguments.target)


def _pipeline_arguments(parser: Parser) -> None:
    parser.add_argument("target", choices=("train", "export", "compare", "figures"))


COMMANDS: dict[str, Command] = {
    "setup": Command(_setup, "install what the site needs, without torch, and bundle the web code"),
    "serve": Command(
        _serve, "serve both languages with live reload", "bundle", arguments=_serve_arguments, for_authors=True
    ),
    "site": Command(
        _site, "build both languages into site/, strictly", "bundle", arguments=_site_arguments, for_authors=True
    ),
    "web": Command(_web, "bundle the web code"),
    "kernels": Command(_kernels, "compile the kernels that models run on in the browser", "kernels"),
    "check": Command(_check, "style, types and workflows", "test"),
    "test": Command(_test, "the fast tests, real browser included", "test"),
    "test-slow": Command(_test_slow, "the tests that take minutes", "test"),
    "bench": Command(
        _bench,
        "how long readers and authors wait, and how fast the engines are, on this machine",
        "test",
        arguments=_bench_arguments,
    ),
    "wheel": Command(_wheel, "build the plugin as a package for another site", "test"),
    "pipeline": Command(
        _pipeline, "bring train, export, compare or figures up to date", "train", arguments=_pipeline_arguments
    ),
}
