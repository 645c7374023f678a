// A client as applications write it for themselves: TC3-HMAC-SHA256 over fetch, for one action.
import { createHash, createHmac } from "node:crypto";

const sha256 = (text) => createHash("sha256").update(text, "utf8").digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text, "utf8").digest();

export class ApiError extends Error {
  constructor(code, message, requestId = null) {
    super(message);
    Object.assign(this, { code, requestId });
  }
}

export class Client {
  constructor({ secretId, secretKey, token, region, endpoint, timeout, language }) {
    Object.assign(this, { secretId, secretKey, token, region, endpoint, timeout, language });
  }

  headers(action, body, timestamp) {
    const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
    const host = new URL(this.endpoint).host;
    const canonical = ["POST", "/", "", `content-type:application/json\nhost:${host}\n`, "content-type;host", sha256(body)];
    const scope = `${date}/iai/tc3_request`;
    const toSign = ["TC3-HMAC-SHA256", timestamp, scope, sha256(canonical.join("\n"))].join("\n");
    const key = ["iai", "tc3_request"].reduce(hmac, hmac(`TC3${this.secretKey}`, date));
    const signature = hmac(key, toSign).toString("hex");
    const credential = `Credential=${this.secretId}/${scope}`;
    return {
      "Content-Type": "application/json",
      "X-TC-Action": action,
      "X-TC-Version": "2020-03-03",
      "X-TC-Timestamp": String(timestamp),
      "X-TC-Region": this.region,
      ...(this.token && { "X-TC-Token": this.token }),
      ...(this.language && { "X-TC-Language": this.language }),
      Authorization: `TC3-HMAC-SHA256 ${credential}, SignedHeaders=content-type;host, Signature=${signature}`,
    };
  }

  async call(action, parameters) {
    const body = JSON.stringify(parameters);
    let answer;
    try {
      const response = await fetch(`${this.endpoint}/`, {
        method: "POST",
        headers: this.headers(action, body, Math.floor(Date.now() / 1000)),
        body,
        redirect: "error",
        signal: AbortSignal.timeout(this.timeout * 1000),
      });
      answer = JSON.parse(await response.text())?.Response;
    } catch (error) {
      throw new ApiError("NoAnswer", String(error.cause ?? error));
    }
    if (answer?.Error) throw new ApiError(answer.Error.Code, answer.Error.Message, answer.RequestId);
    if (!answer?.RequestId) throw new ApiError("BadAnswer", "an answer without a RequestId");
    return answer;
  }
}
