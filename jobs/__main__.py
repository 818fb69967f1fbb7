"""``python -m jobs`` is ``brain``."""

from jobs.cli import main

if __name__ == "__main__":
    main()
