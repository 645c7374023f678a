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
  const message = mistake("error-message-is-code")
    ? known.message
    : known.text(language);
  const body = { Code: known.code, Message: message };
  if (mistake("error-without-request-id")) {
    return { Error: body };
  }
  return { Error: body, RequestId: requestId };
}

const connectionIds = new WeakMap<object, string>();

function requestIdFor(message: IncomingMessage): string {
  if (mistake("request-id-from-header")) {
    return String(message.headers["x-request-id"] ?? randomUUID());
  }
  if (mistake("request-id-per-connection")) {
    const known = connectionIds.get(message.socket) ?? randomUUID();
    connectionIds.set(message.socket, known);
    return known;
  }
  return randomUUID();
}

function statusOf(error: unknown): number {
  if (mistake("error-status-400")) {
    return 400;
  }
  if (mistake("auth-errors-status-401")) {
    const refused =
      error instanceof ApiError && error.code.startsWith("AuthFailure.");
    return refused ? 401 : 200;
  }
  return 200;
}

async function handle(
  message: IncomingMessage,
  response: ServerResponse,
  store: GroupStore,
  credentials: Credentials,
): Promise<void> {
  const requestId = requestIdFor(message);
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
    status = statusOf(error);
  }
  const body = JSON.stringify({ Response: content });
  response.writeHead(status, {
    "Content-Type": mistake("answer-content-type-html")
      ? "text/html; charset=utf-8"
      : "application/json",
    "Content-Length": mistake("content-length-in-characters")
      ? body.length
      : Buffer.byteLength(body),
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
