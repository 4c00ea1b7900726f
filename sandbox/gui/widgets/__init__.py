"""Controls and other widgets that know no session."""
