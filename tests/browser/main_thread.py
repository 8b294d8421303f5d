"""What keeps the main thread of a page busy, in processor time: a clock counts what others do on the machine, too."""

import json
from collections.abc import Callable

from playwright.sync_api import Page


def task_times(page: Page, action: Callable[[], object]) -> list[float]:
    """Milliseconds of processor time of every task that the page's main thread did during `action`."""
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["disabled-by-default-devtools.timeline"])
    action()
    page.wait_for_timeout(100)  # what told of the end was itself a task, which is written down when it is over
    events = json.loads(browser.stop_tracing())["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = (event for event in events if event["name"] == "RunTask" and (event["pid"], event["tid"]) in main)
    return [event["tdur"] / 1000 for event in tasks if "tdur" in event]
