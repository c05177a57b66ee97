"""Where it is kept: the only package that knows SQLModel and SQLAlchemy. No row and no session leaves it."""
