"""How much a register may hold: each limit named once, with its reason.

The busiest trusts keep some 10,000 homecare patients; the limits leave twenty times that, and still let a hostile
file be refused within ten seconds and 300 MB (assurance goal S6).
"""

from typing import Final

MEGABYTE: Final = 1024 * 1024

MAX_FILE_BYTES: Final = 50 * MEGABYTE
"""As uploaded. 200,000 rows of a real register come to some 55 MB of CSV; a workbook of them to 30 MB."""

MAX_INFLATED_BYTES: Final = 400 * MEGABYTE
"""All of a workbook's parts, inflated: 200,000 rows by 32 columns are about 230 MB of XML."""

MAX_DIRECTORY_BYTES: Final = 1 * MEGABYTE
"""The list of parts at the end of a workbook. Python's zipfile reads it whole, so it is measured first."""

MAX_PARTS: Final = 2_000
"""Parts in a workbook. One with a hundred sheets and pictures has a few hundred."""

MAX_ROWS: Final = 200_000
"""Rows of one sheet or file."""

LAST_SHEET_ROW: Final = 1_048_576
"""Excel's last row. A sheet may be formatted down to it: rows without anything in them are not counted."""

MAX_COLUMNS: Final = 200
"""Columns. Registers seen have 20 to 60."""

MAX_CELLS: Final = 8_000_000
"""Cells of one sheet: 200,000 rows of 40 columns, some ten seconds' reading."""

MAX_CELL_CHARS: Final = 10_000
"""Characters in one cell: the longest notes seen are under 2,000."""

MAX_RECORD_CHARS: Final = 500_000
"""Characters in one CSV record, quoted line breaks included."""

MAX_RECORD_LINES: Final = 200
"""Lines in one CSV record; beyond it, a quotation mark was opened and never closed."""

MAX_SHARED_STRINGS: Final = 2_000_000
"""Different texts in a workbook: ten for each of 200,000 rows."""

MAX_SHARED_CHARS: Final = 60 * MEGABYTE
"""Characters of all those texts together."""

MAX_TAG_BYTES: Final = 2 * MEGABYTE
"""One XML tag. Real ones have a few hundred bytes; the parser must hold a whole one in memory."""

MAX_DEPTH: Final = 40
"""How deeply XML elements may nest. Workbooks nest to about ten."""

MARKUP_PER_CELL: Final = 10
"""Tags for each cell: a plain cell has four, a formatted one ten or so. Far more is padding, not a spreadsheet."""

MARKUP_ALLOWANCE: Final = 500_000
"""Tags a sheet may have besides its cells (columns, rows, merged cells, validations)."""

HEADING_SEARCH_ROWS: Final = 50
"""Rows from the top among which the headings are looked for."""

SAMPLE_ROWS: Final = 200
"""Rows read to guess what each column holds."""
