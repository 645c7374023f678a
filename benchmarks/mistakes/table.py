"""The clauses that a person would name for each mistake, written from the words of `server/README.md` alone.

What can't be told stands beside it: what the page leaves open, and what no answer to the suite's requests shows.
"""

from __future__ import annotations

__all__ = ["OUT_OF_SIGHT", "PERMITTED", "TABLE"]

_D, _SIGNED, _KEPT = "GroupExDescriptions", "Authentication.signature", "State.kept"

# Mistake → the clauses any of which a person would name.
TABLE: dict[str, tuple[str, ...]] = {
    # --- Validation
    "name-max-59": ("GroupName.length.max",),
    "name-bytes": ("GroupName.length.max",),
    "name-ascii": ("GroupName.charset",),
    "name-class-A-z": ("GroupName.charset",),
    "name-trim": ("GroupName.charset",),
    "name-empty-ok": ("GroupName.length.min",),
    "id-max-65": ("GroupId.length.max",),
    "id-class-range": ("GroupId.charset",),
    "id-no-anchor": ("GroupId.charset",),
    "id-newline": ("GroupId.charset",),
    "id-isalnum": ("GroupId.charset",),
    "id-coerced": ("GroupId.type",),
    "tag-bytes": ("Tag.length.max",),
    "tag-empty-refused": ("Tag.length.min", "Tag.optional"),
    "tag-unchecked": ("Tag.charset",),
    "tag-falsy-absent": ("Tag.type",),
    "desc-count-4": (f"{_D}.count.max",),
    "desc-max-31": (f"{_D}.element.length.max",),
    "desc-empty-ok": (f"{_D}.element.length.min",),
    "desc-first-only": (f"{_D}.element.charset", f"{_D}.element.length.max"),
    "desc-len-total": (f"{_D}.element.length.max",),
    "desc-adjacent": (f"{_D}.distinct",),
    "desc-json-string": (f"{_D}.type", f"{_D}.element.charset"),
    "version-numeric": ("FaceModelVersion.values",),
    # --- Codes
    "code-name-for-id": ("GroupId.length.max",),
    "code-prefix": ("GroupId.charset",),
    "code-person": ("GroupId.unique",),
    "code-plural-s": ("GroupName.unique",),
    "code-absent-illegal": ("GroupName.required",),
    "code-status-400": ("Response.http-status",),
    "code-message-only": ("Response.Error.Code",),
    # --- Uniqueness
    "uniq-name-unchecked": ("GroupName.unique",),
    "uniq-reserve-early": ("State.refused-leaves-nothing",),
    "uniq-never-freed": ("State.deletion",),
    "uniq-rename-keeps-old": ("State.renaming",),
    "uniq-freed-early": ("GroupId.unique", "State.refused-leaves-nothing"),
    "uniq-upsert": ("GroupId.unique",),
    "uniq-modify-unchecked": ("State.renaming", "GroupName.unique"),
    # --- Storing
    "store-name-cut": (f"{_KEPT}.GroupName",),
    "store-id-lower": ("State.listed",),
    "store-order": (f"{_KEPT}.{_D}",),
    "store-desc-last-lost": (f"{_KEPT}.{_D}",),
    "store-shared-list": (f"{_KEPT}.{_D}",),
    "store-tag-lost": (f"{_KEPT}.Tag",),
    "store-version-fixed": ("Response.FaceModelVersion",),
    # --- Envelope
    "env-reqid-missing": ("Response.RequestId.present",),
    "env-reqid-constant": ("Response.RequestId.unique",),
    "env-error-beside": ("Response.Error.alone",),
    "env-error-null": ("Response.Error.alone",),
    "env-html": ("Response.content-type",),
    "env-gbk": ("Response.envelope",),
    "env-lower": ("Response.envelope",),
    "env-version-number": ("Response.FaceModelVersion",),
    "env-length-chars": ("Response.envelope",),
    # --- Protocol
    "proto-action-query": ("Protocol.action.present", "Protocol.action.known"),
    "proto-header-case": ("Protocol.header-names",),
    "proto-form-ignored": ("Protocol.form",),
    "proto-form-latin1": ("Protocol.form", "Protocol.form.escapes"),
    "proto-get-refused": ("Protocol.get",),
    "proto-version-ignored": ("Protocol.version.known",),
    "proto-flat-from-1": ("Protocol.form.array-order", "Protocol.form", f"{_KEPT}.{_D}"),
    "proto-flat-arrival": ("Protocol.form.array-order",),
    "proto-type-exact": ("Protocol.json.same-text", "Protocol.content-type"),
    "proto-body-unread": ("Protocol.connection",),
    # --- Signatures
    "sig-no-expire": ("Authentication.timestamp.window",),
    "sig-future-ok": ("Authentication.timestamp.window",),
    "sig-scope-date": ("Authentication.scope.date",),
    "sig-body-reserialised": (_SIGNED, f"{_SIGNED}.body"),
    "sig-body-trusted": (f"{_SIGNED}.body",),
    "sig-unchecked": (_SIGNED,),
    "sig-headers-fixed": ("Authentication.other-headers", f"{_SIGNED}.headers"),
    "sig-key-unchecked": ("Authentication.secret-id",),
    "sig-v1-sha1-only": ("Authentication.version-1",),
    "sig-v1-encoded": ("Authentication.version-1", "Protocol.form.escapes"),
    # --- Two things together
    "two-trim-cut": ("GroupName.length.max",),
    "two-dedupe": (f"{_D}.distinct",),
    "two-400-nocode": ("Response.http-status", "Response.Error.Code"),
    "two-noexpire-nokey": ("Authentication.timestamp.window", "Authentication.secret-id"),
    "two-trim-upsert": ("GroupName.charset", "GroupId.unique"),
    "two-wrap-first": (f"{_D}.element.charset", f"{_D}.element.length.max", f"{_D}.type"),
    "join-tag-lost": (f"{_KEPT}.Tag",),
    "join-form-lengths": ("GroupName.length.max",),
    "join-uniq-version": ("GroupName.unique",),
    "join-name-is-id": ("GroupName.unique",),
    "join-revive": (f"{_KEPT}.Tag", "State.deletion"),
    "join-error-list": ("Response.Error.Code",),
}

# Mistake → the reading that permits it.
PERMITTED = {
    "desc-string-wrapped": "text-for-list",
    "version-empty-default": "empty-face-model-version",
    "uniq-id-fold": "group-id-case",
    "store-default-2": "account-age",
    "proto-unknown-ignored": "unknown-parameter",
    "proto-region-optional": "absent-region",
    "sig-token-ignored": "wrong-token",
}
# Mistake → why no answer that comes to the suite shows it.
OUT_OF_SIGHT = {
    "uniq-region": "the page doesn't say that regions share their groups",
    "env-number-string": "GetGroupInfo has a page of its own, which says what else it answers",
    "sig-host-bind": "it shows behind a proxy alone, which passes another Host on",
    "sig-date-local": "it shows from 16 to 24 o'clock UTC alone",
}
