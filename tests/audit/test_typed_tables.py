"""Tables whose heads give units: the product across a row, told as what it is."""

from __future__ import annotations

from planning.audit.plain import audit_document
from planning.audit.verdicts import Mark

ROWS = """\
# Costs

| Item | Cost/Hour | Hours | Cost/Month |
|---|---|---|---|
| node | $0.10 | 730 | $73 |
| db | $0.20 | 730 | $146 |
| cache | $0.30 | 730 | $%d |
"""


def marks(tmp_path, text):
    path = tmp_path / "plan.md"
    path.write_text(text, encoding="utf-8")
    judged = [each for each in audit_document(path).results if each.computed is not None]
    return {each.statement.first_line: (each.mark, each.computed.how) for each in judged}


def test_a_product_with_one_wrong_row_is_a_product_and_the_row_is_wrong(tmp_path):
    found = marks(tmp_path, ROWS % 229)
    assert found[5] == (Mark.CONFIRMED, "$0.10/hour × 730 Hours = $73/month")
    assert found[7] == (Mark.CONTRADICTED, "$0.30/hour × 730 Hours = $219/month")


def test_its_clean_twin_is_confirmed(tmp_path):
    found = marks(tmp_path, ROWS % 219)
    assert [mark for mark, _ in found.values()] == [Mark.CONFIRMED] * 3


def test_a_displayed_formula_begins_with_no_dollar(tmp_path):
    text = r"$$40{,}000 \times \frac{1}{20\,\text{s}} = 2{,}000/\text{s}$$"
    assert marks(tmp_path, f"# T\n\n{text}\n") == {
        3: (Mark.CONFIRMED, "40,000 × 1 ÷ 20 s = 2,000/s")
    }
