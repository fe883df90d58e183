"""The addresses of the API."""

from django.urls import path

from crisis.api import answers, contract, decisions, facts, health, house, incidents

app_name = "api"

urlpatterns = [
    path("incidents", incidents.Incidents.as_view(), name="incidents"),
    path("incidents/<int:number>", incidents.Incident.as_view(), name="incident"),
    path("incidents/<int:number>/timeline", incidents.Timeline.as_view(), name="timeline"),
    path("incidents/<int:number>/acknowledge", incidents.Acknowledge.as_view(), name="acknowledge"),
    path("incidents/<int:number>/hand-over", incidents.HandOver.as_view(), name="hand_over"),
    path("incidents/<int:number>/stand-down", incidents.StandDown.as_view(), name="stand_down"),
    path("incidents/<int:number>/report", incidents.Report.as_view(), name="report"),
    path("incidents/<int:number>/questions", answers.Questions.as_view(), name="questions"),
    path("incidents/<int:number>/answers", answers.Answers.as_view(), name="answers"),
    path("incidents/<int:number>/facts", facts.Facts.as_view(), name="facts"),
    path("facts/<int:pk>/drop", facts.Drop.as_view(), name="drop_fact"),
    path("answers/<int:pk>", answers.Answer.as_view(), name="answer"),
    path("answers/<int:pk>/submit", answers.Submit.as_view(), name="submit"),
    path("answers/<int:pk>/decisions", decisions.Decisions.as_view(), name="decisions"),
    path("answers/<int:pk>/releases", answers.Releases.as_view(), name="releases"),
    path("answers/<int:pk>/withdraw", answers.Withdraw.as_view(), name="withdraw"),
    path("queue", decisions.Queue.as_view(), name="queue"),
    path("playbooks", house.Playbooks.as_view(), name="playbooks"),
    path("playbooks/<slug:code>", house.PlaybookInFull.as_view(), name="playbook"),
    path("chains", house.Chains.as_view(), name="chains"),
    path("channels", house.Channels.as_view(), name="channels"),
    path("pages", house.Pages.as_view(), name="pages"),
    path("me", house.Me.as_view(), name="me"),
    path("problems", contract.Problems.as_view(), name="problems"),
    path("schema", contract.Schema.as_view(), name="schema"),
    path("docs", contract.docs, name="docs"),
    path("health/live", health.Live.as_view(), name="live"),
    path("health/ready", health.Ready.as_view(), name="ready"),
]
