"""Pages of the window; they meet through the announcement of `ui.operations` and import no other page."""
