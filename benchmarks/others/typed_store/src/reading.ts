import type { IncomingMessage } from "node:http";
import { ApiError } from "./errors.js";
import { mistake } from "./mistakes.js";

export type Way = "json" | "form" | "get";
export type Pair = readonly [name: string, value: string];
export type Parameters = Record<string, unknown>;

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly connection: object;
}

const BODY_LIMIT = 10 * 1024 * 1024;

export async function readRequest(message: IncomingMessage): Promise<Request> {
  const target = message.url ?? "/";
  const mark = target.indexOf("?");
  return {
    method: message.method ?? "",
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    headers: message.headers,
    body: await readBody(message),
    connection: message.socket,
  };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  if (mistake("body-decoded-per-chunk")) {
    let text = "";
    for await (const chunk of message) {
      text += chunk;
    }
    return Buffer.from(text);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) {
      chunks.push(chunk);
    }
  }
  if (size > BODY_LIMIT) {
    throw new ApiError("RequestSizeLimitExceeded");
  }
  return Buffer.concat(chunks);
}

/** How the parameters were sent, by method and media type. */
export function wayOf(request: Request): Way {
  if (request.method === "GET") {
    return "get";
  }
  if (request.method !== "POST") {
    throw new ApiError("UnsupportedProtocol");
  }
  const header = request.headers["content-type"] ?? "";
  const type = mistake("content-type-compared-whole")
    ? header
    : header.split(";", 1)[0]!.trim().toLowerCase();
  switch (type) {
    case "application/json":
      return "json";
    case "application/x-www-form-urlencoded":
      return "form";
    default:
      throw new ApiError("UnsupportedProtocol");
  }
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError("InvalidParameter");
  }
}

export function parseJson(body: Buffer): Parameters {
  if (body.length === 0) {
    return {};
  }
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(body));
  } catch {
    throw new ApiError("InvalidParameter");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ApiError("InvalidParameter");
  }
  return value as Parameters;
}

function decodeComponent(text: string): string {
  if (mistake("form-decoded-latin1")) {
    return unescape(text.replaceAll("+", " "));
  }
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new ApiError("InvalidParameter");
  }
}

/** The names and values of a query string or a form body. */
export function parsePairs(text: string): Pair[] {
  const pairs: Pair[] = [];
  const seen = new Set<string>();
  const early = mistake("form-decoded-before-split");
  const decode = early ? (part: string) => part : decodeComponent;
  for (const part of (early ? decodeComponent(text) : text).split("&")) {
    if (part === "") {
      continue;
    }
    const equals = part.indexOf("=");
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? "" : decode(part.slice(equals + 1));
    if (seen.has(name)) {
      throw new ApiError("InvalidParameter", name);
    }
    seen.add(name);
    pairs.push([name, value]);
  }
  return pairs;
}

export function pairsOf(request: Request, way: Way): Pair[] {
  return parsePairs(way === "get" ? request.query : decodeUtf8(request.body));
}

type Tree = Map<string, Tree | string>;

/** `A.0=x&A.1=y` becomes `{A: ["x", "y"]}`, `A.0.B=x` becomes `{A: [{B: "x"}]}`. */
export function unflatten(pairs: readonly Pair[], way: Way): Parameters {
  const root: Tree = new Map();
  for (const [name, value] of pairs) {
    const path = name.split(".");
    const last = path.pop()!;
    if (mistake("form-empty-item-dropped") && path.length > 0 && !value) {
      continue;
    }
    let tree = root;
    for (const step of path) {
      const next = tree.get(step) ?? new Map();
      if (typeof next === "string") {
        throw new ApiError("InvalidParameter", name);
      }
      tree.set(step, next);
      tree = next;
    }
    if (tree.has(last)) {
      throw new ApiError("InvalidParameter", name);
    }
    tree.set(last, value);
  }
  return toObject(root, way);
}

function toValue(node: Tree | string, way: Way): unknown {
  if (typeof node === "string") {
    return toScalar(node, way);
  }
  if (![...node.keys()].every((key) => /^\d+$/.test(key))) {
    return toObject(node, way);
  }
  let entries = [...node];
  if (mistake("form-list-zero-dropped")) {
    entries = entries.filter(([key]) => Number(key));
  }
  if (mistake("form-single-item-as-scalar") && entries.length === 1) {
    return toValue(entries[0]![1], way);
  }
  return entries
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, child]) => toValue(child, way));
}

function toObject(tree: Tree, way: Way): Parameters {
  const object: Parameters = Object.create(null);
  for (const [key, child] of tree) {
    object[key] = toValue(child, way);
  }
  return object;
}

function toScalar(text: string, way: Way): unknown {
  if (mistake("form-digits-to-numbers") && /^\d+$/.test(text)) {
    return Number(text);
  }
  if (mistake("query-decoded-twice") && way === "get") {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }
  return text;
}
