import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { ApiError } from "./errors.js";
import { mistake } from "./mistakes.js";
import type { Pair, Request } from "./reading.js";

export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
}

const SERVICE = "iai";
const WINDOW_SECONDS = 300;

const AUTHORIZATION =
  /^TC3-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{4}-\d\d-\d\d)\/([\w-]+)\/tc3_request, *SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})$/;

function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

export function parseTimestamp(text: string, parameter: string): number {
  if (!/^\d{1,12}$/.test(text)) {
    throw new ApiError("InvalidParameter", parameter);
  }
  return Number(text);
}

function checkFresh(timestamp: number): void {
  const elapsed = Math.floor(Date.now() / 1000) - timestamp;
  const age = mistake("future-timestamp-accepted")
    ? elapsed
    : Math.abs(elapsed);
  const limit = mistake("expiry-window-milliseconds")
    ? WINDOW_SECONDS * 1000
    : WINDOW_SECONDS;
  if (age > limit) {
    throw new ApiError("AuthFailure.SignatureExpire");
  }
}

function checkSecretId(secretId: string, credentials: Credentials): void {
  if (secretId === credentials.secretId || mistake("secret-id-unchecked")) {
    return;
  }
  if (mistake("unknown-secret-as-bad-signature")) {
    throw new ApiError("AuthFailure.SignatureFailure");
  }
  throw new ApiError("AuthFailure.SecretIdNotFound");
}

function headerValue(name: string, value: string): string {
  if (mistake("signed-host-without-port") && name === "host") {
    return value.replace(/:\d+$/, "");
  }
  const trimmed = value.trim();
  return mistake("signed-value-case-kept") ? trimmed : trimmed.toLowerCase();
}

function signedQuery(query: string): string {
  return mistake("signed-query-sorted")
    ? query.split("&").sort().join("&")
    : query;
}

function signedBody(body: Buffer): Buffer | string {
  if (mistake("signed-body-serialised-again")) {
    try {
      return JSON.stringify(JSON.parse(body.toString()));
    } catch {
      return body;
    }
  }
  return body;
}

/** TC3-HMAC-SHA256, by the Authorization header. */
export function checkTc3(
  request: Request,
  timestamp: number,
  credentials: Credentials,
): void {
  const match = AUTHORIZATION.exec(request.headers.authorization ?? "");
  if (!match) {
    throw new ApiError("AuthFailure.InvalidAuthorization");
  }
  const [, secretId, date, service, signedList, signature] =
    match as unknown as [string, string, string, string, string, string];
  checkSecretId(secretId, credentials);
  checkFresh(timestamp);

  const day = new Date(timestamp * 1000).toISOString().slice(0, 10);
  if (date !== day && !mistake("scope-date-unchecked")) {
    throw new ApiError("AuthFailure.SignatureFailure");
  }
  if (service !== SERVICE) {
    throw new ApiError("AuthFailure.SignatureFailure");
  }

  const signed = mistake("signed-headers-fixed")
    ? ["content-type", "host"]
    : signedList.split(";");
  if (!signed.includes("content-type") || !signed.includes("host")) {
    throw new ApiError("AuthFailure.SignatureFailure");
  }
  let headers = "";
  for (const name of signed) {
    const value = request.headers[name];
    if (typeof value !== "string") {
      throw new ApiError("AuthFailure.SignatureFailure");
    }
    headers += `${name}:${headerValue(name, value)}\n`;
  }

  const canonical = [
    request.method,
    request.path,
    signedQuery(request.query),
    headers,
    signed.join(";"),
    sha256(signedBody(request.body)),
  ].join("\n");
  const scope = `${date}/${service}/tc3_request`;
  const text = `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`;
  const dateKey = hmac(`TC3${credentials.secretKey}`, date);
  const key = hmac(hmac(dateKey, service), "tc3_request");
  if (!same(hmac(key, text).toString("hex"), signature)) {
    if (mistake("signature-mismatch-logged-only")) {
      console.error(`signature mismatch for ${secretId}`);
      return;
    }
    throw new ApiError("AuthFailure.SignatureFailure");
  }
}

/** The older signature, sent as the parameter Signature. */
export function checkV1(
  request: Request,
  pairs: readonly Pair[],
  credentials: Credentials,
): void {
  const values = new Map(pairs);
  checkSecretId(values.get("SecretId")!, credentials);
  const timestamp = parseTimestamp(values.get("Timestamp")!, "Timestamp");
  if (!mistake("v1-timestamp-unchecked")) {
    checkFresh(timestamp);
  }
  const method = values.get("SignatureMethod") ?? "HmacSHA1";
  if (method !== "HmacSHA1" && method !== "HmacSHA256") {
    throw new ApiError("InvalidParameter", "SignatureMethod");
  }
  const sorted = pairs
    .filter(([name]) => name !== "Signature")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const verb = mistake("v1-post-signed-as-get") ? "GET" : request.method;
  const text = `${verb}${request.headers.host}${request.path}?${sorted}`;
  const strong = method === "HmacSHA256" && !mistake("v1-always-sha1");
  const expected = createHmac(strong ? "sha256" : "sha1", credentials.secretKey)
    .update(text)
    .digest("base64");
  if (!same(expected, values.get("Signature")!)) {
    throw new ApiError("AuthFailure.SignatureFailure");
  }
}
