// CreateGroup by Express and joi.
import { randomUUID } from "node:crypto";
import express from "express";
import Joi from "joi";

const VALUE = "InvalidParameterValue.";
const NAME = /^[\u4e00-\u9fa5A-Za-z0-9_-]*$/;
const text = (stem, longest, pattern = NAME) =>
  Joi.string()
    .max(longest)
    .pattern(pattern)
    .messages({
      "string.empty": VALUE + stem + "Illegal",
      "string.max": VALUE + stem + "TooLong",
      "string.pattern.base": VALUE + stem + "Illegal",
    });
const schema = Joi.object({
  GroupName: text("GroupName", 60).required(),
  GroupId: text("GroupId", 64, /^[A-Za-z0-9%@#&_-]*$/).required(),
  GroupExDescriptions: Joi.array().items(text("GroupExDescriptionsName", 30)).max(5).unique(),
  Tag: text("GroupTag", 40),
  FaceModelVersion: Joi.string().valid("2.0", "3.0").default("3.0"),
}).messages({
  "any.required": "MissingParameter",
  "any.only": VALUE + "FaceModelVersionIllegal",
  "array.max": VALUE + "GroupExDescriptionsExceed",
  "array.unique": VALUE + "GroupExDescriptionsNameIdentical",
  "object.unknown": "UnknownParameter",
  "*": "InvalidParameter",
});

const groups = new Map();
const answer = (members) => ({ Response: { ...members, RequestId: randomUUID() } });
const refused = (code) => answer({ Error: { Code: code, Message: code } });

const app = express();
app.use(express.json());
app.post("/", (request, response) => {
  const { value: group, error } = schema.validate(request.body);
  if (error) response.json(refused(error.message));
  else if (groups.has(group.GroupId)) response.json(refused(VALUE + "GroupIdAlreadyExist"));
  else if ([...groups.values()].includes(group.GroupName)) response.json(refused(VALUE + "GroupNameAlreadyExist"));
  else {
    groups.set(group.GroupId, group.GroupName);
    response.json(answer({ FaceModelVersion: group.FaceModelVersion }));
  }
});
app.listen(process.argv[2], "127.0.0.1");
