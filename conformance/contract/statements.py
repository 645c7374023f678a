"""What the page says that no request to this action can test, with the reason for each.

Together with the quotes of the clauses, the codes and the examples, these cover the page; a test counts both.
"""

from __future__ import annotations

from conformance.contract.model import Citation, NotCheckable

_ADVICE = "advice or explanation, not a statement on what the action answers"
_OTHER_ACTION = "speaks of what other actions do with the group later"
_EXAMPLE_VALUE = "an example value; the suite sends it with the printed examples"
_COMMON = "refers to another document"
_FACES = "a limit on faces, which this action doesn't create"


def _not(line: int, quote: str, reason: str) -> NotCheckable:
    return NotCheckable(Citation(quote, line), reason)


NOT_CHECKABLE: tuple[NotCheckable, ...] = (
    _not(
        2,
        "接口请求域名: iai.tencentcloudapi.com 。",
        "the address of the live service; the target is the user's choice",
    ),
    _not(3, "空的", "that the new group is empty is seen through actions on persons"),
    _not(4, "用于辅助描述该人员库下的人员信息。", _OTHER_ACTION),
    _not(5, "最多包含5000万张人脸(Face)。", _FACES),
    _not(6, "不同算法模型版本(FaceModelVersion)的人员库(Group)最多可包含人脸(Face)数不同。", _FACES),
    _not(6, "算法模型版本为2.0的人员库最多包含100万张人脸,算法模型版本为3.0的人员库最多可包含300万张人脸。", _FACES),
    _not(7, "推荐使用 API Explorer", _ADVICE),
    _not(8, "点击调试", _ADVICE),
    _not(9, "API Explorer 提供了在线调用、签名验证、SDK 代码生成和快速检索接口等能力。", _ADVICE),
    _not(9, "您可查看每次调用的请求内容和返回结果以及自动生成 SDK 调用示例。", _ADVICE),
    _not(11, "以下请求参数列表仅列出了接口请求参数和部分公共参数,完整公共参数列表见 公共请求参数。", _COMMON),
    _not(17, "示例值:腾讯深圳员工库", _EXAMPLE_VALUE),
    _not(18, "人员库 ID", "names the parameter"),
    _not(18, "示例值:TencentShenZhenEmployee", _EXAMPLE_VALUE),
    _not(19, "人员库自定义描述字段,用于描述人员库中人员属性,该人员库下所有人员将拥有此描述字段。", _OTHER_ACTION),
    _not(19, "例: 设置某人员库“自定义描述字段”为", _OTHER_ACTION),
    _not(
        19, '["学号","工号","手机号"], 则该人员库下所有人员将拥有名为“学号”、“工号”、“手机号”的描述字段', _OTHER_ACTION
    ),
    _not(19, "可在对应人员描述字段中填写内容,登记该人员的学号、工号、手机号等信息。", _OTHER_ACTION),
    _not(19, '示例值:["\\u4e8b\\u4e1a\\u7fa4","\\u90e8\\u95e8\\u540d","\\u7ec4\\u540d"]', _EXAMPLE_VALUE),
    _not(20, "示例值:不含实习生", _EXAMPLE_VALUE),
    _not(21, "不同算法模型版本对应的人脸识别算法不同,新版本的整体效果会优于旧版本,建议使用“3.0”版本。", _ADVICE),
    _not(21, "示例值:3.0", _EXAMPLE_VALUE),
    _not(25, "示例值:3.0", _EXAMPLE_VALUE),
    _not(
        26,
        "(若请求因其他原因未能抵达服务端,则该次请求不会获得 RequestId)。",
        "speaks of requests that never reach the service",
    ),
    _not(26, "定位问题时需要提供该次请求的 RequestId。", _ADVICE),
)

# Headings, table heads and the section on developers' resources: lines that state nothing on the action.
HEADINGS: tuple[tuple[int, int], ...] = ((1, 1), (10, 10), (12, 13), (22, 24), (27, 27), (99, 115), (117, 118))
