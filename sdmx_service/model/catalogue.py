"""Every problem the hub can name: severity, HTTP status, SDMX error code.

The text of each stands in ``i18n/locale/*/problems.po`` in three languages; a test keeps both
in step. SDMX error codes: 100 no results, 110 unauthorised, 130 too large, 140 syntax,
150 semantics, 500 internal, 501 not implemented, 510 larger than the service allows
(SDMX REST 1.5.0, "Error codes").
"""

from __future__ import annotations

from dataclasses import dataclass

from sdmx_service.model.problem import Severity


@dataclass(frozen=True, slots=True)
class ProblemKind:
    severity: Severity
    http_status: int
    sdmx_code: int


def _error(http_status: int, sdmx_code: int) -> ProblemKind:
    return ProblemKind(Severity.ERROR, http_status, sdmx_code)


def _warning() -> ProblemKind:
    return ProblemKind(Severity.WARNING, 200, 0)


CATALOGUE: dict[str, ProblemKind] = {
    # The message cannot be read (formats).
    "MESSAGE_EMPTY": _error(400, 140),
    "MESSAGE_FORMAT_UNKNOWN": _error(415, 140),  # first
    "MESSAGE_ENCODING": _error(400, 140),  # encoding
    "MESSAGE_NUL": _error(400, 140),
    "CONTROL_CHARACTER": _error(400, 140),  # found
    "MESSAGE_TOO_LARGE": _error(413, 130),  # limit (bytes)
    "DATASETS_TOO_MANY": _error(413, 130),  # limit
    "COMPRESSION_UNKNOWN": _error(415, 140),  # encoding
    "COMPRESSION_DAMAGED": _error(400, 140),
    "COMPRESSION_RATIO": _error(413, 130),  # limit (ratio)
    "XML_MALFORMED": _error(400, 140),  # reason (of the parser)
    "XML_DTD": _error(400, 140),
    "XML_TOO_DEEP": _error(400, 140),  # limit
    "XML_TOKEN_TOO_LONG": _error(413, 130),  # limit (bytes)
    "XML_ROOT_UNKNOWN": _error(415, 140),  # found
    "XML_NAMESPACE_UNKNOWN": _error(400, 140),  # found
    "XML_ELEMENT_UNEXPECTED": _error(400, 140),  # found
    "XML_HEADER_MISSING": _error(400, 140),
    "STRUCTURE_INCOMPLETE": _error(400, 140),  # found (element), missing
    "JSON_MALFORMED": _error(400, 140),  # reason
    "JSON_MEMBER_UNEXPECTED": _error(400, 140),  # found (path)
    "CSV_HEADER": _error(400, 140),  # found
    "CSV_COLUMN_TWICE": _error(400, 140),  # component
    "CSV_COLUMN_COUNT": _error(400, 140),  # expected, found
    "CSV_MALFORMED": _error(400, 140),  # reason
    "ACTION_UNKNOWN": _error(400, 140),  # found
    "STRUCTURE_REFERENCE_MALFORMED": _error(400, 140),  # found
    "STRUCTURE_UNKNOWN": _error(404, 100),  # found
    "STRUCTURE_MIXED": _error(422, 150),  # found: names several data structures
    "EMBARGO_UNSUPPORTED": _error(422, 501),  # found: EmbargoDate or EMBARGO_TIME
    # The message is against its structure (validation), in the order of the checks.
    "METADATA_REPEATED": _error(422, 150),  # component
    "COMPONENT_UNKNOWN": _error(422, 150),  # component
    "DIMENSION_MISSING": _error(422, 150),  # component: the message has no such column
    "KEY_INCOMPLETE": _error(422, 150),  # component: empty in this row
    "VALUES_COUNT": _error(422, 150),  # value, least, most (* = any number)
    "LANGUAGES_UNEXPECTED": _error(422, 150),  # value
    "DIMENSION_SWITCHED_OFF": _error(422, 150),  # component: of a Delete without attribute
    "CODE_UNKNOWN": _error(422, 150),  # value, codelist
    "CONSTRAINT_DATA_STRUCTURE": _error(422, 150),  # value, constraint
    "CONSTRAINT_DATAFLOW": _error(422, 150),  # value, constraint
    "CONSTRAINT_AGREEMENT": _error(422, 150),  # value, constraint
    "TIME_FORMAT": _error(422, 150),  # value
    "TIME_FREQUENCY": _error(422, 150),  # value, frequency
    "VALUE_NOT_NUMBER": _error(422, 150),  # value
    "VALUE_FORMAT": _error(422, 150),  # value, data_type
    "VALUE_FACET": _error(422, 150),  # value, facet, limit
    "MEASURE_MISSING": _error(422, 150),  # component
    "ATTRIBUTE_MANDATORY": _error(422, 150),  # component
    "ATTRIBUTE_CONFLICT": _error(422, 150),  # value, other
    "KEY_DUPLICATE": _error(422, 150),  # line (of the first)
    "ACTION_TAKEN_AS_MERGE": _warning(),  # found (Append, Information, or nothing)
    # The sender may not, or not now (access, service).
    "KEY_MISSING": _error(401, 110),
    "KEY_UNKNOWN": _error(401, 110),
    "NOT_ALLOWED": _error(403, 110),
    "AGREEMENT_NONE": _error(403, 110),  # found, provider
    "AGREEMENT_OTHERS": _error(403, 110),  # found, provider
    "PENDING_EMBARGO": _error(409, 150),  # release
    "RELEASE_MALFORMED": _error(400, 140),  # found
    "RELEASE_PAST": _error(422, 150),  # found
    "IDEMPOTENCY_MISMATCH": _error(422, 150),  # key
    "SUBMISSION_UNKNOWN": _error(404, 100),  # found
    "MESSAGE_NOT_KEPT": _error(404, 100),  # found
    # The request is wrong (rest).
    "QUERY_SYNTAX": _error(400, 140),  # found
    "QUERY_PARAMETER_UNKNOWN": _error(400, 140),  # found
    "QUERY_KEY_TOO_LONG": _error(400, 140),  # found, expected
    "QUERY_COMPONENT_UNKNOWN": _error(422, 150),  # component
    "QUERY_PERIOD": _error(400, 140),  # found
    "QUERY_AS_OF": _error(400, 140),
    "RESPONSE_TOO_LARGE": _error(413, 510),  # count, limit (observations)
    "CROSS_SECTION_TOO_LARGE": _error(413, 130),  # limit (observations)
    "NO_RESULTS": _error(404, 100),
    "ARTEFACT_UNKNOWN": _error(404, 100),  # found
    "PATH_UNKNOWN": _error(404, 100),  # found
    "METHOD_NOT_ALLOWED": _error(405, 140),  # found
    "NOT_ACCEPTABLE": _error(406, 140),  # found
    "FORMAT_CANNOT_CARRY": _error(406, 140),  # found (class or component)
    "NOT_IMPLEMENTED": _error(501, 501),  # found
    "UNAVAILABLE": _error(503, 503),
    "INTERNAL": _error(500, 500),  # reference
    # The structures are at fault (registry: sdmx-service structures check).
    "REFERENCE_DANGLING": _error(409, 150),  # found, artefact
    "TRANSLATION_MISSING": _warning(),  # language, artefact
    "VERSION_MALFORMED": _error(409, 150),  # found, artefact
    "ITEM_TWICE": _error(409, 150),  # item, artefact
    "PARENT_UNKNOWN": _error(409, 150),  # item, artefact
    "PARENT_CYCLE": _error(409, 150),  # item, artefact
    "COMPONENT_TWICE": _error(409, 150),  # component, artefact
    "ARTEFACT_TWICE": _error(409, 150),  # artefact
    "RULE_MALFORMED": _error(409, 150),  # found, artefact
    # The structures are maintained (service/maintain).
    "AGENCY_OTHERS": _error(403, 110),  # artefact, principal
    "AGENCY_UNKNOWN": _error(409, 150),  # found, artefact
    "ARTEFACT_EXISTS": _error(409, 150),  # artefact
    "ARTEFACT_STABLE": _error(409, 150),  # artefact
    "ARTEFACT_STUB": _error(422, 150),  # artefact
    "ARTEFACT_REFERENCED": _error(409, 150),  # artefact, referrer
    "VERSION_IMMUTABLE": _error(409, 150),  # artefact, changes, proposed
    "VERSION_TOO_LOW": _error(409, 150),  # artefact, earlier, changes, proposed
    "VERSION_BACKWARDS": _error(409, 150),  # artefact, newest
    "REFERENCE_CYCLE": _error(409, 150),  # found, artefact
    "LAYOUT_CHANGED": _error(409, 150),  # artefact
    "DATA_ORPHANED": _error(409, 150),  # artefact, agreement, count, found, keys
    "URL_BODY_MISMATCH": _error(422, 150),  # found, expected
    # Structures are fetched from another service (client/guarded).
    "SOURCE_URL": _error(400, 140),  # found
    "SOURCE_PRIVATE": _error(403, 110),  # found, address
    "SOURCE_UNREACHABLE": _error(502, 500),  # found, reason
    "SOURCE_ANSWER": _error(502, 500),  # found, reason
    "SOURCE_NOTHING": _error(404, 100),  # found
    "MAINTENANCE_UNDONE": _error(424, 150),
}
