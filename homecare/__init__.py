"""The service: settings, root addresses and the Celery app; it composes everything else.

Imports nothing: the engines' keepers are of this package and must start in a blink. The settings import the Celery app.
"""
