"""Gates fail closed."""
