"""The frame around the pages: rail, top bar, status line, menus. It paints before any service is imported."""
