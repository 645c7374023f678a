package iaimock;

import java.util.List;

/** What a CreateGroup request asks for, before it is stored. */
final class GroupDraft {
  String id;
  String name;
  List<String> exDescriptions = List.of();
  String tag;
  String faceModelVersion;

  void clear() {
    id = null;
    name = null;
    exDescriptions = List.of();
    faceModelVersion = null;
  }
}
