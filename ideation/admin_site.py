"""The admin as a whole: who may enter, which pages it has, its own content security policy, its history."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from activity.models import Event
from activity.services import record
from activity.wording import Step, step_of
from common.admin import RoomAdmin
from ideation.engine import engine_page

View = Callable[..., HttpResponseBase]

# Alpine, which unfold's pages are made with, compiles what stands in their attributes.
POLICY = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}
LEFT_OUT = frozenset({"password_change", "password_change_done", "view_on_site"})
EVENTS_SHOWN = 100


class IdeationAdminSite(UnfoldAdminSite):
    index_title = _("What needs you")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take our own pages only: those that packages bring know neither our roles nor our services."""
        if admin_class and issubclass(admin_class, RoomAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern]:
        packages = [url for url in super().get_urls() if getattr(url, "name", None) not in LEFT_OUT]
        return [path("engine/", self.admin_view(self.engine), name="engine"), *packages]

    def engine(self, request: HttpRequest) -> HttpResponse:
        return engine_page(request, self.each_context(request))

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                return self._turn_away(request, request.get_full_path())
            _refuse_nul(request)
            return inner(request, *args, **kwargs)

        return csp_update(POLICY)(guarded)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return self._turn_away(request, request.GET.get("next") or reverse("admin:index"))

    def _turn_away(self, request: HttpRequest, wanted: str) -> HttpResponse:
        """Send strangers to the portal's sign-in; tell customers that this is not for them."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(wanted, reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return _log_out(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Find pages of the admin by name; all on one page."""
        query = QueryDict(mutable=True)
        query.update({name: request.GET[name] for name in ("s", "extended") if name in request.GET})
        request.GET = query  # type: ignore[assignment]
        return super().search(request, extra_context)

    def record(self, request: HttpRequest, obj: Model, what: str, **data: Any) -> None:
        """Write down what was done to a board, a team, a key …; ideas and comments have services for that."""
        subject = str(obj._meta.model_name)
        data |= {"name": str(obj)[:80]}
        record(f"{subject}.{what}", subject_type=subject, subject_id=obj.pk, actor=request.user, data=data)  # type: ignore[arg-type]

    def history_of(self, obj: Model) -> list[Step]:
        """Return what happened to `obj`, newest first. Queries: 1."""
        about = Event.objects.filter(subject_type=str(obj._meta.model_name), subject_id=obj.pk)
        newest = about.select_related("actor", "key").order_by("-id")[:EVENTS_SHOWN]
        return [step_of(event, detail=_labels(obj, event.data.get("fields", ()))) for event in newest]


def _refuse_nul(request: HttpRequest) -> None:
    """PostgreSQL keeps no NUL: such a request gets a 400 before any query meets it."""
    for data in (request.GET, request.POST):
        if any("\x00" in text for key, values in data.lists() for text in (key, *map(str, values))):
            raise BadRequest


def _labels(obj: Model, names: Iterable[str]) -> str:
    """Return what fields are called on forms; a name that is no field any more stands for itself."""
    fields = {field.name: field for field in obj._meta.get_fields() if not field.auto_created}
    return ", ".join(str(getattr(fields.get(name), "verbose_name", name)) for name in names)


@require_POST
def _log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/")
