"""What the documents leave open, and the mistakes that a server can be given; both tables are closed."""

IAI = "InvalidParameterValue."
SIGNATURE = "AuthFailure.SignatureFailure"
AUTHORIZATION = "AuthFailure.InvalidAuthorization"
EMPTY = "MissingParameter.ErrorParameterEmpty"
TYPES = ("InvalidParameter", "InvalidParameter.InvalidParameter")


# name -> (what is open, with the ambiguity of FACTS.md where it has one; the ways, the first by default)
CHOICES = {
    # the gateway
    "order": ("what is looked at first", ("authentication-first", "protocol-first", "body-first")),
    "region": ("A28: a request without Region", ("required", "optional")),
    "unknown_region": ("A28: a Region that isn't one", ("refused", "ignored")),
    "scope": ("A21: where an id or a name is unique", ("account", "region")),
    "other_method": ("A40: neither GET nor POST", ("UnsupportedProtocol", "405")),
    "other_path": ("a path that isn't /", ("404", "ignored")),
    "too_large": ("A35: a request over its size", ("documented", "RequestSizeLimitExceeded", "413")),
    "media_type": ("a Content-Type that isn't served", ("InvalidParameter", "InvalidRequest", "UnsupportedProtocol")),
    "get_content_type": ("a GET whose Content-Type is no form", ("refused", "ignored")),
    "malformed_json": ("A29: a body that is no JSON object", (*TYPES, "InvalidRequest")),
    "empty_body": ("a JSON POST of no byte at all", ("malformed", "object")),
    "byte_order_mark": ("a byte order mark before the JSON", ("refused", "taken")),
    "duplicate_keys": ("a key that comes twice, in JSON or text", ("refused", "last", "first")),
    "common_in_body": ("Action, Version, Region inside a JSON body", ("refused", "ignored")),
    "wrong_type": ("A29: a value of the wrong type", TYPES),
    "null": ("A9: a JSON null", ("absent", "refused")),
    "absent": ("A4: a required parameter is absent", ("MissingParameter", EMPTY, TYPES[1])),
    "index_gaps": ("A36: .0 and .2 without .1", ("refused", "MissingParameter", "compacted")),
    "empty_text": ("A5, A8: `Tag=` in a form or a query", ("empty", "absent")),
    # authentication
    "no_authorization": ("a v3 request without Authorization", ("MissingParameter", AUTHORIZATION, SIGNATURE)),
    "bad_authorization": ("A33: an Authorization that can't be read", (AUTHORIZATION, "MissingParameter", SIGNATURE)),
    "wrong_scope": ("a readable Authorization of wrong date, service or headers", (SIGNATURE, AUTHORIZATION)),
    "service": ("6.1: six SDKs sign the endpoint's first label", ("iai", "any")),
    "host": ("6.1: Node signs the host without its port", ("either", "as-sent")),
    "upper_case_signature": ("a TC3 signature in upper-case hex", ("refused", "taken")),
    "unsigned_payload": ("X-TC-Content-SHA256: UNSIGNED-PAYLOAD", ("taken", "refused")),
    "stray_token": ("a token beside a permanent key", ("refused", "ignored")),
    # the parameters
    "fault": ("A3, A12, A23-A25: which of several faults is said", ("first", "last")),
    "unit": ("A1: what a character is", ("code-points", "utf-16", "bytes")),
    "id_limit": ("A2: whether 64 bytes still do", ("inclusive", "exclusive")),
    "charset": ("A13-A15: names, descriptions and tags", ("narrow", "spaced", "wide")),
    "spaces": ("A16: white space around a text", ("illegal", "trimmed")),
    "empty": ("A5: a required parameter is empty", (EMPTY, "MissingParameter", "InvalidParameterValue", TYPES[1])),
    "empty_description": ("A6: a description is empty", (EMPTY, f"{IAI}GroupExDescriptionsNameIllegal", "taken")),
    "empty_list": ("A7: no description in the list", ("taken", "InvalidParameterValue", "InvalidParameter")),
    "same_descriptions": (
        "A10: the code of equal descriptions",
        (f"{IAI}GroupExDescriptionsNameIdentical", "FailedOperation.DuplicatedGroupDescription"),
    ),
    "same": ("A11, A22: when ids, names or descriptions are equal", ("exact", "case-folded")),
    "default_version": ("A18: FaceModelVersion when it isn't given", ("3.0", "2.0")),
    "version_2": ("A19: FaceModelVersion 2.0", ("taken", "refused")),
    "empty_version": ("A8: FaceModelVersion is empty", (f"{IAI}FaceModelVersionIllegal", EMPTY, "default")),
    "quota_code": ("A31: one group too many", (f"{IAI}GroupNumExceed", "LimitExceeded")),
    # the sister actions
    "recreation": ("A26: an id just after its deletion", ("at-once", "deleted-state")),
    "list_order": ("the order of GetGroupList", ("oldest-first", "newest-first")),
    "list_nulls": ("what isn't set, in GetGroupList", ("empty", "null")),
    "offset_at_end": ("GetGroupList from the end on", ("empty", "refused")),
}

MISTAKES = {
    # authentication
    "signature-unchecked": "no signature is compared; everything around it is",
    "body-uncovered": "of a POST's signature only the shape is checked, so its body can be another",
    "query-uncovered": "of a GET's signature only the shape is checked, so its query can be another",
    "declared-hash-trusted": "a hash in X-TC-Content-SHA256 is taken for the body's",
    "authorization-cached": "an Authorization that was right once is not computed again",
    "expired-accepted": "a timestamp may be as old as it likes",
    "future-accepted": "a timestamp may be as far ahead as it likes",
    "scope-date-unchecked": "the date of the scope is believed, not compared with the timestamp",
    "signed-headers-trusted": "content-type and host needn't be among the signed headers",
    "secret-id-unchecked": "any secret id goes with the one key",
    "token-ignored": "no token is looked at",
    "sha256-of-v1-unknown": "a version-1 signature is verified as HmacSHA1 whatever SignatureMethod says",
    "v1-method-refused": "a SignatureMethod that isn't one of the two is refused instead of meaning HmacSHA1",
    # the wire
    "plus-kept": "`+` of a form or a query is not decoded to a space",
    "decoded-twice": "a value of a form or a query is percent-decoded twice",
    "get-array-order-lost": "the items of a GET's array come in the order of their text",
    "array-by-arrival": "the items of an array in text come as they arrive, whatever their indices",
    "bad-json-500": "a body that is no JSON is answered with HTTP 500",
    "trailing-garbage-accepted": "what follows the JSON object is not looked at",
    "put-accepted": "PUT is a POST",
    "unread-body": "the body of a refused method is left on the connection",
    "unknown-action-creates": "an Action that doesn't exist is a CreateGroup",
    "any-version": "Version is not looked at",
    "unknown-parameter-ignored": "a parameter that isn't defined is passed over",
    "sizes-unchecked": "no request is too large, as long as it can be read",
    "answer-with-charset": "Content-Type of the answer is `application/json; charset=utf-8`",
    "error-status": "an error comes with HTTP 400",
    "same-request-id": "every answer has the same RequestId",
    # the groups
    "refused-keeps-id": "a refused creation leaves its id taken",
    "refused-keeps-name": "a refused creation leaves its name taken",
    "race": "nothing locks the time between the check and the insertion",
    "tag-lost": "the tag is not kept",
    "version-lost": "FaceModelVersion is answered, and not kept",
    "descriptions-sorted": "the descriptions are kept sorted",
    "not-listed": "a created group is not in GetGroupList",
    "delete-keeps-name": "the name of a deleted group stays taken",
    "rename-keeps-old-name": "the old name of a renamed group stays taken",
    "rename-unchecked": "a group can be renamed to the name of another",
    "modify-clears-tag": "a modification without Tag clears the tag",
    "quota-off-by-one": "one group more than the quota",
}


class Options:
    """The choices and the mistakes of one server."""

    def __init__(self, mistakes, choices):
        self.mistakes = frozenset(mistakes)
        self.choices = {name: ways[0] for name, (_, ways) in CHOICES.items()} | dict(choices or {})
        if unknown := (self.mistakes - MISTAKES.keys()) | (self.choices.keys() - CHOICES.keys()):
            raise ValueError(f"no such mistake or choice: {', '.join(sorted(unknown))}")
        for name, way in self.choices.items():
            if way not in CHOICES[name][1]:
                raise ValueError(f"{name} is one of {', '.join(CHOICES[name][1])}, not {way}")

    def errs(self, mistake):
        """Whether this mistake is made."""
        if mistake not in MISTAKES:
            raise KeyError(mistake)
        return mistake in self.mistakes

    def __getitem__(self, choice):
        return self.choices[choice]

    def takes(self, choice, way):
        """Whether this way was chosen."""
        if way not in CHOICES[choice][1]:
            raise KeyError(way)
        return self.choices[choice] == way
