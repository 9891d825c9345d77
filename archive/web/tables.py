"""Tables of numbers and names as CSV that no spreadsheet computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response


def csv_response(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table; what a spreadsheet would take for a formula is quoted as text, and what is not known is empty."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return Response(file.getvalue(), media_type="text/csv; charset=utf-8")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if isinstance(value, int):
        return text
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text
