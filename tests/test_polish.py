"""Polish: steadier, not slower; sharper, not further than the photo; colours, frames between, flicker."""

import warnings

import cv2
import numpy as np
import pytest
import skimage.color
import skimage.data
import skimage.filters

import course
from course import animation, cli, errors, evaluation, face, flow, motion, polish, rendering, settings
from course.evaluation import polish_stages


@pytest.fixture(name="small")
def small_fixture(hopper) -> np.ndarray:
    """The embedded photo at 256 px: uint8 (256, 218, 3)."""
    return cv2.resize(hopper, (218, 256), interpolation=cv2.INTER_AREA)


def test_one_euro_by_hand():
    # fps 25, cutoff 1 Hz, beta 0: alpha = 1 / (1 + 25 / (2 pi)) = 0.20087
    alpha = 1 / (1 + 25 / (2 * np.pi))
    signal = np.array([[0.0], [1.0], [1.0]])
    smoothed = polish.one_euro(signal, 25, 1.0, 0.0)[:, 0]
    assert smoothed == pytest.approx([0, alpha, alpha + (1 - alpha) * alpha], abs=1e-6)


def test_one_euro_follows_fast_movement_closer():
    steps = np.linspace(0, 5, 50)[:, None]
    lazy = polish.one_euro(steps, 25, 1.0, 0.0)
    eager = polish.one_euro(steps, 25, 1.0, 1.0)
    assert abs(eager - steps).max() < 0.5 * abs(lazy - steps).max()


def test_steady_takes_noise_and_adds_no_lag():
    rng = np.random.default_rng(0)
    time = np.arange(200) / 25
    clean = 10 * np.sin(2 * np.pi * 0.4 * time)[:, None]
    noisy = clean + rng.normal(0, 0.4, clean.shape)
    steady = motion.steady(motion.Motion(noisy, ("headYaw",))).values
    jitter = [np.abs(np.diff(x - clean, 2, axis=0)).mean() for x in (noisy, steady)]
    assert jitter[1] < 0.3 * jitter[0]
    assert np.abs(steady - clean).mean() < 0.8 * np.abs(noisy - clean).mean()
    lags = range(-5, 6)
    best = max(lags, key=lambda lag: float((np.roll(steady, -lag, 0)[10:-10] * clean[10:-10]).sum()))
    assert best == 0


def test_unsharp_mask_equals_skimage():
    image = np.ascontiguousarray(skimage.data.astronaut()[:64, 200:264])
    ours = polish.unsharp_mask(image, 0.5, 1.0)
    # one channel at a time: with channel_axis, scikit-image 0.26 returns memory it never wrote
    theirs = np.stack([skimage.filters.unsharp_mask(image[..., c].astype(float), 1.0, 0.5, preserve_range=True)
                       for c in range(3)], axis=-1).clip(0, 255)
    inner = np.s_[8:-8, 8:-8]  # the borders are extended in different ways
    assert np.abs(ours[inner].astype(float) - theirs[inner]).mean() < 1.0


def test_restore_detail_sharpens_only_what_became_soft_and_only_inside():
    photo = skimage.data.astronaut()[:128, 150:280]
    soft = skimage.filters.gaussian(photo, 0.8, channel_axis=-1, preserve_range=True).astype(np.uint8)
    mask = np.zeros(photo.shape[:2], np.float32)
    mask[30:100, 30:100] = 1
    wanted = polish.detail(photo, mask)
    restored = polish.restore_detail(soft, wanted, mask)
    assert (restored[mask == 0] == soft[mask == 0]).all()
    before, after = (polish.detail(x, mask) for x in (soft, restored))
    assert before < after <= wanted * 1.1
    assert polish.restore_detail(photo, wanted, mask) is photo
    assert polish.restore_detail(soft, wanted, np.zeros_like(mask)) is soft


# ---------------------------------------------------------------- Kalman


def test_kalman_equals_the_likeliest_path_found_in_one_go():
    """With a gate that never opens the smoother is a least-squares problem: all samples and all steps at once."""
    rng = np.random.default_rng(1)
    z, fps, agility, noise = np.cumsum(rng.normal(0, 1, 25)), 25.0, 40.0, 0.3
    dt = 1 / fps
    push = agility**2 * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    white = np.linalg.inv(np.linalg.cholesky(push))
    rows, wanted = [], []
    for t in range(25):
        row = np.zeros(50)
        row[2 * t] = 1
        rows.append(row)
        wanted.append(z[t] / noise)
    rows.append(np.eye(50)[1] * 1e-3)  # the speed at the start, which nobody knows
    wanted.append(0.0)
    for t in range(24):
        step = np.zeros((2, 50))
        step[:, 2 * t : 2 * t + 2] = -np.array([[1, dt], [0, 1]])
        step[:, 2 * t + 2 : 2 * t + 4] = np.eye(2)
        rows.extend(white @ step)
        wanted.extend([0.0, 0.0])
    best = np.linalg.lstsq(np.array(rows), np.array(wanted), rcond=None)[0][::2] * noise
    smooth = polish.kalman(z[:, None], fps, agility, most_noise=noise, gate=1e9)[:, 0]
    assert np.median(np.abs(np.diff(z, 3))) * 1.4826 / np.sqrt(20) > noise  # so that the noise is as given
    assert smooth == pytest.approx(best, abs=1e-4)


def test_kalman_follows_a_jump_and_smooths_on_both_sides():
    rng = np.random.default_rng(2)
    clean = np.where(np.arange(80) < 40, 0.0, 30.0)[:, None]
    noisy = clean + rng.normal(0, 0.3, clean.shape)
    smooth = polish.kalman(noisy, 25, 100)
    assert np.abs(smooth - clean).max() < 2
    assert np.abs(np.diff(smooth[:30], 2, axis=0)).mean() < 0.4 * np.abs(np.diff(noisy[:30], 2, axis=0)).mean()
    assert (polish.kalman(noisy[:3], 25, 100) == noisy[:3]).all()


def test_steady_leaves_a_fast_head_alone_and_calms_a_slow_one():
    rng = np.random.default_rng(3)
    time = np.arange(150) / 25
    for speed, least, most in ((0.05, 0.0, 0.6), (3.0, 0.6, 1.1)):
        clean = 10 * np.sin(2 * np.pi * speed * time)[:, None]
        noisy = clean + rng.normal(0, 0.3, clean.shape)
        steady = motion.steady(motion.Motion(noisy, ("headYaw",))).values
        share = np.abs(steady - clean).mean() / np.abs(noisy - clean).mean()
        assert least <= share <= most


# ---------------------------------------------------------------- colour


def test_lab_equals_skimage():
    image = np.ascontiguousarray(skimage.data.astronaut()[100:140, 200:240])
    assert np.abs(polish.to_lab(image) - skimage.color.rgb2lab(image)).max() < 0.01
    assert np.abs(polish.to_rgb(polish.to_lab(image)).astype(int) - image).max() <= 1


def test_color_transfer_equals_reinhards_by_skimage():
    astronaut = np.ascontiguousarray(skimage.data.astronaut()[60:160, 170:270])
    coffee = np.ascontiguousarray(skimage.data.coffee()[100:200, 200:300])
    mask = np.zeros((100, 100), bool)
    mask[20:80, 30:70] = True
    ours = polish.color_transfer(astronaut, coffee, mask, ~mask)
    lab, wanted = skimage.color.rgb2lab(astronaut), skimage.color.rgb2lab(coffee)[~mask]
    own = lab[mask]
    stretch = np.minimum(wanted.std(axis=0) / own.std(axis=0), 2)
    moved = (lab - own.mean(axis=0)) * stretch + wanted.mean(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of colours that no screen shows
        theirs = skimage.color.lab2rgb(moved) * 255
    assert np.abs(ours - theirs).mean() < 0.3
    assert np.percentile(np.abs(ours - theirs), 95) < 1.01
    assert (polish.color_transfer(astronaut, coffee, ~mask & mask, mask) == astronaut).all()


def test_painted_skin_gets_its_colours_back_and_lips_go_along():
    from course.rendering import animator

    rng = np.random.default_rng(0)
    plain = np.clip(rng.normal((190, 140, 120), 6, (96, 96, 3)), 0, 255).astype(np.uint8)
    square = np.concatenate([plain, np.zeros((96, 96, 6), np.uint8)], axis=-1)
    square[40:56, 30:66, 4] = 255  # lips
    paint = np.broadcast_to(np.float32([12, 0, -10]) / 255, (96, 96, 3))
    skin = animator.skin_of(square, "mouth")
    off = [polish.colour_error(np.clip(plain + 255 * each, 0, 255).astype(np.uint8), plain, skin)
           for each in (paint, animator.match(paint, square, "mouth"))]
    assert off[0] > 5 and off[1] < 0.3
    assert not skin[48, 48] and not skin[0, 0]


def test_a_film_s_cast_and_its_saturation():
    grey = np.full((20, 20, 3), 128, np.uint8)
    warm = np.clip(grey * np.array([1.2, 1.0, 0.7]), 0, 255).astype(np.uint8)
    frame = next(iter(course.postprocess([warm], tint=True)))
    assert np.ptp(frame.reshape(-1, 3).mean(axis=0)) < 2
    assert np.ptp(polish.saturated(warm, 0).reshape(-1, 3).mean(axis=0)) < 2
    assert polish.saturated(warm, 1) is warm
    coffee = skimage.data.coffee()[:64, :64]
    like = next(iter(course.postprocess([skimage.data.astronaut()[:64, :64]], like=coffee)))
    assert polish.colour_error(like, coffee, np.ones((64, 64), bool)) < 2


# ---------------------------------------------------------------- frames between


def moving(count: int, step: float = 2.0) -> np.ndarray:
    """A textured disc that goes right over a textured ground: uint8 (T, 96, 96, 3)."""
    rng = np.random.default_rng(0)
    ground = skimage.filters.gaussian(rng.random((96, 96, 3)), 3, channel_axis=-1)
    disc = skimage.filters.gaussian(rng.random((96, 300, 3)), 2, channel_axis=-1)
    ground, disc = (255 * (x - x.min()) / np.ptp(x) for x in (ground, disc))
    y, x = np.mgrid[:96, :96]
    frames = []
    for t in range(count):
        at = 30 + step * t
        shifted = cv2.warpAffine(disc.astype(np.float32), np.float32([[1, 0, step * t - 100], [0, 1, 0]]), (96, 96),
                                 flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        inside = np.clip(18.5 - np.hypot(x - at, y - 48), 0, 1)[..., None]
        frames.append(np.clip(ground * (1 - inside) + shifted * inside, 0, 255).astype(np.uint8))
    return np.stack(frames)


def test_a_frame_between_is_nearer_to_the_truth_than_a_mixture():
    frames = moving(5)
    made = polish.in_between(frames[0], frames[4], [0.5])[0]
    mixed = ((frames[0].astype(int) + frames[4]) // 2).astype(np.uint8)
    assert evaluation.psnr(made, frames[2]) > evaluation.psnr(mixed, frames[2]) + 3
    told = polish_stages.made_again(frames)
    assert told["flow"]["psnr"] > told["blend"]["psnr"] > told["repeat"]["psnr"]


def test_dense_flow_agrees_with_the_flow_room_s():
    frames = moving(2, 1.5)
    ours, theirs = polish.dense_flow(frames[1], frames[0]), flow.find_flow(*(flow.grey(f) for f in frames))
    inside = np.s_[40:56, 30:40]
    assert ours[inside][..., 0].mean() == pytest.approx(-1.5, abs=0.3)
    assert theirs[inside][..., 0].mean() == pytest.approx(ours[inside][..., 0].mean(), abs=0.4)
    assert (polish.dense_flow(frames[0][:20], frames[1][:20]) == 0).all()


def test_interpolate_frames_at_its_ends_and_halfway():
    rng = np.random.default_rng(0)
    before, after = (rng.integers(0, 256, (12, 16, 3), dtype=np.uint8) for _ in range(2))
    shift = np.zeros((12, 16, 2), np.float32)
    assert (polish.interpolate_frames(before, after, shift, shift, 0.0) == before).all()
    assert (polish.interpolate_frames(before, after, shift, shift, 1.0) == after).all()
    half = polish.interpolate_frames(before, after, shift, shift, 0.5).astype(float)
    assert np.abs(half - (before.astype(float) + after) / 2).max() <= 0.5
    wide = np.zeros((16, 40, 3), np.uint8)
    wide[:, 10:14] = 200
    right = np.zeros((16, 40, 2), np.float32) + [4, 0]
    made = polish.interpolate_frames(wide, np.roll(wide, 4, axis=1), right, -right, 0.5)
    assert (made[8, :, 0] == np.roll(wide, 2, axis=1)[8, :, 0]).all()


@pytest.mark.parametrize("fps, wanted, count", [(25, 50, 16), (25, 60, 19), (30, 25, 7), (25, 25, 8), (12.5, 25, 16)])
def test_at_rate_counts_and_places_frames(fps, wanted, count):
    frames = [np.full((32, 32, 3), 10 * t, np.uint8) for t in range(8)]
    made = list(polish.at_rate(iter(frames), fps, wanted))
    assert len(made) == count == round(8 / fps * wanted)
    shown = np.array([frame.mean() for frame in made])
    middle = np.clip(((np.arange(count) + 0.5) / wanted * fps - 0.5) * 10, 0, 70)
    assert np.abs(shown - middle).max() < 1
    assert len(list(polish.at_rate(iter(frames[:1]), fps, wanted))) == round(wanted / fps)


def test_nothing_is_made_across_a_cut():
    dark, light = np.zeros((48, 48, 3), np.uint8), np.full((48, 48, 3), 250, np.uint8)
    assert [frame.mean() for frame in polish.in_between(dark, light, [0.25, 0.75])] == [0, 250]


# ---------------------------------------------------------------- flicker and tremor


def test_flicker_tells_light_from_movement():
    frames = moving(6)
    lit = np.clip(frames * np.array([1, 1.06] * 3)[:, None, None, None], 0, 255).astype(np.uint8)
    calm, flickers = polish.film_flicker(frames), polish.film_flicker(lit)
    assert flickers > calm + 3
    still = np.zeros((1, 96, 96, 2), np.float32)
    assert polish.flicker(lit[:2], still, np.zeros((1, 96, 96), bool)) == 0
    seen = np.ones((1, 96, 96), bool)
    by_hand = np.abs(lit[1].astype(float) - lit[0]).mean()
    assert polish.flicker(lit[:2], still, seen) == pytest.approx(by_hand, abs=1e-3)
    assert np.isnan(polish.film_flicker(frames[:1]))


def test_even_brightness_takes_flicker_and_leaves_a_dimmed_lamp():
    rng = np.random.default_rng(0)
    frames = moving(20, 1.0)
    lit = [np.clip(frame * (1 + rng.normal(0, 0.03)), 0, 255).astype(np.uint8) for frame in frames]
    evened = list(polish.even_brightness(iter(lit)))
    assert len(evened) == 20
    means = [np.array([frame.mean() for frame in film]) for film in (lit, evened, frames)]
    assert np.abs(np.diff(means[1])).mean() < 0.5 * np.abs(np.diff(means[0])).mean()
    lamp = [frame if t < 10 else frame // 2 for t, frame in enumerate(frames)]
    after = list(polish.even_brightness(iter(lamp)))
    assert np.abs(np.mean(after[12]) - np.mean(lamp[12])) < 2 and len(list(polish.even_brightness(iter([])))) == 0


def test_steady_frames_take_tremor_and_keep_sharpness():
    rng = np.random.default_rng(0)
    photo = np.ascontiguousarray(skimage.data.astronaut()[:192, 130:322])
    offs = rng.normal(0, 0.6, (10, 2))
    shaken = [cv2.warpAffine(photo, np.float32([[1, 0, x], [0, 1, y]]), (192, 192), flags=cv2.INTER_CUBIC,
                             borderMode=cv2.BORDER_REPLICATE) for x, y in offs]
    calm = list(polish.steady_frames(iter(shaken)))
    assert len(calm) == 10 and (calm[0] == shaken[0]).all() and (calm[-1] == shaken[-1]).all()
    places = [np.stack([polish.dense_flow(photo, frame)[40:150, 40:150].mean(axis=(0, 1)) for frame in film])
              for film in (shaken, calm)]
    shakes = [np.abs(np.diff(place, 2, axis=0)).mean() for place in places]
    assert shakes[1] < 0.5 * shakes[0]
    whole = np.ones((192, 192), np.float32)
    assert polish.detail(calm[5], whole) > 0.9 * polish.detail(shaken[5], whole)
    assert len(list(polish.steady_frames(iter(shaken[:1])))) == 1 and not list(polish.steady_frames(iter([])))


# ---------------------------------------------------------------- the two functions of a film


def test_postprocess_without_stages_is_the_film_and_keeps_its_sound():
    frames = moving(4)
    clip = course.Clip(frames, 25, np.zeros(1600, np.float32), 10000)
    same = course.postprocess(clip)
    assert (np.stack(list(same)) == frames).all() and same.audio is not None and len(same) == 4
    more = course.postprocess(clip, fps=50, size=64, even=True, steady=True)
    made = np.stack(list(more))
    assert made.shape == (8, 64, 64, 3) and len(more) == 8 and more.fps == 50 and more.duration == same.duration


def test_postprocess_sharpens_the_face_alone(small):
    soft = skimage.filters.gaussian(small, 1.0, channel_axis=-1, preserve_range=True).astype(np.uint8)
    frame = next(iter(course.postprocess([soft], sharpen=0.8)))
    changed = np.abs(frame.astype(int) - soft).max(axis=2) > 0
    points = face_points(soft)
    assert changed[images_mask(points, soft)].mean() > 0.5 and not changed[:10].any() and not changed[:, :10].any()
    blank = np.full((64, 64, 3), 90, np.uint8)
    assert (next(iter(course.postprocess([blank], sharpen=0.8))) == blank).all()


def face_points(image) -> np.ndarray:
    """The points of the one face, (78, 2)."""
    from course import detection, keypoints

    return keypoints.find_points(image, detection.detect_faces(image)[:1])[0]


def images_mask(points, image) -> np.ndarray:
    """Well inside the face: bool (H, W)."""
    return evaluation.hull_mask(points[30:68], *image.shape[:2])


@pytest.mark.parametrize("stages, words", [
    ({"sharp": 1}, "unknown stage 'sharp'"), ({"steady": 1}, "steady must be"), ({"fps": 0}, "fps must be"),
    ({"size": 10}, "size must be"), ({"saturation": "much"}, "saturation must be"),
])
def test_postprocess_says_what_is_wrong(stages, words):
    with pytest.raises(errors.CourseError, match=words):
        course.postprocess([np.zeros((32, 32, 3), np.uint8)], **stages)


def test_postprocess_wants_a_film():
    for video in (3, [], [np.zeros((4, 4), np.uint8)], [np.zeros((4, 4, 3))]):
        with pytest.raises(errors.VideoError, match="a film is"):
            course.postprocess(video)


def test_synthesize_video_of_an_actor_of_a_photo_and_of_rows(small):
    rows = np.zeros((4, len(face.CHANNELS)), np.float32)
    rows[2:, face.INDEX["jawOpen"]] = 0.5
    by_photo = np.stack(list(course.synthesize_video(small, rows, face="largest", size=128)))
    assert by_photo.shape[0] == 4 and np.abs(by_photo[3].astype(int) - by_photo[0]).max() > 20
    actor = animation.cast(small, "largest")[0]
    clip = course.synthesize_video(actor, motion.Motion(rows, fps=12.5))
    assert clip.fps == 12.5 and len(clip) == 4
    assert (next(iter(course.synthesize_video(actor, rows, polish=False))) == actor.frame(actor.face.rest)).all()
    assert len(course.synthesize_video(actor, rows, fps=50)) == 8
    for wrong in (rows[:, :5], "no such file.npz", 3, None):
        with pytest.raises(errors.CourseError):
            course.synthesize_video(actor, wrong)


# ---------------------------------------------------------------- on and off


def test_stages_are_chosen_by_name():
    assert polish.wants(True, "steady") and polish.wants(True, "detail") and not polish.wants(True, "colour")
    assert not any(polish.wants(False, stage) for stage in polish.STAGES)
    assert polish.wants("colour, detail", "detail") and not polish.wants("colour", "detail")
    assert settings.check("polish", "steady,colour") == "steady,colour"
    for wrong in ("", "shine", "steady;colour"):
        with pytest.raises(errors.CourseError, match="polish must be .* or some of steady, detail, colour"):
            settings.check("polish", wrong)


def test_the_command_refuses_a_stage_that_is_none(hopper_path, tmp_path, capsys):
    out = tmp_path / "film.mp4"
    assert cli.main(["animate", str(hopper_path), "--text", "Hi.", "--polish", "shine", "-o", str(out)]) == 2
    assert "polish must be" in capsys.readouterr().err and not out.exists()


def test_colour_changes_painted_frames_alone(small):
    actor = animation.cast(small, "largest")[0]
    values = np.array(actor.face.rest)
    still = [actor.frame(values, matched=matched) for matched in (False, True)]
    assert (still[0] == still[1]).all()
    values[face.INDEX["jawOpen"]] += 0.5
    plain, matched = (actor.frame(values, matched=matched) for matched in (False, True))
    assert 0 < np.abs(plain.astype(int) - matched).max() < 40


def test_old_names_of_what_moved():
    assert motion.one_euro is polish.one_euro and rendering.unsharp_mask is polish.unsharp_mask


def test_the_table_of_polish_has_a_line_for_each_figure():
    rows = [polish_stages.Effect("film", "steady", "shaking", 2.0, 1.0, "less")]
    text = polish_stages.polish_text(rows).splitlines()
    assert "On by itself: steady, detail" in text[0] and "2.000" in text[2]
    assert text[2].split()[:2] == ["film", "steady"]


def test_lag_is_measured_between_frames():
    time = np.arange(200)
    for late in (0, 0.5, 2):
        points = [np.sin((time - shift) / 2 + np.sin((time - shift) / 9))[:, None, None] * np.ones(2)
                  for shift in (late, 0)]
        assert polish_stages.lag(*points) == pytest.approx(late, abs=0.1)
    assert np.isnan(polish_stages.lag(points[0][:5], points[1][:5]))
