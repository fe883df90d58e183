"""Playbooks as files: YAML in and out."""

from playbooks.files.export import export
from playbooks.files.playbook import PlaybookFile, load, read, write
from playbooks.files.source import BadFile, FileFault

__all__ = ["BadFile", "FileFault", "PlaybookFile", "export", "load", "read", "write"]
