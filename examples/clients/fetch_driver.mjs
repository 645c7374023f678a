// The driver of the client beside it: docs/drivers.md is all that it was written from.
//     iai-conformance run --target "driver:node examples/clients/fetch_driver.mjs"
import { createInterface } from "node:readline";
import { ApiError, Client } from "./fetch_client.mjs";

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

// Texts that some readers of JSON refuse come as their UTF-16 units.
function text(value) {
  if (Array.isArray(value)) return value.map(text);
  return value?.utf16 ? String.fromCharCode(...value.utf16) : value;
}

function clientFor({ credentials, region, server, timeout, language }) {
  const { secret_id: secretId, secret_key: secretKey, token } = credentials;
  return new Client({ secretId, secretKey, token, region, endpoint: server.endpoint, timeout, language });
}

async function outcome(call) {
  const parameters = Object.fromEntries(Object.entries(call.parameters).map(([name, value]) => [name, text(value)]));
  try {
    const { FaceModelVersion, RequestId } = await clientFor(call).call("CreateGroup", parameters);
    return { answer: { FaceModelVersion, RequestId } };
  } catch (error) {
    const kind = error instanceof ApiError ? "sdk" : "raw";
    const { code = null, message, requestId = null } = error;
    return { error: { kind, class: error.constructor.name, code, message, request_id: requestId } };
  }
}

say({
  type: "hello",
  protocol: 1,
  sdk: "fetch example",
  version: "1",
  runtime: `Node.js ${process.version}`,
  methods: ["POST"],
  signing: ["TC3-HMAC-SHA256"],
  reach: ["endpoint"],
  can: ["timeout", "token", "language", "empty", "null", "list-null", "surrogates", "nul"],
});
for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  if (call.type === "bye") {
    say({ type: "bye" });
    break;
  }
  say({ type: "result", id: call.id, ...(await outcome(call)) });
}
process.exit(0);
