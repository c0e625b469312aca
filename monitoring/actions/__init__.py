"""Deeds on monitoring: plans started and ended, tests done, results filed."""

from monitoring.actions.plans import end_plan, move_plan, record_test_done, start_plan
from monitoring.actions.results import close_review, match_results

__all__ = ["close_review", "end_plan", "match_results", "move_plan", "record_test_done", "start_plan"]
