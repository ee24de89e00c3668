class EmbeddedServiceError(Exception):
    """An embedded service cannot run; the message is one line for the operator."""
