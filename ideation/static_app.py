from django.contrib.staticfiles.apps import StaticFilesConfig


class IdeationStaticFilesConfig(StaticFilesConfig):
    # Brought by packages and shown nowhere: half of what a first start would have to compress.
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "drf_spectacular_sidecar/redoc/*", "rest_framework"]
