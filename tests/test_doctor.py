"""`course doctor`: says what is wrong and what mends it, and does not break on what is broken."""

import shutil
import sys

import pytest

from course import doctor, errors, io
from course.io import checksums


@pytest.mark.parametrize(("line", "expected"), [
    ("av>=12", ("av", "12", None)),
    ("librosa >= 0.10.2", ("librosa", "0.10.2", None)),
    ("tqdm", ("tqdm", None, None)),
    ("nbval>=0.11; extra == 'notebooks'", ("nbval", "0.11", "notebooks")),
    ('tomli>=2; (python_version < "3.11") and extra == "test"', ("tomli", "2", "test")),
])
def test_requirements_are_read(line, expected):
    needed = doctor.parse_requirement(line)
    assert (needed.name, needed.least, needed.extra) == expected


def test_every_required_package_is_looked_at():
    findings = list(doctor.check_packages())
    text = "\n".join(finding.text for finding in findings)
    for name in ("numpy", "torch", "torchvision", "opencv-python-headless", "espeakng-loader", "face-alignment"):
        assert name in text
    assert "ruff" not in text
    assert {finding.level for finding in findings} <= {"ok", "note"}


def test_missing_old_and_broken_packages(monkeypatch):
    missing = doctor.check_package(doctor.Needed("no-such-package", "3", None))
    assert missing.level == "mend" and missing.advice == "pip install 'no-such-package>=3'"
    old = doctor.check_package(doctor.Needed("numpy", "99", None))
    assert old.level == "mend" and "too old" in old.text and "'numpy>=99'" in old.advice
    for written in ("vaderSentiment", "vadersentiment"):
        assert doctor.check_package(doctor.Needed(written, "3.3", None)).level == "ok"
    monkeypatch.setitem(sys.modules, "tqdm", None)  # makes its import fail
    broken = doctor.check_package(doctor.Needed("tqdm", "4", None))
    assert broken.level == "mend" and "does not import" in broken.text
    assert doctor.check_optional(doctor.Needed("no-such-package", None, "judge")).level == "note"


@pytest.mark.parametrize(("newer", "older"), [("2.10", "2.9.1"), ("2.15.0+cu132", "2.2"), ("5.0.0.93", "4.8")])
def test_versions_compare_as_numbers(newer, older):
    assert doctor._numbers(newer) > doctor._numbers(older)


def test_damaged_and_missing_weights_are_named(tmp_path, monkeypatch):
    for name in ("a.npz", "b.npz", "c.safetensors"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "notes.txt").write_text("not checked")
    checksums.write(tmp_path)
    (tmp_path / "b.npz").unlink()
    (tmp_path / "c.safetensors").write_bytes(b"damaged")
    assert checksums.state(tmp_path) == {"a.npz": "right", "b.npz": "missing", "c.safetensors": "wrong checksum"}
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    levels = {finding.text.split(",")[0].split(":")[0]: finding.level for finding in doctor.check_weights()}
    assert (levels["a.npz"], levels["b.npz"], levels["c.safetensors"]) == ("ok", "mend", "mend")


def test_what_ships_has_its_checksum():
    """After a weight has changed: python -m course.io.checksums"""
    assert list(checksums.read()) == checksums.shipped()
    assert set(checksums.state().values()) == {"right"}


def test_a_disk_without_room(monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    findings = list(doctor.check_disk())
    assert [finding.level for finding in findings] == ["mend", "mend"] and "500 MB" in findings[0].advice


def test_an_old_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 7, "final", 0))
    assert [finding.level for finding in doctor.check_python()] == ["mend"]


def test_the_report_ends_in_one_clear_line(monkeypatch, capsys):
    for name in [name for name in vars(doctor) if name.startswith("check_")]:
        if name not in ("check_package", "check_optional"):
            monkeypatch.setattr(doctor, name, lambda: iter([doctor.Finding("ok", "fine")]))
    assert doctor.run() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "ok: everything that is needed works"

    def breaks():
        raise OSError("first line\nsecond line")
        yield

    def refuses():
        raise errors.WeightsError("the file x is missing: install it again")
        yield

    monkeypatch.setattr(doctor, "check_voice", breaks)
    monkeypatch.setattr(doctor, "check_encoders", refuses)
    assert doctor.run() == 1
    told = capsys.readouterr().out
    assert "A trial" in told, "the checks after a broken one still run"
    assert told.splitlines()[-1].startswith("to mend: breaks stopped with OSError: first line second line")
    assert "the file x is missing" in told.splitlines()[-1]


def test_missing_weights_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(errors.WeightsError, match="checksums.txt"):
        io.data_file("checksums.txt")
    assert [finding.level for finding in doctor._guarded(doctor.check_weights)] == ["mend"]


def test_the_trial_makes_a_film():
    findings = list(doctor._guarded(doctor.check_trial))
    assert [finding.level for finding in findings] == ["ok"], findings
    assert "s of film" in findings[0].text
