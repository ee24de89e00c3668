"""`make run`: web, worker and scheduler as children of one foreground process."""

from ideation.serving.run import serve

__all__ = ["serve"]
