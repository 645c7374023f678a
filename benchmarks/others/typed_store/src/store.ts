import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { ApiError } from "./errors.js";
import { mistake } from "./mistakes.js";

export interface NewGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly tag: string;
  readonly faceModelVersion: string;
  readonly fields: readonly string[];
}

export interface Group extends NewGroup {
  readonly createdAt: number;
}

export interface Changes {
  readonly groupName?: string | undefined;
  readonly tag?: string | undefined;
  readonly fields: ReadonlyMap<number, string>;
}

interface GroupRow {
  readonly seq: number;
  readonly group_id: string;
  readonly group_name: string;
  readonly tag: string;
  readonly face_model_version: string;
  readonly created_at: number;
}

const GROUP_LIMIT = 100_000;
const BATCH = 16;

/** From this day on accounts default to "3.0". */
const DEFAULT_CHANGED_ON = "2020-04-02";
/** Accounts opened after this day may only send "3.0". */
const ONLY_THREE_AFTER = "2020-11-26";

function tables(): string {
  const idType = mistake("id-numeric-affinity")
    ? "NUMERIC NOT NULL"
    : mistake("id-nocase-unique")
      ? "TEXT NOT NULL COLLATE NOCASE"
      : "TEXT NOT NULL COLLATE BINARY";
  const tagType = mistake("tag-limit-left-to-column") ? "VARCHAR(40)" : "TEXT";
  const versionType = mistake("version-real-affinity") ? "REAL" : "TEXT";
  const live = mistake("soft-delete-keeps-id")
    ? ""
    : "WHERE deleted_at IS NULL";
  const nameKey = mistake("name-unique-per-version")
    ? "group_name, face_model_version"
    : "group_name";
  const fieldKey =
    mistake("fields-duplicates-kept") ||
    mistake("fields-duplicates-neighbours-only")
      ? "UNIQUE (owner, position)"
      : mistake("field-unique-across-groups")
        ? "UNIQUE (name)"
        : "UNIQUE (owner, name)";
  const idKey = mistake("id-unique-by-prefix")
    ? "substr(group_id, 1, 32)"
    : "group_id";
  const nameIndex = mistake("rename-clash-unchecked")
    ? "INDEX"
    : "UNIQUE INDEX";
  return `
    CREATE TABLE account (
      opened_on TEXT NOT NULL,
      group_count INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE person_group (
      seq INTEGER PRIMARY KEY,
      group_id ${idType},
      group_name TEXT NOT NULL COLLATE BINARY,
      tag ${tagType} NOT NULL,
      face_model_version ${versionType} NOT NULL DEFAULT '3.0',
      created_at INTEGER NOT NULL,
      deleted_at INTEGER
    );
    CREATE UNIQUE INDEX one_group_id ON person_group (${idKey}) ${live};
    CREATE ${nameIndex} one_group_name ON person_group (${nameKey}) ${live};
    CREATE TABLE group_field (
      seq INTEGER PRIMARY KEY,
      owner NOT NULL,
      position INTEGER NOT NULL,
      name TEXT NOT NULL COLLATE BINARY,
      ${fieldKey}
    );
  `;
}

function prepareAll(db: Database.Database) {
  const live = mistake("soft-delete-keeps-id") ? "" : "AND deleted_at IS NULL";
  const insert = mistake("create-race-replaces")
    ? "INSERT OR REPLACE"
    : "INSERT";
  const idMatch = mistake("id-exists-by-like") ? "LIKE" : "=";
  const nameMatch = mistake("name-unique-per-version")
    ? "group_name = @groupName AND face_model_version = @faceModelVersion"
    : mistake("name-taken-by-id")
      ? "(group_name = @groupName OR group_id = @groupName)"
      : "group_name = @groupName";
  const columns = mistake("version-not-stored")
    ? ["group_id, group_name, tag", "@groupId, @groupName, @tag"]
    : [
        "group_id, group_name, tag, face_model_version",
        "@groupId, @groupName, @tag, @faceModelVersion",
      ];
  const fieldOrder = mistake("fields-read-back-sorted")
    ? ""
    : "ORDER BY position";
  return {
    account: db.prepare<[], { opened_on: string; group_count: number }>(
      "SELECT opened_on, group_count FROM account",
    ),
    count: db.prepare<[number]>(
      "UPDATE account SET group_count = group_count + ?",
    ),
    everUsed: db.prepare<[]>("SELECT 1 FROM person_group LIMIT 1"),
    lastVersion: db
      .prepare<[], string>(
        "SELECT face_model_version FROM person_group ORDER BY seq DESC LIMIT 1",
      )
      .pluck(),
    idTaken: db.prepare<[NewGroup]>(
      `SELECT 1 FROM person_group WHERE group_id ${idMatch} @groupId ${live}`,
    ),
    nameTaken: db.prepare<[NewGroup]>(
      `SELECT 1 FROM person_group WHERE ${nameMatch} ${live}`,
    ),
    insertGroup: db.prepare<[NewGroup & { createdAt: number }]>(
      `${insert} INTO person_group
         (${columns[0]}, created_at)
       VALUES (${columns[1]}, @createdAt)`,
    ),
    insertField: db.prepare<[number | string, number, string]>(
      "INSERT INTO group_field (owner, position, name) VALUES (?, ?, ?)",
    ),
    clearFields: db.prepare<[number | string]>(
      "DELETE FROM group_field WHERE owner = ?",
    ),
    fields: db
      .prepare<[number | string], string>(
        `SELECT name FROM group_field WHERE owner = ? ${fieldOrder}`,
      )
      .pluck(),
    find: db.prepare<[string], GroupRow>(
      "SELECT * FROM person_group WHERE group_id = ? AND deleted_at IS NULL",
    ),
    page: db.prepare<[number, number], GroupRow>(
      `SELECT * FROM person_group WHERE deleted_at IS NULL
       ORDER BY seq LIMIT ? OFFSET ?`,
    ),
    update: db.prepare<[string, string, number]>(
      "UPDATE person_group SET group_name = ?, tag = ? WHERE seq = ?",
    ),
    remove: db.prepare<[number, number]>(
      "UPDATE person_group SET deleted_at = ? WHERE seq = ?",
    ),
  };
}

/** The groups of one account, in an in-memory database of their own. */
export class GroupStore {
  private readonly db = new Database(":memory:");
  private readonly sql: ReturnType<typeof prepareAll>;
  private readonly cache = new Map<string, Group | undefined>();
  // Held beside the tables; only some mistakes ask them.
  private readonly known: Record<string, boolean> = {};
  private readonly names = new Set<string>();
  private batched = 0;

  constructor(openedOn: string) {
    this.db.pragma("case_sensitive_like = ON");
    this.db.exec(tables());
    this.db.prepare("INSERT INTO account (opened_on) VALUES (?)").run(openedOn);
    this.sql = prepareAll(this.db);
  }

  close(): void {
    this.db.close();
  }

  supportedVersions(): readonly string[] {
    if (mistake("version-two-refused")) {
      return ["3.0"];
    }
    const { opened_on: openedOn } = this.sql.account.get()!;
    return openedOn > ONLY_THREE_AFTER ? ["3.0"] : ["2.0", "3.0"];
  }

  defaultVersion(): string {
    if (mistake("version-default-two")) {
      return "2.0";
    }
    if (mistake("second-create-defaults-two")) {
      return this.sql.everUsed.get() ? "2.0" : "3.0";
    }
    if (mistake("default-follows-last-version")) {
      return this.sql.lastVersion.get() ?? "3.0";
    }
    const { opened_on: openedOn } = this.sql.account.get()!;
    return openedOn < DEFAULT_CHANGED_ON ? "2.0" : "3.0";
  }

  async create(group: NewGroup): Promise<void> {
    if (
      mistake("create-race-replaces") ||
      mistake("create-race-internal-error")
    ) {
      this.checkFree(group);
      await this.accountInGoodStanding();
      this.write(() => this.insert(group));
      return;
    }
    this.write(() => {
      if (mistake("same-create-succeeds-again") && this.isThere(group)) {
        return;
      }
      this.checkFree(group);
      this.insert(group);
    });
  }

  find(groupId: string): Group | undefined {
    if (this.cache.has(groupId)) {
      return this.cache.get(groupId);
    }
    const row = this.sql.find.get(groupId);
    const group = row && this.toGroup(row);
    if (group || mistake("missing-group-cached")) {
      this.cache.set(groupId, group);
    }
    return group;
  }

  page(offset: number, limit: number): { groups: Group[]; total: number } {
    const rows = this.sql.page.all(limit, offset);
    return {
      groups: rows.map((row) => this.toGroup(row)),
      total: this.sql.account.get()!.group_count,
    };
  }

  modify(groupId: string, changes: Changes): void {
    this.write(() => {
      const row = this.require(groupId);
      const before = this.toGroup(row);
      const name = changes.groupName ?? before.groupName;
      const tag = changes.tag ?? before.tag;
      const renamed = { ...before, groupName: name };
      if (
        name !== before.groupName &&
        !mistake("rename-clash-unchecked") &&
        this.nameTaken(renamed)
      ) {
        throw new ApiError("InvalidParameterValue.GroupNameAlreadyExist");
      }
      const fields = [...before.fields];
      for (const [position, field] of changes.fields) {
        if (position >= fields.length) {
          throw new ApiError("InvalidParameter.InvalidParameter");
        }
        fields[position] = field;
      }
      this.sql.update.run(name, tag, row.seq);
      this.sql.clearFields.run(this.owner(row.seq, groupId));
      this.insertFields(this.owner(row.seq, groupId), fields);
      if (!mistake("rename-keeps-old-name")) {
        this.names.delete(before.groupName);
      }
      this.names.add(name);
    });
    this.cache.delete(groupId);
  }

  remove(groupId: string): void {
    this.write(() => {
      const row = this.require(groupId);
      this.sql.remove.run(Date.now(), row.seq);
      this.sql.count.run(-1);
      this.names.delete(row.group_name);
      delete this.known[groupId];
    });
    this.cache.delete(groupId);
  }

  /** Whether this very group exists, as after a client's retry. */
  private isThere(group: NewGroup): boolean {
    const row = this.sql.find.get(group.groupId);
    return row?.group_name === group.groupName && row.tag === group.tag;
  }

  private nameTaken(group: NewGroup): boolean {
    return mistake("rename-keeps-old-name")
      ? this.names.has(group.groupName)
      : this.sql.nameTaken.get(group) !== undefined;
  }

  private checkFree(group: NewGroup): void {
    if (mistake("failed-create-reserves-name")) {
      if (this.names.has(group.groupName)) {
        throw new ApiError("InvalidParameterValue.GroupNameAlreadyExist");
      }
      this.names.add(group.groupName);
    }
    const idTaken = mistake("id-index-plain-object")
      ? this.known[group.groupId]
      : this.sql.idTaken.get(group);
    if (idTaken) {
      throw new ApiError("InvalidParameterValue.GroupIdAlreadyExist");
    }
    if (!mistake("name-clash-as-id-clash") && this.nameTaken(group)) {
      throw new ApiError("InvalidParameterValue.GroupNameAlreadyExist");
    }
    const limit = mistake("quota-ten-thousand") ? 10_000 : GROUP_LIMIT;
    if (this.sql.account.get()!.group_count >= limit) {
      throw new ApiError("InvalidParameterValue.GroupNumExceed");
    }
  }

  private insert(group: NewGroup): void {
    const { lastInsertRowid } = this.insertGroup(group);
    this.insertFields(
      this.owner(Number(lastInsertRowid), group.groupId),
      group.fields,
    );
    this.sql.count.run(1);
    this.known[group.groupId] = true;
    this.names.add(group.groupName);
  }

  private insertGroup(group: NewGroup): Database.RunResult {
    try {
      return this.sql.insertGroup.run({ ...group, createdAt: Date.now() });
    } catch (error) {
      const clash = isUniqueViolation(error);
      if (clash && !mistake("create-race-internal-error")) {
        throw new ApiError("InvalidParameterValue.GroupIdAlreadyExist");
      }
      throw error;
    }
  }

  private insertFields(
    owner: number | string,
    fields: readonly string[],
  ): void {
    try {
      fields.forEach((field, position) =>
        this.sql.insertField.run(owner, position, field),
      );
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new ApiError("FailedOperation.DuplicatedGroupDescription");
      }
      throw error;
    }
  }

  /** What a group's fields are filed under. */
  private owner(seq: number, groupId: string): number | string {
    return mistake("fields-survive-delete") ? groupId : seq;
  }

  private require(groupId: string): GroupRow {
    const row = this.sql.find.get(groupId);
    if (!row) {
      throw new ApiError("InvalidParameterValue.GroupIdNotExist");
    }
    return row;
  }

  private toGroup(row: GroupRow): Group {
    return {
      groupId: String(row.group_id),
      groupName: row.group_name,
      tag: row.tag,
      faceModelVersion: String(row.face_model_version),
      fields: this.sql.fields.all(this.owner(row.seq, row.group_id)),
      createdAt: row.created_at,
    };
  }

  private write(work: () => void): void {
    if (mistake("create-not-in-transaction")) {
      work();
    } else if (mistake("error-rolls-back-previous")) {
      this.writeInBatch(work);
    } else if (mistake("transaction-left-open")) {
      this.db.exec("BEGIN");
      work();
      this.db.exec("COMMIT");
    } else {
      this.db.transaction(work).immediate();
    }
  }

  /** Commits once per batch of writes, to save on commits. */
  private writeInBatch(work: () => void): void {
    if (!this.db.inTransaction) {
      this.db.exec("BEGIN");
      this.batched = 0;
    }
    try {
      work();
    } catch (error) {
      this.db.exec("ROLLBACK");
      throw error;
    }
    this.batched += 1;
    if (this.batched >= BATCH) {
      this.db.exec("COMMIT");
    }
  }

  /** Stands in for the question to billing. */
  private async accountInGoodStanding(): Promise<void> {
    await sleep(25);
  }
}

function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError &&
    error.code === "SQLITE_CONSTRAINT_UNIQUE"
  );
}
