"""The simulated city: the same twice, true to itself, and as bad as it promises."""
