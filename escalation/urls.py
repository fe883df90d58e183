"""The addresses of the paging engine."""

from django.urls import path

from escalation import views

app_name = "escalation"

urlpatterns = [
    path("p/<str:token>", views.open_link, name="link"),
    path("tray/", views.tray, name="tray"),
]
