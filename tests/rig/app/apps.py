"""The rig as an app of the real worker's."""

from django.apps import AppConfig


class RigConfig(AppConfig):
    """Name it, and register its purpose."""

    name = "tests.rig.app"
    label = "rig"

    def ready(self) -> None:
        """Register the rig's purpose."""
        from tests.rig import jobs

        jobs.register()
