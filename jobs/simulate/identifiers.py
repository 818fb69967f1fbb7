"""Identifiers with valid check characters, written independently of :mod:`jobs.rules`, which they judge.

GB 11643-1999, GB 32100-2015, GB 11714-1997, GS 15-2006, GB/T 36904-2018.
"""

from __future__ import annotations

_RESIDENT_WEIGHTS = [pow(2, 17 - n, 11) for n in range(17)]
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def resident_id(division: str, birth: str, serial: int) -> str:
    """18 characters; ``birth`` is ``yyyyMMdd``, an odd serial is a man."""
    body = f"{division}{birth}{serial:03d}"
    total = sum([int(digit) * weight for digit, weight in zip(body, _RESIDENT_WEIGHTS, strict=True)])
    return body + "10X98765432"[total % 11]


def org_code(body: str) -> str:
    """Nine characters of GB 11714 from the first eight."""
    total = sum(_BASE36.index(char) * weight for char, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    check = 11 - total % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))


def uscc(prefix: str, division: str, number: int) -> str:
    """18 characters of GB 32100; the subject part is an organisation code in the letters that the alphabet has."""
    code = prefix + division + org_code("MA" + _encode(number, 6, _USCC))
    weighted = sum(_USCC.index(char) * pow(3, place, 31) for place, char in enumerate(code))
    return code + _USCC[(31 - weighted % 31) % 31]


def registration_no(division: str, number: int) -> str:
    """15 digits of GS 15, the last by ISO 7064 MOD 11,10."""
    body = f"{division}{number % 10**8:08d}"
    rest = 10
    for digit in body:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return body + str((11 - rest) % 10)


def licence_identifier(kind: str, issuer: str, serial: int) -> str:
    """GB/T 36904: root, kind (21), issuer (18), serial, version, MOD 37,36 over them without dots."""
    parts = [kind, issuer, f"{serial:010d}", "001"]
    rest = 18
    for char in "".join(parts):
        rest = ((rest or 36) * 2 % 37 + _BASE36.index(char)) % 36
    check = _BASE36[(1 - (rest or 36) * 2 % 37) % 36]
    return ".".join(["1.2.156.3005.2", *parts, check])


def _encode(number: int, width: int, alphabet: str) -> str:
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, len(alphabet))
        digits = alphabet[rest] + digits
    return digits
