"""What changes people, keys and ways to sign in."""

from accounts.services.keys import create_api_key, find_api_key, note_use, revoke_api_key
from accounts.services.links import (
    first_administrator_link,
    forget_old_entrances,
    link_for,
    make_administrator,
    make_sign_in_link,
    person_of_used_link,
    redeem_link,
)
from accounts.services.people import clean_email, person_now, person_of_address, update_profile

__all__ = [
    "clean_email",
    "create_api_key",
    "find_api_key",
    "first_administrator_link",
    "forget_old_entrances",
    "link_for",
    "make_administrator",
    "make_sign_in_link",
    "note_use",
    "person_now",
    "person_of_address",
    "person_of_used_link",
    "redeem_link",
    "revoke_api_key",
    "update_profile",
]
