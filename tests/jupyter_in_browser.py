"""A real JupyterLab in a headless Chromium, for tests that have to see what a student sees."""

import contextlib
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
