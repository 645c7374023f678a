package iaimock;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Limits and alphabets of the parameters that describe a group. */
final class GroupRules {
  private static final int MAX_NAME = 60;
  private static final int MAX_ID_BYTES = 64;
  private static final int MAX_DESCRIPTIONS = 5;
  private static final int MAX_DESCRIPTION = 30;
  private static final int MAX_TAG = 40;

  /** Chinese and English letters, digits, `-` and `_`. */
  private static final Pattern WORD = Pattern.compile("[\\p{IsHan}A-Za-z0-9_-]+");

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9%@#&_-]+");

  private final Mistake mistake;

  GroupRules(Mistake mistake) {
    this.mistake = mistake;
  }

  void checkName(String name) {
    if (name.isEmpty()) {
      throw ApiException.of("MissingParameter.ErrorParameterEmpty");
    }
    if (nameLength(name) > (mistake.is("name-limit-64") ? MAX_ID_BYTES : MAX_NAME)) {
      throw ApiException.of("InvalidParameterValue.GroupNameTooLong");
    }
    if (!nameIsLegal(name)) {
      throw ApiException.of("InvalidParameterValue.GroupNameIllegal");
    }
  }

  private int nameLength(String name) {
    if (mistake.is("name-counted-in-bytes")) {
      return name.getBytes(StandardCharsets.UTF_8).length;
    }
    if (mistake.is("name-counted-in-utf16-units")) {
      return name.length();
    }
    return characters(name);
  }

  private boolean nameIsLegal(String name) {
    if (mistake.is("name-pattern-find")) {
      return WORD.matcher(name).find();
    }
    if (mistake.is("name-hyphen-refused")) {
      return name.matches("[\\p{IsHan}\\w]+");
    }
    return WORD.matcher(name).matches();
  }

  void checkId(String id) {
    if (id.isEmpty()) {
      throw ApiException.of("MissingParameter.ErrorParameterEmpty");
    }
    if (mistake.is("id-too-long-as-illegal")) {
      if (!id.matches("[A-Za-z0-9%@#&_-]{1,64}")) {
        throw ApiException.of("InvalidParameterValue.GroupIdIllegal");
      }
      return;
    }
    if (idLength(id) > (mistake.is("id-limit-60") ? MAX_NAME : MAX_ID_BYTES)) {
      throw ApiException.of("InvalidParameterValue.GroupIdTooLong");
    }
    if (!idPattern().matcher(id).matches()) {
      throw ApiException.of("InvalidParameterValue.GroupIdIllegal");
    }
  }

  private int idLength(String id) {
    if (mistake.is("id-length-of-encoded")) {
      return URLEncoder.encode(id, StandardCharsets.UTF_8).length();
    }
    return id.getBytes(StandardCharsets.UTF_8).length;
  }

  private Pattern idPattern() {
    if (mistake.is("id-percent-refused")) {
      return Pattern.compile("[A-Za-z0-9@#&_-]+");
    }
    if (mistake.is("id-dot-allowed")) {
      return Pattern.compile("[\\w.%@#&-]+");
    }
    if (mistake.is("id-unicode-letters")) {
      return Pattern.compile("[\\w%@#&-]+", Pattern.UNICODE_CHARACTER_CLASS);
    }
    return ID;
  }

  void checkDescriptions(List<String> descriptions) {
    int size = descriptions.size();
    boolean tooMany =
        mistake.is("description-five-refused") ? size >= MAX_DESCRIPTIONS : size > MAX_DESCRIPTIONS;
    if (tooMany) {
      throw ApiException.of("InvalidParameterValue.GroupExDescriptionsExceed");
    }
    int checked = mistake.is("description-last-unchecked") && size > 1 ? size - 1 : size;
    for (int i = 0; i < checked; i++) {
      checkDescription(descriptions.get(i));
    }
    checkDistinct(descriptions);
  }

  void checkDescription(String description) {
    int limit = mistake.is("description-limit-60") ? MAX_NAME : MAX_DESCRIPTION;
    if (characters(description) > limit) {
      throw ApiException.of("InvalidParameterValue.GroupExDescriptionsNameTooLong");
    }
    if (mistake.is("description-empty-accepted") && description.isEmpty()) {
      return;
    }
    if (mistake.is("description-alphabet-unchecked") && !description.isEmpty()) {
      return;
    }
    if (!WORD.matcher(description).matches()) {
      throw ApiException.of("InvalidParameterValue.GroupExDescriptionsNameIllegal");
    }
  }

  void checkDistinct(List<String> descriptions) {
    if (mistake.is("description-duplicates-unchecked")) {
      return;
    }
    if (mistake.is("description-duplicates-adjacent-only")) {
      for (int i = 1; i < descriptions.size(); i++) {
        if (descriptions.get(i).equals(descriptions.get(i - 1))) {
          throw ApiException.of("InvalidParameterValue.GroupExDescriptionsNameIdentical");
        }
      }
      return;
    }
    Set<String> seen = new HashSet<>();
    for (String description : descriptions) {
      if (!seen.add(description)) {
        throw ApiException.of("InvalidParameterValue.GroupExDescriptionsNameIdentical");
      }
    }
  }

  void checkTag(String tag) {
    if (characters(tag) > MAX_TAG) {
      throw ApiException.of("InvalidParameterValue.GroupTagTooLong");
    }
    if (mistake.is("tag-alphabet-unchecked")) {
      return;
    }
    boolean emptyAllowed = !mistake.is("tag-empty-refused");
    if (!(tag.isEmpty() && emptyAllowed) && !WORD.matcher(tag).matches()) {
      throw ApiException.of("InvalidParameterValue.GroupTagIllegal");
    }
  }

  String checkFaceModelVersion(String version) {
    if (mistake.is("model-version-parsed-as-number")) {
      return parsedVersion(version);
    }
    if (!version.equals("2.0") && !version.equals("3.0")) {
      throw ApiException.of("InvalidParameterValue.FaceModelVersionIllegal");
    }
    return version;
  }

  private static String parsedVersion(String version) {
    try {
      double number = Double.parseDouble(version);
      if (number == 2.0 || number == 3.0) {
        return String.valueOf(number);
      }
    } catch (NumberFormatException e) {
      // Answered below.
    }
    throw ApiException.of("InvalidParameterValue.FaceModelVersionIllegal");
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }
}
