"""The page on speed shows all of one whole benchmark, and what it says in words is what the benchmark does."""

import json
from pathlib import Path

import pytest

from demos.diffusion.samplers import DEFAULT_SAMPLER, DEFAULT_STEPS
from site_tools.authoring.numbers import facts_of_benchmark, references
from site_tools.models.manifest import ENGINES
from tests.browser.benchmark import COMMAND, LINKS_MBIT_S, VISITS
from tests.browser.engine_benchmark import BATCHES, MODEL, NATIVE, ROUNDS

FILE = Path("docs/assets/data/benchmark.json")
BENCHMARK = json.loads(FILE.read_text(encoding="utf-8"))
FACTS = facts_of_benchmark(FILE)
QUOTIENTS = ("web_by_ours", "ours_by_native")
MS = "benchmark.engines.ms"


def page(language: str) -> str:
    return Path("docs", language, "appendix/speed.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_link_no_engine_and_no_batch_is_left_out(language):
    shown = {reference.key for reference in references(page(language))}
    table = {key for key in FACTS if key.startswith(f"{MS}.")}
    assert len(table) == 2 * len(BATCHES) * (len((*ENGINES, NATIVE)) + len(QUOTIENTS))
    waits = {f"benchmark.visits.{link}.all_pictures_s" for link in LINKS_MBIT_S}
    kept = {"benchmark.date", "benchmark.processor", "benchmark.cores", "benchmark.dragging.images_per_s"}
    assert shown >= table | waits | kept
    assert not {key for key in shown if key not in FACTS}


def test_the_file_is_a_whole_run_of_the_benchmark_as_it_is_now():
    assert BENCHMARK.keys() >= {"visits", "dragging", "engines"}
    assert (BENCHMARK["command"], BENCHMARK["visits_per_link"]) == (COMMAND, VISITS)
    assert (BENCHMARK["sampler"], BENCHMARK["steps"]) == (DEFAULT_SAMPLER, DEFAULT_STEPS)
    assert BENCHMARK["visits"].keys() == LINKS_MBIT_S.keys()
    assert (BENCHMARK["engines"]["model"], BENCHMARK["engines"]["rounds"]) == (MODEL, ROUNDS)
    assert BENCHMARK["engines"]["ms"].keys() == {"chromium", "firefox"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_names_the_commands_and_the_sampler(language):
    text = page(language)
    assert f"\n{COMMAND}\n" in text
    assert "\nmake bench\n" in text
    assert {"dpm-solver-2m": "DPM-Solver++(2M)", "ddim": "DDIM"}[DEFAULT_SAMPLER] in text


def test_quotients_are_those_of_the_times_beside_them():
    for rows in BENCHMARK["engines"]["ms"].values():
        for batch in map(str, BATCHES):
            ours, web, native = (rows[runner][batch] for runner in (*ENGINES, NATIVE))
            assert rows["web_by_ours"][batch] == pytest.approx(web / ours, rel=0.01)
            assert rows["ours_by_native"][batch] == pytest.approx(ours / native, rel=0.01)


def test_nothing_comes_faster_than_its_bytes():
    for link, mbit_s in LINKS_MBIT_S.items():
        visit = BENCHMARK["visits"][link]
        assert visit["travel_s"] == pytest.approx(8 * visit["click_mb"] / mbit_s if mbit_s else 0, abs=0.01)
        assert visit["travel_s"] < visit["all_pictures_s"]
