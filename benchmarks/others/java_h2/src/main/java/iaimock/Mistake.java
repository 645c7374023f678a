package iaimock;

/** The one mistake that is switched on, if any. */
record Mistake(String name) {
  static final Mistake NONE = new Mistake("");

  boolean is(String other) {
    return name.equals(other);
  }
}
