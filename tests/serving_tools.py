"""What the tests of the API need: a server in a process of its own, which can be killed, and its answers."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

START = ("import json, sys\nfrom course.serving import limits, server\n"
         "told = json.loads(sys.argv[1])\n"
         "told['most'] = limits.Limits(**told['most'])\n"
         "for name in ('keys', 'hosts'):\n    told[name] = None if told[name] is None else tuple(told[name])\n"
         "server.serve(server.ServerOptions(**told))\n")
HELLO = {"type": "text", "input": "Hi.", "provider": {"type": "microsoft", "voice_id": "en-us"}}


@dataclasses.dataclass
class Server:
    """A server in a process of its own. options: of `serving.ServerOptions`, most as a dict."""

    folder: Path
    options: dict
    process: subprocess.Popen | None = None
    url: str = ""

    def start(self) -> "Server":
        """Start it; it is there when this returns."""
        told = {"host": "127.0.0.1", "port": 0, "folder": str(self.folder), "keys": (), "hosts": None, "workers": 0,
                "size": 64, "most": {}, **self.options}
        self.process = subprocess.Popen([sys.executable, "-c", START, json.dumps(told)], stderr=subprocess.PIPE,
                                        text=True)
        line = self.process.stderr.readline()
        assert line.startswith("serving on http://"), line + self.process.stderr.read()
        self.url = line.split()[2]
        self.options = {**self.options, "port": int(self.url.rpartition(":")[2])}
        return self

    def kill(self) -> None:
        """End it as the system does that has no memory left."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> str:
        """End it in peace; what it said on standard error."""
        self.process.terminate()
        return self.process.communicate(timeout=30)[1]

    def upload(self, path, what: str = "images", **more) -> dict:
        """Send a file; the answer."""
        with open(path, "rb") as file:
            answer = requests.post(f"{self.url}/{what}", files={what[:-1]: file}, timeout=60, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def finished(self, path: str, seconds: float = 120, **more) -> dict:
        """The answer of a job once it is settled."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            told = requests.get(self.url + path, timeout=30, **more).json()
            if told.get("status") in ("done", "error", "rejected"):
                return told
            time.sleep(0.1)
        raise AssertionError(f"{path} is not settled after {seconds} s: {told}")
