"""The parts of a workbook around its sheets, and a sheet around its rows: what makes them a file.

Source: ECMA-376, part 2 (packages) and part 1, 12.3 (parts of a workbook).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain

from sdmx_service.formats.excel.zipping import Part
from sdmx_service.formats.xml.escape import escaped_text

_TEXTS = "xl/sharedStrings.xml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OF_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OF_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = f"{_OF_PACKAGE}/metadata/core-properties"
_TYPES = "application/vnd.openxmlformats-"
_FROZEN = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
_STYLES = f"""{_DECLARATION}<styleSheet xmlns="{_SHEET}">
<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""


def sheet_part(number: int) -> str:
    """The name of the part of a sheet, the first being 1."""
    return f"xl/worksheets/sheet{number}.xml"


def sheet_text(
    rows: Iterable[bytes], *, first: bool, frozen: bool, right_to_left: bool
) -> Iterator[bytes]:
    """The text of a sheet. ``frozen``: its first row stays in sight."""
    view = ' rightToLeft="1"' if right_to_left else ""
    view += ' tabSelected="1"' if first else ""
    pane = _FROZEN if frozen else ""
    yield (
        f'{_DECLARATION}<worksheet xmlns="{_SHEET}"><sheetViews>'
        f'<sheetView{view} workbookViewId="0">{pane}</sheetView></sheetViews><sheetData>'
    ).encode()
    yield from rows
    yield b"</sheetData></worksheet>"


def texts_part(items: Iterable[bytes]) -> Part:
    """The part of the texts that cells name by number."""
    begin = f'{_DECLARATION}<sst xmlns="{_SHEET}">'.encode()
    return _TEXTS, chain([begin], items, [b"</sst>"])


def first_parts(prepared: datetime | None) -> Iterator[Part]:
    """What is known before the first row: where the workbook is, and of when."""
    office = f"{_OF_DOCUMENT}/officeDocument"
    core = f"{_OF_PACKAGE}/relationships/metadata/core-properties"
    targets = [(office, "xl/workbook.xml"), (core, "docProps/core.xml")]
    yield "_rels/.rels", [_relationships(targets).encode()]
    yield "docProps/core.xml", [_properties(prepared).encode()]


def last_parts(names: Sequence[str]) -> Iterator[Part]:
    """What is known when every sheet is written: their names, in order."""
    sheets = "".join(
        f'<sheet name="{escaped_text(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    parts = [sheet_part(number).removeprefix("xl/") for number in range(1, len(names) + 1)]
    targets = [(f"{_OF_DOCUMENT}/worksheet", part) for part in parts]
    targets += [(f"{_OF_DOCUMENT}/styles", "styles.xml")]
    targets += [(f"{_OF_DOCUMENT}/sharedStrings", _TEXTS.removeprefix("xl/"))]
    book = (
        f'{_DECLARATION}<workbook xmlns="{_SHEET}" xmlns:r="{_OF_DOCUMENT}">'
        f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets></workbook>"
    )
    yield "xl/styles.xml", [_STYLES.encode()]
    yield "xl/workbook.xml", [book.encode()]
    yield "xl/_rels/workbook.xml.rels", [_relationships(targets).encode()]
    yield "[Content_Types].xml", [_content_types(len(names)).encode()]


def _relationships(targets: Sequence[tuple[str, str]]) -> str:
    every = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'{_DECLARATION}<Relationships xmlns="{_OF_PACKAGE}/relationships">{every}</Relationships>'
    )


def _properties(prepared: datetime | None) -> str:
    # One state is one text (ADR 9): the file says nothing of when it was made.
    created = prepared.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if prepared else ""
    instant = f'<dcterms:created xsi:type="dcterms:W3CDTF">{created}</dcterms:created>'
    return (
        f'{_DECLARATION}<cp:coreProperties xmlns:cp="{_CORE}"'
        ' xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{instant if created else ''}</cp:coreProperties>"
    )


def _content_types(sheets: int) -> str:
    book = f"{_TYPES}officedocument.spreadsheetml"
    types = {
        "docProps/core.xml": f"{_TYPES}package.core-properties+xml",
        "xl/workbook.xml": f"{book}.sheet.main+xml",
        "xl/styles.xml": f"{book}.styles+xml",
        _TEXTS: f"{book}.sharedStrings+xml",
    }
    types |= {sheet_part(number): f"{book}.worksheet+xml" for number in range(1, sheets + 1)}
    every = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in types.items()
    )
    return (
        f'{_DECLARATION}<Types xmlns="{_OF_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_TYPES}package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{every}</Types>'
    )
