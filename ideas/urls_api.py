from django.urls import path, register_converter

from common.converters import PublicIdConverter
from ideas.api import BoardsView, IdeasView, IdeaView, SimilarView, StatusView
from ideas.api_comments import CommentsView

register_converter(PublicIdConverter, "public_id")

urlpatterns = [
    path("boards/", BoardsView.as_view(), name="api-boards"),
    path("ideas/", IdeasView.as_view(), name="api-ideas"),
    path("ideas/similar/", SimilarView.as_view(), name="api-similar-ideas"),
    path("ideas/<public_id:public_id>/", IdeaView.as_view(), name="api-idea"),
    path("ideas/<public_id:public_id>/comments/", CommentsView.as_view(), name="api-comments"),
    path("ideas/<public_id:public_id>/status/", StatusView.as_view(), name="api-status"),
]
