"""`make run`: web, worker and scheduler as children of one foreground process."""

from ideation.serving.children import web_worker_and_scheduler
from ideation.serving.run import serve, the_only_one

__all__ = ["serve", "the_only_one", "web_worker_and_scheduler"]
