"""Chance that depends on what it is about, never on when it is asked: the same parts, the same draw."""

from __future__ import annotations

from zlib import crc32

_MASK = 0xFFFFFFFF


def salt_of(*parts: object) -> int:
    """A number that stands for these parts."""
    return crc32("|".join(map(str, parts)).encode())


def mix(number: int, salt: int) -> int:
    """32 well mixed bits of a number under a salt (the finaliser of MurmurHash3)."""
    value = (number * 0x9E3779B1 + salt) & _MASK
    value = ((value ^ value >> 16) * 0x85EBCA6B) & _MASK
    value = ((value ^ value >> 13) * 0xC2B2AE35) & _MASK
    return value ^ value >> 16


def draw(number: int, salt: int) -> float:
    """A stable number in [0, 1)."""
    return mix(number, salt) / 4294967296.0
