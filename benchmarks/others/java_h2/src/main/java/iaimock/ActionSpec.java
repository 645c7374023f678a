package iaimock;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters of an action: their names, types, and which of them are required. */
record ActionSpec(Map<String, Type> parameters, List<String> required) {
  enum Type {
    STRING,
    INTEGER,
    STRING_LIST,
    DESCRIPTION_INFO_LIST
  }

  static Map<String, ActionSpec> all(Mistake mistake) {
    List<String> createRequired = List.of("GroupName", "GroupId");
    if (mistake.is("name-defaults-to-id")) {
      createRequired = List.of("GroupId");
    }
    return Map.of(
        "CreateGroup",
        new ActionSpec(
            types(
                "GroupName", Type.STRING,
                "GroupId", Type.STRING,
                "GroupExDescriptions", Type.STRING_LIST,
                "Tag", Type.STRING,
                "FaceModelVersion", Type.STRING),
            createRequired),
        "DeleteGroup",
        new ActionSpec(types("GroupId", Type.STRING), List.of("GroupId")),
        "GetGroupInfo",
        new ActionSpec(types("GroupId", Type.STRING), List.of("GroupId")),
        "GetGroupList",
        new ActionSpec(types("Offset", Type.INTEGER, "Limit", Type.INTEGER), List.of()),
        "ModifyGroup",
        new ActionSpec(
            types(
                "GroupId", Type.STRING,
                "GroupName", Type.STRING,
                "Tag", Type.STRING,
                "GroupExDescriptionInfos", Type.DESCRIPTION_INFO_LIST),
            List.of("GroupId")));
  }

  private static Map<String, Type> types(Object... namesAndTypes) {
    Map<String, Type> types = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      types.put((String) namesAndTypes[i], (Type) namesAndTypes[i + 1]);
    }
    return types;
  }
}
