"""How often one person or one address may sign in or post. Partners' keys post without a limit: they are known."""

from django.http import HttpRequest

from accounts.viewers import viewer_of
from common.limits import Limit, client_address

TEN_MINUTES = 600

CODES_BY_RECEIVER = Limit("codes-by-receiver", times=5, seconds=TEN_MINUTES)
CODES_BY_ADDRESS = Limit("codes-by-address", times=30, seconds=TEN_MINUTES)
TRIES_BY_RECEIVER = Limit("tries-by-receiver", times=20, seconds=TEN_MINUTES)
TRIES_BY_ADDRESS = Limit("tries-by-address", times=60, seconds=TEN_MINUTES)
POSTS_BY_PERSON = Limit("posts-by-person", times=30, seconds=TEN_MINUTES)
POSTS_BY_ADDRESS = Limit("posts-by-address", times=120, seconds=TEN_MINUTES)


def limit_codes(request: HttpRequest, email: str) -> None:
    """Call it before a code is sent.

    Raises: TooManyRequests.
    """
    CODES_BY_ADDRESS.use(client_address(request))
    CODES_BY_RECEIVER.use(email)


def limit_tries(request: HttpRequest, email: str) -> None:
    """Call it before a code is looked at.

    Raises: TooManyRequests.
    """
    TRIES_BY_ADDRESS.use(client_address(request))
    TRIES_BY_RECEIVER.use(email)


def limit_links(request: HttpRequest) -> None:
    """Call it before a sign-in link is looked at.

    Raises: TooManyRequests.
    """
    TRIES_BY_ADDRESS.use(client_address(request))


def limit_posts(request: HttpRequest) -> None:
    """Call it before an idea or a comment is posted, in the portal and in the API.

    Raises: TooManyRequests.
    """
    viewer = viewer_of(request)
    if viewer.is_key:
        return
    POSTS_BY_ADDRESS.use(client_address(request))
    if viewer.person_id:
        POSTS_BY_PERSON.use(str(viewer.person_id))
