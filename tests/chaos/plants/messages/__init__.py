"""Timers as one would write them with Celery alone; installed by the countdown plant only."""
