"""The system as a service: D-ID's API on your own machine, and many films at once.

    a request in D-ID's form -> a job on disk -> a worker process -> mp4, and an answer in D-ID's form
    rows of a table          -> processes here, or a Dask cluster  -> one film a row

`course serve` is `serve`, `course animate-many` is `animate_many`.
"""

from .. import doors

doors.open_door(__name__, {
    "server": "ServerOptions serve",
    "limits": "Limits",
    "store": "Job Store Upload",
    "addresses": "AddressError Rules fetch is_public",
    "many": "animate_many",
    "rows": "Row read_rows",
    "analyses": "Cache in_use pack unpack",
})
