"""Deeds on renewals and prescriptions: one function each, by somebody, at a time, in one transaction."""

from prescriptions.actions.prescription import (
    acknowledge,
    answer_query,
    cancel,
    delivered,
    record_original,
    record_signed,
    screen,
    send,
)
from prescriptions.actions.renewal import answer, ask, open_renewal, stop_renewals

__all__ = [
    "acknowledge",
    "answer",
    "answer_query",
    "ask",
    "cancel",
    "delivered",
    "open_renewal",
    "record_original",
    "record_signed",
    "screen",
    "send",
    "stop_renewals",
]
