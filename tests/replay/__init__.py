"""Replay: what was set aside, taken again after a correction, leaves a lake as if the correction had always stood."""
