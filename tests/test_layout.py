"""The layout of both packages and of the web code: which part may know which, and no circles anywhere.

Imports are read, not run, so one inside a function counts like any other.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WEB = Path("site_tools/web/src")


@dataclass(frozen=True)
class Import:
    """What `file` says in `line`: Python modules with dots, TypeScript ones as paths below web/src without suffix."""

    file: str
    line: int
    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.source} imports {self.target}"


@dataclass(frozen=True)
class Rule:
    """What part `source` may not know; `but` are the exceptions, and a part always knows itself."""

    source: str
    forbidden: tuple[str, ...]
    but: tuple[str, ...] = ()


PYTHON = (
    Rule("demos", ("site_tools",)),
    Rule("site_tools.messages", ("site_tools", "demos"), but=("demos.errors",)),
    Rule("site_tools.bundle", ("site_tools", "demos"), but=("demos.errors",)),
    Rule("site_tools.setup", ("site_tools", "demos"), but=("demos.errors",)),
    Rule("site_tools.authoring", ("mkdocs", "site_tools.site")),
    Rule("site_tools.lectures", ("site_tools.site",)),
    Rule("site_tools.notes", ("site_tools.site",)),
    *(
        Rule(f"site_tools.{part}", ("site_tools.course",))
        for part in ("authoring", "lectures", "models", "notes", "site")  # for the rest it is forbidden above
    ),
)
TYPESCRIPT = (
    Rule("drawing", ("runtime", "elements", "frame", "shared")),
    Rule("images", ("runtime", "elements", "frame")),
    Rule("maths", ("drawing", "elements", "frame", "images", "lit", "npm:lit", "page", "runtime", "shared")),
    Rule("page", ("drawing", "elements", "frame", "images", "maths")),
    Rule("runtime", ("drawing", "elements", "frame", "images")),
    Rule("frame", ("drawing", "elements", "images")),
)


def within(name: str, parts: Iterable[str], separator: str) -> bool:
    """Whether `name` is one of `parts` or lies below one."""
    return any(name == part or name.startswith(part + separator) for part in parts)


def broken(imports: Iterable[Import], rules: Iterable[Rule], separator: str) -> list[str]:
    """The imports that a rule forbids, one sentence each."""
    rules = tuple(rules)
    return [
        str(one)
        for one in imports
        for rule in rules
        if within(one.source, [rule.source], separator)
        and within(one.target, rule.forbidden, separator)
        and not within(one.target, (rule.source, *rule.but), separator)
    ]


# --- Python --------------------------------------------------------------------------------------------


def module_name(path: Path) -> str:
    """The dotted name of a file below the root."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read_imports(text: str, path: Path, modules: Iterable[str]) -> Iterator[Import]:
    """The imports of one Python file; `from package import name` counts for the module `name` where there is one."""
    modules = set(modules)
    source = module_name(path)
    package = source if path.name == "__init__.py" else source.rpartition(".")[0]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            targets = [deep if (deep := f"{origin}.{alias.name}") in modules else origin for alias in node.names]
        else:
            continue
        for target in dict.fromkeys(targets):
            yield Import(path.as_posix(), node.lineno, source, target)


def python_imports() -> list[Import]:
    files = [
        path.relative_to(ROOT)
        for package in ("demos", "site_tools")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in path.parts
    ]
    modules = [module_name(path) for path in files]
    return [one for path in files for one in read_imports((ROOT / path).read_text("utf-8"), path, modules)]


# --- TypeScript ----------------------------------------------------------------------------------------

IMPORT = re.compile(
    r"""^import\s+(?:[\w$*{][^'";=]*?\sfrom\s+)?['"]([^'"]+)['"]   # import x from 'a', import 'a'
      | ^export\s+(?:type\s+)?[*{][^'";=]*?\sfrom\s+['"]([^'"]+)['"]   # export { x } from 'a'
      | \bimport\(\s*['"]([^'"]+)['"]   # import('a')
    """,
    re.MULTILINE | re.VERBOSE,
)
TYPE_ONLY = re.compile(r"(?:import|export)\s+type\b")


def read_script_imports(text: str, path: Path) -> Iterator[Import]:
    """The imports of one TypeScript file; packages as npm:NAME. Types alone are erased and bind nothing."""
    for found in IMPORT.finditer(text):
        if TYPE_ONLY.match(found[0]):
            continue
        line, target = text.count("\n", 0, found.start()) + 1, found[found.lastindex or 1]
        if target.startswith("."):
            target = (ROOT / WEB / path.parent / target).resolve().relative_to((ROOT / WEB).resolve()).as_posix()
        else:
            target = f"npm:{target}"
        yield Import((WEB / path).as_posix(), line, path.with_suffix("").as_posix(), target.removesuffix(".ts"))


def scripts() -> list[Path]:
    return sorted(
        path.relative_to(ROOT / WEB) for path in (ROOT / WEB).rglob("*.ts") if not path.name.endswith(".d.ts")
    )


def script_imports() -> list[Import]:
    return [one for path in scripts() for one in read_script_imports((ROOT / WEB / path).read_text("utf-8"), path)]


# --- Circles -------------------------------------------------------------------------------------------


def circle(imports: Iterable[Import]) -> list[Import]:
    """Imports that lead from a module back to itself, shortest way first found; none if there is no such way."""
    graph: dict[str, list[Import]] = {}
    for one in imports:
        graph.setdefault(one.source, []).append(one)
    done: set[str] = set()

    def visit(name: str, way: Mapping[str, Import]) -> list[Import]:
        for one in graph.get(name, []):
            if one.target == name or one.target in way:
                names = list(way)
                start = names.index(one.target) if one.target in way else len(names)
                return [*list(way.values())[start:], one]
            if one.target not in done and (found := visit(one.target, {**way, name: one})):
                return found
        done.add(name)
        return []

    for name in list(graph):
        if name not in done and (found := visit(name, {})):
            return found
    return []


def between_parts(imports: Iterable[Import], depth: int, separator: str) -> list[Import]:
    """The imports between parts, a part being the first `depth` words of a name."""
    cut = [
        replace(
            one, **{end: separator.join(getattr(one, end).split(separator)[:depth]) for end in ("source", "target")}
        )
        for one in imports
    ]
    return [one for one in cut if one.source != one.target]


# --- Tests ---------------------------------------------------------------------------------------------


def test_no_python_module_knows_what_it_must_not():
    assert not broken(python_imports(), PYTHON, ".")


def test_only_the_command_line_knows_the_course():
    outside = [one for one in python_imports() if not within(one.source, ["site_tools.course"], ".")]
    importers = {one.source for one in outside if within(one.target, ["site_tools.course"], ".")}
    assert importers <= {"site_tools.commands.own"}


def test_python_has_no_circle():
    assert not [str(one) for one in circle(python_imports())]


def test_parts_of_site_tools_form_no_circle():
    ours = [one for one in python_imports() if one.source.startswith("site_tools.")]
    assert not [str(one) for one in circle(between_parts(ours, 2, "."))]


def test_no_script_knows_what_it_must_not():
    assert not broken(script_imports(), TYPESCRIPT, "/")


def test_elements_do_not_know_each_other():
    strangers = [
        str(one)
        for one in script_imports()
        if one.source.startswith("elements/")
        and one.target.startswith("elements/")
        and one.source.split("/")[1] != one.target.split("/")[1]
    ]
    assert not strangers


def test_scripts_have_no_circle():
    assert not [str(one) for one in circle(script_imports())]


def test_folders_of_the_web_code_form_no_circle():
    assert not [str(one) for one in circle(between_parts(script_imports(), 1, "/"))]


def test_maths_touches_no_page():
    code = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
    touching = [
        path.as_posix()
        for path in scripts()
        if path.parts[0] == "maths" or path.stem == "maths"
        if re.search(
            r"\b(?:document|window|HTML\w*Element|navigator|localStorage)\b",
            code.sub("", (ROOT / WEB / path).read_text("utf-8")),
        )
    ]
    assert not touching


# --- What the tests themselves would notice ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("import site_tools.site.csp", "imports site_tools.site.csp"),
        ("x = 1\ndef f():\n    from site_tools.site import csp", "site_tools/notes/x.py:3: site_tools.notes.x imports"),
        ("from ..site import csp", "imports site_tools.site.csp"),
        ("from .. import site", "imports site_tools.site"),
        ("from site_tools.course.samples import read_samples", "imports site_tools.course.samples"),
    ],
)
def test_a_forbidden_import_is_named_with_its_line(text, problem):
    modules = ("site_tools.site", "site_tools.site.csp")
    (told,) = broken(read_imports(text, Path("site_tools/notes/x.py"), modules), PYTHON, ".")
    assert problem in told


def test_what_is_not_forbidden_is_not_told():
    text = "import mkdocs\nfrom site_tools.sites import x\nfrom . import files\nfrom demos import errors"
    assert not broken(read_imports(text, Path("site_tools/notes/x.py"), ["demos.errors"]), PYTHON, ".")
    assert not broken(
        read_imports("from demos import errors", Path("site_tools/bundle.py"), ["demos.errors"]), PYTHON, "."
    )


def test_a_circle_is_told_import_by_import():
    ways = [
        Import("f", n, *pair) for n, pair in enumerate((("z", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")))
    ]
    assert [(one.source, one.target) for one in circle(ways)] == [("a", "b"), ("b", "c"), ("c", "a")]
    assert not circle(ways[:3] + ways[4:])


def test_script_imports_are_read_over_several_lines():
    text = "// import { x } from '../page/a.ts'\nimport {\n  one,\n} from '../page/b.ts';\n"
    text += "import type { T } from '../page/c.ts';\nimport './d.ts';\nexport { y } from 'lit';\n"
    text += "export const a = ['no'];\nconst late = await import('./e.ts');\n"
    found = [(one.line, one.target) for one in read_script_imports(text, Path("maths/x.ts"))]
    assert found == [(2, "page/b"), (6, "maths/d"), (7, "npm:lit"), (9, "maths/e")]
