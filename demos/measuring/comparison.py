"""What `python -m demos compare` writes: read it, ask it, print it. Standard library only, for figures and pages.

The file is one JSON object:
  protocol, date, command, versions, processor, threads, complete (false while models are still to come);
  extractor, autoencoder, judge: the hashes of what measures; neighbours: k of precision and the like;
  yardsticks: number of images -> "floor", "repeated", "blurred" and "test" -> numbers of real images;
  code_lengths: bits per dimension of histograms and compressors, beside which likelihoods stand;
  models: preset -> parameters (of each network, and those that sampling reads), training (steps, examples and
  hours of all its stages), nfe, milliseconds an image, likelihood (bits per dimension and their kind; where there is
  a tighter bound, that of fewer images beside theirs), quality (number of images -> numbers), flattered (the first
  seed unchanged, and after changes that no model made), shown (the first samples as PNG in base64, a column a class),
  nearest (the real images nearest to them).
A number of several seeds or parts stands beside its standard deviation, under the name with _sd.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from demos.errors import UserError, nearest

PROTOCOL = 2  # raised when a number of one version means something else in the next


@dataclass(frozen=True)
class Comparison:
    """A comparison; `content` is the file's object as it stands."""

    content: dict

    @property
    def models(self) -> dict[str, dict]:
        """Preset -> what was measured of it, in the order in which it was measured."""
        return self.content["models"]

    @property
    def counts(self) -> list[int]:
        """How many images the numbers are of, the most first."""
        return sorted(map(int, self.content["yardsticks"]), reverse=True)

    def quality(self, model: str, count: int | None = None) -> dict[str, float]:
        """The numbers of one model, or of a yardstick such as "floor".

        Args:
            count: compared with so many test images; as many as there are of this model, if not said.

        Raises:
            UserError: there is no such model, or it has no numbers of so many images.
        """
        if model in self.models:
            by_count = self.models[model]["quality"]
        else:
            by_count = {size: sticks[model] for size, sticks in self.content["yardsticks"].items() if model in sticks}
        if not by_count:
            raise UserError(f'The comparison knows no "{model}"; {nearest(model, self.models)}')
        wanted = str(count or max(map(int, by_count)))
        if wanted not in by_count:
            raise UserError(f"The comparison has {model} at {', '.join(by_count)} images, not at {wanted}.")
        return by_count[wanted]

    def table(self) -> str:
        """The leading numbers as text, a line a model and a yardstick, the numbers of fewer images by themselves."""
        columns = ("fd_cnn", "fd_ae", "class_fd_cnn", "coverage", "recall", "label_agreement", "power_finest", "zeros")
        heads = ("FD-CNN", "FD-AE", "by class", "coverage", "recall", "agreement", "finest", "zeros")
        lines = []
        for count in self.counts:
            costs = f"{f'{count} images':26}{'calls':>6}{'ms':>9}{'bits/dim':>16}"
            lines.append(costs + "".join(f"{head:>10}" for head in heads))
            for name in (*self.models, *self.content["yardsticks"][str(count)]):
                model = self.models.get(name)
                if model and str(count) not in model["quality"]:
                    continue
                numbers = self.quality(name, count)
                cells = "".join(f"{numbers[key]:10.3f}" if key in numbers else f"{'':10}" for key in columns)
                lines.append(f"{name:26}{_costs(model)}{cells}")
        codes = (f"{name} {bits:.2f}" for name, bits in self.content["code_lengths"].items())
        return "\n".join([*lines, f"bits/dim without a model: {', '.join(codes)}"])


def _costs(model: dict | None) -> str:
    if model is None:
        return f"{'':31}"
    said = model["likelihood"]
    bits = f"{said['bits_per_dim']:.3f} ({said['kind']})" if "bits_per_dim" in said else "none"
    return f"{model['nfe']:6}{model['milliseconds']['torch']:9.1f}{bits:>16}"


def read_comparison(path: Path) -> Comparison:
    """Read a comparison, finished or not.

    Raises:
        UserError: it is missing, no JSON, or of another version of the protocol.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        protocol = content["protocol"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(f"{path} is no comparison ({error}): make it with `python -m demos compare`.") from error
    if protocol != PROTOCOL:
        raise UserError(
            f"{path} is of protocol {protocol}, this is {PROTOCOL}: make it anew, `python -m demos compare`."
        )
    return Comparison(content)
