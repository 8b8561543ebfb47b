"""Made to be known: what a film says about where it comes from, and how that is read again.

    a film on its way to disk -> a label, a watermark in every frame, a signed manifest with what was said about consent
    any film or picture -> `verify`: whole, changed, cut, marked, or no claim at all
"""

from .. import doors

doors.open_door(__name__, {
    "watermark": "Marker embed_watermark",
    "watermark_reader": "Reading read_watermark read_signs",
    "label": "Label",
    "consent": "Consent",
    "stamp": "Origin photo_hash",
    "verify": "Findings",
})
