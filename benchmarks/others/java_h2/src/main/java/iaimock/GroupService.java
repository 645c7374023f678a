package iaimock;

import iaimock.Parameters.DescriptionInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The actions. */
final class GroupService {
  private static final int MAX_GROUPS = 100_000;
  private static final long MAX_LIMIT = 1000;
  private static final String DEFAULT_MODEL = "3.0";
  private static final String OLD_MODEL = "2.0";

  private final Mistake mistake;
  private final GroupRules rules;
  private final GroupStore store;
  private final ReentrantLock lock = new ReentrantLock();

  /** Names seen, for the mistake that checks names by a cache. */
  private final Set<String> nameCache = new HashSet<>();

  /** The draft that is used again and again, for the mistake that saves allocations. */
  private final GroupDraft sharedDraft = new GroupDraft();

  GroupService(Mistake mistake, GroupStore store) {
    this.mistake = mistake;
    this.rules = new GroupRules(mistake);
    this.store = store;
  }

  Map<String, Object> call(String action, Parameters parameters) {
    boolean changes = !action.startsWith("Get");
    boolean locked = changes && !mistake.is("create-checks-without-lock");
    if (locked) {
      lock.lock();
    }
    try {
      return switch (action) {
        case "CreateGroup" -> createGroup(parameters);
        case "DeleteGroup" -> deleteGroup(parameters);
        case "GetGroupInfo" -> show(existing(parameters));
        case "GetGroupList" -> getGroupList(parameters);
        case "ModifyGroup" -> modifyGroup(parameters);
        default -> throw new IllegalArgumentException(action);
      };
    } finally {
      if (locked) {
        lock.unlock();
      }
    }
  }

  private Map<String, Object> createGroup(Parameters parameters) {
    GroupDraft draft = readDraft(parameters);
    checkDraft(draft);
    String tag = draft.tag == null ? "" : draft.tag;
    Group group =
        new Group(
            draft.id,
            draft.name,
            draft.exDescriptions,
            tag,
            draft.faceModelVersion,
            System.currentTimeMillis());

    if (mistake.is("identical-create-succeeds-again") && sameAsStored(group)) {
      return createAnswer(group);
    }
    checkUnique(group);
    int quota = mistake.is("quota-ten-thousand") ? 10_000 : MAX_GROUPS;
    if (store.size() >= quota) {
      throw ApiException.of("InvalidParameterValue.GroupNumExceed");
    }
    save(group);
    return createAnswer(group);
  }

  private GroupDraft readDraft(Parameters parameters) {
    GroupDraft draft = new GroupDraft();
    if (mistake.is("tag-left-from-previous-create")) {
      draft = sharedDraft;
      draft.clear();
    }
    draft.id = parameters.string("GroupId");
    draft.name = parameters.string("GroupName");
    draft.exDescriptions = parameters.strings("GroupExDescriptions");
    draft.faceModelVersion = parameters.string("FaceModelVersion");
    if (parameters.string("Tag") != null) {
      draft.tag = parameters.string("Tag");
    }
    if (draft.name == null) {
      draft.name = draft.id;
    }
    if (mistake.is("name-trimmed")) {
      draft.name = draft.name.trim();
    }
    return draft;
  }

  private void checkDraft(GroupDraft draft) {
    rules.checkName(draft.name);
    rules.checkId(draft.id);
    if (!mistake.is("failed-create-left-behind")) {
      rules.checkDescriptions(draft.exDescriptions);
    }
    boolean tagUnchecked =
        mistake.is("tag-unchecked-without-descriptions") && draft.exDescriptions.isEmpty();
    if (draft.tag != null && !tagUnchecked) {
      rules.checkTag(draft.tag);
    }
    if (draft.faceModelVersion == null) {
      draft.faceModelVersion = defaultModel();
    } else {
      draft.faceModelVersion = rules.checkFaceModelVersion(draft.faceModelVersion);
    }
  }

  /** The account was opened after 2020-04-02 and had never called this API before. */
  private String defaultModel() {
    if (mistake.is("model-version-default-2")) {
      return OLD_MODEL;
    }
    if (mistake.is("model-version-default-2-once-used")) {
      // An account that has used the API before keeps the old default.
      return store.size() > 0 ? OLD_MODEL : DEFAULT_MODEL;
    }
    return DEFAULT_MODEL;
  }

  private void checkUnique(Group group) {
    boolean nameFirst = mistake.is("name-exists-before-id-exists");
    if (nameFirst) {
      checkNameUnique(group);
    }
    if (store.idExists(group.id(), group.name())) {
      throw ApiException.of("InvalidParameterValue.GroupIdAlreadyExist");
    }
    if (!nameFirst) {
      checkNameUnique(group);
    }
  }

  private void checkNameUnique(Group group) {
    boolean taken = store.nameExists(group.name(), group.faceModelVersion());
    if (mistake.is("name-of-deleted-group-taken")) {
      taken = nameCache.contains(group.name());
    }
    if (taken) {
      throw ApiException.of("InvalidParameterValue.GroupNameAlreadyExist");
    }
  }

  private void save(Group group) {
    if (mistake.is("failed-create-left-behind")) {
      store.insertGroup(group);
      rules.checkDescriptions(group.exDescriptions());
      store.insertDescriptions(group);
      return;
    }
    if (!store.insert(group)) {
      throw ApiException.of("InvalidParameterValue.GroupExDescriptionsNameIdentical");
    }
    if (mistake.is("name-of-deleted-group-taken")) {
      nameCache.add(group.name());
    }
  }

  private boolean sameAsStored(Group group) {
    Optional<Group> stored = store.find(group.id());
    return stored.isPresent()
        && stored.get().name().equals(group.name())
        && stored.get().exDescriptions().equals(group.exDescriptions())
        && stored.get().tag().equals(group.tag())
        && stored.get().faceModelVersion().equals(group.faceModelVersion());
  }

  private Map<String, Object> createAnswer(Group group) {
    if (mistake.is("answer-model-version-number")) {
      return answer("FaceModelVersion", Double.valueOf(group.faceModelVersion()));
    }
    return answer("FaceModelVersion", group.faceModelVersion());
  }

  private Map<String, Object> deleteGroup(Parameters parameters) {
    store.delete(existing(parameters).id());
    return answer();
  }

  private Map<String, Object> getGroupList(Parameters parameters) {
    long offset = parameters.integer("Offset", 0);
    long limit = parameters.integer("Limit", 10);
    int size = store.size();
    if (offset < 0 || limit < 0) {
      throw ApiException.of("InvalidParameter.InvalidParameter");
    }
    if (limit > MAX_LIMIT) {
      throw ApiException.of("InvalidParameterValue.LimitExceed");
    }
    if (offset > size) {
      throw ApiException.of("InvalidParameterValue.OffsetExceed");
    }
    List<Map<String, Object>> groups = new ArrayList<>();
    for (Group group : store.list(offset, limit)) {
      groups.add(show(group));
    }
    return answer("GroupInfos", groups, "GroupNum", size);
  }

  private Map<String, Object> modifyGroup(Parameters parameters) {
    Group group = existing(parameters);
    String name = parameters.string("GroupName");
    if (name == null) {
      name = group.name();
    } else {
      rules.checkName(name);
      if (!mistake.is("modify-name-unchecked") && store.nameExistsElsewhere(name, group.id())) {
        throw ApiException.of("InvalidParameterValue.GroupNameAlreadyExist");
      }
      nameCache.add(name);
    }
    String tag = parameters.string("Tag");
    if (tag == null) {
      tag = group.tag();
    } else {
      rules.checkTag(tag);
    }
    List<String> descriptions = new ArrayList<>(group.exDescriptions());
    for (DescriptionInfo info : parameters.infos("GroupExDescriptionInfos")) {
      if (info.index() < 0 || info.index() >= descriptions.size()) {
        throw ApiException.of("InvalidParameterValue.GroupExDescriptionsExceed");
      }
      rules.checkDescription(info.description());
      descriptions.set((int) info.index(), info.description());
    }
    rules.checkDistinct(descriptions);
    store.update(
        new Group(
            group.id(),
            name,
            descriptions,
            tag,
            group.faceModelVersion(),
            group.creationTimestamp()));
    return answer();
  }

  private Group existing(Parameters parameters) {
    String id = parameters.string("GroupId");
    rules.checkId(id);
    return store
        .find(id)
        .orElseThrow(() -> ApiException.of("InvalidParameterValue.GroupIdNotExist"));
  }

  private static Map<String, Object> show(Group group) {
    return answer(
        "GroupName", group.name(),
        "GroupId", group.id(),
        "GroupExDescriptions", group.exDescriptions(),
        "Tag", group.tag(),
        "FaceModelVersion", group.faceModelVersion(),
        "CreationTimestamp", group.creationTimestamp());
  }

  private static Map<String, Object> answer(Object... namesAndValues) {
    Map<String, Object> answer = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      answer.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return answer;
  }
}
