"""Made to be known: what a film says about where it comes from, and how that is read again.

    a film on its way to disk -> a label, a watermark in every frame, a signed manifest with what was said about consent
    any film or picture -> `verify`: whole, changed, cut, marked, or no claim at all
    one picture of a face -> `detect_fake`: does it look like a frame of a film of ours
"""

from .. import doors

doors.open_door(__name__, {
    "watermark": "Marker embed_watermark",
    "watermark_reader": "Reading read_watermark read_signs",
    "label": "Label",
    "consent": "Consent",
    "stamp": "Origin photo_hash",
    "verify": "Findings",
    "detector": "detect_fake",
    "error_rates": "error_by_group wilson",
})
