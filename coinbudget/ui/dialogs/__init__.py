"""Dialogs: forms over drafts, and what they show while they are filled."""
