"""The watermark: its code, where it is put, what it outlives, and who can read what."""

import hashlib

import cv2
import numpy as np
import pytest

from course import images
from course.io import decoding, encoding
from course.provenance import chips, codewords, demodulation, watermark, watermark_reader

KEY, OTHER = b"mine" * 8, b"hers" * 8
PAYLOAD = 0xC0FFEE42


@pytest.fixture(scope="module")
def frames(hopper):
    """Two seconds of a photo that nods: (50, 512, 437, 3)."""
    still = cv2.resize(hopper, (437, 512), interpolation=cv2.INTER_AREA)
    moves = [np.float32([[1, 0, 0], [0, 1, 2 * np.sin(number / 8)]]) for number in range(50)]
    return [cv2.warpAffine(still, move, (437, 512), borderMode=cv2.BORDER_REPLICATE) for move in moves]


@pytest.fixture(scope="module")
def marked(frames):
    marker = watermark.Marker(PAYLOAD, KEY, 25)
    return [marker(frame) for frame in frames]


def through(frames, folder, crf=23, fps=25):
    """Frames as they are after H.264."""
    path = folder / "film.mp4"
    quality = {"crf": str(crf), "preset": "veryfast"}
    kept = encoding.FORMATS[".mp4"].picture
    before = dict(kept)
    kept.update(quality)
    try:
        encoding.write_video(path, frames, fps)
    finally:
        kept.update(before)
    return list(decoding.read_frames(path))


# ---------------------------------------------------------------- the code


@pytest.mark.parametrize("payload", [0, 1, 2**32 - 1, PAYLOAD])
def test_a_codeword_is_read_back_through_noise(payload):
    random = np.random.default_rng(payload % 97)
    signs = codewords.encode(payload)
    assert signs.shape == (168,) and set(np.unique(signs)) == {-1, 1}
    for _ in range(3):
        assert codewords.decode(signs + random.normal(0, 0.75, 168)) == payload
    assert codewords.decode(np.where(np.arange(168) % 12 == 5, -signs, signs)) == payload  # a twelfth turned over


def test_a_payload_of_another_size_is_refused():
    for payload in (-1, 2**32):
        with pytest.raises(ValueError, match="32 bits"):
            codewords.encode(payload)


def test_noise_fits_no_checksum():
    random = np.random.default_rng(5)
    assert [codewords.decode(random.normal(size=168)) for _ in range(40)] == [None] * 40


def test_the_checksum_is_openpgps():
    assert codewords.checksum(int.from_bytes(b"1234", "big")) == openpgp_crc(b"1234")


def openpgp_crc(data):
    """RFC 9580, 6.1.1, as it stands there."""
    crc = 0xB704CE
    for octet in data:
        crc ^= octet << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc & 0xFFFFFF


def test_candidates_and_checksum_keep_false_alarms_below_one_in_a_million():
    from course.provenance import verify

    assert watermark_reader.CANDIDATES * 2.0**-codewords.CRC_BITS <= 1e-6
    assert len(verify.WINDOWS) * verify.CANDIDATES * 2.0**-codewords.CRC_BITS <= 1e-6
    assert np.exp(-watermark_reader.PRIVATE_LEAST**2 / 2) <= 1e-6  # Hoeffding, for signs that are thrown


# ---------------------------------------------------------------- the plane


def test_the_plane_stays_as_it_is():
    # marks that are out in the world are read by these signs: whoever changes them gives them a new name
    plane = chips.plane(PAYLOAD, KEY)
    assert plane.shape == (64, 64) and set(np.unique(plane)) == {-1, 1}
    assert hashlib.sha256(plane.astype(np.int8).tobytes()).hexdigest()[:16] == "c4c22f2b4953fa0f"


def test_each_block_holds_each_sign_of_the_codeword_once():
    for block in (chips.owners()[:16, :16], chips.owners()[48:, 16:32]):
        names, counts = np.unique(block, return_counts=True)
        assert list(names) == [chips.PRIVATE, chips.SYNC, *range(168)]
        assert list(counts) == [44, 44] + [1] * 168


def test_private_signs_hang_on_key_and_payload():
    mine = chips.private_signs(KEY, PAYLOAD)
    for other in (chips.private_signs(OTHER, PAYLOAD), chips.private_signs(KEY, PAYLOAD + 1)):
        assert abs((mine * other).mean()) < 0.1
    assert (chips.public_plane(PAYLOAD)[chips.owners() == chips.PRIVATE] == 0).all()


# ---------------------------------------------------------------- putting it in


def test_a_mark_is_weak_and_leaves_what_it_was_given(frames, marked):
    before = frames[0].copy()
    watermark.Marker(PAYLOAD, KEY)(frames[0])
    assert (frames[0] == before).all()
    for frame, with_mark in zip(frames[::12], marked[::12]):
        change = with_mark.astype(float) - frame
        assert 10 * np.log10(255**2 / (change**2).mean()) >= 42
        assert np.abs(change).max() <= 10
        assert abs(change @ [0.2126, 0.7152, 0.0722]).mean() < 0.5  # brightness stays, but for rounding


def test_a_mark_turns_over_every_half_second(frames):
    for fps in (25, 30, 50):
        marker = watermark.Marker(PAYLOAD, KEY, fps)
        changes = [np.sign((marker(frames[0]).astype(int) - frames[0])[100:108, 200:208, 2].mean()) for _ in range(fps)]
        half = -(-fps // 2)
        assert len(set(changes[:half])) == len(set(changes[half:])) == 1 and changes[0] == -changes[-1]


def test_transparency_stays_and_sizes_may_differ(frames):
    marker = watermark.Marker(PAYLOAD, KEY)
    alpha = np.arange(512 * 437, dtype=np.uint32).astype(np.uint8).reshape(512, 437, 1)
    out = marker(np.concatenate([frames[0], alpha], axis=2))
    assert (out[..., 3:] == alpha).all() and (out[..., :3] != frames[0]).any()
    assert marker(frames[0][:301, :77]).shape == (301, 77, 3)
    assert marker(np.zeros((40, 2000, 3), np.uint8)).shape == (40, 2000, 3)


def test_larger_films_have_larger_spots():
    assert [watermark.pitch(side, side) for side in (64, 256, 512, 767, 1024, 2160)] == [16, 16, 16, 16, 32, 64]


# ---------------------------------------------------------------- reading it


def test_a_mark_is_read_and_proved_by_its_maker_alone(marked):
    reading = watermark_reader.read_watermark(marked, 25)
    assert reading.payload == PAYLOAD and not reading.mirrored
    assert reading.made_with(KEY) and not reading.made_with(OTHER)
    assert reading.pitch == pytest.approx((16, 16), rel=0.02) and np.abs(reading.shift).max() < 6


def test_no_mark_is_found_where_there_is_none(frames):
    assert watermark_reader.read_watermark(frames, 25) is None
    assert watermark_reader.read_watermark([]) is None
    assert watermark_reader.read_watermark([np.zeros((16, 16, 3), np.uint8)] * 3) is None
    assert watermark_reader.read_watermark([np.full((200, 200, 3), 7, np.uint8)] * 30) is None


def test_a_mark_under_another_public_key_is_not_found(marked, monkeypatch):
    monkeypatch.setattr(chips, "PUBLIC_KEY", b"another")
    for cached in (chips.owners, chips.scramble):
        cached.cache_clear()
    try:
        assert watermark_reader.read_watermark(marked, 25) is None
    finally:
        monkeypatch.undo()
        for cached in (chips.owners, chips.scramble):
            cached.cache_clear()


ATTACKS = {
    "strong H.264": lambda frames, folder: (through(frames, folder, 34), 25),
    "half the size": lambda frames, folder: (through([cv2.resize(frame, None, fx=0.5, fy=0.5, interpolation=3)
                                                      for frame in frames], folder), 25),
    "a tenth cut off": lambda frames, folder: ([frame[51:, 44:] for frame in frames], 25),
    "mirrored, darker": lambda frames, folder: ([frame[:, ::-1] // 10 * 7 for frame in frames], 25),
    "from the middle of a period": lambda frames, folder: (frames[7:43], 25),
    "at 50 a second": lambda frames, folder: ([frame for frame in frames for _ in range(2)], 50),
    "in a larger picture": lambda frames, folder: ([cv2.copyMakeBorder(cv2.resize(frame, None, fx=0.8, fy=0.8),
                                                                       90, 30, 200, 60, cv2.BORDER_CONSTANT,
                                                                       value=(200, 200, 200)) for frame in frames], 25),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_mark_outlives(attack, marked, tmp_path):
    frames, fps = ATTACKS[attack](marked, tmp_path)
    reading = watermark_reader.read_watermark(frames, fps)
    assert reading and reading.payload == PAYLOAD
    assert reading.mirrored == attack.startswith("mirrored")


def test_grey_takes_the_mark_away(marked):
    # said on the card; if this ever fails, the card may say more
    grey = [np.repeat(frame.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8) for frame in marked]
    assert watermark_reader.read_watermark(grey, 25) is None


def test_what_stands_still_falls_out():
    still = np.random.default_rng(1).integers(0, 255, (96, 96, 3)).astype(np.uint8)
    period = demodulation.Period([still] * 40, 25)
    assert np.abs(period.swing()).max() < 1e-2 and np.abs(period.difference(0.4)).max() < 1e-2


def test_a_single_soft_picture_can_be_read(tmp_path):
    path, random = tmp_path / "still.png", np.random.default_rng(2)
    soft = np.linspace(60, 190, 480)[:, None, None] + random.normal(0, 4, (480, 400, 1)) + [12, 0, -20]
    images.save_image(path, watermark.Marker(PAYLOAD, KEY)(soft.astype(np.uint8)))
    assert watermark_reader.read_watermark([images.as_image(path)]).payload == PAYLOAD
