"""The common rig of the assurance goals: a provider that remembers, processes that are killed, and one oracle.

Each goal is a function of N: a slice of it runs in the suite, the whole N by `make assure`. Each was seen to fail
with its protection removed (tests/rig/mutants.py), and those trials are in the suite too: an oracle that cannot fail
proves nothing.
"""
