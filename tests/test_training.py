"""The training loop: the same numbers after a stop, nothing lost by Ctrl-C, and what one sees while it runs."""

import math
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from torch import nn

from course import errors, gan, training
from course.training import checkpoints, loop

FACES = torch.randint(0, 255, (50, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
SMALL = gan.Settings(size=8, latent=4, generator_width=4, discriminator_width=4, r1_every=3, augment=True)


class Line(training.Task):
    """A task that draws from every source of chance there is: y = 2 x + 1, with noise."""

    averaged = ("line",)

    def __init__(self, stop_at: int | None = None):
        torch.manual_seed(0)
        network = nn.Linear(1, 1)
        self.networks = {"line": network}
        self.optimizers = {"line": torch.optim.Adam(network.parameters(), 0.05)}
        self.stop_at = stop_at

    def step(self, number, rows, updater):
        if number + 1 == self.stop_at:
            os.kill(os.getpid(), signal.SIGINT)
        x = torch.rand(8, 1)
        y = 2 * x + 1 + 0.1 * (random.random() + float(np.random.rand()))
        loss = updater.update("line", lambda x, y: (self.networks["line"](x) - y).square().mean(), x[rows], y[rows])
        return {"loss": loss, "sometimes": 1.0} if number % 4 == 3 else {"loss": loss}

    def pictures(self, averaged):
        return {"field": averaged["line"].weight.detach().clamp(0, 1).expand(3, 4, 5)}


def config(folder, **changes):
    return training.Config(**{"batch": 8, "logdir": folder, "report_every": 3, "picture_every": 7, "save_every": 6,
                              "live": False} | changes)


def assert_equal(one, two, where=""):
    """To the bit, whatever stands in the tree."""
    assert type(one) is type(two), where
    if isinstance(one, torch.Tensor):
        assert one.dtype == two.dtype and torch.equal(one, two), where
    elif isinstance(one, dict):
        assert one.keys() == two.keys(), where
        for key in one:
            assert_equal(one[key], two[key], f"{where}.{key}")
    elif isinstance(one, list):
        assert len(one) == len(two), where
        for number, pair in enumerate(zip(one, two)):
            assert_equal(*pair, f"{where}.{number}")
    else:
        assert one == two or (one != one and two != two), where


def stopped_line(folder, at: int = 10, **changes):
    with pytest.raises(training.Stopped):
        training.train(Line(stop_at=at), config(folder, steps=20, **changes))
    random.seed(99)  # whatever happens in between
    np.random.seed(99)
    torch.manual_seed(99)


# ---------------------------------------------------------------- resume


def test_ten_a_stop_and_ten_are_twenty(tmp_path):
    training.train(Line(), config(tmp_path / "whole", steps=20))
    stopped_line(tmp_path / "halves")
    half = checkpoints.load(tmp_path / "halves" / loop.CHECKPOINT)
    result = training.train(Line(), config(tmp_path / "halves", steps=20, resume=True))
    whole = checkpoints.load(tmp_path / "whole" / loop.CHECKPOINT)
    assert half["step"] == 10 and result.steps == 20
    assert_equal(whole, checkpoints.load(tmp_path / "halves" / loop.CHECKPOINT))
    assert result.history["step"] == [3, 6, 9, 12, 15, 18, 20]
    # a run in which the stop did change something would be noticed
    other = training.train(Line(), config(tmp_path / "other", steps=20, seed=1))
    assert other.history["loss"] != result.history["loss"]


@pytest.mark.parametrize("way", ["stop", "steps", "lost"])
def test_a_gan_resumes_to_the_same_numbers(tmp_path, way, monkeypatch):
    """By Ctrl-C; by asking for 10 first and for 20 then; and from the last checkpoint of a machine that died."""

    def run(folder, steps=20, resume=False):
        return gan.train_gan(FACES, steps=steps, settings=SMALL, config=config(tmp_path / folder, resume=resume))

    run("whole")
    if way == "steps":
        run("halves", steps=10)
    else:
        def step(self, number, rows, updater, real=gan.GanTask.step):
            if number == 9 and way == "lost":
                raise SystemError("the machine died")
            if number == 9:
                os.kill(os.getpid(), signal.SIGINT)
            return real(self, number, rows, updater)

        with monkeypatch.context() as patch, pytest.raises((training.Stopped, SystemError)):
            patch.setattr(gan.GanTask, "step", step)
            run("halves")
    run("halves", resume=True)
    one, two = (checkpoints.load(tmp_path / name / loop.CHECKPOINT) for name in ("whole", "halves"))
    if way == "steps":  # the end of the first ten made a point of the curves
        one.pop("history"), two.pop("history")
    assert_equal(one, two)


def test_nothing_to_resume_from(tmp_path):
    with pytest.raises(errors.WeightsError, match="there is no checkpoint .*: train without --resume"):
        training.train(Line(), config(tmp_path, resume=True))
    training.train(Line(), config(tmp_path, steps=4))
    with pytest.raises(errors.CourseError, match="at step 4 of 4 already: ask for more steps"):
        training.train(Line(), config(tmp_path, steps=4, resume=True))
    with pytest.raises(errors.WeightsError, match="of other networks than these"):
        gan.train_gan(FACES, steps=5, settings=SMALL, config=config(tmp_path, resume=True))
    path = tmp_path / loop.CHECKPOINT
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(errors.WeightsError, match="is cut short"):
        training.train(Line(), config(tmp_path, resume=True))


class Counter(Line):
    """A task that remembers something itself, and measures something on the way."""

    def __init__(self, stop_at=None):
        super().__init__(stop_at)
        self.seen = []

    def step(self, number, rows, updater):
        self.seen.append(number)
        return super().step(number, rows, updater) | {"seen": len(self.seen)}

    def check(self, averaged):
        assert not averaged["line"].training
        return {"held-out": float(averaged["line"].bias)}

    def state(self):
        return {"seen": self.seen}

    def restore(self, state):
        self.seen = list(state["seen"])


def test_what_a_task_remembers_is_there_after_a_stop(tmp_path):
    whole, first, second = Counter(), Counter(stop_at=10), Counter()
    training.train(whole, config(tmp_path / "whole", steps=20))
    with pytest.raises(training.Stopped):
        training.train(first, config(tmp_path / "halves", steps=20))
    result = training.train(second, config(tmp_path / "halves", steps=20, resume=True))
    assert whole.seen == second.seen == list(range(20))
    assert_equal(*(checkpoints.load(tmp_path / name / loop.CHECKPOINT) for name in ("whole", "halves")))
    assert result.history["seen"][-1] == 19.5, "steps 19 and 20"


def test_what_is_measured_stands_in_the_curves(tmp_path):
    """Every `picture_every` steps and at the end, in the next point of the curve."""
    result = training.train(Counter(), config(tmp_path, steps=10, report_every=1, picture_every=4))
    steps, found = result.history["step"], result.history["held-out"]
    assert [step for step, value in zip(steps, found) if not math.isnan(value)] == [4, 8, 10]
    assert found[-1] == float(result.averaged["line"].bias)


def test_checkpoints_of_tasks_that_remembered_nothing_are_resumed(tmp_path):
    training.train(Line(), config(tmp_path, steps=4))
    state = checkpoints.load(tmp_path / loop.CHECKPOINT)
    state.pop("task")  # as before there was such a thing
    checkpoints.save(tmp_path / loop.CHECKPOINT, state)
    assert training.train(Line(), config(tmp_path, steps=6, resume=True)).steps == 6


# ---------------------------------------------------------------- Ctrl-C


def test_ctrl_c_finishes_the_step_and_says_how_to_go_on(tmp_path):
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(training.Stopped, match=r"stopped after step 5 of 20, saved in .*: go on with --resume"):
        training.train(Line(stop_at=5), config(tmp_path, steps=20))
    assert signal.getsignal(signal.SIGINT) is before
    assert issubclass(training.Stopped, KeyboardInterrupt), "so that a notebook's other cells stop too"
    assert checkpoints.load(tmp_path / loop.CHECKPOINT)["step"] == 5


def test_a_second_ctrl_c_stops_at_once():
    with pytest.raises(KeyboardInterrupt), training.stop_politely() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        assert stop.asked
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)


def test_ctrl_c_on_the_command(tmp_path):
    """As a person does it: `course train gan`, Ctrl-C, the same with --resume."""
    script = ("import sys, torch; from course import cli; from course.gan import data;"
              "faces = torch.zeros(50, 3, 64, 64).byte();"
              "data.load = lambda *source: faces; sys.exit(cli.main(sys.argv[1:]))")
    command = [sys.executable, "-c", script, "train", "gan", "--logdir", str(tmp_path)]
    process = subprocess.Popen([*command, "--steps", "100000"], stderr=subprocess.PIPE, text=True,
                               env=os.environ | {"OMP_NUM_THREADS": "1"})
    folder = tmp_path / "gan"
    until = time.monotonic() + 200
    while not list(folder.glob("events*")) and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=200)[1]
    assert process.returncode == 130
    assert "go on with --resume" in said.splitlines()[-1] and "Traceback" not in said
    step = checkpoints.load(folder / loop.CHECKPOINT)["step"]
    assert step >= 1
    done = subprocess.run([*command, "--steps", str(step + 1), "--resume"], capture_output=True, text=True,
                          env=os.environ | {"OMP_NUM_THREADS": "1"}, timeout=300)
    assert done.returncode == 0, done.stderr
    assert checkpoints.load(folder / loop.CHECKPOINT)["step"] == step + 1
    assert (tmp_path / "gan.safetensors").is_file() and (tmp_path / "gan.png").is_file()


# ---------------------------------------------------------------- parts


def test_ema_by_hand():
    mean, network = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    mean.weight.data[:] = 1.0
    network.weight.data[:] = 2.0
    training.ema_update(mean, network, 0.75)
    assert mean.weight.item() == 1.25 and network.weight.item() == 2.0
    means, norm = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    norm.num_batches_tracked += 7
    training.ema_update(means, norm, 0.75)
    assert means.num_batches_tracked.item() == 7


def test_the_learning_rate_by_hand():
    """Up in a line over 4 steps, down along half a cosine over 8, and no further."""
    shares = [training.learning_rate_share(step, 12, 4) for step in range(14)]
    assert shares[:5] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert shares[8] == pytest.approx(0.5) and shares[12] == shares[13] == pytest.approx(0)
    assert shares[6] == pytest.approx(0.5 + 0.5 * math.sqrt(0.5))
    least = [training.learning_rate_share(step, 12, 0, least=0.2) for step in (0, 6, 12)]
    assert least == pytest.approx([1.0, 0.6, 0.2])
    layers = nn.Linear(1, 1), nn.Linear(1, 1)
    optimizer = torch.optim.SGD([{"params": layer.parameters()} for layer in layers], 1.0)
    training.set_learning_rate(optimizer, 0.3, 0.5)
    assert [group["lr"] for group in optimizer.param_groups] == [0.15, 0.15]


def test_the_running_mean_is_short_at_first():
    assert training.ema_decay(0, 0.99) == pytest.approx(0.1)
    assert training.ema_decay(80, 0.99) == pytest.approx(0.9)
    assert training.ema_decay(10_000, 0.99) == 0.99


def numbered(number):
    return torch.full((2,), number), torch.from_numpy(np.random.default_rng(number).random(2))


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_batches_made_ahead_are_those_that_are_due(workers):
    """Whoever makes them, wherever a run begins, and without a draw from torch's random numbers."""
    before = torch.get_rng_state()
    for begin in (0, 5):
        batches = training.Ahead(numbered, 9, workers)
        for number in range(begin, 9):
            found, drawn = batches.take(number)
            assert found.tolist() == [number, number] and torch.equal(drawn, numbered(number)[1])
        with pytest.raises(IndexError, match="no batch 9: 9 are made"):
            batches.take(9)
    assert batches.take(2)[0].tolist() == [2, 2], "back again"
    assert torch.equal(torch.get_rng_state(), before)


def broken(number):
    raise ValueError(f"batch {number} cannot be made")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_batch_that_cannot_be_made_stops_the_run(workers):
    with pytest.raises(ValueError, match="batch 3 cannot be made"):
        training.Ahead(broken, 9, workers).take(3)


def test_arrays_made_once(tmp_path):
    """Trees of any depth come back as they were, and are not made again; damage is said."""
    calls, path = [], tmp_path / "deep" / "kept.npz"

    def make():
        calls.append(1)
        return {"a": {"b": np.arange(3), "c": {"d": np.ones((2, 2), np.uint8)}}, "e": np.zeros(0)}

    made, again = (training.made_once(path, make) for _ in range(2))
    assert len(calls) == 1 and made.keys() == again.keys()
    for one, two in ((made["a"]["b"], again["a"]["b"]), (made["a"]["c"]["d"], again["a"]["c"]["d"]),
                     (made["e"], again["e"])):
        assert one.dtype == two.dtype and np.array_equal(one, two)
    whole = path.read_bytes()
    for content in (whole[:100], b"", b"text"):
        path.write_bytes(content)
        with pytest.raises(errors.WeightsError, match="is cut short or damaged .*: delete it, it is made anew"):
            training.made_once(path, make)
    with pytest.raises(errors.OutputError, match="cannot be written"):
        training.made_once(path / "below a file", make)


def test_every_example_once_an_epoch():
    taken = np.concatenate([training.batch_numbers(step, 8, 20, seed=3) for step in range(10)])
    for epoch in taken.reshape(4, 20):
        assert sorted(epoch) == list(range(20))
    assert not np.array_equal(taken[:20], taken[20:40])
    assert not np.array_equal(taken[:8], training.batch_numbers(0, 8, 20, seed=4))
    assert len(training.batch_numbers(2, 50, 20)) == 50  # a batch of more than there are


def test_clip_limits_the_gradient():
    network = nn.Linear(2, 1, bias=False)
    network.weight.data[:] = 0
    updater = training.Updater({"a": network}, {"a": torch.optim.SGD(network.parameters(), 1.0)}, clip=1.0)
    updater.update("a", lambda x: network(x).sum(), torch.tensor([[30.0, 40.0]]))
    torch.testing.assert_close(network.weight.data, torch.tensor([[-0.6, -0.8]]))


def test_an_update_is_the_three_plain_lines():
    x, y = torch.randn(6, 3), torch.randn(6, 1)
    one, two = nn.Linear(3, 1), nn.Linear(3, 1)
    two.load_state_dict(one.state_dict())
    optimizers = [torch.optim.Adam(network.parameters(), 0.1) for network in (one, two)]
    updater = training.Updater({"a": one}, {"a": optimizers[0]})
    for _ in range(3):
        found = updater.update("a", lambda x, y: (one(x) - y).square().mean(), x, y)
        optimizers[1].zero_grad()
        loss = (two(x) - y).square().mean()
        loss.backward()
        optimizers[1].step()
        assert found == loss.item() and torch.equal(one.weight, two.weight)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision(tmp_path, precision):
    """Products in half precision, weights in float32; float16 also keeps gradients that are too small for it."""
    network = nn.Linear(4, 4, bias=False)
    updater = training.Updater({"a": network}, {"a": torch.optim.SGD(network.parameters(), 1.0)},
                              precision=training.choose_precision(precision, "cpu"))
    seen, before = [], network.weight.detach().clone()

    def loss_of(x):
        seen.append(network(x).dtype)
        return network(x).float().mean() * 1e-7  # a gradient of 2.5e-8: below the least float16

    updater.update("a", loss_of, torch.ones(2, 4))
    assert seen == [getattr(torch, precision)] and network.weight.dtype == torch.float32
    moved = (before - network.weight.detach()) / 1e-7
    torch.testing.assert_close(moved, torch.full((4, 4), 0.25), atol=0.3, rtol=0)  # a float32 near 0.5 steps by 3e-8
    torch.testing.assert_close(network.weight.grad, torch.full((4, 4), 2.5e-8), rtol=0.02, atol=0)
    with updater.exact():
        assert network(torch.ones(1, 4)).dtype == torch.float32
    # and a whole GAN, with its penalty, stays finite
    result = gan.train_gan(FACES, steps=4, settings=SMALL, config=config(tmp_path, precision=precision)).result
    assert all(math.isfinite(value) for value in result.history["d_loss"] + result.history["g_loss"])
    again = gan.train_gan(FACES, steps=6, settings=SMALL, config=config(tmp_path, precision=precision, resume=True))
    assert again.result.steps == 6


def test_wrong_settings_are_one_line(tmp_path):
    with pytest.raises(errors.CourseError, match="no precision 'int8': choose from auto"):
        training.train(Line(), config(tmp_path, precision="int8"))
    with pytest.raises(errors.CourseError, match="no device 'tpu': take cpu, cuda or mps"):
        training.train(Line(), config(tmp_path, device="tpu"))
    if not torch.cuda.is_available():
        with pytest.raises(errors.CourseError, match="no cuda that torch can use: take --device cpu"):
            training.train(Line(), config(tmp_path, device="cuda"))
    with pytest.raises(errors.CourseError, match="a batch of 8 cannot be split into 3 equal parts"):
        training.train(Line(), config(tmp_path, accumulate=3))
    assert training.choose_precision("auto", "cpu") == torch.float32


def test_it_ends_after_its_minutes(tmp_path):
    result = training.train(Line(), config(tmp_path, steps=10**9, minutes=0.01))
    assert 1 <= result.steps < 10**6 and checkpoints.load(result.checkpoint)["step"] == result.steps


# ---------------------------------------------------------------- what one sees


def test_tensorboard_holds_every_point_once_after_a_resume(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    stopped_line(tmp_path, at=8)
    training.train(Line(), config(tmp_path, steps=20, resume=True))
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    assert [point.step for point in events.Scalars("loss")] == [3, 6, 9, 12, 15, 18, 20]
    assert [picture.step for picture in events.Images("field")] == [7, 14, 20]
    assert (events.Images("field")[0].width, events.Images("field")[0].height) == (5, 4)


def test_a_machine_that_died_leaves_no_point_twice(tmp_path):
    """Points after the last checkpoint are drawn again by the run that resumes, and the old ones taken back."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    task = Line()
    task.step = lambda number, *rest: 1 / 0 if number == 11 else Line.step(task, number, *rest)
    with pytest.raises(ZeroDivisionError):
        training.train(task, config(tmp_path, steps=20))  # the checkpoint is of step 6, the last point of step 9
    training.train(Line(), config(tmp_path, steps=20, resume=True))
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    assert [point.step for point in events.Scalars("loss")] == [3, 6, 9, 12, 15, 18, 20]


def test_progress_shows_the_time_left(tmp_path, capsys):
    training.train(Line(), config(tmp_path / "line", steps=40, live=True))
    said = capsys.readouterr().err
    assert "line: 100%" in said and "40/40" in said and "step/s" in said and "<" in said and "loss=" in said
    training.train(Line(), config(tmp_path / "clock", steps=10**6, minutes=0.02, live=True))
    said = capsys.readouterr().err
    assert "clock, 1 s left: " in said and "clock, 0 s left: " in said and "1000000" not in said


def test_the_figure_of_a_training(tmp_path):
    result = training.train(Line(), config(tmp_path, steps=20))
    figure = training.training_figure(result.history, result.pictures, "a line")
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    assert list(lines["loss"].get_ydata()) == result.history["loss"]
    assert figure.axes[1].get_title() == "field, step 20"
    assert "up to step 20: loss" in figure.get_label()


def test_a_live_plot_in_a_notebook(tmp_path):
    """A real kernel: one output, drawn again and again in its place, with words for those who cannot see it."""
    import nbformat
    from nbclient import NotebookClient

    source = (f"import sys; sys.path.insert(0, {str(os.path.dirname(__file__))!r})\n"
              "from test_training import Line, config\nfrom course import notebook, training\n"
              "assert notebook.in_notebook()\ndrawn = []\nshow = notebook.Output.show\n"
              "notebook.Output.show = lambda self, bundle: (drawn.append(1), show(self, bundle))\n"
              f"training.train(Line(), config({str(tmp_path)!r}, steps=20, live=True))\nprint(len(drawn))")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=200, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    figures = [one for one in outputs if one.output_type == "display_data" and "<img" in one.data.get("text/html", "")]
    assert len(figures) == 1 and "up to step 20" in figures[0].data["text/plain"]
    drawn = int(next(one.text for one in outputs if one.output_type == "stream" and one.name == "stdout"))
    assert drawn >= 2
