"""What the documentation lists: regions, parameters, messages."""
REGIONS = set("""ap-guangzhou ap-shanghai ap-beijing ap-nanjing ap-chengdu ap-chongqing ap-hongkong ap-taipei
 ap-singapore ap-bangkok ap-jakarta ap-mumbai ap-seoul ap-tokyo na-ashburn na-siliconvalley na-toronto
 sa-saopaulo eu-frankfurt eu-moscow""".split())
PARAMS = {  # action: parameter -> (required, kind)
    "CreateGroup": {"GroupName": (1, "s"), "GroupId": (1, "s"), "GroupExDescriptions": (0, "l"),
                    "Tag": (0, "s"), "FaceModelVersion": (0, "s")},
    "DeleteGroup": {"GroupId": (1, "s")},
    "ModifyGroup": {"GroupId": (1, "s"), "GroupName": (0, "s"), "GroupExDescriptionInfos": (0, "o"), "Tag": (0, "s")},
    "GetGroupInfo": {"GroupId": (1, "s")},
    "GetGroupList": {"Offset": (0, "u"), "Limit": (0, "u")}}
V1_COMMON = {"Action", "Version", "Region", "Timestamp", "Nonce", "SecretId", "Signature", "SignatureMethod",
             "Token", "Language", "RequestClient"}
IPV = "InvalidParameterValue."
TEXT = {IPV + "GroupNameIllegal": "人员库名称包含非法字符。人员库名称只支持中英文、-、_、数字。",
        IPV + "GroupNameTooLong": "人员库名称长度超出限制。",
        IPV + "GroupNameAlreadyExist": "人员库名称已经存在。人员库名称不可重复。",
        IPV + "GroupIdIllegal": "人员库ID包含非法字符。人员库ID只支持英文、数字、-%@#&_。",
        IPV + "GroupIdTooLong": "人员库ID超出长度限制。",
        IPV + "GroupIdAlreadyExist": "人员库ID已经存在。人员库ID不可重复。",
        IPV + "GroupIdNotExist": "人员库ID不存在。",
        IPV + "GroupExDescriptionsExceed": "人员库自定义描述字段数组长度超过限制。最多可以创建5个。",
        IPV + "GroupExDescriptionsNameIdentical": "人员库自定义描述字段名称不可重复。",
        IPV + "GroupExDescriptionsNameIllegal": "人员库自定义描述字段名称包含非法字符。人员库自定义描述字段名称只支持中英文、-、_、数字。",
        IPV + "GroupExDescriptionsNameTooLong": "人员库自定义描述字段名称长度超出限制。",
        IPV + "GroupTagIllegal": "人员库备注包含非法字符。人员库备注只支持中英文、-、_、数字。",
        IPV + "GroupTagTooLong": "人员库备注超出长度限制。",
        IPV + "GroupNumExceed": "人员库数量超出限制。如需增加,请联系我们。",
        IPV + "FaceModelVersionIllegal": "算法模型版本不合法。",
        IPV + "LimitExceed": "返回数量超出限制。", IPV + "OffsetExceed": "起始序号过大。请检查需要请求的数组长度。",
        "FailedOperation.DuplicatedGroupDescription": "同一人员库中自定义描述字段不可重复。",
        "MissingParameter.ErrorParameterEmpty": "必选参数为空。"}
