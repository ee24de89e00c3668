from common.ids import ALPHABET


class PublicIdConverter:
    """A public id in a path; anything else is no such address."""

    regex = rf"[{ALPHABET}]{{8,16}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
