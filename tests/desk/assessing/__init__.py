"""Tests of the pages of an enrolment's first steps."""
