import { readFileSync } from "node:fs";
import { z } from "zod";

const NAMES = [
  // single
  "name-limit-from-id",
  "name-counted-in-bytes",
  "name-any-script",
  "name-coerced-undefined",
  "id-range-a-to-z",
  "id-pattern-unanchored",
  "id-too-long-as-illegal",
  "fields-five-refused",
  "fields-limit-from-name",
  "fields-empty-allowed",
  "fields-duplicates-kept",
  "fields-illegal-as-name-illegal",
  "tag-empty-refused",
  "tag-limit-left-to-column",
  "tag-alphabet-unchecked",
  "version-default-two",
  "version-compared-as-number",
  "version-unknown-falls-back",
  "strings-coerced",
  "list-from-scalar",
  "unknown-parameters-stripped",
  "missing-as-invalid",
  "name-clash-as-id-clash",
  "error-status-400",
  "error-without-request-id",
  "api-version-unchecked",
  "region-optional",
  "expiry-window-milliseconds",
  "unknown-secret-as-bad-signature",
  "scope-date-unchecked",
  // condition
  "name-utf16-units",
  "fields-duplicates-neighbours-only",
  "fields-only-first-checked",
  "tag-check-after-early-return",
  "query-decoded-twice",
  "form-list-zero-dropped",
  "form-empty-item-dropped",
  "form-digits-to-numbers",
  "form-unknown-ignored",
  "content-type-compared-whole",
  "signed-headers-fixed",
  "v1-timestamp-unchecked",
  "body-decoded-per-chunk",
  "id-index-plain-object",
  "answer-echoes-request-version",
  // state
  "id-nocase-unique",
  "id-exists-by-like",
  "id-numeric-affinity",
  "version-real-affinity",
  "create-not-in-transaction",
  "soft-delete-keeps-id",
  "missing-group-cached",
  "create-race-replaces",
  "fields-read-back-sorted",
  "fields-survive-delete",
  "second-create-defaults-two",
  "failed-create-reserves-name",
  "name-unique-per-version",
  "quota-ten-thousand",
  "error-rolls-back-previous",
] as const;

export type Mistake = (typeof NAMES)[number];

const mistakeRow = z
  .object({
    name: z.enum(NAMES),
    kind: z.enum(["single", "condition", "state"]),
  })
  .passthrough();

let active: Mistake | undefined;

/** Whether the server was started with `--mistake name`. */
export function mistake(name: Mistake): boolean {
  return active === name;
}

/** False if there is no such mistake. */
export function switchOn(name: string): boolean {
  active = NAMES.find((known) => known === name);
  return active !== undefined;
}

export function listMistakes(): z.infer<typeof mistakeRow>[] {
  const file = new URL("../mistakes.json", import.meta.url);
  return z.array(mistakeRow).parse(JSON.parse(readFileSync(file, "utf8")));
}
