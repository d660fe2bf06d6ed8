"""Polls in the admin; each module registers what it is named for."""

from polls.admin import polls, wishes

__all__ = ["polls", "wishes"]
