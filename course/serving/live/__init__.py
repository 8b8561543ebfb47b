"""A live face: text or sound comes while it is looked at, frames and sound go out on one clock.

    text -> sentences -> speaking (in a thread, ahead of play) -+
    sound, 20 ms at a time -> heard ----------------------------+-> mixer -> painter -> outgoing -> `Live.read`:
    nothing -> idling ------------------------------------------+                 a frame and 40 ms of sound

`course.Live` is `face.Live`; the page of `course serve` at /live is `page`, its sessions are `sessions` and `worker`.
"""

from ... import doors

doors.open_door(__name__, {
    "face": "Live Moment",
    "clock": "Clock",
    "idling": "EndlessIdle",
    "sentences": "Sentences pieces_of",
    "detecting": "VoiceDetector",
    "replies": "Replier load_replier",
})
