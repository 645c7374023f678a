package iaimock;

import java.util.List;
import java.util.Map;

/** The parameters of one request, with their types checked. */
record Parameters(Map<String, Object> values) {
  /** One entry of ModifyGroup's GroupExDescriptionInfos. */
  record DescriptionInfo(long index, String description) {}

  String string(String name) {
    return (String) values.get(name);
  }

  long integer(String name, long absent) {
    return (Long) values.getOrDefault(name, absent);
  }

  @SuppressWarnings("unchecked")
  List<String> strings(String name) {
    return (List<String>) values.getOrDefault(name, List.of());
  }

  @SuppressWarnings("unchecked")
  List<DescriptionInfo> infos(String name) {
    return (List<DescriptionInfo>) values.getOrDefault(name, List.of());
  }
}
