"""Groups in an SQLite database that lives as long as the process."""

import sqlite3
import threading
from dataclasses import dataclass, field

from app.mistakes import active

if active("id-collate-nocase"):
    ID_TYPE = "TEXT COLLATE NOCASE"
elif active("id-numeric-column"):
    ID_TYPE = "NUMERIC"
else:
    ID_TYPE = "TEXT"

SCHEMA = f"""
CREATE TABLE groups (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id {ID_TYPE} NOT NULL UNIQUE,
    name TEXT NOT NULL,
    tag TEXT NOT NULL,
    face_model_version TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX groups_by_name ON groups (name);
CREATE TABLE descriptions (
    group_id TEXT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    description TEXT NOT NULL
);
CREATE INDEX descriptions_by_group ON descriptions (group_id, position);
"""


@dataclass
class Group:
    group_id: str
    name: str
    face_model_version: str
    created_at: int
    tag: str = ""
    descriptions: list[str] = field(default_factory=list)


class GroupRepository:
    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        if not active("deleted-descriptions-return"):
            self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(SCHEMA)
        if active("create-replaces-by-name"):
            self._connection.execute("CREATE UNIQUE INDEX one_name ON groups (name)")
        if active("failed-create-keeps-group"):
            self._connection.execute(
                "CREATE UNIQUE INDEX one_description"
                " ON descriptions (group_id, description)"
            )
        self._cache: dict[str, Group | None] = {}

    def count(self) -> int:
        return self._scalar("SELECT COUNT(*) FROM groups")

    def id_taken(self, group_id: str) -> bool:
        if active("id-compared-with-like"):
            query = "SELECT COUNT(*) FROM groups WHERE group_id LIKE ?"
        else:
            query = "SELECT COUNT(*) FROM groups WHERE group_id = ?"
        return self._scalar(query, group_id) > 0

    def name_taken(self, name: str, face_model_version: str) -> bool:
        if active("name-unique-per-model"):
            query = (
                "SELECT COUNT(*) FROM groups WHERE name = ? AND face_model_version = ?"
            )
            return self._scalar(query, name, face_model_version) > 0
        return self._scalar("SELECT COUNT(*) FROM groups WHERE name = ?", name) > 0

    def insert(self, group: Group) -> None:
        verb = "INSERT OR REPLACE" if active("create-replaces-by-name") else "INSERT"
        with self._lock, self._connection:
            self._connection.execute(
                f"{verb} INTO groups (group_id, name, tag, face_model_version,"
                " created_at) VALUES (?, ?, ?, ?, ?)",
                (
                    group.group_id,
                    group.name,
                    group.tag,
                    group.face_model_version,
                    group.created_at,
                ),
            )
            if active("failed-create-keeps-group"):
                self._connection.commit()
            self._insert_descriptions(group)

    def get(self, group_id: str) -> Group | None:
        if active("lookup-cached-as-missing"):
            if group_id not in self._cache:
                self._cache[group_id] = self._load(group_id)
            return self._cache[group_id]
        return self._load(group_id)

    def page(self, offset: int, limit: int) -> list[Group]:
        with self._lock:
            rows = self._connection.execute(
                "SELECT * FROM groups ORDER BY number LIMIT ? OFFSET ?",
                (limit, offset),
            ).fetchall()
            return [self._from_row(row) for row in rows]

    def update(self, group: Group) -> None:
        self._cache.pop(group.group_id, None)
        with self._lock, self._connection:
            self._connection.execute(
                "UPDATE groups SET name = ?, tag = ? WHERE group_id = ?",
                (group.name, group.tag, group.group_id),
            )
            self._connection.execute(
                "DELETE FROM descriptions WHERE group_id = ?", (group.group_id,)
            )
            self._insert_descriptions(group)

    def delete(self, group_id: str) -> bool:
        self._cache.pop(group_id, None)
        with self._lock, self._connection:
            cursor = self._connection.execute(
                "DELETE FROM groups WHERE group_id = ?", (group_id,)
            )
            return cursor.rowcount > 0

    def _insert_descriptions(self, group: Group) -> None:
        self._connection.executemany(
            "INSERT INTO descriptions VALUES (?, ?, ?)",
            [
                (group.group_id, position, description)
                for position, description in enumerate(group.descriptions)
            ],
        )

    def _load(self, group_id: str) -> Group | None:
        with self._lock:
            row = self._connection.execute(
                "SELECT * FROM groups WHERE group_id = ?", (group_id,)
            ).fetchone()
            return self._from_row(row) if row else None

    def _from_row(self, row: sqlite3.Row) -> Group:
        rows = self._connection.execute(
            "SELECT description FROM descriptions WHERE group_id = ? ORDER BY position",
            (row["group_id"],),
        )
        return Group(
            group_id=str(row["group_id"]),
            name=row["name"],
            tag=row["tag"],
            face_model_version=row["face_model_version"],
            created_at=row["created_at"],
            descriptions=[description for (description,) in rows],
        )

    def _scalar(self, query: str, *values: object) -> int:
        with self._lock:
            return self._connection.execute(query, values).fetchone()[0]
