package iaimock;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Receives requests, and answers them in the platform's form. */
final class ApiHandler implements HttpHandler {
  private static final String VERSION = "2020-03-03";
  private static final String PROCESS_ID = UUID.randomUUID().toString();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Mistake mistake;
  private final RequestReader requestReader;
  private final Authenticator authenticator;
  private final ParameterReader parameterReader;
  private final GroupService service;
  private final Map<String, ActionSpec> actions;

  ApiHandler(Mistake mistake, Authenticator authenticator, GroupService service) {
    this.mistake = mistake;
    this.requestReader = new RequestReader(mistake);
    this.authenticator = authenticator;
    this.parameterReader = new ParameterReader(mistake);
    this.service = service;
    this.actions = ActionSpec.all(mistake);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Map<String, Object> response = new LinkedHashMap<>();
    int status = 200;
    try {
      response.putAll(answer(requestReader.read(exchange, body)));
    } catch (ApiException e) {
      response.put("Error", error(e.code(), e.getMessage()));
      status = mistake.is("errors-with-http-400") ? 400 : 200;
    } catch (RuntimeException e) {
      e.printStackTrace();
      response.put("Error", error("InternalError", ErrorTexts.of("InternalError")));
    }
    response.put("RequestId", requestId());
    byte[] bytes = MAPPER.writeValueAsBytes(Map.of("Response", response));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private Map<String, Object> answer(ApiRequest request) {
    String action = common(request, "Action");
    String version = common(request, "Version");
    Parameters parameters = null;
    if (mistake.is("parameters-before-signature") && actions.containsKey(action)) {
      parameters = parameterReader.read(action, actions.get(action), request);
    }
    authenticator.check(request);

    if (!actions.containsKey(action)) {
      throw new ApiException("InvalidAction", "The action `" + action + "` is not found.");
    }
    if (!version.equals(VERSION) && !mistake.is("version-unchecked")) {
      throw new ApiException("NoSuchVersion", "The version `" + version + "` is not found.");
    }
    checkRegion(request);
    if (parameters == null) {
      parameters = parameterReader.read(action, actions.get(action), request);
    }
    return service.call(action, parameters);
  }

  private void checkRegion(ApiRequest request) {
    if (mistake.is("region-optional") && request.common("Region") == null) {
      return;
    }
    String region = common(request, "Region");
    if (!region.matches("ap-[a-z0-9-]+")) {
      throw new ApiException("UnsupportedRegion", "The region `" + region + "` is not supported.");
    }
  }

  private static String common(ApiRequest request, String name) {
    String value = request.common(name);
    if (value == null || value.isEmpty()) {
      throw ApiException.missing(name);
    }
    return value;
  }

  private String requestId() {
    return mistake.is("request-id-constant") ? PROCESS_ID : UUID.randomUUID().toString();
  }

  private static Map<String, String> error(String code, String message) {
    Map<String, String> error = new LinkedHashMap<>();
    error.put("Code", code);
    error.put("Message", message);
    return error;
  }
}
