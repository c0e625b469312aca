"""The one error of the engines: a sentence that says what to do."""


class EngineError(RuntimeError):
    """An embedded engine could not be prepared, started or reached."""
