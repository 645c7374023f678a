import { ACTIONS, type Action, type Answer, validate } from "./actions.js";
import { ApiError, type Language } from "./errors.js";
import { mistake } from "./mistakes.js";
import {
  type Pair,
  type Parameters,
  type Request,
  type Way,
  pairsOf,
  parseJson,
  unflatten,
  wayOf,
} from "./reading.js";
import {
  type Credentials,
  checkTc3,
  checkV1,
  parseTimestamp,
} from "./signature.js";
import type { GroupStore } from "./store.js";

const API_VERSION = "2020-03-03";
const REGION = /^ap-[a-z]+(-[a-z0-9]+)*$/;

const COMMON_PARAMETERS = new Set([
  "Action",
  "Version",
  "Region",
  "Timestamp",
  "Nonce",
  "SecretId",
  "Signature",
  "SignatureMethod",
  "Token",
  "Language",
  "RequestClient",
]);

interface Common {
  readonly action: string;
  readonly version: string;
  readonly region: string;
}

type Lookup = (name: string) => string | undefined;

function required(lookup: Lookup, name: string, shown = name): string {
  const value = lookup(name);
  if (value === undefined || value === "") {
    throw new ApiError("MissingParameter", shown);
  }
  return value;
}

function readCommon(lookup: Lookup): Common {
  return {
    action: required(lookup, "Action"),
    version: required(lookup, "Version"),
    region: mistake("region-optional")
      ? (lookup("Region") ?? "ap-guangzhou")
      : required(lookup, "Region"),
  };
}

let defaultLanguage: Language = "zh-CN";

export function languageOf(request: Request): Language {
  const header = request.headers["x-tc-language"];
  const asked =
    header ??
    /(?:^|&)Language=([\w-]+)/.exec(request.query)?.[1] ??
    defaultLanguage;
  const language = asked === "en-US" ? "en-US" : "zh-CN";
  if (mistake("language-kept-from-last")) {
    defaultLanguage = language;
  }
  return language;
}

function findAction(name: string): Action | undefined {
  if (mistake("action-case-ignored")) {
    const wanted = name.toLowerCase();
    return [...ACTIONS].find(([key]) => key.toLowerCase() === wanted)?.[1];
  }
  return ACTIONS.get(name);
}

function isServedVersion(version: string): boolean {
  if (mistake("api-version-at-least")) {
    return version >= API_VERSION;
  }
  return version === API_VERSION || mistake("api-version-unchecked");
}

function parametersOf(
  request: Request,
  pairs: readonly Pair[],
  way: Way,
): Parameters {
  const parameters =
    way === "json"
      ? parseJson(request.body)
      : unflatten(
          pairs.filter(([name]) => !COMMON_PARAMETERS.has(name)),
          way,
        );
  if (mistake("parameter-camel-case-accepted")) {
    return Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [
        name.charAt(0).toUpperCase() + name.slice(1),
        value,
      ]),
    );
  }
  return parameters;
}

export async function serve(
  request: Request,
  store: GroupStore,
  credentials: Credentials,
): Promise<Answer> {
  if (request.path !== "/") {
    throw new ApiError("InvalidRequest");
  }
  const way = wayOf(request);
  const pairs = way === "json" ? [] : pairsOf(request, way);
  if (mistake("parameters-before-signature")) {
    validate(
      request.headers["x-tc-action"],
      parametersOf(request, pairs, way),
      way,
    );
  }
  const common =
    request.headers.authorization !== undefined
      ? authenticateByHeader(request, pairs, credentials)
      : authenticateByParameters(request, pairs, credentials);

  const action = findAction(common.action);
  if (!action) {
    throw new ApiError("InvalidAction", common.action);
  }
  if (!isServedVersion(common.version)) {
    throw new ApiError("NoSuchVersion", common.version);
  }
  if (!REGION.test(common.region) && !mistake("region-unchecked")) {
    throw new ApiError("UnsupportedRegion", common.region);
  }

  return action(store, parametersOf(request, pairs, way), way);
}

/** Connections that a signed request came by; only a mistake asks them. */
const trusted = new WeakSet<object>();

function authenticateByHeader(
  request: Request,
  pairs: readonly Pair[],
  credentials: Credentials,
): Common {
  const sent = new Map(pairs);
  const lookup: Lookup = (name) => {
    const header = request.headers[`x-tc-${name.toLowerCase()}`];
    return typeof header === "string" ? header : sent.get(name);
  };
  const common = readCommon(lookup);
  const timestamp = required(lookup, "Timestamp");
  if (mistake("auth-once-per-connection") && trusted.has(request.connection)) {
    return common;
  }
  checkTc3(request, parseTimestamp(timestamp, "Timestamp"), credentials);
  trusted.add(request.connection);
  return common;
}

function authenticateByParameters(
  request: Request,
  pairs: readonly Pair[],
  credentials: Credentials,
): Common {
  const sent = new Map(pairs);
  const lookup: Lookup = (name) => sent.get(name);
  if (lookup("Signature") === undefined) {
    throw new ApiError("AuthFailure.InvalidAuthorization");
  }
  const common = readCommon(lookup);
  for (const name of ["Timestamp", "Nonce", "SecretId", "Signature"]) {
    required(lookup, name);
  }
  checkV1(request, pairs, credentials);
  return common;
}
