"""Pictures in: every mode, upright, and a clear refusal of what is broken, hostile or no picture."""

import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from course import errors, images

RED, GREEN = (250, 10, 20), (10, 200, 30)


def half_and_half(width=40, height=30):
    """Left half red, right half green: uint8 (H, W, 3)."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, : width // 2], picture[:, width // 2 :] = RED, GREEN
    return picture


def refused(source, match):
    with pytest.raises(errors.ImageError, match=match) as caught:
        images.as_image(source)
    assert "\n" not in str(caught.value)


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize("ending", ["png", "webp", "tiff", "bmp", "jpg", "gif"])
def test_formats(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    Image.fromarray(half_and_half()).save(path)
    loaded = images.load_image(path)
    assert loaded.shape == (30, 40, 3) and loaded.dtype == np.uint8
    assert np.abs(loaded[15, 5].astype(int) - RED).max() < 12
    assert np.abs(loaded[15, 35].astype(int) - GREEN).max() < 12


def test_the_ending_does_not_matter(tmp_path):
    Image.fromarray(half_and_half()).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.jpg")
    assert images.load_image(str(tmp_path / "a.jpg")).shape == (30, 40, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path, orientation):
    upright = Image.fromarray(half_and_half())
    undo = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90,
            7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}[orientation]
    stored = upright if undo is None else upright.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(images.load_image(tmp_path / "a.png"), half_and_half())


def test_transparent_parts_are_white(tmp_path):
    rgba = np.dstack([half_and_half(), np.full((30, 40), 255, np.uint8)])
    rgba[:, :20, 3] = 0
    Image.fromarray(rgba).save(tmp_path / "a.png")
    loaded = images.load_image(tmp_path / "a.png")
    assert (loaded[:, :20] == 255).all() and (loaded[:, 20:] == GREEN).all()
    np.testing.assert_array_equal(images.as_image(rgba), loaded)
    gray_alpha = Image.fromarray(rgba).convert("LA")
    assert (images.as_image(gray_alpha)[:, :20] == 255).all()


def test_palette_with_a_transparent_colour(tmp_path):
    picture = Image.fromarray(half_and_half()).convert("P", palette=Image.Palette.ADAPTIVE)
    picture.save(tmp_path / "plain.png")
    np.testing.assert_allclose(images.load_image(tmp_path / "plain.png"), half_and_half(), atol=4)
    picture.save(tmp_path / "holes.png", transparency=picture.getpixel((0, 0)))
    loaded = images.load_image(tmp_path / "holes.png")
    assert (loaded[:, :20] == 255).all()
    np.testing.assert_allclose(loaded[:, 20:], half_and_half()[:, 20:], atol=4)


def test_sixteen_bits_keep_their_shades(tmp_path):
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)[None].repeat(32, axis=0)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    loaded = images.load_image(tmp_path / "a.png")
    np.testing.assert_allclose(loaded[0, :, 0], np.linspace(0, 255, 64), atol=1.0)
    np.testing.assert_array_equal(loaded[..., 0], loaded[..., 2])
    Image.fromarray(ramp).save(tmp_path / "a.tiff")
    np.testing.assert_array_equal(images.load_image(tmp_path / "a.tiff"), loaded)


def test_float_pictures_reach_from_0_to_1(tmp_path):
    ramp = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(32, axis=0)
    Image.fromarray(ramp).save(tmp_path / "a.tiff")
    np.testing.assert_allclose(images.load_image(tmp_path / "a.tiff")[0, :, 1], np.linspace(0, 255, 64), atol=1.0)


@pytest.mark.parametrize("mode", ["L", "1", "CMYK", "YCbCr", "LAB", "HSV"])
def test_other_modes(tmp_path, mode):
    source = Image.fromarray(half_and_half())
    if mode == "LAB":
        from PIL import ImageCms

        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        source = ImageCms.applyTransform(source, ImageCms.buildTransform(*profiles, "RGB", "LAB"))
    else:
        source = source.convert(mode)
    loaded = images.as_image(source)
    assert loaded.shape == (30, 40, 3) and loaded.dtype == np.uint8
    if mode in ("L", "1"):
        np.testing.assert_array_equal(loaded[..., 0], loaded[..., 1])
        left, right = loaded[:, :20].mean(), loaded[:, 20:].mean()
        np.testing.assert_allclose((left, right), (83, 124), atol=8)  # 0.299 R + 0.587 G + 0.114 B
    else:
        np.testing.assert_allclose(loaded, half_and_half(), atol=10)


def test_cmyk_jpeg(tmp_path):
    Image.fromarray(half_and_half()).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    np.testing.assert_allclose(images.load_image(tmp_path / "a.jpg")[15, [5, 35]], [RED, GREEN], atol=12)


def test_arrays():
    picture = half_and_half()
    np.testing.assert_array_equal(images.as_image(picture), picture)
    np.testing.assert_array_equal(images.as_image(picture / 255.0), picture)
    np.testing.assert_array_equal(images.as_image(picture[..., 0]), picture[..., [0, 0, 0]])
    strided = images.as_image(picture[:, ::-1])
    assert strided.flags.c_contiguous
    copy = images.as_image(picture)
    copy[:] = 0
    assert picture.max() == 250, "the caller's array is not shared"


# ---------------------------------------------------------------- what is refused


def test_a_truncated_jpeg(tmp_path, hopper_path):
    whole = hopper_path.read_bytes()
    for share in (0.02, 0.5, 0.98):
        path = tmp_path / "cut.jpg"
        path.write_bytes(whole[: int(len(whole) * share)])
        refused(path, "damaged or cut short|not a picture")


def test_a_truncated_png(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    refused(tmp_path / "a.png", "damaged or cut short")


def test_a_flipped_byte(tmp_path):
    Image.fromarray(half_and_half()).save(tmp_path / "a.png")
    whole = bytearray((tmp_path / "a.png").read_bytes())
    whole[60] ^= 0xFF
    (tmp_path / "a.png").write_bytes(whole)
    refused(tmp_path / "a.png", "damaged or cut short")


@pytest.mark.parametrize("content", [b"", b"Hello, I am a letter.\n", b"\xff\xd8\xff", b"GIF89a", b"%PDF-1.7\n"])
def test_no_picture_at_all(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    refused(tmp_path / "a.jpg", "empty" if not content else "not a picture|damaged")


def test_no_file_and_a_folder(tmp_path):
    refused(tmp_path / "none.jpg", "no file .*none.jpg")
    refused(tmp_path, "is a folder")
    refused(tmp_path / "a" / "b\0.jpg", "no file")
    refused("x" * 5000, "no file|cannot be opened")


@pytest.mark.skipif(os.name != "posix", reason="permissions and pipes of POSIX")
def test_no_permission_and_no_regular_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    refused(tmp_path / "pipe.jpg", "no regular file")  # opening it would wait for ever
    Image.fromarray(half_and_half()).save(tmp_path / "a.png")
    (tmp_path / "a.png").chmod(0)
    if os.geteuid():
        refused(tmp_path / "a.png", "may not be read")
    (tmp_path / "shut").mkdir()
    (tmp_path / "shut").chmod(0)
    if os.geteuid():
        refused(tmp_path / "shut" / "a.png", "may not be read")
    (tmp_path / "shut").chmod(0o700)


def test_permission_as_any_user(tmp_path, monkeypatch):
    """The refusal itself, since root may read everything."""
    Image.fromarray(half_and_half()).save(tmp_path / "a.png")

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", denied)
    refused(tmp_path / "a.png", "may not be read")


def png_of(width: int, height: int) -> bytes:
    """A real one-colour 8-bit grey PNG of any size, a few dozen kilobytes."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(1 + width)) for _ in range(height)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_real_picture_of_20000_px_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    path = tmp_path / "huge.png"
    path.write_bytes(png_of(20_000, 3_000))
    assert path.stat().st_size < 200_000

    def decode(*_, **__):
        raise AssertionError("decoded before its size was checked")

    from PIL import ImageFile

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    refused(path, "20000x3000 px: scale it to at most 12000 px")


def test_more_pixels_than_a_bomb(tmp_path):
    header = png_of(16, 16)
    for width, height, match in ((30_000, 30_000, "30000x30000|too large"), (11_000, 11_000, "60 million")):
        size = struct.pack(">II", width, height)
        body = header[12:16] + size + header[24:29]
        (tmp_path / "bomb.png").write_bytes(
            header[:12] + body + struct.pack(">I", zlib.crc32(body)) + header[33:])
        refused(tmp_path / "bomb.png", match)


def test_the_same_limits_hold_for_open_pictures_and_arrays():
    refused(Image.new("L", (20_000, 20)), "20000x20 px")
    refused(np.zeros((20, 20_000), np.uint8), "20000x20 px")
    refused(Image.new("L", (8, 100)), "16 px a side or more")
    refused(np.zeros((100, 8, 3), np.uint8), "16 px a side or more")


@pytest.mark.parametrize("source", [
    np.zeros((40, 40, 2), np.uint8), np.zeros((40, 40, 3), np.int32), np.zeros((2, 40, 40, 3), np.uint8),
    np.full((40, 40, 3), np.nan), np.zeros((0, 0, 3), np.uint8), None, 7, object(),
    np.zeros((40, 40, 3)).astype(object), np.full((40, 40, 3), 200.0),
])
def test_arrays_that_are_no_picture(source):
    refused(source, "an image")


# ---------------------------------------------------------------- pictures out


def test_saved_and_read_again(tmp_path):
    path = images.save_image(tmp_path / "new" / "a.png", half_and_half())
    np.testing.assert_array_equal(images.load_image(path), half_and_half())
    assert [p.name for p in path.parent.iterdir()] == ["a.png"]


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file" / "a.png", tmp_path / "a.nonsense", tmp_path / "noending", tmp_path):
        with pytest.raises(errors.OutputError, match="cannot be written"):
            images.save_image(path, half_and_half())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


def test_what_was_there_survives_a_failed_save(tmp_path, monkeypatch):
    path = images.save_image(tmp_path / "a.png", half_and_half())
    before = path.read_bytes()

    def full(self, file, *_, **__):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(errors.OutputError, match="No space left"):
        images.save_image(path, half_and_half())
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]
