"""The ways in and out. Only these of allauth's pages exist; its names are kept where its code looks for them."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("login/code/", views.ConfirmCodeView.as_view(), name="account_confirm_login_code"),
    path("logout/", views.sign_out, name="account_logout"),
    path("inactive/", views.inactive, name="account_inactive"),
    path("link/<str:token>/", views.SignInLinkView.as_view(), name="sign_in_link"),
]
