"""What the policy is for: should code get past the checks of the build, no browser runs it, not under serve either."""

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.livereload import LiveReloadServer

from site_tools.site import guard
from tests.browser.server import SiteServer
from tests.support.sites import SVG, make_site

HIT = "(window.hits ??= []).push"
ATTACKS = f"""---
description: A page
---
# T

## H {{ id='a" onfocus="{HIT}(1)" autofocus tabindex="0' }}

<script>{HIT}(2)</script>

<img src="data:,x" onerror="{HIT}(3)">

<svg onload="{HIT}(4)"></svg>

<a id="go" href="javascript:{HIT}(5)">go</a>

<iframe srcdoc="&lt;script>(parent.hits ??= []).push(6)&lt;/script>"></iframe>

<div><p title="<!--"><img src="data:,y" onerror="{HIT}(7)"></div>

"""


@pytest.fixture
def visit(browser, tmp_path, monkeypatch):
    """Serve the attacks with the checks of the build switched off; what ran, what went elsewhere, and live reload."""
    monkeypatch.setattr(guard, "_tell", list)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/a.svg").write_text(SVG)

    def serve(*, policy: bool) -> tuple[set[int], int, bool]:
        elsewhere = SiteServer(tmp_path / "elsewhere")
        config = make_site(tmp_path, {"en/index.md": f"{ATTACKS}\n![]({elsewhere.url}a.svg)\n"}, languages=("en",))
        config.write_text(config.read_text().replace("shared: [styles]", f"shared: [styles]\n    csp: {policy}"))
        settings = load_config(str(config), site_dir=str(tmp_path / "site"), strict=True)
        settings.plugins.on_startup(command="serve", dirty=False)
        build(settings)
        plain = LiveReloadServer(lambda: None, "127.0.0.1", 0, settings.site_dir)
        server = settings.plugins.on_serve(plain, config=settings, builder=lambda: None)
        server.server_bind()
        server.server_activate()
        server.serve_thread.start()
        context = browser.new_context()
        tab = context.new_page()
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"http://127.0.0.1:{server.server_address[1]}/")
        tab.locator("#go").click()
        tab.wait_for_timeout(500)
        hits = set(tab.evaluate("window.hits ?? []"))
        context.close()
        server.shutdown()
        elsewhere.close()
        return hits, len(elsewhere.sent), any("/livereload/" in url for url in asked)

    return serve


@pytest.mark.browser
def test_nothing_runs_that_got_past_the_checks(visit):
    hits, elsewhere, _ = visit(policy=False)
    assert hits == {1, 2, 3, 4, 5, 6, 7}  # they are attacks
    assert elsewhere
    assert visit(policy=True) == (set(), 0, True)
