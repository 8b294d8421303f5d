"""The gated PixelCNN: it sees all that came before and nothing else, and its samples follow its probabilities."""

import itertools

import pytest
import torch

from demos.autoregressive import OUTPUTS, PixelCnn
from demos.training.configs import AutoregressiveConfig


def network(size=(2, 2), dilations=(1,), output="softmax", levels=3):
    """A network of doubles that says something: fresh ones give all grey levels about the same probability."""
    torch.manual_seed(0)
    net = PixelCnn(size, 2, 16, dilations, output, levels).double()
    torch.nn.init.normal_(net.answer.weight, std=1.0)
    torch.nn.init.normal_(net.place)
    return net


def numbers(*shape):
    return torch.rand(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def every_image(levels=3, size=(2, 2)):
    pixels = itertools.product(range(levels), repeat=size[0] * size[1])
    return torch.tensor(list(pixels)).view(-1, 1, *size)


def slopes(net, size, row, column):
    """How much the answer at one pixel changes with what is seen at each: [H, W]."""
    seen = []
    hook = net.grey.register_forward_hook(
        lambda module, inputs, output: seen.append(output.detach().requires_grad_()) or seen[0]
    )
    pixels = torch.randint(3, (1, 1, *size), generator=torch.Generator().manual_seed(2))
    answer = net(pixels, torch.zeros(1, dtype=torch.long))
    hook.remove()
    (slope,) = torch.autograd.grad(answer[0, :, row, column].square().sum(), seen, allow_unused=True)
    return slope[0].abs().sum(-1)


def test_every_pixel_sees_all_before_it_and_nothing_else():
    """No blind spot: the layers reach six pixels, as far as the image goes, and every one of them counts."""
    size = (6, 7)
    net = network(size, (1, 2, 1, 2))
    for number, (row, column) in enumerate(itertools.product(range(size[0]), range(size[1]))):
        slope = slopes(net, size, row, column).flatten()
        assert (slope[number:] == 0).all()
        assert (slope[:number] > 0).all()


def test_dilations_of_the_preset_leave_no_gap():
    net = network((1, 23), AutoregressiveConfig().dilations)
    slope = slopes(net, (1, 23), 0, 22)[0]
    assert (slope[:22] > 0).all()
    assert slope[22] == 0


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_probabilities_of_a_pixel_sum_to_one(output):
    net, levels = network((3, 3), (1, 2), output, 256), torch.arange(256)
    pixels = torch.randint(256, (1, 1, 3, 3), generator=torch.Generator().manual_seed(2)).repeat(256, 1, 1, 1)
    pixels[:, 0, 1, 1] = levels
    with torch.no_grad():
        log_prob = net.output.log_prob(net(pixels, torch.ones_like(levels)), pixels)[:, 0, 1, 1]
    assert log_prob.exp().sum().item() == pytest.approx(1, abs=1e-9)
    assert log_prob.std() > 0.1


def test_the_probabilities_of_all_images_sum_to_one():
    net, pixels = network(), every_image()
    with torch.no_grad():
        for label in (0, 1):
            log_prob = net.log_prob(pixels, torch.full((len(pixels),), label))
            assert log_prob.exp().sum().item() == pytest.approx(1, abs=1e-12)
    assert log_prob.std() > 0.3


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_sample_is_what_drawing_from_the_whole_network_again_and_again_gives(output):
    net = network((5, 6), (1, 2, 8), output, 256)
    y, given = torch.tensor([0, 1, 1]), numbers(3, 1, 5, 6)
    expected = torch.zeros(given.shape, dtype=torch.long)
    with torch.no_grad():
        for row, column in itertools.product(range(5), range(6)):
            one = (..., slice(row, row + 1), slice(column, column + 1))
            expected[one] = net.output.draw(net(expected, y)[one], given[one]).long()
    assert torch.equal(net.sample(y, given), expected)
    assert expected.unique().numel() > 10


def test_samples_are_as_frequent_as_they_are_probable_and_cost_the_entropy():
    net, count = network(), 20_000
    pixels, label = every_image(), torch.ones(count, dtype=torch.long)
    with torch.no_grad():
        log_prob = net.log_prob(pixels, label[: len(pixels)])
        drawn = net.sample(label, numbers(count, 1, 2, 2))
        cost = -net.log_prob(drawn, label)
    probability = log_prob.exp()
    share = torch.bincount(drawn.flatten(1) @ torch.tensor([27, 9, 3, 1]), minlength=81) / count
    assert ((share - probability).abs() < 4.5 * (probability / count).sqrt()).all()
    entropy = -(probability * log_prob).sum()
    assert (cost.mean() - entropy).abs() < 4 * cost.std() / count**0.5
    assert cost.std() > 0.3


def test_the_label_counts_everywhere():
    net, pixels = network((4, 4), (1, 2)), torch.zeros(2, 1, 4, 4, dtype=torch.long)
    with torch.no_grad():
        first, other = net(pixels, torch.tensor([0, 1]))
    assert ((first - other).abs().amax(0) > 1e-3).all()
