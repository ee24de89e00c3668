from rest_framework.views import APIView


class ApiView(APIView):
    """A resource of the API; `Allow` names the methods that it has, and no OPTIONS, which would say nothing more."""

    http_method_names = ("get", "head", "post", "put", "patch", "delete")
