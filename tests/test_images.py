"""Pictures in: every mode, upright, and a clear refusal of what is broken, hostile or no picture."""

import os
import struct
import subprocess
import sys
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
    refused(tmp_path / "a" / "b\0.jpg", "zero byte")
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


# ---------------------------------------------------------------- colour profiles

# Red, green and blue of each space in the connection space, as its profile holds them (D50; ICC.1:2022, 9.2)
DISPLAY_P3 = {b"rXYZ": (0.5151, 0.2412, -0.0011), b"gXYZ": (0.2920, 0.6922, 0.0419), b"bXYZ": (0.1571, 0.0666, 0.7841)}
ADOBE_RGB = {b"rXYZ": (0.6097, 0.3111, 0.0195), b"gXYZ": (0.2053, 0.6257, 0.0609), b"bXYZ": (0.1492, 0.0632, 0.7446)}
PROPHOTO = {b"rXYZ": (0.7977, 0.2880, 0.0), b"gXYZ": (0.1352, 0.7119, 0.0), b"bXYZ": (0.0314, 0.0001, 0.8252)}
SKIN = (205, 130, 105)


def profile_of(primaries=None, gamma=None) -> bytes:
    """sRGB's own profile, with other primaries or a plain gamma in their place."""
    from PIL import ImageCms

    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for number in range(struct.unpack(">I", data[128:132])[0]):
        name, place, size = struct.unpack(">4sII", data[132 + 12 * number : 144 + 12 * number])
        if primaries and name in primaries:
            data[place + 8 : place + 20] = struct.pack(">3i", *(round(value * 65536) for value in primaries[name]))
        if gamma and name in (b"rTRC", b"gTRC", b"bTRC"):
            data[place : place + 16] = b"para" + struct.pack(">IHHi", 0, 0, 0, round(gamma * 65536))
    return bytes(data)


def gray_profile(gamma: float) -> bytes:
    """A grey profile with a plain gamma, ICC version 2: header, white point, curve, two texts."""
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"g\0" + bytes(78 + 2)
    tags = [(b"desc", text + bytes(-len(text) % 4)), (b"wtpt", white), (b"kTRC", curve)]
    table, body, place = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags:
        table += name + struct.pack(">II", place + len(body), len(data))
        body += data
    header = struct.pack(">I4sI4s4s4s", 128 + len(table) + len(body), b"lcms", 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return header + bytes(128 - len(header)) + table + body


def stored_as(colour, profile: bytes):
    """An sRGB colour as a flat picture in the space of a profile."""
    import io

    from PIL import ImageCms

    space = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.profileToProfile(Image.new("RGB", (32, 24), colour), ImageCms.createProfile("sRGB"), space)


def said(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "course"]


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tiff"])
@pytest.mark.parametrize("primaries, gamma", [(DISPLAY_P3, None), (ADOBE_RGB, 2.2), (PROPHOTO, 1.8)],
                         ids=["Display P3", "Adobe RGB", "ProPhoto"])
def test_colour_profiles_are_applied(tmp_path, caplog, primaries, gamma, ending):
    profile = profile_of(primaries, gamma)
    how = {"jpg": {"quality": 100, "subsampling": 0}, "webp": {"lossless": True}}.get(ending, {})
    stored = stored_as(SKIN, profile)
    assert np.abs(np.subtract(stored.getpixel((9, 9)), SKIN)).max() >= 7, "without its profile it looks wrong"
    stored.save(tmp_path / f"a.{ending}", icc_profile=profile, **how)
    loaded = images.load_image(tmp_path / f"a.{ending}")
    assert np.abs(loaded.astype(int) - SKIN).max() <= 3 and not said(caplog)


def test_srgb_pictures_stay_the_same_to_the_bit(tmp_path, hopper):
    for number, profile in enumerate([None, profile_of()]):
        Image.fromarray(hopper).save(tmp_path / f"{number}.png", icc_profile=profile)
        np.testing.assert_array_equal(images.load_image(tmp_path / f"{number}.png"), hopper)


@pytest.mark.parametrize("gamma", [1.0, 1.8, 2.6])
def test_grey_profiles(tmp_path, caplog, gamma):
    """A middle grey of sRGB, 128, stored by another curve: its light is ((128 / 255 + 0.055) / 1.055) ** 2.4."""
    value = round(255 * (((128 / 255 + 0.055) / 1.055) ** 2.4) ** (1 / gamma))
    Image.new("L", (32, 24), value).save(tmp_path / "a.png", icc_profile=gray_profile(gamma))
    assert np.abs(images.load_image(tmp_path / "a.png").astype(int) - 128).max() <= 2 and not said(caplog)


def test_transparent_palette_and_deep_pictures_have_profiles_too(tmp_path, caplog):
    profile = profile_of(ADOBE_RGB, 2.2)
    stored = stored_as(SKIN, profile)
    clear = stored.convert("RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 10, 24))
    clear.save(tmp_path / "clear.png", icc_profile=profile)
    loaded = images.load_image(tmp_path / "clear.png").astype(int)
    assert (loaded[:, :10] == 255).all() and np.abs(loaded[:, 10:] - SKIN).max() <= 3
    stored.convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "palette.png", icc_profile=profile)
    assert np.abs(images.load_image(tmp_path / "palette.png").astype(int) - SKIN).max() <= 4
    linear = round(65535 * ((128 / 255 + 0.055) / 1.055) ** 2.4)
    deep = Image.fromarray(np.full((24, 32), linear, np.uint16))
    deep.save(tmp_path / "deep.png", icc_profile=gray_profile(1.0))
    assert np.abs(images.load_image(tmp_path / "deep.png").astype(int) - 128).max() <= 3
    Image.new("L", (32, 24), 90).save(tmp_path / "grey.jpg", icc_profile=profile_of())  # a grey one marked sRGB
    assert np.abs(images.load_image(tmp_path / "grey.jpg").astype(int) - 90).max() <= 1 and not said(caplog)


@pytest.mark.parametrize("profile", [
    b"junk", bytes(200), profile_of()[:300], profile_of()[:128] + bytes(400), gray_profile(2.2), b"\xff" * 5000,
    profile_of({b"rXYZ": (0, 0, 0), b"gXYZ": (0, 0, 0), b"bXYZ": (0, 0, 0)}), profile_of(DISPLAY_P3, 0.01),
    profile_of().replace(b"RGB XYZ ", b"CMYKXYZ ")], ids=range(9))
def test_a_junk_profile_is_ignored_with_a_word(tmp_path, caplog, profile):
    for ending in ("png", "tiff"):
        caplog.clear()
        Image.fromarray(half_and_half()).save(tmp_path / f"a.{ending}", icc_profile=profile)
        np.testing.assert_array_equal(images.load_image(tmp_path / f"a.{ending}"), half_and_half())
        assert len(said(caplog)) == 1 and "colour profile" in said(caplog)[0] and f"a.{ending}" in said(caplog)[0]


# ---------------------------------------------------------------- junk beside the picture


def turned_exif() -> bytes:
    """EXIF that says "turn clockwise"."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


JUNK_EXIF = [b"this is no TIFF header", b"", b"Exif\0\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"\0" * 40,
             b"Exif\0\0II*\0\x08\0\0\0\xff\xff", b"Exif\0\0Exif\0\0", "ünsinn".encode() * 9]


@pytest.mark.parametrize("ending", ["png", "webp", "jpg"])
@pytest.mark.parametrize("number", range(len(JUNK_EXIF)))
def test_junk_exif_is_no_reason_to_refuse(tmp_path, caplog, ending, number):
    how = {"lossless": True} if ending == "webp" else {"quality": 95}
    Image.fromarray(half_and_half()).save(tmp_path / f"a.{ending}", exif=JUNK_EXIF[number], **how)
    loaded = images.load_image(tmp_path / f"a.{ending}")
    assert np.abs(loaded[15, [5, 35]].astype(int) - [RED, GREEN]).max() < 12 and loaded.shape == (30, 40, 3)
    assert len(said(caplog)) <= 1


@pytest.mark.parametrize("ending", ["png", "webp", "jpg"])
@pytest.mark.parametrize("after", [b"", b"\xff" * 30, bytes(500), b"Exif"])
def test_orientation_is_honoured_with_junk_behind_it(tmp_path, ending, after):
    Image.fromarray(half_and_half()).save(tmp_path / f"a.{ending}", exif=turned_exif() + after)
    loaded = images.load_image(tmp_path / f"a.{ending}")
    assert loaded.shape == (40, 30, 3) and np.abs(loaded[5, 15].astype(int) - RED).max() < 40


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_does_not_exist(tmp_path, value):
    exif = Image.Exif()
    exif[0x0112] = value
    Image.fromarray(half_and_half()).save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(images.load_image(tmp_path / "a.png"), half_and_half())


def test_a_tiff_with_junk_tags(tmp_path):
    Image.fromarray(half_and_half()).save(tmp_path / "a.tiff", tiffinfo={34665: 4_000_000, 700: b"<xmp", 0x0112: 1})
    np.testing.assert_array_equal(images.load_image(tmp_path / "a.tiff"), half_and_half())


@pytest.mark.parametrize("kind", [b"eXIf", b"iCCP", b"tEXt", b"zTXt", b"gAMA", b"pHYs"])
def test_a_png_whose_extras_have_the_wrong_checksum(tmp_path, caplog, kind):
    Image.fromarray(half_and_half()).save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    junk = struct.pack(">I", 5) + kind + b"a\0\0zz" + b"\xde\xad\xbe\xef"
    (tmp_path / "a.png").write_bytes(data[:33] + junk + data[33:])
    np.testing.assert_array_equal(images.load_image(tmp_path / "a.png"), half_and_half())
    assert len(said(caplog)) <= 1


# ---------------------------------------------------------------- modes, pages, moving pictures


def test_grey_with_holes_and_deep_grey(tmp_path):
    rgba = np.dstack([half_and_half(), np.full((30, 40), 255, np.uint8)])
    rgba[:, :20, 3] = 0
    Image.fromarray(rgba).convert("LA").save(tmp_path / "la.png")
    loaded = images.load_image(tmp_path / "la.png")
    assert (loaded[:, :20] == 255).all() and abs(int(loaded[5, 30, 0]) - 124) < 8
    Image.new("I;16B", (32, 24)).save(tmp_path / "b.tiff")
    assert (images.load_image(tmp_path / "b.tiff") == 0).all()
    Image.fromarray(np.full((24, 32), 40_000, np.int32)).save(tmp_path / "i.tiff")
    assert (images.load_image(tmp_path / "i.tiff") == 156).all()
    Image.fromarray(np.full((24, 32), np.nan, np.float32)).save(tmp_path / "nan.tiff")
    assert (images.load_image(tmp_path / "nan.tiff") == 0).all()


@pytest.mark.parametrize("ending, how", [("gif", {}), ("webp", {"lossless": True}), ("png", {}), ("tiff", {})])
@pytest.mark.parametrize("empty", [(0, 0, 0), (255, 255, 255), (9, 12, 11)])
def test_a_moving_picture_that_begins_with_nothing(tmp_path, caplog, ending, how, empty):
    frames = [Image.new("RGB", (40, 30), empty)] * 2 + [Image.fromarray(half_and_half())] * 2
    frames[1] = Image.new("RGB", (40, 30), tuple(value // 2 + 3 for value in empty))
    frames[0].save(tmp_path / f"a.{ending}", save_all=True, append_images=frames[1:], **how)
    loaded = images.load_image(tmp_path / f"a.{ending}")
    assert np.abs(loaded.astype(int) - half_and_half()).mean() < 12
    assert len(said(caplog)) == 1 and "frame 3 is taken" in said(caplog)[0]


def test_the_first_frame_that_shows_something_is_taken_without_a_word(tmp_path, caplog):
    other = Image.new("RGB", (40, 30), (255, 255, 0))
    Image.fromarray(half_and_half()).save(tmp_path / "a.gif", save_all=True, append_images=[other])
    assert np.abs(images.load_image(tmp_path / "a.gif").astype(int) - half_and_half()).mean() < 12
    clear = Image.new("RGBA", (40, 30), (0, 0, 0, 0))
    clear.save(tmp_path / "b.gif", save_all=True, append_images=[Image.fromarray(half_and_half()).convert("RGBA")])
    assert not said(caplog)
    assert np.abs(images.load_image(tmp_path / "b.gif").astype(int) - half_and_half()).mean() < 12
    assert len(said(caplog)) == 1


def test_a_moving_picture_of_nothing_at_all(tmp_path, caplog):
    Image.new("RGB", (40, 30)).save(tmp_path / "a.gif", save_all=True, append_images=[Image.new("RGB", (40, 30))] * 3)
    assert (images.load_image(tmp_path / "a.gif") == 0).all() and not said(caplog)


def test_several_pictures_in_one_file(tmp_path, caplog):
    """MPO, as cameras with two lenses and phones with depth write it: the first."""
    other = Image.new("RGB", (40, 30), (255, 255, 0))
    Image.fromarray(half_and_half()).save(tmp_path / "a.mpo", save_all=True, append_images=[other], quality=95)
    (tmp_path / "a.mpo").rename(tmp_path / "a.jpg")
    assert np.abs(images.load_image(tmp_path / "a.jpg")[15, [5, 35]].astype(int) - [RED, GREEN]).max() < 12
    assert not said(caplog)


# ---------------------------------------------------------------- other kinds of file


@pytest.mark.parametrize("content, match", [
    (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\nshowpage\n", "PostScript"),
    (b"\xc5\xd0\xd3\xc6" + bytes(60), "PostScript"), (b"%PDF-1.7\n", "PDF"), (b"8BPS\0\1" + bytes(60), "Photoshop"),
    (b"<?xml version='1.0'?>\n<svg width='99' height='99'/>", "SVG"), (b"<svg/>", "SVG"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(90), "HEIC .* JPEG .*Most Compatible"),
    (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(90), "HEIC"), (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "is a film"),
    (b"\x1aE\xdf\xa3" + bytes(60), "is a film"), (b"RIFF\x40\0\0\0AVI LIST" + bytes(60), "is a film")])
def test_what_is_no_photo_is_named(tmp_path, monkeypatch, content, match):
    """And no other program is started for it."""
    def started(*_, **__):
        raise AssertionError("a program was started")

    monkeypatch.setattr("subprocess.Popen", started)
    for name in ("a.jpg", "a.eps"):
        (tmp_path / name).write_bytes(content)
        refused(tmp_path / name, match)


def test_a_real_eps_never_starts_ghostscript(tmp_path, monkeypatch):
    Image.fromarray(half_and_half()).save(tmp_path / "a.eps")
    monkeypatch.setattr("subprocess.check_call", lambda *_, **__: pytest.fail("Ghostscript"))
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("a program"))
    refused(tmp_path / "a.eps", "PostScript and not a picture")


@pytest.mark.parametrize("name", ["10:30.png", "http:x.png", "%03d.png", "-x.png", "a*?.png", "ü 名.png"])
def test_a_name_is_only_a_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(half_and_half()).save(tmp_path / "whole.png")
    (tmp_path / "whole.png").rename(name)
    np.testing.assert_array_equal(images.load_image(name), half_and_half())


@pytest.mark.parametrize("source", [None, 7, b"a.png", ["a.png"]])
def test_what_names_no_file(source):
    with pytest.raises(errors.ImageError):
        images.load_image(source)


class Unwilling:
    def __array__(self, *_, **__):
        raise RuntimeError("on another\ndevice")


@pytest.mark.parametrize("source", [
    [[1, 2], [3]], Unwilling(), np.zeros((40, 40), bool), np.zeros((40, 40, 3), np.uint16), np.zeros((40, 40), complex),
    np.full((40, 40, 3), -np.inf), "a" * 9 + "\0", np.array("x"), np.zeros((40, 40, 3), "datetime64[s]"),
    np.broadcast_to(np.zeros((1, 1, 3)), (50_000, 50_000, 3)), {"a": 1}, memoryview(b"abc")])
def test_more_that_is_no_picture(source):
    refused(source, "image|no file|px|zero byte")


@pytest.mark.parametrize("image", [None, np.zeros((20, 20)), np.zeros((20, 20, 3)), [[1]],
                                   np.zeros((20, 20, 4), np.uint8)])
def test_only_pictures_are_saved(tmp_path, image):
    with pytest.raises(errors.ImageError, match="uint8"):
        images.save_image(tmp_path / "a.png", image)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_little_memory_is_one_line(tmp_path):
    """A picture of 50 million pixels in a process that may have 160 MB more than it has."""
    (tmp_path / "big.png").write_bytes(png_of(10_000, 5_000))
    code = ("import resource, sys\nfrom PIL import Image, ImageCms\nfrom course import errors, images\n"
            "size = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
            "resource.setrlimit(resource.RLIMIT_AS, (size + 160_000_000,) * 2)\n"
            "try:\n    images.load_image(sys.argv[1])\nexcept errors.ImageError as problem:\n    print(problem)\n")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "big.png")], capture_output=True, text=True)
    assert "more memory than there is" in done.stdout and not done.stderr and done.stdout.count("\n") == 1


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
