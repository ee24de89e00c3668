"""Static files with hashed names, compressed once at collection."""

from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The last tenth of a large library's size costs ten times the rest of the first start.
THOROUGH_BELOW_BYTES = 60_000


class QuickCompressor(Compressor):
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        compressed: bytes = brotli.compress(data, quality=11 if len(data) < THOROUGH_BELOW_BYTES else 9)
        return compressed


class StaticFiles(CompressedManifestStaticFilesStorage):
    def create_compressor(self, **options: Any) -> Compressor:
        return QuickCompressor(**options)
