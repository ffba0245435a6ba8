r"""
Formulas of a document as a line of text: ``12 \times 80 \text{ GB}`` is ``12 × 80 GB``.

Only what carries numbers and units is translated (fractions, products, texts, spaces, groups
of digits); the rest of a formula stays as it is, so that no digit is lost. Dollar signs that
enclose a formula go, those before an amount of money stay.
"""

from __future__ import annotations

import re

_ESCAPED = "\ue000"  # a private sign that stands for \$ while formulas are looked for
_MATH = re.compile(r"\$(?!\s)([^$\n]{1,400}?)(?<!\s)\$(?![0-9])")
# Taken first: what is left of it would be an amount of money.
_DISPLAYED = re.compile(r"\$\$([^$\n]{1,600})\$\$")
_IS_MATH = re.compile(r"\\[A-Za-z,;]|\{,\}|[_^]\{|^\\?[A-Za-z]\w?(?:_\w)?$|^[A-Za-z]\w?\s?[=<>]")
_COMMANDS = {
    "times": "×", "cdot": "×", "div": "÷", "approx": "≈", "sim": "~", "simeq": "≈", "le": "≤",
    "leq": "≤", "ge": "≥", "geq": "≥", "lt": "<", "gt": ">", "pm": "±", "rightarrow": "→",
    "to": "→", "Rightarrow": "→", "implies": "→", "quad": " ", "qquad": " ", "lceil": "⌈",
    "rceil": "⌉", "lfloor": "⌊", "rfloor": "⌋", "left": "", "right": "", "displaystyle": "",
    "begin": " ", "end": " ", "lambda": "λ", "rho": "ρ", "mu": "µ",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]{1,20})(?![A-Za-z])\s?")
_TEXT = re.compile(r"\\(?:text|mathrm|textbf|mathbf|mbox|operatorname|textit)\s?\{([^{}]{0,200})\}")
_FRACTION = re.compile(r"\\[dt]?frac\s?\{([^{}]{1,200})\}\s?\{([^{}]{1,200})\}")
_SPACE = re.compile(r"\\[,;:! ]|~(?=[A-Za-z\\])")
_BRACES = re.compile(r"(?<![_^])\{([^{}]{0,200})\}")
_SIGN = re.compile(r"\\[A-Za-z,;%]|\{,\}|\$\$")


def without_latex(text: str) -> str:
    r"""
    Return a line of text with its formulas as people would type them.

    Examples
    --------
    >>> without_latex(r"$\frac{180{,}000 \times 6}{86{,}400} = 12.5 \text{ requests/s}$ at \$5")
    '(180,000 × 6) / (86,400) = 12.5 requests/s at $5'
    >>> without_latex(r"$$40{,}000 \times 2 = 80{,}000$$")
    '40,000 × 2 = 80,000'
    >>> without_latex("$5 and $6 a month for $n$ users")
    '$5 and $6 a month for n users'
    """
    if "$" not in text and not _SIGN.search(text):
        return text
    text = text.replace("\\$", _ESCAPED)
    text = _DISPLAYED.sub(r"\1", text)
    if "$" in text:
        text = _MATH.sub(lambda each: each[1] if _IS_MATH.search(each[1]) else each[0], text)
    if text.strip() in {"$$", "$"}:
        return ""
    if _SIGN.search(text):
        text = text.replace("{,}", ",").replace("\\%", "%").replace("$$", "")
        text = _TEXT.sub(r"\1", text)
        for _ in range(3):  # a fraction within a fraction; deeper ones are rare
            text, more = _FRACTION.subn(r"(\1) / (\2)", text)
            if not more:
                break
        text = _COMMAND.sub(_command, _SPACE.sub(" ", text))
        text = _BRACES.sub(r"\1", text)
        text = re.sub(r" {2,}", " ", text)
    return text.replace(_ESCAPED, "$")


def _command(match: re.Match[str]) -> str:
    sign = _COMMANDS.get(match[1])
    if sign is None:
        return match[0]
    return f"{sign} " if sign.strip() and match[0].endswith(" ") else sign
