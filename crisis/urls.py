"""The addresses of the screens."""

from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from crisis.views import (
    console,
    draft,
    home,
    live,
    playbooks,
    raise_code_red,
    release,
    report,
    shell,
    sign,
    sign_change,
    sign_door,
    sign_in,
    stand_down,
    storm,
)

app_name = "crisis"

urlpatterns = [
    path("", home.home, name="home"),
    path("language/", require_POST(set_language), name="language"),
    path("app.webmanifest", shell.manifest, name="manifest"),
    path("worker.js", shell.worker, name="worker"),
    path("counting.json", shell.counting, name="counting"),
    path("offline/", shell.offline, name="offline"),
    path("live/", live.anything, name="home_live"),
    path("raise/", raise_code_red.raise_code_red, name="raise"),
    path("code-reds/", home.incidents, name="incidents"),
    path("code-reds/<int:number>/", console.show, name="console"),
    path("code-reds/<int:number>/live/", live.code_red, name="console_live"),
    path("code-reds/<int:number>/timeline/", console.timeline, name="timeline"),
    path("code-reds/<int:number>/questions/", console.add, name="add_question"),
    path("code-reds/<int:number>/questions/<int:pk>/claim/", storm.claim, name="claim"),
    path("code-reds/<int:number>/steps/<int:pk>/", storm.tick, name="tick"),
    path("code-reds/<int:number>/page-next/", console.hand_over, name="page_next"),
    path("code-reds/<int:number>/stand-down/", stand_down.stand_down, name="stand_down"),
    path("code-reds/<int:number>/draft/", draft.new, name="draft"),
    path("code-reds/<int:number>/report/", report.report, name="report"),
    path("answers/<int:pk>/", draft.edit, name="answer"),
    path("answers/<int:pk>/release/", release.release, name="release"),
    path("reports/", home.reports, name="reports"),
    path("playbooks/", playbooks.playbooks, name="playbooks"),
    path("playbooks/<slug:code>/", playbooks.playbook, name="playbook"),
    path("chains/", playbooks.chains, name="chains"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("sign/<int:number>/", sign.sign, name="sign"),
    path("sign/<int:number>/on-it/", sign.on_it, name="sign_on_it"),
    path("sign/<int:number>/code/", sign_door.code, name="sign_code"),
    path("sign/<int:number>/seen/", sign.seen, name="sign_seen"),
    path("sign/<int:number>/live/", live.sign, name="sign_live"),
    path("sign/<int:number>/moved/", sign.moved, name="sign_moved"),
    path("sign/<int:number>/hand-over/", sign_change.hand_over_page, name="hand_over_page"),
    path("sign/<int:number>/<int:pk>/approve/", sign.approve, name="approve"),
    path("sign/<int:number>/<int:pk>/amend/", sign_change.amend, name="amend"),
    path("sign/<int:number>/<int:pk>/change/", sign_change.change, name="change"),
    path("sign/<int:number>/<int:pk>/hand-over/", sign_change.hand_over, name="hand_over"),
    path("sign/<int:number>/<int:pk>/take-back/", sign.take_back, name="take_back"),
]
