"""Addresses of the portal. Those of ideas and boards are permanent: mails, feeds and partners keep them.

What can be done with an idea lies under `do/`, where no slug of a title can stand.
"""

from django.urls import path, register_converter

from frontend.converters import ColourConverter
from frontend.views import boards, comments, ideas, me, pages, sitemaps, submit, team, voting

register_converter(ColourConverter, "colour")

app_name = "frontend"
urlpatterns = [
    path("", boards.home, name="home"),
    path("boards/<slug:slug>/", boards.board, name="board"),
    path("boards/<slug:slug>/new/", submit.submit, name="submit_to"),
    path("first-board/", boards.first_board, name="first_board"),
    path("new/", submit.submit, name="submit"),
    path("similar/", submit.similar, name="similar"),
    path("ideas/<slug:public_id>/", ideas.idea, name="idea_short"),
    path("ideas/<slug:public_id>/<slug:slug>/", ideas.idea, name="idea"),
    path("ideas/<slug:public_id>/do/vote/", voting.vote, name="vote"),
    path("ideas/<slug:public_id>/do/follow/", ideas.follow, name="follow"),
    path("ideas/<slug:public_id>/do/edit/", ideas.edit, name="edit"),
    path("ideas/<slug:public_id>/do/withdraw/", ideas.withdraw, name="withdraw"),
    path("ideas/<slug:public_id>/do/return/", ideas.give_back, name="return"),
    path("ideas/<slug:public_id>/do/why/", ideas.why, name="why"),
    path("ideas/<slug:public_id>/do/history/", ideas.history, name="history"),
    path("ideas/<slug:public_id>/do/comment/", comments.post, name="comment"),
    path("ideas/<slug:public_id>/do/status/", team.status, name="status"),
    path("ideas/<slug:public_id>/do/assign/", team.assign, name="assign"),
    path("ideas/<slug:public_id>/do/move/", team.move, name="move"),
    path("ideas/<slug:public_id>/do/merge/", team.merge, name="merge"),
    path("ideas/<slug:public_id>/do/undo-merge/", team.undo_merge, name="undo_merge"),
    path("ideas/<slug:public_id>/do/merge-targets/", team.merge_targets, name="merge_targets"),
    path("ideas/<slug:public_id>/do/mark/", team.mark, name="mark"),
    path("comments/<slug:public_id>/edit/", comments.edit, name="edit_comment"),
    path("comments/<slug:public_id>/show/", comments.show, name="show_comment"),
    path("me/", me.overview, name="me"),
    path("me/receipts/<slug:slug>/", me.receipt, name="receipt"),
    path("profile/", me.profile, name="profile"),
    path("profile/mails/", me.mails, name="mails"),
    path("profile/unlink/", me.unlink, name="unlink"),
    path("how-ranking-works/", pages.how_ranking_works, name="how_ranking_works"),
    path("view-settings/", pages.view_settings, name="view_settings"),
    path("brand/<colour:colour>.css", pages.brand, name="brand"),
    path("media/logos/<str:name>", pages.logo, name="logo"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemaps.part, name="sitemap_part"),
]
