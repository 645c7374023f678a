package iaimock;

import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.h2.jdbcx.JdbcConnectionPool;

/** The groups, in an H2 database in memory. */
final class GroupStore {
  private static final String COLUMNS =
      "group_id, group_name, tag, face_model_version, creation_timestamp";
  private static final int DUPLICATE_KEY = 23505;

  private final JdbcConnectionPool pool;
  private final Mistake mistake;

  GroupStore(Mistake mistake) {
    this.mistake = mistake;
    this.pool = JdbcConnectionPool.create("jdbc:h2:mem:iai;DB_CLOSE_DELAY=-1", "sa", "");
    pool.setMaxConnections(16);
    createTables();
  }

  private void createTables() {
    String idType = mistake.is("id-case-insensitive") ? "VARCHAR_IGNORECASE(64)" : "VARCHAR(64)";
    run(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(
                "CREATE TABLE face_group ("
                    + "seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
                    + "group_id "
                    + idType
                    + " NOT NULL, "
                    + "group_name VARCHAR(128) NOT NULL, "
                    + "tag VARCHAR(128) NOT NULL, "
                    + "face_model_version VARCHAR(8) DEFAULT '3.0' NOT NULL, "
                    + "creation_timestamp BIGINT NOT NULL)");
            statement.execute("CREATE INDEX face_group_id ON face_group (group_id)");
            statement.execute("CREATE INDEX face_group_name ON face_group (group_name)");
            statement.execute(
                "CREATE TABLE group_ex_description ("
                    + "group_id VARCHAR(64) NOT NULL, "
                    + "pos INT NOT NULL, "
                    + "name VARCHAR(64) NOT NULL)");
            statement.execute("CREATE INDEX description_group ON group_ex_description (group_id)");
            if (mistake.is("description-unique-account-wide")) {
              statement.execute(
                  "CREATE UNIQUE INDEX description_name ON group_ex_description (name)");
            }
          }
          return null;
        });
  }

  boolean idExists(String id, String name) {
    if (mistake.is("id-exists-only-with-same-name")) {
      return count("group_id = ? AND group_name = ?", key(id), name) > 0;
    }
    if (mistake.is("id-compared-with-like")) {
      return count("group_id LIKE ?", id) > 0;
    }
    return count("group_id = ?", key(id)) > 0;
  }

  boolean nameExists(String name, String faceModelVersion) {
    if (mistake.is("name-unique-per-model-version")) {
      return count("group_name = ? AND face_model_version = ?", name, faceModelVersion) > 0;
    }
    return count("group_name = ?", name) > 0;
  }

  boolean nameExistsElsewhere(String name, String id) {
    return count("group_name = ? AND group_id <> ?", name, key(id)) > 0;
  }

  int size() {
    return count("TRUE");
  }

  private int count(String condition, String... values) {
    return run(
        connection -> {
          String sql = "SELECT COUNT(*) FROM face_group WHERE " + condition;
          if (condition.equals("TRUE")) {
            sql = "SELECT COUNT(*) FROM face_group";
          }
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, (Object[]) values);
            try (ResultSet rows = statement.executeQuery()) {
              rows.next();
              return rows.getInt(1);
            }
          }
        });
  }

  /**
   * Stores a group and its descriptions.
   *
   * @return false if one of the descriptions is taken
   */
  boolean insert(Group group) {
    return run(
        connection -> {
          connection.setAutoCommit(false);
          try {
            insertGroup(connection, group);
            insertDescriptions(connection, group);
            connection.commit();
            return true;
          } catch (SQLException e) {
            connection.rollback();
            if (e.getErrorCode() == DUPLICATE_KEY) {
              return false;
            }
            throw e;
          } finally {
            connection.setAutoCommit(true);
          }
        });
  }

  void insertGroup(Group group) {
    run(
        connection -> {
          insertGroup(connection, group);
          return null;
        });
  }

  void insertDescriptions(Group group) {
    run(
        connection -> {
          insertDescriptions(connection, group);
          return null;
        });
  }

  private void insertGroup(Connection connection, Group group) throws SQLException {
    if (mistake.is("model-version-not-stored")) {
      String sql =
          "INSERT INTO face_group (group_id, group_name, tag, creation_timestamp)"
              + " VALUES (?, ?, ?, ?)";
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        bind(statement, key(group.id()), group.name(), group.tag(), group.creationTimestamp());
        statement.executeUpdate();
      }
      return;
    }
    String sql = "INSERT INTO face_group (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?)";
    if (mistake.is("id-exists-only-with-same-name")) {
      sql = "MERGE INTO face_group (" + COLUMNS + ") KEY (group_id) VALUES (?, ?, ?, ?, ?)";
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(
          statement,
          key(group.id()),
          group.name(),
          group.tag(),
          group.faceModelVersion(),
          group.creationTimestamp());
      statement.executeUpdate();
    }
  }

  private void insertDescriptions(Connection connection, Group group) throws SQLException {
    if (group.exDescriptions().isEmpty()) {
      return;
    }
    String sql = "INSERT INTO group_ex_description (group_id, pos, name) VALUES (?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int pos = 0;
      for (String name : group.exDescriptions()) {
        bind(statement, key(group.id()), pos++, name);
        statement.executeUpdate();
      }
    }
  }

  Optional<Group> find(String id) {
    return run(
        connection -> {
          String sql = "SELECT " + COLUMNS + " FROM face_group WHERE group_id = ?";
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, key(id));
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next() ? Optional.of(group(connection, rows)) : Optional.empty();
            }
          }
        });
  }

  List<Group> list(long offset, long limit) {
    return run(
        connection -> {
          String sql =
              "SELECT "
                  + COLUMNS
                  + " FROM face_group ORDER BY seq OFFSET ? ROWS FETCH NEXT ? ROWS ONLY";
          List<Group> groups = new ArrayList<>();
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, offset, limit);
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                groups.add(group(connection, rows));
              }
            }
          }
          return groups;
        });
  }

  private Group group(Connection connection, ResultSet row) throws SQLException {
    String id = row.getString(1);
    return new Group(
        id,
        row.getString(2),
        descriptions(connection, id),
        row.getString(3),
        row.getString(4),
        row.getLong(5));
  }

  private List<String> descriptions(Connection connection, String id) throws SQLException {
    String order = mistake.is("descriptions-sorted-by-name") ? "name" : "pos";
    String sql = "SELECT name FROM group_ex_description WHERE group_id = ? ORDER BY " + order;
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, id);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
    }
    return names;
  }

  void update(Group group) {
    run(
        connection -> {
          connection.setAutoCommit(false);
          try {
            String sql = "UPDATE face_group SET group_name = ?, tag = ? WHERE group_id = ?";
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
              bind(statement, group.name(), group.tag(), key(group.id()));
              statement.executeUpdate();
            }
            deleteDescriptions(connection, group.id());
            insertDescriptions(connection, group);
            connection.commit();
          } catch (SQLException e) {
            connection.rollback();
            throw e;
          } finally {
            connection.setAutoCommit(true);
          }
          return null;
        });
  }

  void delete(String id) {
    run(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("DELETE FROM face_group WHERE group_id = ?")) {
            bind(statement, key(id));
            statement.executeUpdate();
          }
          if (!mistake.is("descriptions-survive-delete")) {
            deleteDescriptions(connection, id);
          }
          return null;
        });
  }

  private void deleteDescriptions(Connection connection, String id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("DELETE FROM group_ex_description WHERE group_id = ?")) {
      bind(statement, key(id));
      statement.executeUpdate();
    }
  }

  /** The value of the id column. */
  private String key(String id) {
    if (mistake.is("id-digits-kept-as-number") && id.matches("\\d+")) {
      return new BigInteger(id).toString();
    }
    return id;
  }

  private static void bind(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  private <T> T run(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      return work.apply(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Work<T> {
    T apply(Connection connection) throws SQLException;
  }
}
