"""What lesson 12 brings along: the ONNX file, doors and addresses, clocks, budgets, a service, workers, a live face."""

import time

import numpy as np
import pytest
import torch

from course import errors, parallel
from course.lessons.lesson_12 import (
    costs,
    exercises,
    exporting,
    figures,
    jobs,
    live_face,
    on_time,
    onnx_graph,
    scaling,
    service,
    trying,
    widget,
)


@pytest.fixture(scope="module")
def photo():
    """A face at 96 px: (96, 96, 3)."""
    from course.lessons import actors

    return actors.actor_of(side=96).portrait.image


# ---------------------------------------------------------------- the ONNX file


@pytest.mark.parametrize("widths, count, side", [((4, 6, 8), 2, 16), ((3, 2, 5), 1, 8)])
def test_an_exported_network_paints_as_torch_does(widths, count, side):
    net, squares = trying.a_net(widths), torch.from_numpy(trying.squares_of(count, side))
    with torch.inference_mode():
        right = net(squares).numpy()
    painter = exporting.OnnxPainter(net)
    assert np.abs(painter(squares).numpy() - right).max() < 1e-5 * np.abs(right).max()
    assert exporting.largest_difference(net, painter, squares) < 1e-5 * np.abs(right).max()


def test_names_that_no_node_gave_are_refused():
    graph = onnx_graph.Graph(9)
    with pytest.raises(ValueError, match="no 'colour' in this graph"):
        graph.node("Relu", "colour")
    with pytest.raises(ValueError, match="no 'y' in this graph"):
        graph.file("y")


def test_nodes_have_onnx_s_own_values_where_nothing_is_said():
    ones, ran = -np.ones((1, 9, 8, 8), np.float32), {}
    for slope in ({}, {"alpha": 0.5}):
        graph = onnx_graph.Graph(9)
        session = graph.session(graph.node("LeakyRelu", graph.input, **slope))
        ran[bool(slope)] = session.run(None, {graph.input: ones})[0].ravel()[0]
    assert ran[False] == pytest.approx(-0.01) and ran[True] == -0.5


def test_a_face_painted_by_the_file_is_that_of_torch(photo):
    from course import animation

    actor, values = animation.make_actor(photo, animation.cast(photo, face="largest")[0].points), costs.open_mouth()
    before = actor.portrait.animator.networks
    by_torch, by_file = actor.frame(values), exporting.painted_by(actor, exporting.painters(), values)
    assert np.abs(by_torch.astype(int) - by_file).max() <= 1 and actor.portrait.animator.networks is before
    frame, networks = costs.of_a_frame(actor, 2)
    assert 0 < networks < frame and actor.portrait.animator.networks is before


# ---------------------------------------------------------------- how streams are tried


def test_a_stream_is_seen_through():
    told = trying.run_stream(parallel.stream_frames, 6, 2, waits=True)
    assert told == {"frames": [0, 10, 20, 30, 40, 50], "in order": True, "stopped by": "nothing",
                    "workers + 1 ahead at most": True, "as many at once as there are workers": True}
    assert not trying.run_stream(exercises.all_first, 9, 2, take=1)["workers + 1 ahead at most"]
    assert trying.run_stream(parallel.stream_frames, 5, 2, fails=3)["stopped by"] == "frame 3 cannot be made"


# ---------------------------------------------------------------- jobs


@pytest.mark.parametrize("address, inside", [
    ("https://example.org/done", False), ("http://8.8.8.8/", False), ("http://127.0.0.1/", True),
    ("http://10.1.2.3/", True), ("http://[::1]:80/", True), ("http://[::ffff:192.168.0.1]/", True),
    ("http://localhost./x", True), ("http://printer.local/", True), ("http://2130706433/", True),
    ("ftp://example.org/", True), ("http://", True), ("example.org", True), ("http://[::1/", True),
    ("http://169.254.169.254/latest", True)])
def test_addresses_that_lead_inside(address, inside):
    assert jobs.leads_inside(address) is inside


def test_every_problem_has_a_line_of_its_own():
    job = {"text": "", "strength": 9, "face": 2.5, "subtitles": 1, "webhook": "http://10.0.0.1/", "mood": "happy"}
    assert jobs.lines(jobs.validate_job(job, jobs.FIELDS)) == [
        "face must be a whole number", "mood is not known here", "photo is missing", "strength must be 0 to 3",
        "subtitles must be true or false", "text must have 1 to 5000 letters",
        "webhook leads to a network that is not public"]
    assert jobs.validate_job({"photo": "me", "text": "Hi."}, jobs.FIELDS) == {}


def test_a_service_takes_refuses_and_makes_what_the_lesson_sends(photo, tmp_path):
    with service.running(size=64) as serving:
        me = serving.upload(photo)
        for job, wanted in (({"text": "Hi."}, 201), ({"text": "Hi.", "strength": 9}, 400), ({"text": 7}, 400),
                            ({"text": "Hi.", "face": True}, 400), ({"text": "Hi.", "mood": "happy"}, 400),
                            ({"text": "Hi.", "webhook": "http://192.168.0.1/"}, 400)):
            job = {"photo": "me", **job}
            status, answer = serving.ask(jobs.as_request(job, me))
            assert (status, not jobs.validate_job(job, jobs.FIELDS)) == (wanted, wanted == 201), (job, answer)
            if status == 201:
                identifier = answer["id"]
        assert serving.told(identifier)["status"] == "created"
        assert serving.work() and not serving.work()
        told = serving.told(identifier)
        assert told["status"] == "done" and serving.fetch(told["result_url"], tmp_path / "x.mp4").stat().st_size > 1000
        serving.forget(identifier)
        assert "status" not in serving.told(identifier)


def test_without_its_packages_a_service_says_what_to_install(monkeypatch):
    def lacks(*_):
        raise errors.CourseError("fastapi is not installed, which this needs: pip install 'living-portraits[serve]'")

    monkeypatch.setattr(service.extras, "need", lacks)
    assert "pip install" in service.missing()
    with pytest.raises(errors.CourseError, match="fastapi"), service.running():
        pass


# ---------------------------------------------------------------- clocks and budgets


def test_a_machine_that_is_quick_enough_shows_every_frame_and_a_slow_one_leaves_some_out():
    quick, slow = (on_time.ready_times(50, ms, 2) for ms in (20, 90))
    assert np.array_equal(on_time.drop_late_frames(quick, 25.0)[2:], np.arange(2, 50))
    shown = on_time.drop_late_frames(slow, 25.0)
    assert np.isinf(slow).sum() > 10 and (np.diff(shown) >= 0).all() and 0 <= 49 - shown[-1] <= 4


def test_the_widget_draws_what_its_sliders_say():
    panel = widget.SlowMachine()
    pictures = [panel.draw({"ms": ms}) for ms in (20, 120)]
    assert pictures[0].shape == pictures[1].shape and (pictures[0] != pictures[1]).any()
    assert len(np.unique(panel.shown({"ms": 20}))) > len(np.unique(panel.shown({"ms": 120})))
    assert len(np.unique(panel.shown({"ms": 120, "workers": 4}))) > len(np.unique(panel.shown({"ms": 120})))
    assert len(panel.stills({}, {"ms": 90}).axes) == 2


def test_three_plans_wait_for_less_and_less():
    told = {"find the face": 0.1, "take the photo apart": 0.6, "load the voice": 0.5, "speak": 0.4,
            "move the lips": 0.1, "paint a frame": 0.05, "pack a frame": 0.01}
    ends = [max(end for _, end in on_time.latency_budget(plan).values()) for plan in costs.plans(told, 10).values()]
    # 0.7 + 0.5 + 10 (0.4 + 0.1) + 250 (0.05 + 0.01); then 0.5 + 0.5 + 0.06 beside the photo; then 0.5 + 0.06
    assert ends == pytest.approx([21.2, 1.06, 0.56])
    assert costs.faster(0.1, 0.04, 2) == pytest.approx(0.08) and costs.faster(0.1, 0.04, np.inf) == pytest.approx(0.06)


def test_figures_say_what_they_show():
    one = {"a": {"x": (0.0, 1.0)}, "b": {"x": (0.0, 0.5)}}
    assert len(figures.budgets(one).axes) == 2
    axes = figures.by_workers({"by Dask": [scaling.Made(None, "worker 0", 0.0, 1.0)]}).axes[0]
    assert axes.get_yticklabels()[0].get_text() == "by Dask: worker 0"
    assert len(figures.gain(0.1, 0.05).axes[0].patches) == 10


# ---------------------------------------------------------------- workers


def test_two_workers_make_the_same_films(photo, monkeypatch):
    monkeypatch.setattr(scaling, "FRAMES", 3)
    here = scaling.one_by_one(photo, scaling.GESTURES[:2])
    there = scaling.by_dask(photo, scaling.GESTURES[:2])
    assert [one.worker for one in here] == ["this kernel"] * 2
    assert {one.worker for one in there} == {"worker 0", "worker 1"}
    for ours, theirs in zip(here, there):
        assert np.array_equal(np.stack(list(ours.clip)), np.stack(list(theirs.clip))) and theirs.end > theirs.begin
    monkeypatch.setattr(scaling.importlib.util, "find_spec", lambda name: None)
    assert not scaling.is_there() and scaling.who() == "this kernel"


# ---------------------------------------------------------------- the live face


class Stub:
    """In place of `course.Live`: a moment every time it is asked, until it is closed."""

    quality = "8 px"

    def __init__(self, photo, size, tell):
        self.said, self.number, self.open, self.photo = [], -1, True, photo

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __iter__(self):
        while self.open:
            yield self.read()

    def close(self):
        self.open = False

    def say(self, text):
        self.said.append(text)

    def read(self):
        if not self.open:
            raise errors.CourseError("this face is closed: make another Live")
        time.sleep(0.002)
        self.number += 1
        words = self.said.pop(0) if self.said else None
        return live_face.live.Moment(self.number, np.zeros((8, 8, 3), np.uint8), np.zeros(960, np.float32), words,
                                     self.number % 2 == 0, self.number % 2)


def test_what_is_watched_is_kept_with_its_sound_and_words(monkeypatch):
    monkeypatch.setattr(live_face.live, "Live", Stub)
    seen = live_face.record(None, "Hello.", 0.4, 8)
    assert seen.frames.shape == (10, 8, 8, 3) and len(seen.sound) == 9600 and seen.words == {0: "Hello."}
    assert seen.shown.tolist() == [0, 0, 2, 2, 4, 4, 6, 6, 8, 8] and seen.share_fresh() == 0.5
    assert seen.clip().duration == pytest.approx(0.4) and len(figures.clock(seen.shown, 25.0, seen.words).axes) == 1


def wait_for(what):
    end = time.monotonic() + 10
    while not what() and time.monotonic() < end:
        time.sleep(0.01)
    assert what()


def test_the_live_widget_begins_says_stops_and_begins_again(monkeypatch):
    monkeypatch.setattr(live_face.live, "Live", Stub)
    face = live_face.LiveFace(None, 8)
    face.press("say")  # nobody is there yet
    assert "begin" in face.says.value and not face.running
    for _ in range(2):
        face.buttons["begin"].click()
        wait_for(lambda: face.image.value and "lives" in face.says.value)
        face.words.value = "Hi."
        face.buttons["say"].click()
        face.buttons["stop"].click()
        wait_for(lambda: not face.running)
        assert "rests" in face.says.value


def test_a_photo_that_cannot_live_is_told_in_the_widget():
    face = live_face.LiveFace(np.zeros((200, 200, 3), np.uint8), 128)
    face.press("begin")
    wait_for(lambda: not face.running)
    assert "face" in face.says.value
