package iaimock;

import java.util.Map;

/** Texts of the business error codes. */
final class ErrorTexts {
  private static final String V = "InvalidParameterValue.";

  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("AuthFailure.InvalidAuthorization", "认证失败。"),
          Map.entry("InternalError", "内部错误。"),
          Map.entry("InvalidParameter.InvalidParameter", "参数不合法。"),
          Map.entry("MissingParameter.ErrorParameterEmpty", "必选参数为空。"),
          Map.entry(V + "FaceModelVersionIllegal", "算法模型版本不合法。"),
          Map.entry(V + "GroupExDescriptionsExceed", "人员库自定义描述字段数组长度超过限制。最多可以创建5个。"),
          Map.entry(V + "GroupExDescriptionsNameIdentical", "人员库自定义描述字段名称不可重复。"),
          Map.entry(
              V + "GroupExDescriptionsNameIllegal",
              "人员库自定义描述字段名称包含非法字符。人员库自定义描述字段名称只支持中英文、-、_、数字。"),
          Map.entry(V + "GroupExDescriptionsNameTooLong", "人员库自定义描述字段名称长度超出限制。"),
          Map.entry(V + "GroupIdAlreadyExist", "人员库ID已经存在。人员库ID不可重复。"),
          Map.entry(V + "GroupIdIllegal", "人员库ID包含非法字符。人员库ID只支持英文、数字、-%@#&_。"),
          Map.entry(V + "GroupIdNotExist", "人员库ID不存在。"),
          Map.entry(V + "GroupIdTooLong", "人员库ID超出长度限制。"),
          Map.entry(V + "GroupNameAlreadyExist", "人员库名称已经存在。人员库名称不可重复。"),
          Map.entry(V + "GroupNameIllegal", "人员库名称包含非法字符。人员库名称只支持中英文、-、_、数字。"),
          Map.entry(V + "GroupNameTooLong", "人员库名称超出长度限制。"),
          Map.entry(V + "GroupNumExceed", "人员库数量超出限制。如需增加,请联系我们。"),
          Map.entry(V + "GroupTagIllegal", "人员库备注包含非法字符。人员库备注只支持中英文、-、_、数字。"),
          Map.entry(V + "GroupTagTooLong", "人员库备注超出长度限制。"),
          Map.entry(V + "LimitExceed", "返回数量超出限制。"),
          Map.entry(V + "OffsetExceed", "起始序号过大。请检查需要请求的数组长度。"));

  private ErrorTexts() {}

  static String of(String code) {
    return TEXTS.getOrDefault(code, code);
  }
}
