"""TensorBoard's own page, in a real browser: the curves and pictures of a training are on it."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request

import numpy as np
import pytest
import torch

from course import gan, training

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser here: install one of {', '.join(BROWSERS)} to see TensorBoard's page")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """A short training of a GAN, and TensorBoard serving it; the address."""
    folder = tmp_path_factory.mktemp("runs")
    faces = torch.randint(0, 255, (32, 3, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    settings = gan.Settings(size=16, latent=8, generator_width=8, discriminator_width=8)
    config = training.Config(batch=8, logdir=folder / "gan", live=False, report_every=2, picture_every=6)
    gan.train_gan(faces, steps=12, settings=settings, config=config)
    with open(folder / "said.txt", "w") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder), "--port", "0", "--host", "127.0.0.1",
             "--load_fast=false"], stdout=said, stderr=said, env=os.environ | {"NO_COLOR": "1"})
    try:
        yield _address(server, folder / "said.txt")
    finally:
        server.terminate()
        server.wait(30)


def _address(server, said, seconds=150) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert server.poll() is None, said.read_text()[-2000:]
        found = [word for word in said.read_text().split() if word.startswith("http://127.0.0.1:")]
        if found:
            runs = urllib.request.urlopen(found[0] + "data/runs", timeout=30).read()
            if b"gan" in runs:
                return found[0]
        time.sleep(0.5)
    pytest.fail(f"TensorBoard does not answer: {said.read_text()[-2000:]}")


def test_curves_are_on_the_page(browser, board, tmp_path):
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(board + "?darkMode=false#timeseries", timeout=120_000)
    for curve in ("d_loss", "g_loss", "right"):
        page.get_by_text(curve, exact=True).first.wait_for(timeout=120_000)
    line = page.locator("line-chart").first
    line.wait_for(timeout=120_000)
    picture = _shot(page, "tensorboard_curves.png", tmp_path)
    assert picture.std() > 10
    page.close()


def test_pictures_are_on_the_page(browser, board, tmp_path):
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(board + "?darkMode=false#images", timeout=120_000)
    page.wait_for_function("""() => {
        const found = [];
        const search = (root) => root.querySelectorAll('*').forEach((element) => {
            if (element.tagName === 'IMG' && element.naturalWidth >= 128) found.push(element);
            if (element.shadowRoot) search(element.shadowRoot);
        });
        search(document);
        return found.length > 0;
    }""", timeout=120_000)
    picture = _shot(page, "tensorboard_pictures.png", tmp_path)
    assert picture.std() > 10
    page.close()


def _shot(page, name, folder) -> np.ndarray:
    """A screenshot as an array; kept in $COURSE_SHOTS for whoever wants to look."""
    from PIL import Image

    page.wait_for_timeout(1500)  # lines are drawn with an animation
    path = os.path.join(os.environ.get("COURSE_SHOTS") or folder, name)
    page.screenshot(path=path)
    return np.asarray(Image.open(path).convert("L"), float)
