"""Every code that a problem can have: its status, its title, and what it says by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One kind of problem."""

    status: int
    title: str | Promise
    detail: str | Promise = ""


CATALOGUE: dict[str, Entry] = {
    # What was sent cannot be read
    "invalid": Entry(400, _("Some fields are not right"), _("See errors.")),
    "malformed": Entry(400, _("This is not JSON that we read")),
    "bad_character": Entry(
        400,
        _("A character is not allowed here"),
        _("NUL, control characters and half surrogate pairs are refused everywhere."),
    ),
    "length_required": Entry(
        411, _("How long is it?"), _("Send a Content-Length; a body in chunks is not read.")
    ),
    "too_large": Entry(413, _("Too much at once"), _("A request body is 64 KB at most.")),
    "unsupported_media_type": Entry(
        415, _("Not a type that we read"), _("Send application/json in UTF-8.")
    ),
    "not_acceptable": Entry(
        406, _("Not a type that we write"), _("Accept application/json, or anything.")
    ),
    "method_not_allowed": Entry(405, _("Not something to do here"), _("See the Allow header.")),
    # Who asks
    "not_authenticated": Entry(
        401, _("Who is this?"), _("Send an API key as a bearer token, or sign in.")
    ),
    "bad_key": Entry(
        401, _("This key opens nothing"), _("It is wrong, expired or revoked, or its owner left.")
    ),
    "csrf": Entry(403, _("The form’s token is missing"), _("Send it in the X-CSRFToken header.")),
    "forbidden": Entry(403, _("Not allowed"), _("You may not do this.")),
    "scope": Entry(403, _("The key does not reach that far")),
    "not_yours": Entry(403, _("Not for your role"), _("Your role does not allow this.")),
    "not_an_officer": Entry(
        403, _("Only an officer raises a code red"), _("Call an officer, or ask for the role.")
    ),
    "not_a_signer": Entry(
        403, _("Not asked to sign"), _("The protocol does not ask this person to sign.")
    ),
    "four_eyes": Entry(
        403, _("Nobody signs off their own text"), _("Somebody else has to sign this one.")
    ),
    "not_on_the_chain": Entry(
        403, _("Not on the chain"), _("Only somebody who is paged can be on it.")
    ),
    "not_found": Entry(404, _("Nothing here"), _("There is nothing here that you may see.")),
    "too_many_requests": Entry(429, _("Too many requests"), _("Wait, or telephone.")),
    # What stands in the way now
    "closed": Entry(
        409, _("Stood down"), _("The incident was stood down: it is closed to writing.")
    ),
    "stale_version": Entry(
        409, _("The words have changed"), _("Read the current version, then decide again.")
    ),
    "already_decided": Entry(409, _("Somebody was first"), _("See decided.")),
    "not_awaiting_sign_off": Entry(
        409, _("Nobody waits for this"), _("The answer does not wait for sign-off.")
    ),
    "already_signed": Entry(
        409, _("You have signed this"), _("It waits for the others’ signatures.")
    ),
    "not_approved": Entry(
        409, _("Nothing to take back"), _("The answer is not signed off, or it is out.")
    ),
    "not_editable": Entry(409, _("The words are settled"), _("The answer is out or withdrawn.")),
    "not_submittable": Entry(
        409, _("Not to be sent now"), _("Only a draft, or what was sent back, can be sent.")
    ),
    "not_releasable": Entry(
        409,
        _("Not signed off"),
        _("The words are neither signed off nor pre-approved, and no clause lets them go."),
    ),
    "text_mismatch": Entry(
        409,
        _("Not the words that were signed"),
        _("What is stored is not what was signed. Nothing goes out. Tell your admin."),
    ),
    "already_out": Entry(
        409, _("It is out"), _("This answer is out, or the question has an answer already.")
    ),
    "already_added": Entry(409, _("It is on the list"), _("See question.")),
    "already_known": Entry(409, _("It is known already"), _("See fact.")),
    "not_paging": Entry(409, _("Nobody is paged any more"), _("The paging has stopped.")),
    # What it would mean
    "blocked": Entry(422, _("Some checks say no"), _("See checks.")),
    "unknown_reference": Entry(422, _("It points to nothing"), _("See errors.")),
    "not_together": Entry(422, _("These fields do not go together"), _("See errors.")),
    "reason_missing": Entry(
        422, _("Say why"), _("Asking for a change needs a reason that the officer can go by.")
    ),
    "nobody_to_sign": Entry(
        422, _("Nobody may sign"), _("Fewer may sign than have to: nobody signs their own text.")
    ),
    "cannot_be_reached": Entry(
        422, _("Cannot be paged"), _("This person has no way by which they can be paged.")
    ),
    "proof_missing": Entry(
        422, _("No link to the post"), _("The link proves that the words are out.")
    ),
    "no_chain": Entry(
        422, _("Nobody to page"), _("No chain has anybody on it. Telephone, and tell your admin.")
    ),
    "key_reused": Entry(
        422, _("This key was used before"), _("The same Idempotency-Key came with another body.")
    ),
    # What is wrong with us
    "server_error": Entry(500, _("Our fault"), _("It has been logged under this request_id.")),
    "unavailable": Entry(503, _("Not now"), _("Nothing was saved. Try again, or telephone.")),
    "not_ready": Entry(503, _("Not ready"), _("The database is away, or the clock has stopped.")),
    "promise_broken": Entry(503, _("A promise is not kept"), _("Something has been forgotten.")),
}
