"""Lighthouse finds nothing to improve in accessibility, best practices and SEO; performance belongs to the machine."""

import pytest

from tests.browser.lighthouse import audit
from tests.browser.pages import pages

PROMISED = ("accessibility", "best-practices", "seo")


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(1500)
def test_every_page_has_full_marks(tmp_path):
    short = {
        result["url"]: result["lost"]
        for result in audit(tmp_path, 1, pages())
        if any(result["scores"][name] < 100 for name in PROMISED)
    }
    assert not short
