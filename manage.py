#!/usr/bin/env python
"""Run a management command, starting the embedded engines if it needs them."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "homecare.settings")
    from homecare.engines import for_command

    with for_command(sys.argv):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # asked for at the keyboard: nothing is broken, so no traceback
        sys.exit(130)
