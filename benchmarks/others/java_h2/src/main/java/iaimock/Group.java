package iaimock;

import java.util.List;

/** A group as it is stored. */
record Group(
    String id,
    String name,
    List<String> exDescriptions,
    String tag,
    String faceModelVersion,
    long creationTimestamp) {}
