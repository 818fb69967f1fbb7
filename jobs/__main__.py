"""The command ``brain``, and ``python -m jobs``."""

from jobs.loading import loading

with loading():
    from jobs.cli import main

if __name__ == "__main__":
    main()
