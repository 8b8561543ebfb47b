"""Several people who talk: a script becomes a film in which each has a turn and the others listen.

    script.txt -> turns -> what each says, and when -> how each moves, speaking or listening -> Clip
"""

from .. import doors

doors.open_door(__name__, {
    "script": "Script Speaker Turn read_script",
    "saying": "Said voices",
    "timing": "Placed mixed place",
    "listening": "Scene settings_for",
    "performance": "perform",
})
