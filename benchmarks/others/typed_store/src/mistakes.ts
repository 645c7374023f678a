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
  // second half: single
  "name-hyphen-refused",
  "name-spaces-allowed",
  "name-trimmed-first",
  "id-hyphen-makes-range",
  "id-symbols-refused",
  "id-must-start-with-letter",
  "id-empty-accepted",
  "id-normalized-first",
  "id-generated-when-absent",
  "fields-count-as-too-long",
  "fields-cut-to-five",
  "fields-repeated-dropped",
  "fields-ascii-only",
  "tag-required",
  "tag-cut-to-forty",
  "version-two-refused",
  "version-dot-unescaped",
  "answer-version-constant",
  "answer-key-camel-case",
  "answer-content-type-html",
  "wrong-type-as-internal-error",
  "error-message-is-code",
  "action-case-ignored",
  "api-version-at-least",
  "region-unchecked",
  "signature-mismatch-logged-only",
  "signed-host-without-port",
  "future-timestamp-accepted",
  "secret-id-unchecked",
  "parameter-camel-case-accepted",
  // second half: condition
  "fields-limit-over-all",
  "version-ignored-beside-tag",
  "signed-body-serialised-again",
  "signed-query-sorted",
  "signed-value-case-kept",
  "v1-always-sha1",
  "v1-post-signed-as-get",
  "form-decoded-before-split",
  "form-decoded-latin1",
  "form-single-item-as-scalar",
  "form-fields-count-unchecked",
  "content-length-in-characters",
  "request-id-from-header",
  "parameters-before-signature",
  "auth-errors-status-401",
  // second half: state
  "name-pattern-global",
  "name-taken-by-id",
  "same-create-succeeds-again",
  "language-kept-from-last",
  "auth-once-per-connection",
  "rename-keeps-old-name",
  "rename-clash-unchecked",
  "field-unique-across-groups",
  "id-unique-by-prefix",
  "create-race-internal-error",
  "default-follows-last-version",
  "transaction-left-open",
  "id-html-escaped",
  "request-id-per-connection",
  "version-not-stored",
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
