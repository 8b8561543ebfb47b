"""Living Portraits: a photo plus text, speech or a driving video becomes a talking portrait.

>>> import course
>>> clip = course.animate("me.jpg", text="Hello!")      # doctest: +SKIP
>>> clip.save("hello.mp4")                              # doctest: +SKIP

The way of the data, a room a stage:

    photo -> io, images -> detection -> keypoints -> face ---+
    text, sound -> io -> speech -> motion --------------------+-> rendering -> animation -> io -> mp4
    driving video -> io -> motion ----------------------------+

    io           film, sound, weights and fetched files, in and out
    detection    photo -> boxes                                              lesson 01
    keypoints    box -> 78 points                                            lesson 02
    face         points <-> 57 channels                                      lesson 03
    speech       text and sound -> phonemes, visemes, lips                   lesson 05
    motion       everything that makes or carries a Motion                   lessons 03, 09
    flow         grids, reading between pixels, optical flow                 lesson 06
    polish       frames and curves -> better ones                            lesson 10
    rendering    face and channel values -> pixels                           lessons 08, 09
    animation    all of them in a row: `course.animate`
    dialogue     several people talk to each other: `course.perform`
    postprocessing  films made of features and actions, and made better
    layout, joining  a film beside a picture, films after one another

    features     what a network sees                                         lesson 04
    gan          the two losses, the game, noise to faces                    lesson 07
    evaluation   how good it is
    synthetic    people from a formula, whose every point is known
    training     a loop that knows no network
    recipes      `course train WHAT`: data, losses, training of each weight that ships
    serving      `course serve`, `course animate-many`: D-ID's API, and many films at once

    exercises    the engine that checks a student
    lessons      lesson_NN: its exercises, pictures, figures, widget
    authoring    from a lesson's source to notebooks

A room is a folder whose `__init__` hands on the names of its files (`doors.py`). Importing this package is quick:
PyTorch and the rest load when they are first used.
"""

from . import doors, renamed

__version__ = "0.1.0"

doors.open_door(__name__, {
    "animation": "animate",
    "dialogue.performance": "perform",
    "serving.live.face": "Live",
    "postprocessing": "postprocess synthesize_video",
    "serving.studio.app": "studio",
    "io.video": "Clip",
    "layout": "beside subtitled",
    "joining": "join title_card",
    "motion.motion": "Motion",
    "errors": "CourseError",
    "exercises.swap": "use reset",
    "exercises.board": "progress",
    "lessons.reels": "reel",
})
renamed.listen()
