"""The policy: in every built page, right behind the charset, with a hash for every inline script."""

import base64
import hashlib
import html as html_module
import re

import pytest

from site_tools.site.csp import inline_hashes, policy, with_policy
from tests.support.sites import build_site, make_site

PAGE = '<!doctype html><html><head><meta charset="utf-8"><script>let a = 1</script></head><body>{}</body></html>'


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_scripts_that_run_have_hashes_and_data_has_none():
    page = PAGE.format(
        '<script src="x.js"></script><script type="application/json">{}</script><script>b</script><style>p{}</style>'
    )
    assert inline_hashes(page) == (sorted([hash_of("let a = 1"), hash_of("b")]), [hash_of("p{}")])


def test_policy_stands_right_behind_the_charset_and_changes_nothing_else():
    page = PAGE.format("x")
    made = with_policy(page)
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


@pytest.mark.parametrize("serve", [False, True])
def test_policy_is_in_builds_and_not_under_serve(tmp_path, serve):
    config = make_site(tmp_path, {"zh/index.md": "# P", "en/index.md": "# P", "zh/a/b.md": "# P", "en/a/b.md": "# P"})
    site = build_site(config, serve=serve)
    pages = sorted(site.rglob("*.html"))
    assert len(pages) == 6
    for path in pages:
        page = path.read_text()
        assert ("Content-Security-Policy" in page) is not serve
        if not serve:
            written = html_module.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
            assert all(value in written for values in inline_hashes(page) for value in values)
