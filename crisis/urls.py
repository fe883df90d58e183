"""The addresses of the screens."""

from django.urls import path

from crisis.views import sign, sign_change, sign_door, sign_in

app_name = "crisis"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("sign/<int:number>/", sign.sign, name="sign"),
    path("sign/<int:number>/on-it/", sign.on_it, name="sign_on_it"),
    path("sign/<int:number>/code/", sign_door.code, name="sign_code"),
    path("sign/<int:number>/seen/", sign.seen, name="sign_seen"),
    path("sign/<int:number>/hand-over/", sign_change.hand_over_page, name="hand_over_page"),
    path("sign/<int:number>/<int:pk>/approve/", sign.approve, name="approve"),
    path("sign/<int:number>/<int:pk>/amend/", sign_change.amend, name="amend"),
    path("sign/<int:number>/<int:pk>/change/", sign_change.change, name="change"),
    path("sign/<int:number>/<int:pk>/hand-over/", sign_change.hand_over, name="hand_over"),
    path("sign/<int:number>/<int:pk>/take-back/", sign.take_back, name="take_back"),
]
