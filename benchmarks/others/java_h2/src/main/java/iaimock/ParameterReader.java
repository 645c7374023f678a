package iaimock;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import iaimock.Parameters.DescriptionInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads an action's parameters: presence, types, and no unknown ones. */
final class ParameterReader {
  private static final Set<String> COMMON =
      Set.of(
          "Action",
          "Version",
          "Region",
          "Timestamp",
          "Nonce",
          "SecretId",
          "Signature",
          "SignatureMethod",
          "Token",
          "Language",
          "RequestClient");

  /** The fields that the first version of the query string reader knew. */
  private static final Set<String> OLD_CREATE_FIELDS =
      Set.of("GroupName", "GroupId", "GroupExDescriptions", "Tag");

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Mistake mistake;

  ParameterReader(Mistake mistake) {
    this.mistake = mistake;
  }

  Parameters read(String action, ActionSpec spec, ApiRequest request) {
    boolean fromFields = !request.json();
    ObjectNode given = fromFields ? nest(action, request) : readJson(request.body());
    Map<String, Object> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : given.properties()) {
      String name = entry.getKey();
      ActionSpec.Type type = spec.parameters().get(name);
      if (type == null) {
        if (mistake.is("unknown-parameter-ignored")) {
          continue;
        }
        throw new ApiException(
            "UnknownParameter", "The parameter `" + name + "` is not recognized.");
      }
      if (!entry.getValue().isNull()) {
        values.put(name, convert(name, type, entry.getValue(), fromFields));
      }
    }
    for (String name : spec.required()) {
      if (!values.containsKey(name)) {
        throw ApiException.missing(name);
      }
    }
    return new Parameters(values);
  }

  private Object convert(String name, ActionSpec.Type type, JsonNode node, boolean fromFields) {
    return switch (type) {
      case STRING -> string(name, node);
      case INTEGER -> integer(name, node, fromFields);
      case STRING_LIST -> {
        List<String> list = new ArrayList<>();
        for (JsonNode element : array(name, node)) {
          list.add(string(name, element));
        }
        yield list;
      }
      case DESCRIPTION_INFO_LIST -> {
        List<DescriptionInfo> list = new ArrayList<>();
        for (JsonNode element : array(name, node)) {
          JsonNode index = element.get("GroupExDescriptionIndex");
          JsonNode text = element.get("GroupExDescription");
          if (index == null || text == null) {
            throw ApiException.missing(name);
          }
          list.add(new DescriptionInfo(integer(name, index, fromFields), string(name, text)));
        }
        yield list;
      }
    };
  }

  private String string(String name, JsonNode node) {
    if (mistake.is("numbers-coerced-to-strings") && node.isValueNode()) {
      return node.asText();
    }
    if (!node.isTextual()) {
      throw ApiException.invalidType(name);
    }
    return node.textValue();
  }

  private static long integer(String name, JsonNode node, boolean fromFields) {
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.longValue();
    }
    if (fromFields && node.isTextual()) {
      try {
        return Long.parseLong(node.textValue());
      } catch (NumberFormatException e) {
        throw ApiException.invalidType(name);
      }
    }
    throw ApiException.invalidType(name);
  }

  private static JsonNode array(String name, JsonNode node) {
    if (!node.isArray()) {
      throw ApiException.invalidType(name);
    }
    return node;
  }

  private static ObjectNode readJson(byte[] body) {
    if (body.length == 0) {
      return MAPPER.createObjectNode();
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      JsonNode node = MAPPER.readTree(text);
      if (node instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      // Answered below.
    }
    throw new ApiException("InvalidParameter", "The request body is not a JSON object.");
  }

  /** Turns fields like `A.0` and `A.0.B` into arrays and objects. */
  private ObjectNode nest(String action, ApiRequest request) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    Map<String, TreeMap<Integer, JsonNode>> lists = new HashMap<>();
    for (Map.Entry<String, String> field : request.fields().entrySet()) {
      String[] parts = field.getKey().split("\\.", -1);
      if (COMMON.contains(parts[0])) {
        continue;
      }
      if (mistake.is("get-model-version-ignored")
          && request.isGet()
          && action.equals("CreateGroup")
          && !OLD_CREATE_FIELDS.contains(parts[0])) {
        continue;
      }
      if (parts.length == 1) {
        result.put(parts[0], field.getValue());
        continue;
      }
      TreeMap<Integer, JsonNode> list = lists.computeIfAbsent(parts[0], k -> new TreeMap<>());
      int index = index(field.getKey(), parts[1]);
      if (parts.length == 2) {
        list.put(index, JsonNodeFactory.instance.textNode(field.getValue()));
      } else {
        JsonNode object = list.computeIfAbsent(index, k -> JsonNodeFactory.instance.objectNode());
        if (parts.length > 3 || !(object instanceof ObjectNode)) {
          throw ApiException.invalidType(field.getKey());
        }
        ((ObjectNode) object).put(parts[2], field.getValue());
      }
    }
    lists.forEach((name, list) -> result.set(name, toArray(list)));
    return result;
  }

  private ArrayNode toArray(TreeMap<Integer, JsonNode> list) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    if (mistake.is("field-list-starts-at-one")) {
      for (int i = 1; list.containsKey(i); i++) {
        array.add(list.get(i));
      }
      return array;
    }
    list.values().forEach(array::add);
    return array;
  }

  private static int index(String name, String text) {
    if (!text.matches("\\d{1,4}")) {
      throw ApiException.invalidType(name);
    }
    return Integer.parseInt(text);
  }
}
