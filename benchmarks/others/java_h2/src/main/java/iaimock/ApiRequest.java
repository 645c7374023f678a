package iaimock;

import com.sun.net.httpserver.Headers;
import java.util.Map;

/**
 * A request as it was received.
 *
 * @param fields the decoded query or form fields; empty for a JSON body
 * @param json whether the body is JSON; it is parsed after the signature check
 */
record ApiRequest(
    String method,
    String path,
    String rawQuery,
    Headers headers,
    byte[] body,
    Map<String, String> fields,
    boolean json) {

  String header(String name) {
    return headers.getFirst(name);
  }

  boolean isGet() {
    return method.equals("GET");
  }

  boolean isTc3() {
    return header("Authorization") != null || !fields.containsKey("Signature");
  }

  /** A common parameter: a header, or with the older signatures a field. */
  String common(String name) {
    String value = isTc3() ? header("X-TC-" + name) : null;
    return value != null ? value : fields.get(name);
  }
}
