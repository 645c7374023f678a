"""Requests that could touch somebody else's group, if whoever reads them is lenient enough: steps of `call`."""

import json
from urllib.parse import quote

FOREIGN_ID, FOREIGN_NAME = "payroll", "工资"
_PLAIN = {"GroupName": "<salt>", "GroupId": "<salt>"}
_DELETION = f"Action=DeleteGroup&GroupId={FOREIGN_ID}"
_OBJECT = json.dumps({"Action": "DeleteGroup", "GroupId": FOREIGN_ID})
_ESCAPED = "".join(f"\\u{ord(each):04x}" for each in FOREIGN_ID)
_ENTITIES = "".join(f"&#{ord(each)};" for each in FOREIGN_ID)


def _chunks(text, size=5):
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    return "".join(f"{len(each):x}\r\n{each}\r\n" for each in parts) + "0\r\n\r\n"


def _named(twists, **parameters):
    return {"twists": list(twists), "parameters": parameters or {"GroupName": "<salt>", "GroupId": FOREIGN_ID}}


def _plainly(*twists, **how):
    return {"twists": list(twists), "parameters": _PLAIN, **how}


HOSTILE = {
    "plainly": _named(["action=DeleteGroup"]),
    "renamed": _named(["action=ModifyGroup"]),
    "in small letters": _named(["action=deletegroup"], groupid=FOREIGN_ID),
    "in capitals": _named(["action=DELETEGROUP"], GROUPID=FOREIGN_ID.upper()),
    "with spaces": _named(["action= DeleteGroup "], GroupId=f" {FOREIGN_ID}\t"),
    "in another width": _named(["action=DeleteGroup"], GroupId="".join(chr(0xFEE0 + ord(each)) for each in FOREIGN_ID)),
    "with what nobody sees": _named(["action=DeleteGroup"], GroupId="pay\u200broll"),
    "an action that nobody knows": _named(["action=DropGroups"]),
    "an action of other parameters": _named(["action=DeletePersonFromGroup"]),
    **{f"by {each}": _named([f"method={each}"]) for each in ("PUT", "PATCH", "DELETE", "delete", "PURGE", "MERGE")},
    "by a method after signing": _named(["then-method=DELETE"]),
    "by a header in the method's place": _named(["then-add-header=X-HTTP-Method-Override:DELETE"]),
    "by another such header": _named(["then-add-header=X-Method:delete"]),
    "a second action": _named(["then-add-header=X-TC-Action:DeleteGroup"]),
    "a second action, signed": _named(["signed-header=x-tc-action:DeleteGroup"]),
    "an action in a query": _plainly(f"then-append-query={_DELETION}"),
    "an action in a query, escaped": _plainly(f"then-append-query=%41ction%3DDeleteGroup%26GroupId%3D{FOREIGN_ID}"),
    "an action in a path": _named([f"then-path=/groups/{FOREIGN_ID}/delete"]),
    "a method in a query": _named(["then-append-query=_method=PUT"]),
    "an id in a query": _plainly(f"then-append-query=GroupId={FOREIGN_ID}"),
    "an id in a header": _plainly(f"then-add-header=X-TC-GroupId:{FOREIGN_ID}"),
    "an object behind the object": _plainly(f"append={_OBJECT}"),
    "an object in a line behind the object": _plainly(f"append=\n{_OBJECT}"),
    "an object after signing": _plainly(f"then-append={_OBJECT}"),
    "an array of objects": _plainly(f"body=[{_OBJECT}]"),
    "a member in the object": _named([], **_PLAIN, Action="DeleteGroup"),
    "a member twice": _plainly(f'body={{"GroupId": "<salt>", "groupid": "{FOREIGN_ID}", "GroupName": "<salt>"}}'),
    "escapes in JSON": _plainly(f'body={{"\\u0047roupId": "{_ESCAPED}", "Action": "\\u0044eleteGroup"}}'),
    "an escaped id": _plainly(f'body={{"GroupName": "<salt>", "GroupId": "{_ESCAPED}"}}'),
    "escapes as of XML": _plainly(f'body={{"GroupName": "<salt>", "GroupId": "{_ENTITIES}"}}'),
    "escaped for a form": _plainly(f'body={{"GroupName": "<salt>", "GroupId": "{quote("%70") + FOREIGN_ID[1:]}"}}'),
    "escaped all over": _plainly(f"body={quote(_DELETION)}"),
    "escaped twice": _plainly(f"body={quote(quote(_OBJECT))}"),
    "a form in JSON": _plainly(f'body="{_DELETION}"'),
    "a form in a member": _named([], **_PLAIN, Tag=_DELETION),
    "JSON in a member": _named([], **_PLAIN, Tag=_OBJECT),
    "JSON in a form": _plainly(f"body=json={quote(_OBJECT)}", "content-type=application/x-www-form-urlencoded"),
    "a form of another name": _plainly(f"body={_DELETION}", "content-type=text/plain"),
    "a form with semicolons": _plainly(f"body={_DELETION.replace('&', ';')}", "content-type=text/plain"),
    "JSON that is none": _plainly(f"body={{GroupId: '{FOREIGN_ID}', GroupName: '<salt>'}}"),
    "JSON that is cut": _plainly(f'body={{"GroupName": "<salt>", "GroupId": "{FOREIGN_ID}'),
    "XML": _plainly(f"body=<DeleteGroup><GroupId>{FOREIGN_ID}</GroupId></DeleteGroup>", "content-type=text/xml"),
    "UTF-16": {"twists": ["action=DeleteGroup", "encoding=utf-16"], "parameters": {"GroupId": FOREIGN_ID}},
    "UTF-16 of an object": _plainly(f"body={_OBJECT}", "encoding=utf-16-le"),
    "UTF-32 of an object": _plainly(f"body={_OBJECT}", "encoding=utf-32-be"),
    "EBCDIC": _plainly(f"body={_OBJECT}", "encoding=cp037", "content-type=application/json; charset=cp037"),
    "UTF-7": _plainly('body={"Action": "+AEQ-eleteGroup"}', "content-type=application/json; charset=utf-7"),
    "GBK, by name": _named(["action=ModifyGroup", "encoding=gbk"], GroupId="<salt>", GroupName=FOREIGN_NAME),
    "GBK": _plainly(
        f'body={{"action": "DeleteGroup", "GroupName": "{FOREIGN_NAME}"}}', "encoding=gbk", "content-type=text/plain"
    ),
    "in chunks": _plainly(f"body={_chunks(_OBJECT)}", "then-add-header=Transfer-Encoding:chunked"),
    "behind the chunks": _plainly(
        f"body={_chunks('{}')}POST / HTTP/1.1\r\nX-TC-Action: DeleteGroup\r\n\r\n{_OBJECT}",
        "then-add-header=Transfer-Encoding:chunked",
    ),
    "no id at all": _named(["action=DeleteGroup"], GroupName="<salt>"),
    "every id": _named(["action=DeleteGroup"], GroupId="*"),
    "several ids": _named(["action=DeleteGroup"], GroupId=["<salt>", FOREIGN_ID]),
    "an id in another": _named(["action=DeleteGroup"], GroupId={"Value": FOREIGN_ID}),
    "its name": _named(["action=DeleteGroup"], GroupId="<salt>", GroupName=FOREIGN_NAME),
    "in the query of a GET": {**_named(["action=DeleteGroup"]), "form": "query"},
    "in a form": {**_named(["action=DeleteGroup"]), "form": "form", "scheme": "HmacSHA1"},
    "in a query, escaped": {**_named(["everything-escaped"]), "form": "query"},
    "created where it is": _named([]),
    "created in another case": _named([], GroupName="<salt>", GroupId="PayRoll"),
}
