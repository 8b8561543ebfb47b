"""A film by a text, and one by a recording, with what ships: PyTorch is never imported."""

import subprocess
import sys

FILMS = """
import sys
import course, soundfile
spoken = course.animate(sys.argv[1], text="Hi.", size=96, seed=1)
spoken.save("text.mp4", progress=False)
soundfile.write("said.wav", spoken.audio, spoken.sample_rate)
course.animate(sys.argv[1], audio="said.wav", size=96, seed=1).save("audio.mp4", progress=False)
assert "torch" not in sys.modules, "something on the way of a film has imported torch"
"""


def test_films_by_a_text_and_a_recording_never_import_torch(hopper_path, tmp_path):
    subprocess.run([sys.executable, "-c", FILMS, hopper_path], cwd=tmp_path, check=True, timeout=200)
    assert min((tmp_path / f"{kind}.mp4").stat().st_size for kind in ("text", "audio")) > 1000
