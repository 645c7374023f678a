package iaimock;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Takes an exchange apart: the way it was sent, and the fields of a query or form. */
final class RequestReader {
  private final Mistake mistake;

  RequestReader(Mistake mistake) {
    this.mistake = mistake;
  }

  ApiRequest read(HttpExchange exchange, byte[] body) {
    String method = exchange.getRequestMethod();
    String rawQuery = exchange.getRequestURI().getRawQuery();
    Map<String, String> fields = Map.of();
    boolean json = false;
    if (method.equals("GET")) {
      fields = readQuery(exchange);
    } else if (method.equals("POST")) {
      String type = mediaType(exchange.getRequestHeaders().getFirst("Content-Type"));
      if (type.equals("application/json")) {
        json = true;
      } else if (type.equals("application/x-www-form-urlencoded")) {
        Charset charset = StandardCharsets.UTF_8;
        if (mistake.is("form-body-latin1")) {
          // The servlet default for a form without a charset.
          charset = StandardCharsets.ISO_8859_1;
        }
        fields = readFields(new String(body, StandardCharsets.US_ASCII), charset);
      } else {
        throw new ApiException(
            "UnsupportedProtocol", "The content type `" + type + "` is not supported.");
      }
    } else {
      throw new ApiException("UnsupportedProtocol", "Only GET and POST are supported.");
    }
    return new ApiRequest(
        method,
        exchange.getRequestURI().getRawPath(),
        rawQuery == null ? "" : rawQuery,
        exchange.getRequestHeaders(),
        body,
        fields,
        json);
  }

  private Map<String, String> readQuery(HttpExchange exchange) {
    String query;
    if (mistake.is("get-query-decoded-twice")) {
      query = exchange.getRequestURI().getQuery();
    } else {
      query = exchange.getRequestURI().getRawQuery();
    }
    return readFields(query == null ? "" : query, StandardCharsets.UTF_8);
  }

  private static Map<String, String> readFields(String text, Charset charset) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : text.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      try {
        fields.put(URLDecoder.decode(name, charset), URLDecoder.decode(value, charset));
      } catch (IllegalArgumentException e) {
        throw new ApiException("InvalidParameter", "The query string or form is not well formed.");
      }
    }
    return fields;
  }

  private static String mediaType(String contentType) {
    if (contentType == null) {
      return "";
    }
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return type.trim().toLowerCase(Locale.ROOT);
  }
}
