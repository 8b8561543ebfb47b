"""`python -m course` is the command `course`."""

from .cli import main

raise SystemExit(main())
