package iaimock;

/** An answer with an error code. */
final class ApiException extends RuntimeException {
  private final String code;

  ApiException(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** An error whose text is on the documentation page. */
  static ApiException of(String code) {
    return new ApiException(code, ErrorTexts.of(code));
  }

  static ApiException missing(String parameter) {
    return new ApiException(
        "MissingParameter", "The request is missing a required parameter `" + parameter + "`.");
  }

  static ApiException invalidType(String parameter) {
    return new ApiException(
        "InvalidParameter", "The value type of parameter `" + parameter + "` is not valid.");
  }

  String code() {
    return code;
  }
}
