import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ApiError } from "./errors.js";
import { mistake } from "./mistakes.js";
import type { Parameters, Way } from "./reading.js";

type Schema<T> = z.ZodType<T, z.ZodTypeDef, unknown>;

function text(): Schema<string> {
  if (mistake("strings-coerced")) {
    return z.preprocess(
      (value) => (typeof value === "number" ? String(value) : value),
      z.string(),
    );
  }
  return z.string();
}

function groupName(): Schema<string> {
  if (mistake("name-trimmed-first")) {
    return z.string().trim();
  }
  return mistake("name-coerced-undefined") ? z.coerce.string() : text();
}

function newGroupId(): Schema<string> {
  if (mistake("id-generated-when-absent")) {
    return z.string().default(() => randomUUID());
  }
  if (mistake("id-normalized-first")) {
    return z.string().transform((value) => value.normalize("NFKC"));
  }
  return text();
}

function tag(): Schema<string | undefined> {
  if (mistake("tag-required")) {
    return text();
  }
  if (mistake("tag-cut-to-forty")) {
    return z
      .string()
      .transform((value) => value.slice(0, 40))
      .optional();
  }
  return text().optional();
}

function textList(): Schema<string[]> {
  const list = z.array(text());
  if (mistake("list-from-scalar")) {
    return z.preprocess(
      (value) => (typeof value === "string" ? [value] : value),
      list,
    );
  }
  if (mistake("fields-cut-to-five")) {
    return list.transform((items) => items.slice(0, 5));
  }
  if (mistake("fields-repeated-dropped")) {
    return list.transform((items) => [...new Set(items)]);
  }
  return list;
}

/** Integers are digits in a form or a query string, numbers in JSON. */
function integer(way: Way): Schema<number> {
  const schema = z.number().int().nonnegative();
  if (way === "json") {
    return schema;
  }
  return z.preprocess(
    (value) =>
      typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value,
    schema,
  );
}

function object<T extends z.ZodRawShape>(shape: T, way: Way) {
  if (
    mistake("unknown-parameters-stripped") ||
    (mistake("form-unknown-ignored") && way !== "json")
  ) {
    return z.object(shape);
  }
  return z.object(shape).strict();
}

export const createGroupSchema = (way: Way) =>
  object(
    {
      GroupName: groupName(),
      GroupId: newGroupId(),
      GroupExDescriptions: textList().optional(),
      Tag: tag(),
      FaceModelVersion: mistake("version-unknown-falls-back")
        ? z.enum(["2.0", "3.0"]).optional().catch("3.0")
        : text().optional(),
    },
    way,
  );

export const groupIdSchema = (way: Way) => object({ GroupId: text() }, way);

export const getGroupListSchema = (way: Way) =>
  object(
    {
      Offset: integer(way).default(0),
      Limit: integer(way).default(10),
    },
    way,
  );

export const modifyGroupSchema = (way: Way) =>
  object(
    {
      GroupId: text(),
      GroupName: text().optional(),
      Tag: text().optional(),
      GroupExDescriptionInfos: z
        .array(
          object(
            {
              GroupExDescriptionIndex: integer(way),
              GroupExDescription: text(),
            },
            way,
          ),
        )
        .optional(),
    },
    way,
  );

/** Parses, or throws the platform's error for the first thing amiss. */
export function parse<T>(schema: Schema<T>, parameters: Parameters): T {
  const result = schema.safeParse(parameters);
  if (result.success) {
    return result.data;
  }
  const { issues } = result.error;
  for (const issue of issues) {
    if (issue.code === "unrecognized_keys") {
      throw new ApiError(
        "UnknownParameter",
        [...issue.path, issue.keys[0]].join("."),
      );
    }
  }
  if (!mistake("missing-as-invalid")) {
    for (const issue of issues) {
      if (issue.code === "invalid_type" && issue.received === "undefined") {
        throw new ApiError("MissingParameter", issue.path.join("."));
      }
    }
  }
  if (mistake("wrong-type-as-internal-error")) {
    throw result.error;
  }
  throw new ApiError("InvalidParameter", issues[0]?.path.join("."));
}
