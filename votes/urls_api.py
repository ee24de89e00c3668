from django.urls import path

from votes.api import MergeView, MyVotesView, VotersView, VoteView
from votes.api_exports import LedgerView
from votes.api_ranks import RankView

urlpatterns = [
    path("boards/<slug:slug>/ledger/", LedgerView.as_view(), name="api-ledger"),
    path("ideas/<public_id:public_id>/vote/", VoteView.as_view(), name="api-vote"),
    path("ideas/<public_id:public_id>/voters/", VotersView.as_view(), name="api-voters"),
    path("ideas/<public_id:public_id>/rank/", RankView.as_view(), name="api-rank"),
    path("ideas/<public_id:public_id>/merge/", MergeView.as_view(), name="api-merge"),
    path("votes/mine/", MyVotesView.as_view(), name="api-my-votes"),
]
