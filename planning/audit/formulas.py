r"""
Formulas in LaTeX, written as a reader says them: ``$13{,}125 \times \frac{1}{2}$`` as text.

Only what planning documents use is understood: products, fractions, units in ``\text``,
thousands in braces. What is left of a command is dropped, so that no number is lost.
"""

from __future__ import annotations

import re

_MATH = re.compile(r"(?<!\\)\$\$?(?=[^$]{0,400}?[\\{^=])([^$]{1,2000})(?<!\\)\$\$?")
_SIGNS = {
    "times": "×", "cdot": "×", "div": "÷", "approx": "≈", "simeq": "≈", "sim": "~", "to": "→",
    "rightarrow": "→", "Rightarrow": "→", "implies": "→", "leq": "≤", "le": "≤", "geq": "≥",
    "ge": "≥", "lceil": "⌈", "rceil": "⌉", "lfloor": "⌊", "rfloor": "⌋", "qquad": " ; ",
    "quad": " ; ", "left": "", "right": "", "displaystyle": "", "pm": "±", "ldots": "…",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]{1,20})")
_TEXT = re.compile(r"\\(?:text|mathrm|mathit|mathbf|textbf|operatorname)\s?\{([^{}]{0,200})\}")
_BRACED = re.compile(r"\{([^{}]{0,400})\}\s?\{([^{}]{0,400})\}")
_LOW = re.compile(r"_\{[^{}]{0,60}\}|(?<=[A-Za-z])_[A-Za-z0-9](?![A-Za-z0-9])")
_RAISED = re.compile(r"\^\{([^{}]{0,30})\}")
_DOLLAR = "\ue000"


def has_formula(text: str) -> bool:
    """Return whether a line has a command of LaTeX or a number with braces in it."""
    return "\\" in text or "{,}" in text


def said_plainly(text: str) -> str:
    r"""
    Return a line with its formulas as plain arithmetic.

    Examples
    --------
    >>> said_plainly(r"$\lambda = \frac{180{,}000 \times 6}{86{,}400} = 12.5 \text{ requests/s}$")
    ' lambda = ((180,000 × 6)/(86,400)) = 12.5 requests/s '
    >>> said_plainly(r"costs \$39.84/hour")
    'costs $39.84/hour'
    """
    text = text.replace("\\$", _DOLLAR).replace("{,}", ",").replace("\\%", "%")
    text = text.replace("\\,", " ").replace("\\;", " ").replace("\\ ", " ").replace("\\!", "")
    text = text.replace("\\\\", " ; ").replace("&", " ") if "\\\\" in text else text
    text = _TEXT.sub(r" \1", text)
    text = _RAISED.sub(r"^\1", text)
    for _ in range(4):  # a fraction of fractions is read from the inside out
        at = max(text.rfind("\\frac"), text.rfind("\\tfrac"), text.rfind("\\dfrac"))
        braced = _BRACED.match(text, text.find("{", at)) if at >= 0 else None
        if braced is None:
            break
        text = f"{text[:at]}(({braced[1]})/({braced[2]})){text[braced.end() :]}"
    text = _LOW.sub("", text)
    text = _MATH.sub(r" \1 ", text)
    text = _COMMAND.sub(lambda match: _SIGNS.get(match[1], f"{match[1]} "), text)
    text = text.replace("$$", " ").replace("{", " ").replace("}", " ").replace(_DOLLAR, "$")
    return re.sub(r"(?<=\S) {2,}", " ", text)
