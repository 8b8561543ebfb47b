"""`python -m course` is the command `course`."""

from . import cli, process


def run() -> None:
    """Run the command and end the process with its exit code."""
    process.keep_memory()
    process.leave(cli.main())


if __name__ == "__main__":
    run()
