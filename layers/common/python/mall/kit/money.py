"""Money is integer fen (分) in names ending `_fen`; the only division of the mall happens here."""

from __future__ import annotations

from collections.abc import Sequence

MAX_FEN = 100_000_000_00  # one hundred million yuan: a bound on any single amount


def split(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Divide `total_fen` by `weights` so that the parts always add up (largest remainder).

    Ties go to the earlier part. A part never exceeds its weight when the total does not exceed the
    sum of the weights. All-zero weights are taken as equal.
    """
    if total_fen < 0 or any(weight < 0 for weight in weights):
        raise ValueError("split() takes no negative amounts")
    if not weights:
        if total_fen:
            raise ValueError("nothing to split over")
        return []
    whole = sum(weights)
    if whole == 0:
        weights = [1] * len(weights)
        whole = len(weights)
    parts = [total_fen * weight // whole for weight in weights]
    remainders = [total_fen * weight % whole for weight in weights]
    left = total_fen - sum(parts)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        parts[index] += 1
    return parts


def share_of_pieces(total_fen: int, pieces: int, of_pieces: int) -> int:
    """What so many pieces have of the total, to the nearest fen; all pieces have all of it. It hangs on how many they
    are alone, so that pieces one by one and all at once come to the same."""
    return split(total_fen, [pieces, of_pieces - pieces])[0]


def percent_of(amount_fen: int, percent: int) -> int:
    """`percent` of the amount, rounded half up to the fen: the price at 95 percent (九五折)."""
    return (amount_fen * percent + 50) // 100


def whole_yuan(amount_fen: int) -> int:
    """The whole yuan in the amount: 12345 -> 123."""
    return amount_fen // 100


def yuan(amount_fen: int) -> str:
    """The amount as a person reads it: 12345 -> "123.45"."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // 100}.{abs(amount_fen) % 100:02d}"


def each_of(total_fen: int, number: int) -> int:
    """What one of so many has on average, to the whole fen towards zero; nothing where there are none."""
    return (abs(total_fen) // number) * (1 if total_fen >= 0 else -1) if number else 0
