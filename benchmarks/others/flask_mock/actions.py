"""One function per action: parameters in, fields of the answer out."""

import json

import rules
from account import Account, new_group
from errors import ApiError
from mistakes import mistaken

DEFAULT_MODEL = "3.0"

account = Account()
_created = {}


def create_group(parameters):
    fingerprint = json.dumps(parameters, sort_keys=True)
    if mistaken("identical-create-repeated") and fingerprint in _created:
        return _created[fingerprint]

    model = parameters.get("FaceModelVersion", default_model())
    if mistaken("group-kept-after-bad-tag"):
        rules.run(rules.BASIC, parameters)
        account.add(new_group(parameters, model))
        rules.run(rules.optional_checks(parameters), parameters)
    else:
        rules.run(rules.BASIC + rules.optional_checks(parameters), parameters)
        account.add(new_group(parameters, model))
    account.used_before = True
    account.last_model = model

    if mistaken("answer-names-default-model"):
        model = DEFAULT_MODEL
    if mistaken("answer-echoes-given-model"):
        model = parameters.get("FaceModelVersion")
    if mistaken("answer-model-as-number"):
        model = float(model)
    answer = {"FaceModelVersion": model}
    _created[fingerprint] = answer
    return answer


def default_model():
    if mistaken("model-default-2.0"):
        return "2.0"
    if mistaken("second-create-defaults-to-2.0") and account.used_before:
        return "2.0"
    if mistaken("default-follows-last-model") and account.last_model:
        return account.last_model
    return DEFAULT_MODEL


def delete_group(parameters):
    rules.run([rules.check_empty], parameters)
    account.delete(parameters["GroupId"])
    return {}


def get_group_info(parameters):
    rules.run([rules.check_empty], parameters)
    return account.get(parameters["GroupId"])


def get_group_list(parameters):
    offset = parameters.get("Offset", 0)
    limit = parameters.get("Limit", 10)
    if offset < 0 or limit < 0:
        raise ApiError("InvalidParameter.InvalidParameter")
    if limit > 1000:
        raise ApiError("InvalidParameterValue.LimitExceed")
    groups, number = account.page(offset, limit)
    return {"GroupInfos": groups, "GroupNum": number}


def modify_group(parameters):
    infos = parameters.get("GroupExDescriptionInfos", [])
    rules.run([rules.check_empty, rules.check_name, rules.check_tag], parameters)
    for info in infos:
        code = rules.check_description(info["GroupExDescription"])
        if code:
            raise ApiError(code)
    account.modify(
        parameters["GroupId"],
        name=parameters.get("GroupName"),
        tag=parameters.get("Tag"),
        infos=infos,
    )
    return {}


ACTIONS = {
    "CreateGroup": create_group,
    "DeleteGroup": delete_group,
    "GetGroupInfo": get_group_info,
    "GetGroupList": get_group_list,
    "ModifyGroup": modify_group,
}
