"""Words of unfold's pages, which come without German; named here, they stand in our catalogue."""

from django.utils.translation import gettext_noop as _

WORDS = (
    _(" By %(filter_title)s "),
    _("All"),
    _("Apply Filters"),
    _("Cancel"),
    _("Choose file to upload"),
    _("Dark"),
    _("Filters"),
    _("From"),
    _("General"),
    _("Go back"),
    _("Light"),
    _("More actions"),
    _("No data"),
    _("No results found"),
    _("No results matching your query"),
    _("Reset filters"),
    _("Return to site"),
    _("Run"),
    _("Search apps and models..."),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("System"),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _("To"),
    _("Type to search"),
)
