"""The policy: in every page, right behind the charset, with a hash for every inline script of the templates."""

import base64
import hashlib
import html as html_module
import re

import pytest
from jinja2 import DictLoader, Environment
from mkdocs.exceptions import Abort, PluginError

from site_tools.site.csp import inline_hashes, policy, with_policy
from site_tools.site.own_scripts import MARK, OwnScripts
from tests.support.sites import build_site, make_site, messages

PAGE = (
    f'<!doctype html><html><head><meta charset="utf-8"><script {MARK}>let a = 1</script></head><body>{{}}</body></html>'
)


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def rendered(source: str, **values) -> str:
    """What a template makes of values, its own scripts marked."""
    environment = Environment(loader=DictLoader({"x.html": source}))
    environment.add_extension(OwnScripts)
    return environment.get_template("x.html").render(values)


def scripts_of(html: str) -> list[str]:
    return re.findall(r"script-src ([^;]*)", with_policy(html))[0].split()[1:]


def test_only_marked_scripts_that_run_and_marked_styles_have_hashes():
    page = PAGE.replace(
        "{}",
        f'<script {MARK} src="x.js"></script><script {MARK} type="application/json">{{}}</script><script>b</script>'
        f"<style {MARK}>p{{}}</style><style>q{{}}</style>",
    )
    assert inline_hashes(page) == ([hash_of("let a = 1")], [hash_of("p{}")])


def test_what_a_page_brings_into_a_template_is_not_trusted():
    page = rendered(
        '<meta charset="utf-8"><script>a</script><script src="{{ url }}"></script>{{ content }}<SCRIPT>b</SCRIPT>',
        content=f"<script>evil</script><script {MARK[:-1]}>evil</script>",
        url="x.js",
    )
    assert scripts_of(page) == sorted([hash_of("a"), hash_of("b")])
    assert MARK not in with_policy(page)
    assert with_policy(page).endswith("</script><SCRIPT>b</SCRIPT>")


@pytest.mark.parametrize("value", ["..", "https://x.org/a?b=c#d", "/zh/扩散/", 7])
def test_addresses_and_numbers_may_stand_in_a_script(value):
    assert scripts_of(rendered('<meta charset=x><script>f("{{ v }}")</script>', v=value)) == [hash_of(f'f("{value}")')]


@pytest.mark.parametrize("value", ['"+alert(1)+"', "');alert(1)//", "`${x}`", "</script>", "a\nb", "\\", "a;b", "f(1)"])
def test_what_could_become_code_is_refused_in_a_script(value):
    with pytest.raises(PluginError, match="into a script, where it could become code"):
        rendered('<script>f("{{ v }}")</script>', v=value)
    page = rendered('<script type="application/json">{{ v }}</script><p>{{ v }}</p>', v=value)
    assert page.endswith(f'json">{value}</script><p>{value}</p>')
    assert rendered("<script>f({{ v | tojson }})</script>", v=value)


def test_policy_stands_right_behind_the_charset_and_changes_nothing_else():
    page = PAGE.format("x")
    made = with_policy(page)
    page = page.replace(f" {MARK}", "")
    meta = re.search(r'<meta http-equiv="Content-Security-Policy" content="[^"]*">', made)[0]
    assert made.startswith('<!doctype html><html><head><meta charset="utf-8">' + meta)
    assert made.replace(meta, "") == page


def test_online_pages_talk_to_their_own_origin_only():
    made = policy(PAGE)
    assert "default-src 'self'; frame-src 'none';" in made
    assert "frame-src 'self';" in policy("<lecture-slides data-search-exclude>")
    assert "connect-src 'self';" in made
    assert "worker-src 'self';" in made
    assert not re.search(r"unsafe|\*|https?:", made)


def test_offline_pages_may_start_a_worker_from_a_blob():
    made = policy(PAGE, offline=True)
    assert "worker-src 'self' file: blob:" in made
    assert "'wasm-unsafe-eval'" in made
    assert "'unsafe" not in made


def test_allowed_hosts_may_show_and_not_run():
    made = policy(PAGE, allow=["a.example.org", "*.example.net"])
    hosts = "https://a.example.org https://*.example.net"
    for name in ("img-src 'self'", "frame-src", "font-src 'self'", "media-src 'self'", "style-src 'self'"):
        assert f"{name} {hosts}" in made
    for name in ("default-src", "script-src", "connect-src", "worker-src"):
        assert "example" not in re.search(rf"{name} [^;]*", made)[0]


FEATURES = """extra:
  consent: {title: T, description: D}
  analytics: {provider: google, property: G-123}
  version: {provider: mike}
  scope: /course/
copyright: <a href="#__consent">C</a>
"""


def test_every_script_of_the_theme_passes(tmp_path):
    pages = {"en/index.md": "# P", "en/old.md": "---\ntemplate: redirect.html\nlocation: ../new/?a=b#c\n---\n"}
    config = make_site(tmp_path, pages, languages=("en",))
    features = "font: false, features: [content.tabs.link, announce.dismiss], palette: {scheme: slate}"
    config.write_text(config.read_text().replace("font: false", features) + FEATURES)
    site = build_site(config)
    bodies = []
    for name in ("index.html", "old/index.html"):
        page = (site / name).read_text()
        found = re.findall(r"<script(?![^>]*(?:src|json))[^>]*>(.+?)</script>", page, re.S)
        assert {hash_of(body) for body in found} <= set(re.search(r"script-src ([^;]*)", page)[1].split())
        bodies += found
    assert len(bodies) >= 7
    assert any("../new/?a=b#c" in body for body in bodies)


@pytest.mark.parametrize("serve", [False, True])
def test_policy_is_in_builds_and_under_serve(tmp_path, serve):
    config = make_site(tmp_path, {"zh/index.md": "# P", "en/index.md": "# P", "zh/a/b.md": "# P", "en/a/b.md": "# P"})
    site = build_site(config, serve=serve)
    pages = sorted(site.rglob("*.html"))
    assert len(pages) == 6
    for path in pages:
        page = path.read_text()
        assert "data-own" not in page
        written = html_module.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
        # everything on these pages is the theme's
        bodies = re.findall(r"<script(?![^>]*(?:src|json))[^>]*>(.+?)</script>", page, re.S)
        assert len(bodies) >= 2
        assert all(hash_of(body) in written for body in bodies)


@pytest.mark.parametrize("host", ["https://x.org", "x.org/a", "*", "x", "x.org; script-src *", ""])
def test_an_allowed_host_is_a_name(tmp_path, caplog, host):
    config = make_site(tmp_path, {"en/index.md": "# P"}, languages=("en",))
    config.write_text(config.read_text().replace("shared: [styles]", f"shared: [styles]\n    allow: ['{host}']"))
    with pytest.raises(Abort):
        build_site(config)
    assert "is not the name of a server" in messages(caplog)
