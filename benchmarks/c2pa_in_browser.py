"""What a reader of manifests in a browser says of films: @contentauth/c2pa-web in a headless Chromium.

    npm install --prefix FOLDER @contentauth/c2pa-web
    python benchmarks/c2pa_in_browser.py FOLDER FILM...

A second way to read, and not a second opinion: it is c2pa-rs compiled for the web, as c2pa-python is for Python.
"""

import argparse
import functools
import http.server
import json
import shutil
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from course.provenance import manifest

PAGE = """<!doctype html><script type="importmap">{"imports": {
  "highgain": "/node_modules/highgain/dist/index.js", "ts-deepmerge": "/node_modules/ts-deepmerge/esm/index.js"}}
</script><script type="module">
import { createC2pa } from '/node_modules/@contentauth/c2pa-web/dist/index.js';
const wasm = location.origin + '/node_modules/@contentauth/c2pa-web/dist/resources/c2pa_bg.wasm';
const c2pa = await createC2pa({ wasmSrc: wasm });
window.read = async (name, kind) => {
  const blob = await (await fetch('/films/' + name)).blob();
  const reader = await c2pa.reader.fromBlob(kind, blob);
  return reader ? await reader.manifestStore() : null;
};
</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".wasm": "application/wasm"}

    def log_message(self, *arguments):
        """Nothing."""


def main() -> None:
    """Read each film, and print what the reader says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where npm installed the reader")
    parser.add_argument("films", nargs="+", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "node_modules").symlink_to((options.folder / "node_modules").resolve())
        (Path(place) / "films").mkdir()
        (Path(place) / "index.html").write_text(PAGE)
        for number, film in enumerate(options.films):
            shutil.copy(film, Path(place) / "films" / f"{number}{film.suffix}")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=place))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page()
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
            page.wait_for_function("() => window.read !== undefined")
            for number, film in enumerate(options.films):
                kind = manifest.KINDS[film.suffix.lower()]
                print(film, told(page.evaluate("([name, kind]) => read(name, kind)", [f"{number}{film.suffix}", kind])))
            browser.close()


def told(store) -> str:
    """A manifest store in one line."""
    if store is None:
        return "no manifest"
    active = store["manifests"][store["active_manifest"]]
    codes = [one["code"] for one in store.get("validation_status") or []]
    return json.dumps({"state": store.get("validation_state"), "codes": codes,
                       "assertions": [one["label"] for one in active["assertions"]]})


if __name__ == "__main__":
    main()
