"""Lists of the admin that count nothing: a page costs the same in a table of a hundred rows and of a million."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db import DataError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

MAX_PAGES = 50  # whoever reads on wants a filter, not a page


class UncountedPage(Page):  # type: ignore[type-arg]
    """A page that knows only whether another one follows."""

    def __init__(self, rows: Sequence[Any], number: int, paginator: "UncountedPaginator", *, more: bool) -> None:
        super().__init__(rows, number, paginator)
        self.more = more

    def has_next(self) -> bool:
        return self.more and self.number < MAX_PAGES


class UncountedPaginator(Paginator):  # type: ignore[type-arg]
    """Reads one row more than a page shows, and never asks for a count."""

    template_name = "admin/uncounted_pagination.html"

    @property
    def num_pages(self) -> int:
        return MAX_PAGES

    def validate_number(self, number: Any) -> int:
        try:
            page = int(number)
        except (TypeError, ValueError) as error:
            raise PageNotAnInteger(_("That is not a page.")) from error
        if not 1 <= page <= MAX_PAGES:
            raise EmptyPage(_("There is no such page."))
        return page

    def page(self, number: Any) -> UncountedPage:
        """Queries: 1."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        rows = list(self.object_list[start : start + self.per_page + 1])
        return UncountedPage(rows[: self.per_page], number, self, more=len(rows) > self.per_page)


class UncountedChangeList(ChangeList):
    """Django's list, without its two counts; what cannot be asked leads back to the list as it was."""

    def rows(self, request: HttpRequest) -> Any:
        """What the paginator slices."""
        return self.queryset

    @property
    def next_url(self) -> str:
        return self.get_query_string({PAGE_VAR: self.page.number + 1})

    @property
    def previous_url(self) -> str:
        return self.get_query_string({PAGE_VAR: self.page.number - 1})

    def get_results(self, request: HttpRequest) -> None:
        self.paginator = self.model_admin.get_paginator(request, self.rows(request), self.list_per_page)
        try:
            self.page = self.paginator.page(self.page_num)
        except (EmptyPage, DataError) as error:
            raise IncorrectLookupParameters from error
        self.result_list = self.page.object_list
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = self.can_show_all = False
        self.show_admin_actions = True
        self.multi_page = self.page.has_other_pages()
