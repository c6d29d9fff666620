"""JSON numbers without loss: equal numbers become equal values, and none is rounded."""

from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal

#: Whole numbers of up to so many digits are written out; every one of them fits a double's range.
MOST_DIGITS = 308


@dataclass(frozen=True, slots=True)
class ExactNumber:
    """A number that is neither a whole one of usual size nor the shortest text of a double, in scientific notation."""

    text: str


def whole_number(literal: str) -> int | float | ExactNumber:
    """Read a JSON number without fraction and exponent."""
    if len(literal) <= MOST_DIGITS:
        return int(literal)
    return _normal(literal)


def decimal_number(literal: str) -> int | float | ExactNumber:
    """Read a JSON number with a fraction or an exponent: 1.0 and 1e0 are 1, and 1e400 is not infinity."""
    if len(literal) <= 16:  # at most 15 digits: the double says all of it
        value = float(literal)
        if 1e-5 < abs(value) < 1e15:
            return int(value) if value.is_integer() else value
    return _normal(literal)


def _normal(literal: str) -> int | float | ExactNumber:
    parts = _parts(literal)
    sign, digits, exponent = parts
    if not digits:
        return 0
    if exponent - len(digits) + 1 >= 0 and exponent < MOST_DIGITS:
        return int(f"{sign}{digits}{'0' * (exponent - len(digits) + 1)}")
    nearest = float(f"{sign}{digits[0]}.{digits[1:]}e{_text(exponent)}")
    if _is_faithful(nearest, parts):
        return nearest
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return ExactNumber(f"{sign}{digits[0]}{fraction}e{_text(exponent)}")


def _parts(literal: str) -> tuple[str, str, int]:
    """Return sign, significant digits and the power of ten of the first digit; no digits for zero."""
    mantissa, _, power = literal.lower().partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    figures = whole + fraction
    digits = figures.lstrip("0")
    first = len(whole) - 1 - (len(figures) - len(digits))
    return sign, digits.rstrip("0"), first + _integer(power or "0")


def _is_faithful(nearest: float, parts: tuple[str, str, int]) -> bool:
    return abs(nearest) not in {0.0, float("inf")} and _parts(repr(nearest)) == parts


# int() and str() refuse more than 4,300 digits; a hostile exponent may have more, and Decimal has no such bound.
_WIDE = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def _integer(text: str) -> int:
    return int(_WIDE.create_decimal(text))


def _text(number: int) -> str:
    return str(Decimal(number))
