"""Rows as comma-separated values (RFC 4180)."""

import csv
import io

from vport.row import Row


def render(rows: list[Row]) -> str:
    """A heading and one record a variable; classes of evidence are separated by spaces."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(Row.__struct_fields__)
    for row in rows:
        values = {name: getattr(row, name) for name in Row.__struct_fields__}
        writer.writerow([*(v for k, v in values.items() if k not in ("why", "score")), " ".join(row.why), row.score])
    return out.getvalue()
