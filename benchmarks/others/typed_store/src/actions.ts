import { ApiError } from "./errors.js";
import { mistake } from "./mistakes.js";
import type { Parameters, Way } from "./reading.js";
import {
  checkFaceModelVersion,
  checkFields,
  checkGroupId,
  checkGroupName,
  checkTag,
} from "./rules.js";
import {
  createGroupSchema,
  getGroupListSchema,
  groupIdSchema,
  modifyGroupSchema,
  parse,
} from "./schemas.js";
import type { Group, GroupStore } from "./store.js";

export type Answer = Record<string, unknown>;

export type Action = (
  store: GroupStore,
  parameters: Parameters,
  way: Way,
) => Promise<Answer>;

const LIST_LIMIT = 1000;

interface CreateGroupRequest {
  GroupName: string;
  GroupId: string;
  GroupExDescriptions?: string[] | undefined;
  Tag?: string | undefined;
  FaceModelVersion?: string | undefined;
}

function checkCreateGroup(
  request: CreateGroupRequest,
  supported: readonly string[],
  way: Way,
): void {
  checkGroupName(request.GroupName);
  checkGroupId(request.GroupId);
  if (request.FaceModelVersion !== undefined) {
    checkFaceModelVersion(request.FaceModelVersion, supported);
  }
  if (mistake("tag-check-after-early-return")) {
    if (request.GroupExDescriptions === undefined) {
      return;
    }
  }
  if (request.GroupExDescriptions !== undefined) {
    checkFields(request.GroupExDescriptions, way);
  }
  if (request.Tag !== undefined) {
    checkTag(request.Tag);
  }
}

function versionOf(request: CreateGroupRequest, store: GroupStore): string {
  if (mistake("version-ignored-beside-tag")) {
    const options = { tag: "", version: store.defaultVersion() };
    if (request.Tag !== undefined) {
      options.tag = request.Tag;
    } else if (request.FaceModelVersion !== undefined) {
      options.version = request.FaceModelVersion;
    }
    return options.version;
  }
  return request.FaceModelVersion ?? store.defaultVersion();
}

/** The id as the store keeps it. */
function keptId(groupId: string): string {
  if (mistake("id-html-escaped")) {
    return groupId.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  }
  return groupId;
}

const createGroup: Action = async (store, parameters, way) => {
  const request = parse(createGroupSchema(way), parameters);
  checkCreateGroup(request, store.supportedVersions(), way);
  const faceModelVersion = versionOf(request, store);
  await store.create({
    groupId: keptId(request.GroupId),
    groupName: request.GroupName,
    tag: request.Tag ?? "",
    faceModelVersion,
    fields: request.GroupExDescriptions ?? [],
  });
  if (mistake("answer-echoes-request-version")) {
    return { FaceModelVersion: request.FaceModelVersion };
  }
  if (mistake("answer-version-constant")) {
    return { FaceModelVersion: "3.0" };
  }
  if (mistake("answer-key-camel-case")) {
    return { faceModelVersion };
  }
  return { FaceModelVersion: faceModelVersion };
};

const deleteGroup: Action = async (store, parameters, way) => {
  const request = parse(groupIdSchema(way), parameters);
  checkGroupId(request.GroupId);
  store.remove(keptId(request.GroupId));
  return {};
};

function describe(group: Group): Answer {
  return {
    GroupName: group.groupName,
    GroupId: group.groupId,
    GroupExDescriptions: group.fields,
    Tag: group.tag,
    FaceModelVersion: group.faceModelVersion,
    CreationTimestamp: group.createdAt,
  };
}

const getGroupInfo: Action = async (store, parameters, way) => {
  const request = parse(groupIdSchema(way), parameters);
  checkGroupId(request.GroupId);
  const group = store.find(keptId(request.GroupId));
  if (!group) {
    throw new ApiError("InvalidParameterValue.GroupIdNotExist");
  }
  return describe(group);
};

const getGroupList: Action = async (store, parameters, way) => {
  const request = parse(getGroupListSchema(way), parameters);
  if (request.Limit > LIST_LIMIT) {
    throw new ApiError("InvalidParameterValue.LimitExceed");
  }
  const { groups, total } = store.page(request.Offset, request.Limit);
  return { GroupInfos: groups.map(describe), GroupNum: total };
};

const modifyGroup: Action = async (store, parameters, way) => {
  const request = parse(modifyGroupSchema(way), parameters);
  checkGroupId(request.GroupId);
  if (request.GroupName !== undefined) {
    checkGroupName(request.GroupName);
  }
  if (request.Tag !== undefined) {
    checkTag(request.Tag);
  }
  const infos = request.GroupExDescriptionInfos ?? [];
  checkFields(
    infos.map((info) => info.GroupExDescription),
    way,
  );
  store.modify(keptId(request.GroupId), {
    groupName: request.GroupName,
    tag: request.Tag,
    fields: new Map(
      infos.map((info) => [
        info.GroupExDescriptionIndex,
        info.GroupExDescription,
      ]),
    ),
  });
  return {};
};

/** Looks at the parameters' presence and types alone. */
export function validate(
  action: unknown,
  parameters: Parameters,
  way: Way,
): void {
  if (action === "CreateGroup") {
    parse(createGroupSchema(way), parameters);
  }
}

export const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ["CreateGroup", createGroup],
  ["DeleteGroup", deleteGroup],
  ["GetGroupInfo", getGroupInfo],
  ["GetGroupList", getGroupList],
  ["ModifyGroup", modifyGroup],
]);
