"""Every address, by app."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("crisis.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("escalation.urls")),
    path("", include("crisis.urls")),
]

handler400 = "crisis.views.errors.bad_request"
handler403 = "crisis.views.errors.forbidden"
handler404 = "crisis.views.errors.not_found"
handler500 = "crisis.views.errors.fault"
