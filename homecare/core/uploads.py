"""Uploads are measured before they are read: nobody fills the disk, least of all somebody who has not signed in."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class UploadTooLarge(RequestDataTooBig):
    """More was sent than is asked for; says how much may be."""


class MeasuredUpload(TemporaryFileUploadHandler):
    """Keeps an upload in a temporary file, unless it says of itself that it is too large."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803  # Django's own name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Refuse by the length that the web server holds the request to."""
        if content_length > most_for(self.request):
            raise UploadTooLarge("That is too large to be sent here. A register has at most 50 MB.")


def most_for(request: Any) -> int:
    """Return how many bytes whoever asks may send."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return int(settings.LARGEST_UPLOAD_BYTES if signed_in else settings.LARGEST_FORM_OF_A_STRANGER_BYTES)
