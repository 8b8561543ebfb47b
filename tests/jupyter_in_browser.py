"""A real JupyterLab in a headless Chromium, for tests that have to see what a student sees."""

import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

TOKEN = "test"
HANDLE = ".noUi-handle, .ui-slider-handle"  # of ipywidgets 8, and of 7
KERNEL_IS_IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_browser() -> str | None:
    """The path of a Chromium: `$COURSE_BROWSER`, or one on the path; None where there is none."""
    named = os.environ.get("COURSE_BROWSER")
    return named or next((path for path in map(shutil.which, BROWSERS) if path), None)


def browser_or_skip() -> str:
    """The browser's path; skips the test, with what to install, where it cannot be driven."""
    pytest.importorskip("jupyterlab", reason="no JupyterLab: pip install jupyterlab")
    pytest.importorskip("playwright.sync_api", reason="nothing to drive a browser with: pip install playwright")
    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium here: apt-get install chromium, or name one in COURSE_BROWSER")
    return browser


@contextlib.contextmanager
def jupyterlab(folder: Path):
    """JupyterLab over the notebooks in `folder / "notebooks"`, with settings and progress of its own: its address."""
    (folder / "notebooks").mkdir(exist_ok=True)
    settings = folder / "config" / "lab" / "user-settings" / "@jupyterlab"
    for name, values in (
            # every cell stands in the page, also those out of sight
            ("notebook-extension/tracker", {"windowingMode": "none"}),
            ("apputils-extension/notification", {"fetchNews": "false", "checkForUpdates": False})):
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {"COURSE_HOME": "home", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}
    environment = os.environ | {name: str(folder / part) for name, part in home.items()}
    with open(folder / "server.log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
             "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", "--expose-app-in-browser",
             f"--ServerApp.root_dir={folder / 'notebooks'}"],
            stdout=log, stderr=subprocess.STDOUT, env=environment, cwd=folder)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", server, folder / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()  # it ends its kernels first
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_for(address: str, server, log: Path, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.3)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class Notebook:
    """One notebook open in a page of the browser, to be run, typed into and looked at."""

    def __init__(self, page, address: str, path: str):
        self.page = page
        page.goto(f"{address}/lab/tree/{path}?token={TOKEN}")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
        for _ in range(60):  # a slow machine asks for the kernel before it knows its name
            if page.evaluate(KERNEL_IS_IDLE):
                return
            if page.locator(".jp-Dialog .jp-mod-accept").count():
                page.locator(".jp-Dialog .jp-mod-accept").first.click()
            page.wait_for_timeout(1000)
        pytest.fail("the notebook's kernel did not start in a minute")

    def command(self, name: str) -> None:
        """A command of JupyterLab, as from its menu; does not wait for its end."""
        self.page.evaluate("name => { window.jupyterapp.commands.execute(name) }", name)

    def cell(self, text: str):
        """The code cell whose source holds `text`."""
        found = self.page.locator(".jp-CodeCell", has=self.page.locator(".cm-content", has_text=text))
        return found.first

    def type(self, text: str, source: str) -> None:
        """Replace the source of the cell that holds `text`, as by selecting all of it and pasting."""
        editor = self.cell(text).locator(".cm-content").first
        editor.scroll_into_view_if_needed()
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def run(self, text: str, seconds: float = 120) -> str:
        """Run the cell that holds `text`; returns what it shows as text."""
        cell = self.cell(text)
        cell.locator(".cm-content").first.click()
        before = cell.locator(".jp-InputPrompt").first.inner_text()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            "([cell, before]) => { const now = cell.querySelector('.jp-InputPrompt').innerText;"
            " return /\\d/.test(now) && now !== before }",
            arg=[cell.element_handle(), before], timeout=seconds * 1000)
        return self.output(text)

    def run_all(self, seconds: float = 300) -> None:
        """Run every cell and wait for the last one."""
        if self.page.locator(".jp-Dialog .jp-mod-accept").count():
            self.page.locator(".jp-Dialog .jp-mod-accept").first.click()
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.jp-CodeCell')].every("
            "cell => /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').innerText)"
            " || !cell.querySelector('.cm-content').innerText.trim())", timeout=seconds * 1000)

    def output(self, text: str) -> str:
        """What the cell that holds `text` shows, as text."""
        return "\n".join(self.cell(text).locator(".jp-OutputArea-output").all_inner_texts())


@contextlib.contextmanager
def page_of(browser: str, width: int = 1400, height: int = 1000):
    """A page of a headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        window = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield window.new_page(viewport={"width": width, "height": height})
        finally:
            window.close()


class Widget:
    """A panel of the course (`widgets.Panel`) in a notebook's cell: its controls moved, its picture looked at."""

    def __init__(self, notebook: Notebook, text: str):
        """text: part of the cell's source. Waits for the picture; fails where it covers its sliders or is cut."""
        self.page, self.cell = notebook.page, notebook.cell(text)
        self.image = self.cell.locator(".jp-OutputArea-output img").first
        self.image.wait_for(state="visible", timeout=60_000)
        self._loaded()
        self.check_layout()

    def check_layout(self) -> None:
        """Sliders and picture stand apart, whole, and on one screen."""
        sliders, image, whole = (place.bounding_box() for place in (
            self.cell.locator(".widget-vbox").first, self.image, self.cell.locator(".jp-OutputArea-output").first))
        beside = sliders["x"] + sliders["width"] <= image["x"]
        above = sliders["y"] + sliders["height"] <= image["y"]
        assert beside or above, f"the picture covers its sliders: {sliders}, {image}"
        narrow = self.cell.locator(".widget-vbox").first.evaluate("box => box.scrollWidth > box.clientWidth")
        assert not narrow, "the sliders are cut"
        assert image["x"] + image["width"] <= whole["x"] + whole["width"] + 1, "the picture is cut"
        room = self.page.viewport_size["height"] - 115  # without JupyterLab's own bars
        assert whole["height"] <= room, "too high for one screen"

    def picture(self):
        """What the picture shows in the page: (H, W, 3) int."""
        import numpy as np
        from PIL import Image

        return np.asarray(Image.open(io.BytesIO(self.image.screenshot())).convert("RGB")).astype(int)

    def press(self, key: str, times: int, slider=None) -> None:
        """A key pressed again and again on a slider (the first one)."""
        (slider or self.cell).locator(HANDLE).first.focus()
        for _ in range(times):
            self.page.keyboard.press(key)

    def changed_by(self, act, share: float = 0.002, level: int = 30) -> bool:
        """Whether `act()` changes more than that share of the picture by more than `level` of 255.

        Where `$COURSE_SHOTS` names a folder, the cell is kept there before and after, to be looked at.
        """
        import numpy as np

        before, address = self.picture(), self.image.get_attribute("src")
        self._shoot("before")
        act()
        self.page.wait_for_function("([image, before]) => image.src !== before",
                                    arg=[self.image.element_handle(), address], timeout=60_000)
        for _ in range(75):  # the last of many pictures
            address = self.image.get_attribute("src")
            self.page.wait_for_timeout(800)
            if self.image.get_attribute("src") == address:
                break
        self._loaded()
        self._shoot("after")
        after = self.picture()
        return after.shape == before.shape and (np.abs(after - before).max(axis=2) > level).mean() > share

    def _loaded(self) -> None:
        self.page.wait_for_function("image => image.complete && image.naturalWidth > 0",
                                    arg=self.image.element_handle())

    def _shoot(self, words: str) -> None:
        if folder := os.environ.get("COURSE_SHOTS"):
            number = len(list(Path(folder).glob("*.png")))
            name = self.cell.locator(".cm-content").inner_text().split("panel = ")[-1].split("(")[0]
            self.cell.screenshot(path=f"{folder}/{number:02d}_{name}_{words}.png")


@contextlib.contextmanager
def notebook_of(folder: Path, *sources: str):
    """A notebook with these code cells, run from top to bottom in a browser of 1280 by 900, or the test skipped."""
    browser = browser_or_skip()
    import nbformat

    (folder / "notebooks").mkdir()
    python = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources],
                                            metadata={"kernelspec": python}), folder / "notebooks" / "tried.ipynb")
    with jupyterlab(folder) as address, page_of(browser, 1280, 900) as page:
        notebook = Notebook(page, address, "tried.ipynb")
        notebook.run_all(600)
        yield notebook
