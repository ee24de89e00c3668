from django.contrib.admin.apps import AdminConfig


class IdeationAdminConfig(AdminConfig):
    default_site = "ideation.admin_site.IdeationAdminSite"
