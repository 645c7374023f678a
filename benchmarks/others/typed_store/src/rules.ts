import { ApiError } from "./errors.js";
import { mistake } from "./mistakes.js";
import type { Way } from "./reading.js";

const NAME_LIMIT = 60;
const ID_LIMIT = 64;
const FIELD_LIMIT = 30;
const FIELDS_LIMIT = 5;
const TAG_LIMIT = 40;

const NAME_TEXT = /^[\p{Script=Han}A-Za-z0-9_-]+$/u;
const NAME_TEXT_GLOBAL = /^[\p{Script=Han}A-Za-z0-9_-]+$/gu;
const OPTIONAL_TEXT = /^[\p{Script=Han}A-Za-z0-9_-]*$/u;
const ID_TEXT = /^[A-Za-z0-9%@#&_-]+$/;

/** Characters, not UTF-16 units: 𠮷 is one. */
function characters(text: string): number {
  return [...text].length;
}

function nameLength(name: string): number {
  if (mistake("name-counted-in-bytes")) {
    return Buffer.byteLength(name);
  }
  if (mistake("name-utf16-units")) {
    return name.length;
  }
  return characters(name);
}

function namePattern(): RegExp {
  if (mistake("name-any-script")) {
    return /^[\p{Letter}\p{Number}_-]+$/u;
  }
  if (mistake("name-hyphen-refused")) {
    return /^[\p{Script=Han}\w]+$/u;
  }
  if (mistake("name-spaces-allowed")) {
    return /^[\p{Script=Han}\w\s-]+$/u;
  }
  if (mistake("name-pattern-global")) {
    return NAME_TEXT_GLOBAL;
  }
  return NAME_TEXT;
}

export function checkGroupName(name: string): void {
  if (name === "") {
    throw new ApiError("MissingParameter.ErrorParameterEmpty");
  }
  const limit = mistake("name-limit-from-id") ? ID_LIMIT : NAME_LIMIT;
  if (nameLength(name) > limit) {
    throw new ApiError("InvalidParameterValue.GroupNameTooLong");
  }
  if (!namePattern().test(name)) {
    throw new ApiError("InvalidParameterValue.GroupNameIllegal");
  }
}

function idPattern(): RegExp {
  if (mistake("id-range-a-to-z")) {
    return /^[A-z0-9%@#&_-]+$/;
  }
  if (mistake("id-pattern-unanchored")) {
    return /^[A-Za-z0-9%@#&_-]+/;
  }
  if (mistake("id-too-long-as-illegal")) {
    return /^[A-Za-z0-9%@#&_-]{1,64}$/;
  }
  if (mistake("id-hyphen-makes-range")) {
    return /^[A-Za-z0-9#&_%-@]+$/;
  }
  if (mistake("id-symbols-refused")) {
    return /^[\w-]+$/;
  }
  if (mistake("id-must-start-with-letter")) {
    return /^[A-Za-z][A-Za-z0-9%@#&_-]*$/;
  }
  if (mistake("id-empty-accepted")) {
    return /^[A-Za-z0-9%@#&_-]*$/;
  }
  return ID_TEXT;
}

export function checkGroupId(id: string): void {
  if (id === "" && !mistake("id-empty-accepted")) {
    throw new ApiError("MissingParameter.ErrorParameterEmpty");
  }
  if (!mistake("id-too-long-as-illegal") && Buffer.byteLength(id) > ID_LIMIT) {
    throw new ApiError("InvalidParameterValue.GroupIdTooLong");
  }
  if (!idPattern().test(id)) {
    throw new ApiError("InvalidParameterValue.GroupIdIllegal");
  }
}

function tooManyFields(count: number, way: Way): boolean {
  if (mistake("form-fields-count-unchecked") && way !== "json") {
    return false;
  }
  return mistake("fields-five-refused")
    ? count >= FIELDS_LIMIT
    : count > FIELDS_LIMIT;
}

function fieldPattern(): RegExp {
  if (mistake("fields-empty-allowed")) {
    return OPTIONAL_TEXT;
  }
  return mistake("fields-ascii-only") ? /^[\w-]+$/ : NAME_TEXT;
}

export function checkFields(fields: readonly string[], way: Way): void {
  if (tooManyFields(fields.length, way)) {
    throw new ApiError(
      mistake("fields-count-as-too-long")
        ? "InvalidParameterValue.GroupExDescriptionsNameTooLong"
        : "InvalidParameterValue.GroupExDescriptionsExceed",
    );
  }
  const limit = mistake("fields-limit-from-name") ? NAME_LIMIT : FIELD_LIMIT;
  const pattern = fieldPattern();
  for (const field of fields) {
    const measured = mistake("fields-limit-over-all") ? fields.join("") : field;
    if (characters(measured) > limit) {
      throw new ApiError(
        "InvalidParameterValue.GroupExDescriptionsNameTooLong",
      );
    }
    if (!pattern.test(field)) {
      throw new ApiError(
        mistake("fields-illegal-as-name-illegal")
          ? "InvalidParameterValue.GroupNameIllegal"
          : "InvalidParameterValue.GroupExDescriptionsNameIllegal",
      );
    }
    if (mistake("fields-only-first-checked")) {
      return;
    }
  }
  if (mistake("fields-duplicates-neighbours-only")) {
    for (let i = 1; i < fields.length; i++) {
      if (fields[i] === fields[i - 1]) {
        throw new ApiError("FailedOperation.DuplicatedGroupDescription");
      }
    }
  }
}

export function checkTag(tag: string): void {
  if (!mistake("tag-limit-left-to-column") && characters(tag) > TAG_LIMIT) {
    throw new ApiError("InvalidParameterValue.GroupTagTooLong");
  }
  if (mistake("tag-alphabet-unchecked")) {
    return;
  }
  const pattern = mistake("tag-empty-refused") ? NAME_TEXT : OPTIONAL_TEXT;
  if (!pattern.test(tag)) {
    throw new ApiError("InvalidParameterValue.GroupTagIllegal");
  }
}

function isKnownVersion(version: string, supported: readonly string[]) {
  if (mistake("version-compared-as-number")) {
    return supported.some((one) => Number(one) === Number(version));
  }
  if (mistake("version-dot-unescaped")) {
    return supported.some((one) => new RegExp(`^${one}$`).test(version));
  }
  return supported.includes(version);
}

export function checkFaceModelVersion(
  version: string,
  supported: readonly string[],
): void {
  if (!isKnownVersion(version, supported)) {
    throw new ApiError("InvalidParameterValue.FaceModelVersionIllegal");
  }
}
