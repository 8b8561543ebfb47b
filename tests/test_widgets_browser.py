"""The widgets of lessons 00 to 13 as a student has them: moved in a real JupyterLab, and the picture changes.

All stand in one notebook, so that server, browser and kernel start once.
"""

import os

import pytest
from jupyter_in_browser import Widget, notebook_of

from course.lessons.lesson_03 import widget as widget_03

WIDGETS = ("lesson_00.widget.FaceMixer()", "lesson_02.widget.KeypointMover()", "lesson_02.widget.HeatmapSharpness()",
           "lesson_01.widget.ThresholdExplorer()", "lesson_03.widget.FacePose()",
           "lesson_04.widget.KernelInHand()", "lesson_04.widget.SamePlace()", "lesson_04.widget.SharpOrMean()",
           "lesson_05.widget.Coarticulation()", "lesson_06.widget.PointAndMatrix()",
           "lesson_06.widget.FlowUnderPointer()", "lesson_07.widget.RingInMotion(steps=100)",
           "lesson_08.widget.RunScrubber()", "lesson_09.widget.Transfer()", "lesson_10.widget.OneEuro()",
           "lesson_10.widget.Sharpening()", "lesson_10.widget.Moment()", "lesson_12.widget.SlowMachine()")
ATTACK = """import numpy as np
from course import demo, images, provenance
from course.lessons.lesson_13 import widget
marker = provenance.Marker(7, b"key")
photo = images.load_image(demo.photo_path())[60:444, 64:448].copy()
panel = widget.Attack([marker(photo) for _ in range(50)], 7, b"key")
panel"""
VOTE = ("from course.lessons.lesson_11 import films, widget\n"
        "vote = widget.Vote(films.take('Hi Pam!', 96))\nvote")


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook with a cell for each, run from top to bottom in the browser."""
    cells = [f"from course.lessons.{call.split('.')[0]} import widget\npanel = {call.split('.', 1)[1]}\npanel"
             for call in WIDGETS]
    cells += [ATTACK, 'from course import plots\nplots.show(plots.pipeline(["photo"]))', VOTE, "print(vote.votes[:2])"]
    with notebook_of(tmp_path_factory.mktemp("lab"), *cells) as opened:
        yield opened


@pytest.fixture
def shown(notebook):
    """The widget of a class by its name: shown("OneEuro")."""
    return lambda name: Widget(notebook, f"widget.{name}(")


@pytest.mark.parametrize("name", ["FaceMixer", "KeypointMover", "HeatmapSharpness"])
def test_moving_a_slider_changes_the_picture_and_a_button_takes_it_back(notebook, shown, name):
    widget = shown(name)
    readout = widget.cell.locator(".widget-readout").first
    reading = readout.inner_text()
    assert widget.changed_by(lambda: widget.press("ArrowRight", 12))
    assert readout.inner_text() != reading
    widget.cell.locator("button", has_text="back to the start").click()
    notebook.page.wait_for_function("([readout, before]) => readout.innerText === before",
                                    arg=[readout.element_handle(), reading], timeout=60_000)


def test_the_detectors_threshold(shown):
    widget = shown("ThresholdExplorer")
    assert widget.changed_by(lambda: widget.press("ArrowLeft", 40))
    assert float(widget.cell.locator(".widget-readout").first.inner_text()) < 0.2


def test_a_group_of_channels_is_chosen_and_its_slider_moves_the_face(shown):
    widget = shown("FacePose")
    group = widget.cell.locator("select").first
    group.select_option("jaw and lips")
    slider = widget.cell.locator(".widget-slider:visible", has_text="jawOpen").first
    slider.wait_for(state="visible", timeout=30_000)
    assert not widget.cell.locator(".widget-slider", has_text="headYaw").first.is_visible()
    assert widget.changed_by(lambda: widget.press("ArrowRight", 12, slider))
    assert slider.locator(".widget-readout").first.inner_text() != "0.00"
    for name, channels in widget_03.FacePose.GROUPS.items():
        group.select_option(name)
        labels = widget.cell.locator(".widget-slider:visible .widget-label")
        labels.nth(len(channels) - 1).wait_for(state="visible", timeout=30_000)
        widget.page.wait_for_timeout(500)  # those of the group before are hidden by now, too
        widget.check_layout()
        assert labels.count() == len(channels)
        assert not any(labels.evaluate_all("all => all.map(one => one.scrollWidth > one.clientWidth)")), "cut names"


def test_kernels_layers_and_the_way_between_two_losses(shown):
    kernel, same, between = map(shown, ("KernelInHand", "SamePlace", "SharpOrMean"))
    assert kernel.changed_by(lambda: kernel.press("ArrowRight", 8))
    assert same.changed_by(lambda: same.press("ArrowLeft", 20))
    way = same.cell.locator("select").first
    assert same.changed_by(lambda: way.select_option("untrained, layer 1/8"))
    assert between.changed_by(lambda: between.press("ArrowRight", 16))


@pytest.mark.parametrize("name, sliders", [
    ("Coarticulation", {"lead of lips": 12, "moment": 12}), ("OneEuro", {"beta": 8}), ("Sharpening", {"amount": 30}),
    ("Moment", {"t": 6}), ("SlowMachine", {"ms a frame": 20, "workers": 2}), ("Attack", {"cropped": 4, "blur": 20})])
def test_sliders_move_the_picture_and_it_stays_on_one_screen(shown, name, sliders):
    widget = shown(name)
    for words, times in sliders.items():
        slider = widget.cell.locator(".widget-slider:visible", has_text=words).first
        slider.wait_for(state="visible", timeout=30_000)
        assert widget.changed_by(lambda at=slider, n=times: widget.press("ArrowRight", n, at)), words
        widget.check_layout()


def test_the_flow_under_a_matrix_and_a_pointer(shown):
    nose, pointer = map(shown, ("PointAndMatrix", "FlowUnderPointer"))
    assert nose.changed_by(lambda: nose.press("ArrowRight", 12))
    assert pointer.changed_by(lambda: pointer.press("ArrowRight", 12), share=0.001)
    assert pointer.changed_by(lambda: pointer.cell.locator("select").first.select_option("nothing moves"))


def test_the_ring_and_its_games(shown):
    widget = shown("RingInMotion")
    assert widget.changed_by(lambda: widget.press("ArrowRight", 20))
    game = widget.cell.locator("select").first
    assert widget.changed_by(lambda: game.select_option("hasty"))


def test_a_run_is_gone_through(shown):
    widget = shown("RunScrubber")
    assert widget.changed_by(lambda: widget.press("ArrowRight", 3), share=0.001, level=20)


def test_driver_choice_and_frame_change_the_picture(shown):
    widget = shown("Transfer")
    driver, carried = (widget.cell.locator("select").nth(k) for k in range(2))
    assert widget.changed_by(lambda: carried.select_option("channels"))
    assert widget.changed_by(lambda: widget.press("ArrowRight", 8))
    assert widget.changed_by(lambda: driver.select_option("Bela (beard)"))


def test_a_vote_goes_on_to_the_next_pair(notebook):
    cell = notebook.cell("widget.Vote")
    for number, side in enumerate(("left", "right"), 1):
        cell.get_by_text(f"Pair {number} of 8").wait_for(state="visible", timeout=60_000)
        film = cell.locator("video").bounding_box()
        button = cell.get_by_role("button", name=f"{side} is better")
        below = button.bounding_box()
        assert film["width"] > film["height"] > 50 and below["y"] >= film["y"] + film["height"] - 1
        if folder := os.environ.get("COURSE_SHOTS"):
            cell.screenshot(path=f"{folder}/vote_{number}.png")
        button.click()
    cell.get_by_text("Pair 3 of 8").wait_for(state="visible", timeout=60_000)
    assert notebook.run("print(vote.votes").strip() == "['soft', 'soft']"


def test_a_figure_has_its_words_in_the_page(notebook):
    image = notebook.cell("plots.pipeline").locator("img")
    assert "Lit: photo." in image.get_attribute("alt")
    assert image.evaluate("image => image.naturalWidth") > 600


def test_nothing_in_the_notebook_is_an_error(notebook):
    kinds = ("error", "stderr")
    found = notebook.page.locator(", ".join(f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in kinds))
    assert found.all_inner_texts() == []
