import { randomUUID } from "node:crypto";
import {
  type IncomingMessage,
  type ServerResponse,
  createServer,
} from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { z } from "zod";
import { ApiError, type Language } from "./errors.js";
import { languageOf, serve } from "./gateway.js";
import { listMistakes, mistake, switchOn } from "./mistakes.js";
import { readRequest } from "./reading.js";
import type { Credentials } from "./signature.js";
import { GroupStore } from "./store.js";

const environment = z.object({
  TENCENTCLOUD_SECRET_ID: z.string().min(1),
  TENCENTCLOUD_SECRET_KEY: z.string().min(1),
});

function failure(error: unknown, language: Language, requestId: string) {
  const known =
    error instanceof ApiError ? error : new ApiError("InternalError");
  if (known !== error) {
    console.error(error);
  }
  const body = { Code: known.code, Message: known.text(language) };
  if (mistake("error-without-request-id")) {
    return { Error: body };
  }
  return { Error: body, RequestId: requestId };
}

async function handle(
  message: IncomingMessage,
  response: ServerResponse,
  store: GroupStore,
  credentials: Credentials,
): Promise<void> {
  const requestId = randomUUID();
  let language: Language = "zh-CN";
  let status = 200;
  let content: Record<string, unknown>;
  try {
    const request = await readRequest(message);
    language = languageOf(request);
    const answer = await serve(request, store, credentials);
    content = { ...answer, RequestId: requestId };
  } catch (error) {
    content = failure(error, language, requestId);
    if (mistake("error-status-400")) {
      status = 400;
    }
  }
  const body = JSON.stringify({ Response: content });
  response.writeHead(status, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

function main(): void {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      opened: { type: "string", default: "2020-06-01" },
      mistake: { type: "string" },
      list: { type: "boolean", default: false },
    },
  });
  if (values.list) {
    for (const row of listMistakes()) {
      console.log(JSON.stringify(row));
    }
    return;
  }
  if (values.mistake !== undefined && !switchOn(values.mistake)) {
    console.error(`no such mistake: ${values.mistake}`);
    process.exitCode = 2;
    return;
  }
  const env = environment.parse(process.env);
  const credentials: Credentials = {
    secretId: env.TENCENTCLOUD_SECRET_ID,
    secretKey: env.TENCENTCLOUD_SECRET_KEY,
  };
  const store = new GroupStore(values.opened);
  const server = createServer((message, response) => {
    void handle(message, response, store, credentials);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(Number(values.port), "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    console.log(`listening on http://127.0.0.1:${port}`);
  });
  process.on("SIGTERM", () => {
    server.close(() => {
      store.close();
      process.exit(0);
    });
    server.closeAllConnections();
  });
}

main();
