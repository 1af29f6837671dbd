"""The demonstration: a synthetic `population`, its `exports` in the agencies' `shapes`, and a `story` on the screen."""
