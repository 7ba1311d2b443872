"""`python -m forebear` is the `forebear` command."""

import sys

from forebear.cli import main

if __name__ == "__main__":
    sys.exit(main())
