// CreateGroup by Express and ajv.
import { randomUUID } from "node:crypto";
import Ajv from "ajv";
import express from "express";

const VALUE = "InvalidParameterValue.";
const NAME = "^[\u4e00-\u9fa5A-Za-z0-9_-]*$";
const validate = new Ajv().compile({
  type: "object",
  required: ["GroupName", "GroupId"],
  properties: {
    GroupName: { type: "string", minLength: 1, maxLength: 60, pattern: NAME },
    GroupId: { type: "string", minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9%@#&_-]*$" },
    GroupExDescriptions: {
      type: "array",
      maxItems: 5,
      uniqueItems: true,
      items: { type: "string", minLength: 1, maxLength: 30, pattern: NAME },
    },
    Tag: { type: "string", maxLength: 40, pattern: NAME },
    FaceModelVersion: { type: "string", enum: ["2.0", "3.0"] },
  },
});
const CODES = {
  required: "MissingParameter",
  type: "InvalidParameter",
  enum: VALUE + "FaceModelVersionIllegal",
  maxItems: VALUE + "GroupExDescriptionsExceed",
  uniqueItems: VALUE + "GroupExDescriptionsNameIdentical",
};
const STEMS = { Tag: "GroupTag", GroupExDescriptions: "GroupExDescriptionsName" };
const ENDS = { maxLength: "TooLong", pattern: "Illegal", minLength: "Illegal" };

const groups = new Map();
const answer = (members) => ({ Response: { ...members, RequestId: randomUUID() } });
const refused = (code) => answer({ Error: { Code: code, Message: code } });
const codeOf = ({ keyword, instancePath }) => {
  const name = instancePath.split("/")[1];
  return CODES[keyword] ?? VALUE + (STEMS[name] ?? name) + ENDS[keyword];
};

const app = express();
app.use(express.json());
app.post("/", (request, response) => {
  const group = request.body;
  if (!validate(group)) response.json(refused(codeOf(validate.errors[0])));
  else if (groups.has(group.GroupId)) response.json(refused(VALUE + "GroupIdAlreadyExist"));
  else if ([...groups.values()].includes(group.GroupName)) response.json(refused(VALUE + "GroupNameAlreadyExist"));
  else {
    groups.set(group.GroupId, group.GroupName);
    response.json(answer({ FaceModelVersion: group.FaceModelVersion ?? "3.0" }));
  }
});
app.listen(process.argv[2], "127.0.0.1");
