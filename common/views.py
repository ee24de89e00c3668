from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.views import APIView

from common.serializers import NoParameters, read_query


class ApiView(APIView):
    """A resource of the API.

    `Allow` names the methods that it has, and no OPTIONS, which would say nothing more. Methods that read no parameters
    refuse them; those in `reads_parameters` read theirs by `read_query`.
    """

    http_method_names = ("get", "head", "post", "put", "patch", "delete")
    reads_parameters: ClassVar[tuple[str, ...]] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = "GET" if request.method == "HEAD" else request.method
        if method not in self.reads_parameters:
            read_query(NoParameters, request)
