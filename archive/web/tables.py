"""Tables of numbers and names as CSV that no spreadsheet computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from archive.files import cell


def csv_response(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table; what a spreadsheet would take for a formula is quoted as text, and what is not known is empty."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows([[cell(value) for value in row] for row in rows])
    return Response(file.getvalue(), media_type="text/csv; charset=utf-8")
