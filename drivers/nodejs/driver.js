"use strict";
// The driver of the vendor's Node.js SDK; docs/drivers.md describes what it speaks.

const http = require("node:http");
const readline = require("node:readline");
const { version } = require("tencentcloud-sdk-nodejs/package.json");
const { Client } = require("tencentcloud-sdk-nodejs/tencentcloud/services/iai/v20200303/iai_client.js");
const SdkException = require("tencentcloud-sdk-nodejs/tencentcloud/common/exception/tencent_cloud_sdk_exception.js").default;

// Whatever a library prints goes to standard error: standard output is the protocol's alone.
console.log = console.info = console.debug = console.error;

const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");

// A value of the protocol as JavaScript has it.
function text(value) {
  if (Array.isArray(value)) return value.map(text);
  if (value === null || typeof value !== "object") return value;
  return String.fromCharCode(...value.utf16);
}

// The endpoint's name leads to the suite's server: the SDK signs the host without its port, and names the service by its first label.
function agentFor(server) {
  const address = server.address.split(":")[0];
  const lookup = (_host, options, found) =>
    options.all ? found(null, [{ address, family: 4 }]) : found(null, address, 4);
  return new http.Agent({ keepAlive: true, lookup });
}

function clientFor(call) {
  const { secret_id: secretId, secret_key: secretKey, token } = call.credentials;
  const endpoint = new URL(call.server.endpoint);
  return new Client({
    credential: { secretId, secretKey, token },
    region: call.region,
    profile: {
      signMethod: call.signing,
      language: call.language,
      httpProfile: {
        reqMethod: call.method,
        reqTimeout: call.timeout,
        protocol: endpoint.protocol + "//",
        endpoint: endpoint.host,
        agent: agentFor(call.server),
      },
    },
  });
}

async function perform(call, client) {
  const parameters = Object.fromEntries(Object.entries(call.parameters).map(([name, value]) => [name, text(value)]));
  try {
    const made = await client.CreateGroup(parameters);
    const answer = {};
    for (const name of ["FaceModelVersion", "RequestId"]) {
      if (made != null && made[name] !== undefined) answer[name] = made[name];
    }
    return { answer };
  } catch (error) {
    const members = {
      kind: error instanceof SdkException ? "sdk" : "raw",
      class: String(error?.constructor?.name),
      message: error?.message ?? null,
      code: error?.code ?? null,
      request_id: error?.requestId ?? null,
    };
    return { error: members };
  }
}

let client = null;
let work = Promise.resolve();

async function take(line) {
  const call = JSON.parse(line);
  if (call.type === "bye") {
    process.stdout.write('{"type": "bye"}\n', () => process.exit(0));
    return;
  }
  if (client === null || call.client === "new") client = clientFor(call);
  say({ type: "result", id: call.id, ...(await perform(call, client)) });
}

say({
  type: "hello",
  protocol: 1,
  sdk: "tencentcloud-sdk-nodejs",
  version,
  runtime: `Node.js ${process.version}`,
  methods: ["POST", "GET"],
  signing: ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"],
  reach: ["resolution"],
  can: ["kept", "timeout", "token", "language", "empty", "null", "list-null", "surrogates", "nul"],
});
readline.createInterface({ input: process.stdin, terminal: false }).on("line", (line) => {
  work = work.then(() => take(line));
});
