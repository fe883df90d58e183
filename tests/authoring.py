"""What an admin does at the authoring desk, by its forms."""

from django.apps import apps
from django.contrib.messages import get_messages
from django.urls import reverse


def first_of(page):
    app, model = page.split("_")
    return apps.get_model(app, model).objects.order_by("pk").first()


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def act(desk, page, action, *rows):
    desk.get(reverse(f"admin:{page}_changelist"))  # reads the messages that are waiting
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(reverse(f"admin:{page}_changelist"), data)


def form_of(response):
    """What a browser would send back from a page of the desk, untouched."""
    admin_form = response.context["adminform"].form
    forms = [admin_form]
    for each in response.context["inline_admin_formsets"]:
        forms += [each.formset.management_form, *each.formset.forms]
    data = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if isinstance(value, bool):
                value = "on" if value else None
            if value is None:
                continue
            data[bound.html_name] = value
            widget = bound.field.widget
            if hasattr(widget, "decompress") and not isinstance(value, list):
                parts = widget.decompress(value)
                data |= {f"{bound.html_name}_{n}": part or "" for n, part in enumerate(parts)}
    return data
