"""A release that is still to come: this one, and a migration as they are to be written."""
