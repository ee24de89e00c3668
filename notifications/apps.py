from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from activity.registry import register
        from notifications.handlers import VERBS, tell_people

        register(tell_people, verbs=VERBS)
