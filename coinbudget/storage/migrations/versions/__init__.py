"""The steps between schemas, one module each; released ones never change."""
