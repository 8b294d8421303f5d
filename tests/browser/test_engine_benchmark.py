"""The benchmark of the engines: everybody in turn, the first round for warming up, ratios of what stands there."""

from tests.browser.engine_benchmark import BATCHES, IMAGES, ROUNDS, collected, medians, rounds, table


def test_everybody_takes_turns_and_makes_as_many_images():
    asked = rounds(("a", "b"))
    one = len(asked) // (ROUNDS + 1)
    assert asked[one : 2 * one] == asked[:one][::-1]  # nobody always follows the same one
    assert all(batch * calls == IMAGES for _, batch, calls in asked)
    pairs = [(runner, other) for (runner, *_), (other, *_) in zip(asked[::2], asked[1::2], strict=True)]
    assert set(pairs) == {("a", "b"), ("b", "a")}


def test_the_first_round_does_not_count():
    asked = rounds(("a", "b"))
    one = len(asked) // (ROUNDS + 1)
    times = collected(asked, [1000.0] * one + [float(number) for number in range(one, len(asked))])
    assert times.keys() == {(runner, batch) for runner in "ab" for batch in BATCHES}
    assert all(len(values) == ROUNDS and max(values) < 1000 for values in times.values())


def test_what_was_measured_in_turns_is_divided():
    ms = {"kernels": [30.0, 20.0, 10.0], "onnxruntime": [70.0, 1.0, 90.0], "native": [16.0] * 3}
    found = medians({(runner, batch): times for runner, times in ms.items() for batch in BATCHES})
    assert {name: row["4"] for name, row in found.items()} == {
        "kernels": 20, "onnxruntime": 70, "native": 16, "web_by_ours": 3.5, "ours_by_native": 1.25
    }  # fmt: skip
    lines = table({"model": "m", "rounds": ROUNDS, "ms": {"chromium": found}}).splitlines()[2:]
    assert [line.split()[2:] for line in lines] == [["20.0", "70.0", "16.0", "3.50", "1.25"]] * len(BATCHES)
