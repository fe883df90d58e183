"""A playbook as a file, as small as one can be, and others that differ from it in one place."""

import textwrap

SMALL = textwrap.dedent(
    """\
    format: codered playbook 1
    code: DATA-01
    title: Data or privacy
    clocks:
      answer: 10:00
      regulator: 72:00:00
    chain: Duty chain
    on_breach:
      falls_to_officer: holding
      clause: 4.2 The holding statement may be renewed.
    steps:
      - at: 1:00
        who: Officer
        do: Release the holding statement.
    placeholders:
      time:
        label: By when
        kind: time
        longest: 5
    statements:
      HOLD:
        title: Holding statement
        kind: holding
        pre_approved: yes
        text: We are checking. Next update by {time}.
    """
)


def changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new)
