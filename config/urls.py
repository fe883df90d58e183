"""Every address, by app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("crisis.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("escalation.urls")),
    path("", include("crisis.urls")),
]

handler500 = "crisis.views.unavailable.fault_or_unavailable"
