"""Addresses of the portal. Those of ideas and boards are permanent: mails, feeds and partners keep them."""

from django.urls import path, register_converter

from frontend.converters import ColourConverter
from frontend.views import boards, me, pages

register_converter(ColourConverter, "colour")

app_name = "frontend"
urlpatterns = [
    path("", boards.home, name="home"),
    path("boards/<slug:slug>/", boards.board, name="board"),
    path("me/", me.overview, name="me"),
    path("profile/", me.profile, name="profile"),
    path("how-ranking-works/", pages.how_ranking_works, name="how_ranking_works"),
    path("view-settings/", pages.view_settings, name="view_settings"),
    path("brand/<colour:colour>.css", pages.brand, name="brand"),
]
