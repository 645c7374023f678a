"""What is asked: the parameters of an action, out of JSON or text, each of its documented type."""

import json
import re
import urllib.parse

from tests.gateway_server.messages import COMMON_V1, Refusal, Status, missing, mistyped

TEXT, TEXTS, NUMBER, INFOS = "string", "list", "uint64", "list of objects"
# action -> parameter -> (type, required)
ACTIONS = {
    "CreateGroup": {
        "GroupName": (TEXT, True),
        "GroupId": (TEXT, True),
        "GroupExDescriptions": (TEXTS, False),
        "Tag": (TEXT, False),
        "FaceModelVersion": (TEXT, False),
    },
    "DeleteGroup": {"GroupId": (TEXT, True)},
    "ModifyGroup": {
        "GroupId": (TEXT, True),
        "GroupName": (TEXT, False),
        "GroupExDescriptionInfos": (INFOS, False),
        "Tag": (TEXT, False),
    },
    "GetGroupInfo": {"GroupId": (TEXT, True)},
    "GetGroupList": {"Offset": (NUMBER, False), "Limit": (NUMBER, False)},
}
INFO = {"GroupExDescriptionIndex": (NUMBER, True), "GroupExDescription": (TEXT, True)}


def decoded(text, options):
    """The (name, value) pairs of a form or a query; bytes that are no UTF-8 are kept as lone surrogates."""
    unquote = urllib.parse.unquote if options.errs("plus-kept") else urllib.parse.unquote_plus
    pairs = []
    for piece in text.decode("utf-8", "surrogateescape").split("&"):
        name, _, value = piece.partition("=")
        if piece:
            pairs.append((unquote(name, errors="surrogateescape"), unquote(value, errors="surrogateescape")))
    return pairs


class Reader:
    """What is asked: the parameters of an action, out of JSON or text, each of its documented type."""

    def __init__(self, options):
        self.options = options

    def json(self, body):
        """The object of a JSON body."""
        if not body and self.options.takes("empty_body", "object"):
            return {}
        try:
            text = body.decode("utf-8-sig" if self.options.takes("byte_order_mark", "taken") else "utf-8")
            decoder = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=self._constant)
            if self.options.errs("trailing-garbage-accepted"):
                value, _ = decoder.raw_decode(text.lstrip(" \t\r\n"))
            else:
                value = decoder.decode(text)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            return value
        if self.options.errs("bad-json-500"):
            raise Status(500)
        raise Refusal(self.options["malformed_json"], "The request body is not a JSON object.")

    def _constant(self, name):
        raise ValueError(name)

    def _object(self, pairs):
        if len(dict(pairs)) < len(pairs) and self.options.takes("duplicate_keys", "refused"):
            raise ValueError("a key comes twice")
        return dict(reversed(pairs)) if self.options.takes("duplicate_keys", "first") else dict(pairs)

    def text(self, fields, *, is_v3):
        """The tree of a form's or a query's fields, without the common ones: dotted names are objects."""
        tree = {}
        if len(dict(fields)) < len(fields) and self.options.takes("duplicate_keys", "refused"):
            raise Refusal(self.options["wrong_type"], "A parameter comes twice.")
        for name, value in fields:
            if any("\ud800" <= each <= "\udfff" for each in name + value):
                raise mistyped(name.encode("utf-8", "replace").decode(), self.options["wrong_type"])
            if not is_v3 and name in COMMON_V1:
                continue
            if not value and "." not in name and self.options.takes("empty_text", "absent"):
                continue
            *path, last = name.split(".")
            node = tree
            for step in path[:10]:
                node = node.setdefault(step, {})
                if not isinstance(node, dict):
                    raise mistyped(name, self.options["wrong_type"])
            if last in node:
                if isinstance(node[last], dict):
                    raise mistyped(name, self.options["wrong_type"])
                if self.options.takes("duplicate_keys", "first"):
                    continue
            node[last] = urllib.parse.unquote(value) if self.options.errs("decoded-twice") else value
        return tree

    def arguments(self, action, given, call):
        """The arguments of an action: nothing unknown, nothing missing, each of its type."""
        known = ACTIONS[action]
        if call.method != "GET" and call.is_v3 and self.options.takes("common_in_body", "ignored"):
            given = {name: value for name, value in given.items() if name in known or name not in COMMON_V1}
        is_text = not call.is_v3 or call.method == "GET"
        return self._members(known, given, "", is_text=is_text, is_get=call.method == "GET")

    def _members(self, known, given, path, **how):
        """The members of an object, or of the request itself."""
        for name in given:
            if name not in known and not self.options.errs("unknown-parameter-ignored"):
                raise Refusal("UnknownParameter", f"The parameter `{path}{name}` is not recognized.")
        if self.options.takes("null", "absent"):
            given = {name: value for name, value in given.items() if value is not None}
        for name, (_, required) in known.items():
            if required and name not in given:
                raise missing(path + name, self.options["absent"])
        return {
            name: self._typed(known[name][0], path + name, value, **how)
            for name, value in given.items()
            if name in known
        }

    def _typed(self, kind, path, value, **how):
        """One value, if it is of its type."""
        if kind in (TEXTS, INFOS):
            items = self._items(path, value, **how)
            if kind == TEXTS:
                return [self._typed(TEXT, f"{path}.{index}", each, **how) for index, each in enumerate(items)]
            for index, each in enumerate(items):
                if not isinstance(each, dict):
                    raise mistyped(f"{path}.{index}", self.options["wrong_type"])
            return [self._members(INFO, each, f"{path}.{index}.", **how) for index, each in enumerate(items)]
        if kind == NUMBER:
            if how["is_text"] and isinstance(value, str) and re.fullmatch(r"[0-9]{1,20}", value):
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64:
                return value
        elif isinstance(value, str):
            return value.strip() if self.options.takes("spaces", "trimmed") else value
        raise mistyped(path, self.options["wrong_type"])

    def _items(self, path, value, *, is_text, is_get):
        """The items of an array: a JSON list, or the indices of a form or a query in their order."""
        if not is_text:
            if isinstance(value, list):
                return value
            raise mistyped(path, self.options["wrong_type"])
        if not isinstance(value, dict) or not all(re.fullmatch(r"0|[1-9][0-9]{0,8}", each) for each in value):
            raise mistyped(path, self.options["wrong_type"])
        indices = sorted(map(int, value))
        if indices != list(range(len(indices))) and not self.options.takes("index_gaps", "compacted"):
            if self.options.takes("index_gaps", "refused"):
                raise mistyped(path, self.options["wrong_type"])
            raise missing(next(f"{path}.{index}" for index in range(len(indices)) if index not in indices))
        if self.options.errs("array-by-arrival"):
            return list(value.values())
        items = [value[str(index)] for index in indices]
        return sorted(items, key=str) if is_get and self.options.errs("get-array-order-lost") else items
