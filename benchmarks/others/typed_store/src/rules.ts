import { ApiError } from "./errors.js";
import { mistake } from "./mistakes.js";

const NAME_LIMIT = 60;
const ID_LIMIT = 64;
const FIELD_LIMIT = 30;
const FIELDS_LIMIT = 5;
const TAG_LIMIT = 40;

const NAME_TEXT = /^[\p{Script=Han}A-Za-z0-9_-]+$/u;
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

export function checkGroupName(name: string): void {
  if (name === "") {
    throw new ApiError("MissingParameter.ErrorParameterEmpty");
  }
  const limit = mistake("name-limit-from-id") ? ID_LIMIT : NAME_LIMIT;
  if (nameLength(name) > limit) {
    throw new ApiError("InvalidParameterValue.GroupNameTooLong");
  }
  const pattern = mistake("name-any-script")
    ? /^[\p{Letter}\p{Number}_-]+$/u
    : NAME_TEXT;
  if (!pattern.test(name)) {
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
  return ID_TEXT;
}

export function checkGroupId(id: string): void {
  if (id === "") {
    throw new ApiError("MissingParameter.ErrorParameterEmpty");
  }
  if (!mistake("id-too-long-as-illegal") && Buffer.byteLength(id) > ID_LIMIT) {
    throw new ApiError("InvalidParameterValue.GroupIdTooLong");
  }
  if (!idPattern().test(id)) {
    throw new ApiError("InvalidParameterValue.GroupIdIllegal");
  }
}

export function checkFields(fields: readonly string[]): void {
  const tooMany = mistake("fields-five-refused")
    ? fields.length >= FIELDS_LIMIT
    : fields.length > FIELDS_LIMIT;
  if (tooMany) {
    throw new ApiError("InvalidParameterValue.GroupExDescriptionsExceed");
  }
  const limit = mistake("fields-limit-from-name") ? NAME_LIMIT : FIELD_LIMIT;
  const pattern = mistake("fields-empty-allowed") ? OPTIONAL_TEXT : NAME_TEXT;
  for (const field of fields) {
    if (characters(field) > limit) {
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

export function checkFaceModelVersion(
  version: string,
  supported: readonly string[],
): void {
  const known = mistake("version-compared-as-number")
    ? supported.some((one) => Number(one) === Number(version))
    : supported.includes(version);
  if (!known) {
    throw new ApiError("InvalidParameterValue.FaceModelVersionIllegal");
  }
}
