"""The command `course`: one line of help for each thing it does, one line for each thing that is wrong."""

import argparse
import contextlib
import difflib
import logging
import re
import sys
from pathlib import Path

from . import __version__, errors, paths, process, stopping, streams
from .serving import command as serving_command


def main(arguments=None) -> int:
    """Run the command.

    Args:
        arguments: words after `course`; None for those of this process, which then belongs to the command.
    Returns:
        the exit code: 0 done, 1 a check failed, 2 the input was wrong; 128 and more: stopped by that signal.
    """
    logging.basicConfig(format="%(message)s", level=logging.WARNING, handlers=[streams.LogLines()])
    with streams.tolerant() as out, stopping.watched(for_good=arguments is None) as watch:
        try:
            options = parser().parse_args(arguments)
            options.alone = arguments is None
            code = options.run(options) or 0
            out.flush()
            _check_told(options, out)
            return code
        except errors.CourseError as problem:
            return _say(problem, 2)
        except KeyboardInterrupt as problem:  # the training loop's own says what it saved
            return _say(str(problem) or "stopped", watch.exit_code)
        except Exception as problem:
            if watch.number:  # it came out of a library that makes something else of an interruption
                return _say("stopped", watch.exit_code)
            if _no_memory(problem):
                return _say("there is not enough memory for this: close other programs, or choose a smaller size", 2)
            raise


def _say(problem, code: int) -> int:
    """One line on standard error, whatever the names in it hold; returns the exit code."""
    print("course: " + " ".join(str(problem).split()), file=sys.stderr)
    return code


def _check_told(options, out: streams.Tolerant) -> None:
    """What a command was asked to print is its result; a film is none the worse for a line that nobody heard."""
    if options.run in (run_animate, run_train) or out.problem is None or isinstance(out.problem, BrokenPipeError):
        return  # a reader who goes away, as `head` does, has what it wanted
    raise errors.OutputError(f"what was found cannot be printed ({out.problem}): send it elsewhere or make room")


# How libraries say that they could not get memory: PyTorch and the C++ library, OpenCV, the loader of libraries
NO_MEMORY = ("not enough memory", "can't allocate memory", "cannot allocate memory", "bad_alloc", "insufficient memory",
             "out of memory", "failed to map segment", "can't start new thread", "unable to allocate")


def _no_memory(problem: BaseException | None) -> bool:
    """Whether an error, or what led to it, says that there was no memory left."""
    while problem is not None:
        if isinstance(problem, MemoryError) or any(words in str(problem).lower() for words in NO_MEMORY):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


class Parser(argparse.ArgumentParser):
    """A parser that says in one line what was wrong with the words, and where the help is."""

    def parse_known_args(self, args=None, namespace=None):
        """As argparse's; but words that nobody knows are the business of the command that was named."""
        options, left = super().parse_known_args(args, namespace)
        if left:
            named = next((word.partition("=")[0] for word in left if word.startswith("-")), "")
            near = _near(named, re.findall(r"--[\w-]+", self.format_help()))
            self.error(f"nothing is known of {' '.join(left)}{near}")
        return options, left

    def error(self, message: str):
        """Exit with 2 and one line."""
        wrong = re.fullmatch(r"argument (.*?): invalid choice: '?(.*?)'? \(choose from (.*)\)", message, re.DOTALL)
        if wrong:
            what, word, known = wrong.groups()
            known = re.findall(r"[\w-]+", known)
            near = _near(word, known) or f": choose from {', '.join(known)}"
            message = f"there is no {what.lower()} {word!r}{near}"
        self.exit(2, f"course: {' '.join(message.split())} ({self.prog} --help tells more)\n")


def _near(word: str, known: list) -> str:
    """", did you mean ...?" for a word that is nearly one that is known, or ""."""
    close = difflib.get_close_matches(word, known, n=2, cutoff=0.6)
    return f", did you mean {' or '.join(dict.fromkeys(close))}?" if close else ""


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = Parser(prog="course", description="Make a photo talk, and see how it is done.")
    top.add_argument("--version", action="version", version=f"course {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_animate(commands)
    _add_evaluate(commands)
    _add_train(commands)
    _add_verify(commands)
    _add_voices(commands)
    _add_data(commands)
    _add_build(commands)
    serving_command.add(commands)
    doctor = commands.add_parser("doctor", help="see whether everything here works")
    doctor.set_defaults(run=run_doctor)
    return top


# ---------------------------------------------------------------- animate


def _add_animate(commands) -> None:
    command = commands.add_parser("animate", help="photo and text, speech or driving video -> mp4",
                                  description="Make the person in a photo speak and move, or the person in a film say "
                                              "something else. Without a photo, Grace Hopper's says hello.")
    command.add_argument("photo", nargs="?", metavar="photo|film",
                         help="a JPEG, PNG or WebP with a face, or a film: with --text or --audio its person says "
                              "that instead, and all but lips and jaw stays; default: the embedded photo")
    drive = command.add_mutually_exclusive_group()
    drive.add_argument("--text", help="what to say; [pause 0.5] is a pause in seconds, *word* is stressed, [happy], "
                                      "[look left], [nod] happen where they stand, and a small part of SSML is "
                                      "followed")
    drive.add_argument("--audio", metavar="FILE", help="a recording of speech to say")
    drive.add_argument("--script", metavar="FILE",
                       help="a conversation: lines such as `left (af_bella, happy): Hello!`, whose speakers are places "
                            "in the photo (left, middle, right, left 2), numbers, or names that lines such as "
                            "`Ann = left` or `Ann = ann.jpg` give; `<answer.wav>` plays a recording, `pause 1` waits")
    drive.add_argument("--motion", metavar="FILE", help="a saved Motion (.npz or .csv)")
    command.add_argument("--driving", metavar="VIDEO",
                         help="a video of a face to follow; with --text or --audio head, eyes and brows follow it, "
                              "and the lips say the other")
    command.add_argument("--driving-face", metavar="N",
                         help="which face of the driving video, 0 being the largest where it begins (default: 0)")
    command.add_argument("-o", "--output", default="out/hello.mp4", metavar="OUT.mp4",
                         help="where the video goes: .mp4, .webm, .mov, .mkv, .gif or .webp by its name; a name "
                              "without an ending is a folder of PNGs (default: %(default)s)")
    command.add_argument("--voice", help="who says it: heart, af_bella, zf_xiaobei, ..., or a language for espeak-ng's "
                                         "voice (en-gb, de, en-us+f3); `course voices` lists all (default: the best "
                                         "for the script of the text)")
    command.add_argument("--rate", help="times the voice's own pace, 0.5 to 2 (default: 1)")
    command.add_argument("--pitch", metavar="SEMITONES",
                         help="above the voice's own pitch, -5 to 9 (default: 0); Kokoro's voices have one pitch")
    _add_direction(command)
    command.add_argument("--strength", metavar="S",
                         help="how strongly all that moves is shown, 0 to 3 (default: 1), or some parts of the face, "
                              "such as mouth:1.2,eyes:0.8,brows:1,head:0.5")
    command.add_argument("--face", help="which face: largest, all, or a number, 0 being the largest")
    manner = command.add_mutually_exclusive_group()
    manner.add_argument("--relative", dest="relative", action="store_true", default=None,
                        help="add the driving video's movement to the photo's pose (default)")
    manner.add_argument("--absolute", dest="relative", action="store_false",
                        help="take over the driving video's pose and expression")
    command.add_argument("--generator", metavar="{auto,gan,warp}",
                         help="gan repaints mouth and eyes with the trained network, warp does without; auto takes "
                              "what `course evaluate` finds better (default)")
    command.add_argument("--device", metavar="{cpu,cuda,mps}",
                         help="what calculates the networks of the frames (default: cpu); cuda and mps take several "
                              "frames at once")
    command.add_argument("--size", metavar="PX",
                         help="longer side of the video, or original (default: the photo's, 1280 at most)")
    command.add_argument("--fps", help="frames a second (default: the driving video's own, up to 60; else 25)")
    command.add_argument("--seed", help="for blinks and idle movement (default: 0)")
    command.add_argument("--idle", metavar="{autoregressive,vae,hand}",
                         help="what moves head, brows and lids beside the lips: a learned model, or the movement made "
                              "by hand (default: autoregressive)")
    command.add_argument("--polish", metavar="STAGES",
                         help="only these: steady, detail, colour, with commas between (default: steady,detail)")
    finish = command.add_argument_group("finish")
    finish.add_argument("--background", metavar="COLOUR|PICTURE",
                        help="what lies behind the person: the name of a colour (navy, #204080), a picture, or "
                             "transparent, which .webp, .mov, .webm and PNGs keep")
    finish.add_argument("--logo", metavar="FILE", help="a picture for a corner; its alpha counts")
    finish.add_argument("--logo-at", metavar="CORNER|X,Y",
                        help="where it stands: top-right (default), top-left, bottom-right, bottom-left, or the pixel "
                             "of its upper left corner")
    finish.add_argument("--subtitles", metavar="FILE.srt|FILE.vtt|burn",
                        help="write the words and their times to a file, or into the picture")
    finish.add_argument("--beside", metavar="PICTURE",
                        help="a slide, a chart, a page: it stands on the left, as tall as the face on the right")
    command.add_argument("--no-polish", dest="polish", action="store_false", default=None,
                         help="leave out steadying and detail")
    command.add_argument("--force", action="store_true", default=None,
                         help="go on where a mask or the photo's border hides the mouth: it is made up")
    _add_provenance(command)
    command.set_defaults(run=run_animate)


def _add_direction(command) -> None:
    """What the face does, and when."""
    command.add_argument("--expression", metavar="NAME[@TIME][:STRENGTH],...",
                         help="auto (default): the mood of each sentence; or neutral, happy, sad, surprised or "
                              "angry, such as happy:0.6; in time happy@2s:0.8,neutral@4s; mixed happy+surprised")
    command.add_argument("--gaze", metavar="WHERE[@TIME],...",
                         help="auto (default), or where the eyes look: left, right, up, down, camera, left+up, or "
                              "degrees to the right and up, as in left@1s,10,-5@2s,camera@3s")
    command.add_argument("--head", metavar="STRENGTH|POSE[@TIME],...",
                         help="how much the head moves, 0 to 3 (default: 1), or what it does: left, right, up, down, "
                              "tilt-left, tilt-right, center, nod, shake, as in left@1s,nod@2s:0.5")
    command.add_argument("--eyes-open", metavar="SHARE",
                         help="how far the eyes are open, in shares of the photo's own: 0 shut, 1.3 wide (default: 1)")
    command.add_argument("--lips-open", metavar="SHARE",
                         help="how far the lips part, in shares of what they would: 0 shut, 1.5 wide (default: 1)")


def _add_provenance(command) -> None:
    consent = command.add_mutually_exclusive_group()
    consent.add_argument("--consent", metavar="TEXT|FILE",
                         help="what the person in the photo agreed to: kept in the film's signed manifest")
    consent.add_argument("--no-consent", dest="consent", action="store_false", default=None,
                         help="say in the manifest that there is no statement of consent")
    command.add_argument("--no-watermark", dest="watermark", action="store_false", default=None,
                         help="leave out the invisible mark; the manifest says so")
    command.add_argument("--label", nargs="?", const="auto", metavar="TEXT|PICTURE",
                         help="a label that people see; without a value: AI-generated")
    command.add_argument("--label-corner", metavar="CORNER",
                         help="bottom-right (default), bottom-left, top-right or top-left")
    command.add_argument("--label-language", metavar="CODE", help="of the label without a value (default: en)")


def run_animate(options) -> None:
    """`course animate`: check the words first, then where it goes, then make it."""
    import time

    begin = time.perf_counter()
    from . import demo, settings
    from .io import encoding

    given = {name: settings.of_text(name, getattr(options, name)) for name in settings.SETTINGS}
    drives = {name: getattr(options, name) for name in ("text", "audio", "driving", "motion")}
    if options.script is not None:
        if options.driving is not None:
            raise errors.CourseError("a script has no driving video: leave out --driving, or --script")
        return _run_script(options, given, begin)
    photo = options.photo
    if photo is None:
        photo = demo.photo_path()
        given["consent"] = demo.CONSENT if given["consent"] is None else given["consent"]
    if all(value is None for value in drives.values()):
        if options.photo is not None:
            raise errors.CourseError(
                "nothing moves this photo: add --text \"...\", --audio FILE, --driving VIDEO or --motion FILE")
        drives["text"] = demo.TEXT
    files = [paths.given(file) for name, file in (drives | {"photo": photo, "beside": options.beside}).items()
             if name != "text" and file is not None]
    output = encoding.check_output(options.output, files)
    slide = _slide(options)
    with said_meanwhile(options, drives["text"], given):
        with process.loading():
            from . import animation, layout  # PyTorch among much else
        clip = animation.animate(photo, **drives, **given)
        clip = clip if slide is None else layout.beside(clip, slide)
    clip.save(output)
    seconds = time.perf_counter() - begin
    print(f"{options.output}: {clip.duration:.1f} s, made in {seconds:.1f} s "
          f"({1000 * seconds / len(clip):.0f} ms a frame)")


def said_meanwhile(options, text: str | None, given: dict):
    """A context in which the text is said while this process loads, see `speech.ahead`; none in somebody's notebook,
    where speech may be a part of their own."""
    from .motion import marks
    from .speech import ahead, manner

    swapped = sys.modules.get("course.exercises.places")
    if text is None or not options.alone or swapped and swapped.swaps:
        return contextlib.nullcontext()
    told = manner.Manner(1.0 if given["rate"] is None else given["rate"], given["pitch"] or 0.0)
    return ahead.saying(marks.parted(text)[0], given["voice"], told)


def _slide(options):
    """The picture of `--beside`, read before the work begins: uint8 (H, W, 3), or None."""
    from . import images

    return None if options.beside is None else images.load_image(paths.given(options.beside))


def _run_script(options, given: dict, begin: float) -> None:
    """`course animate --script FILE`."""
    import time

    from .io import encoding

    files = [paths.given(file) for file in (options.script, options.photo, options.beside) if file is not None]
    output = encoding.check_output(options.output, files)
    slide = _slide(options)
    with process.loading():
        from . import layout
        from .dialogue import performance
    clip = performance.perform(paths.given(options.script), options.photo, **given)
    clip = clip if slide is None else layout.beside(clip, slide)
    clip.save(output)
    print(f"{options.output}: {clip.duration:.1f} s, made in {time.perf_counter() - begin:.1f} s")


# ---------------------------------------------------------------- verify


def _add_verify(commands) -> None:
    command = commands.add_parser("verify", help="where a film comes from, as far as it can be known",
                                  description="Reads the signed manifest, the watermark and the plain words of a film "
                                              "or picture, and says what is known and what is not.",
                                  epilog="Exit codes: 0 whole, as it was signed; 1 no claim; 2 cannot be read; 3 "
                                         "changed or cut since it was signed; 4 a mark or words and no manifest.")
    command.add_argument("file", metavar="FILE", help="a film, a GIF or a picture")
    command.add_argument("--json", action="store_true", help="for programs")
    command.set_defaults(run=run_verify)


def run_verify(options) -> int:
    """`course verify FILE`."""
    import json

    from .provenance import verify

    found = verify.verify(options.file)
    print(json.dumps(found.as_dict(), indent=2, ensure_ascii=False) if options.json else "\n".join(found.lines()))
    return found.code


# ---------------------------------------------------------------- voices


def _add_voices(commands) -> None:
    command = commands.add_parser("voices", help="who can say a text: name, language, sex, engine, licence",
                                  description="Every voice, or those of a language. hibari and Kokoro sound like "
                                              "people; espeak-ng speaks over a hundred languages.")
    command.add_argument("language", nargs="?", metavar="LANGUAGE", help="its code or name, such as es or Chinese")
    command.set_defaults(run=run_voices)


def run_voices(options) -> None:
    """`course voices [LANGUAGE]`."""
    from .speech import catalogue

    rows = [("NAME", "LANGUAGE", "SEX", "ENGINE", "LICENCE")]
    rows += [(voice.name, voice.title, voice.sex or "-", voice.engine, voice.licence)
             for voice in catalogue.of_language(options.language)]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip())
    if missing := catalogue.missing():
        print(missing)


# ---------------------------------------------------------------- evaluate


def _add_evaluate(commands) -> None:
    command = commands.add_parser("evaluate", help="self-reenactment table for video clips",
                                  description="Each clip's first frame is the photo, the clip drives it: how close "
                                              "does the result come to the clip itself?")
    command.add_argument("clips", nargs="+", type=paths.given, metavar="CLIP")
    command.add_argument("--json", action="store_true", help="print JSON instead of a table")
    command.add_argument("--judge", choices=("embedded", "mediapipe"), default="embedded",
                         help="whose landmarks measure the result (default: %(default)s)")
    command.add_argument("--judge-weights", type=paths.given, metavar="FILE",
                         help="face_landmarker.task, for --judge mediapipe")
    command.add_argument("--limit", type=int, metavar="N", help="only the first N frames of each clip")
    command.add_argument("--stages", action="store_true",
                         help="print how much of each expression is left after each stage instead")
    command.add_argument("--pictures", type=paths.given, metavar="FOLDER",
                         help="write a sheet for each clip: photo and film beside what every method made")
    command.set_defaults(run=run_evaluate)


def run_evaluate(options) -> int:
    """`course evaluate`; 1 if some of the clips could not be evaluated, which a line each names."""
    from .evaluation import stages, table

    if options.stages:
        if options.json or options.pictures:
            raise errors.CourseError("--stages prints one table: leave out --json and --pictures")
        failed = stages.run_stages(options.clips, options.judge, options.judge_weights, options.limit)
        return _told(failed)
    failed = table.run(options.clips, json=options.json, judge=options.judge, judge_weights=options.judge_weights,
                       limit=options.limit, pictures=options.pictures)
    return _told(failed)


def _told(failed: dict) -> int:
    """A line for each clip that could not be evaluated; the exit code."""
    for problem in failed.values():
        _say(problem, 1)
    return 1 if failed else 0


# ---------------------------------------------------------------- train


def _add_train(commands) -> None:
    from .recipes import table

    what = "".join(f"\n  {name:<12}{entry.about}" for name, entry in table.RECIPES.items())
    command = commands.add_parser("train", help="make the shipped weights again, or better ones",
                                  formatter_class=argparse.RawDescriptionHelpFormatter,
                                  description=f"Make the shipped weights again, or better ones.\n{what}")
    command.add_argument("what", choices=tuple(table.RECIPES), metavar="WHAT", help="one of those above")
    command.add_argument("--data", nargs="+", metavar="FOLDER",
                         help="folders made by `course data fetch` (default: where it puts them; gan: drawn faces); "
                              "motion: the folder of the tracks; speech: Kokoro's voices, or the speech made of them")
    command.add_argument("--steps", type=int,
                         help="optimiser steps (default: the recipe's); face-model, seen and identity have none")
    command.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    command.add_argument("--device", default="cpu", help="cpu, cuda or mps (default: %(default)s)")
    command.add_argument("--logdir", default="runs", metavar="FOLDER",
                         help="a folder WHAT in it gets the checkpoint and TensorBoard's curves (default: %(default)s)")
    command.add_argument("-o", "--output", metavar="FILE", help="the weights (default: LOGDIR/WHAT.safetensors)")
    command.add_argument("--teacher", metavar="FILE",
                         help="layers: MediaPipe's selfie_segmentation.tflite, which sees where a person is")
    command.add_argument("--motion", metavar="FOLDER", help="face-model: the folder of the tracks")
    command.set_defaults(run=run_train)


def run_train(options) -> None:
    """`course train WHAT`: looks up `recipes.table`, checks where it goes, and trains."""
    from .io import datasets, weights
    from .recipes import table

    entry, name = table.RECIPES[options.what], options.what.replace("-", "_")
    if options.steps is not None and options.steps < 1:
        raise errors.CourseError(f"--steps must be 1 or more, not {options.steps}")
    further = {}
    for option in ("teacher", "motion"):
        given = getattr(options, option)
        if option in entry.further:
            further[option] = given
        elif given:
            takers = " or ".join(what for what, other in table.RECIPES.items() if option in other.further)
            raise errors.CourseError(f"--{option} is for `course train {takers}`; the {options.what} needs none: "
                                     "leave it out")
    folders = options.data or (datasets.fetched_folders() if entry.data == "pictures" else None)
    logdir = Path(options.logdir)
    out = Path(options.output) if options.output else logdir / f"{name}.safetensors"
    weights.check_place(out)
    recipe = entry.load()
    from .training import processes

    try:
        recipe.train(folders, steps=options.steps, resume=options.resume, device=options.device, logdir=logdir / name,
                     out=out, **further)
    finally:
        processes.leave()


# ---------------------------------------------------------------- data, doctor


def _add_data(commands) -> None:
    command = commands.add_parser("data", help="list or fetch what does not travel in the package")
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="what there is, how large, and whether it is here")
    listing.set_defaults(run=run_data_list)
    fetching = actions.add_parser("fetch", help="download with checksums; goes on where it was cut off")
    fetching.add_argument("name", choices=("portraits", "scenes", "face-alignment", "resnet50", "vgg19"))
    fetching.add_argument("--folder", type=paths.given, help="where to put it (default: the cache)")
    fetching.set_defaults(run=run_data_fetch)


def run_data_list(options) -> None:
    """`course data list`."""
    from .io import datasets

    print(datasets.describe())


def run_data_fetch(options) -> None:
    """`course data fetch NAME`."""
    from .io import datasets

    print(datasets.fetch(options.name, folder=options.folder))


def run_doctor(options) -> int:
    """`course doctor`."""
    from . import doctor

    return doctor.run()


# ---------------------------------------------------------------- build


def _add_build(commands) -> None:
    command = commands.add_parser("build", help="make the notebooks from the lessons' sources",
                                  description="From solutions/NN_name.py: the executed notebook beside it, and the "
                                              "student's in notebooks/; from notebooks/projects/NAME.py: the executed "
                                              "notebook beside it. CONTRIBUTING.md tells how to write one.")
    command.add_argument("lessons", nargs="*", metavar="LESSON",
                         help="such as 02, market_report, or projects for all of those; default: all")
    manner = command.add_mutually_exclusive_group()
    manner.add_argument("--check", action="store_true",
                        help="write nothing; exit with 2 if the notebooks are not what the sources give")
    manner.add_argument("--nbgrader", type=paths.given, metavar="DIR",
                        help="lay out a course for nbgrader, with hidden tests and points")
    manner.add_argument("--slides", action="store_true", help="make slides of the executed notebooks, in out/slides")
    manner.add_argument("--force", action="store_true", help="run the lessons again even if no code changed")
    manner.add_argument("--architecture", action="store_true", help="draw ARCHITECTURE.md from the code's imports")
    command.set_defaults(run=run_build)


def run_build(options) -> int:
    """`course build`."""
    from .authoring import command

    return command.run(options.lessons, check=options.check, nbgrader=options.nbgrader, slides=options.slides,
                       force=options.force, architecture=options.architecture)
