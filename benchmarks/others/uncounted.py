"""Mistakes that nobody could find, each with the reading that permits it, or what it would take."""

from __future__ import annotations

__all__ = ["UNCOUNTED"]

_ORDER = "check-order: which of several refusals comes first, the page doesn't say"
_CASE = "group-id-case: whether letter case counts, the page doesn't say"
_QUOTA = "it takes ten thousand groups"
_LETTERS = "other-letters: which letters “中英文” has besides, the page doesn't say"
_AGE = "account-age: what the default is depends on when the account was opened"
_UNKNOWN = "unknown-parameter: the page itself doesn't say that they are refused"
_REGION = "absent-region: the page asks for it, and so does the platform, for some products alone"
_LIST = "text-for-list: what a text means where a list stands, the page doesn't say"

# By server and mistake.
UNCOUNTED: dict[tuple[str, str], str] = {
    ("flask_mock", "name-any-word-character"): _LETTERS,
    ("flask_mock", "model-default-2.0"): _AGE,
    ("flask_mock", "quota-of-ten-thousand"): _QUOTA,
    ("flask_mock", "unknown-parameters-ignored"): _UNKNOWN,
    ("flask_mock", "region-left-out-accepted"): _REGION,
    ("flask_mock", "descriptions-compared-without-case"): "description-case: as of ids",
    ("flask_mock", "taken-name-reported-first"): _ORDER,
    ("flask_mock", "ids-compared-without-case"): _CASE,
    ("typed_store", "name-any-script"): _LETTERS,
    ("typed_store", "version-default-two"): _AGE,
    ("typed_store", "list-from-scalar"): _LIST,
    ("typed_store", "unknown-parameters-stripped"): _UNKNOWN,
    ("typed_store", "region-optional"): _REGION,
    ("typed_store", "quota-ten-thousand"): _QUOTA,
    ("typed_store", "id-nocase-unique"): _CASE,
    ("typed_store", "soft-delete-keeps-id"): "recreate-after-delete: how long an id stays taken, the page doesn't say",
    ("go_tags", "unknown-members-ignored"): _UNKNOWN,
    ("go_tags", "region-optional"): _REGION,
    ("go_tags", "string-becomes-list"): _LIST,
    ("go_tags", "name-any-letter"): _LETTERS,
    ("go_tags", "legacy-default-version"): _AGE,
    ("go_tags", "name-taken-before-id"): _ORDER,
    ("go_tags", "uniqueness-before-validation"): _ORDER,
    ("go_tags", "ids-without-case"): _CASE,
    ("go_tags", "quota-ten-thousand"): _QUOTA,
    ("go_tags", "v1-default-sha256"): "its server doesn't keep that clause without a mistake, either",
    ("flask_mock", "name-normalised-before-check"): "other-digits: whether a circled digit is one, the page doesn't say",
    ("flask_mock", "descriptions-null-items-dropped"): "null-description: what null means in a list, the page doesn't say",
    ("flask_mock", "v1-always-sha1"): "its server doesn't keep that clause without a mistake, either",
    ("go_tags", "region-any-text"): "region: which there are, the page doesn't say of an emulator",
    ("fastapi_service", "description-scalar-wrapped"): _LIST,
    ("fastapi_service", "version-default-2"): _AGE,
    ("fastapi_service", "region-optional"): _REGION,
    ("fastapi_service", "quota-ten-thousand"): _QUOTA,
    ("fastapi_service", "id-collate-nocase"): _CASE,
    ("java_h2", "model-version-default-2"): _AGE,
    ("java_h2", "unknown-parameter-ignored"): _UNKNOWN,
    ("java_h2", "name-exists-before-id-exists"): _ORDER,
    ("java_h2", "region-optional"): _REGION,
    ("java_h2", "id-case-insensitive"): _CASE,
    ("java_h2", "quota-ten-thousand"): _QUOTA,
}
