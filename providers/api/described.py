"""What every address says of itself in the schema: how it refuses, and the key that whatever changes must carry."""

from drf_spectacular.utils import OpenApiParameter

from providers.api.problems import ProblemSerializer

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 8, "maxLength": 128, "pattern": r"^[\x21-\x7e]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="A new value for each new request; the same again for a repeat, which gets the same answer.",
)
PROBLEM_TYPE = "application/problem+json"
PROBLEMS = {(status, PROBLEM_TYPE): ProblemSerializer for status in (400, 401, 403, 404, 405, 409, 413, 415, 422)}
READ_PROBLEMS = {(status, PROBLEM_TYPE): ProblemSerializer for status in (400, 401, 403, 404, 405)}
