// One ACP connection to one adapter process: it moves messages, hosts several sessions, and knows no product.
import { Readable, Writable } from "node:stream";
import {
  type ClientConnection,
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
} from "@agentclientprotocol/sdk";
import { z } from "zod";
import { Failure } from "./failure.ts";
import { guardStream } from "./guard.ts";
import { type AdapterProcess, type ExitReport, type Launch, spawnAdapter } from "./process.ts";
import { Router, type SessionListener } from "./router.ts";

export interface Connection {
  readonly pid: number;
  /** The argv of the process, joined with spaces. */
  readonly command: string;
  /** What the adapter said it can do at `initialize`. */
  readonly agent: AgentInfo;
  readonly exited: Promise<ExitReport>;
  readonly alive: boolean;
  /** ACP request; rejects with the adapter's error, or with Failure `adapter-crashed` when the process goes away first. */
  request(method: string, params: object): Promise<unknown>;
  notify(method: string, params: object): Promise<void>;
  /** Delivers this session's updates and questions to the listener, in order; returns the way to stop it. */
  listen(sessionId: string, listener: SessionListener): () => void;
  end(graceMs: number): Promise<void>;
  kill(): Promise<void>;
}

const agentInfo = z.looseObject({
  protocolVersion: z.number(),
  agentCapabilities: z
    .looseObject({
      loadSession: z.boolean().optional(),
      sessionCapabilities: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  agentInfo: z.looseObject({ name: z.string(), version: z.string().optional() }).optional(),
  _meta: z.looseObject({ steering: z.looseObject({ supported: z.boolean() }).optional() }).nullish(),
});
export type AgentInfo = z.infer<typeof agentInfo>;

const anything = { parse: (params: unknown) => params };

/**
 * Starts the adapter and says `initialize` (ACP v1).
 * Throws Failure `timed-out` when it does not answer within `startMs`, `harness-broken` when it answers nonsense or
 * dies; in both cases no process is left behind.
 */
export async function connect(o: {
  launch: Launch;
  startMs: number;
  /** Names of notifications beyond ACP that the harness sends. */
  extensions: readonly string[];
}): Promise<Connection> {
  const child = await spawnAdapter(o.launch);
  const router = new Router();
  const wire = openWire({ child, router, extensions: o.extensions });
  try {
    const raw = await within(
      o.startMs,
      answer(child, wire.agent.request(methods.agent.initialize, initializeParams())),
    );
    return connection({ child, wire, router, agent: agentInfo.parse(raw) });
  } catch (error) {
    await child.kill();
    throw startFailure(error, child.stderrTail());
  }
}

function initializeParams() {
  return {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    clientInfo: { name: "openclaw-contractor", version: "1" },
  };
}

function openWire(o: {
  child: AdapterProcess;
  router: Router;
  extensions: readonly string[];
}): ClientConnection {
  const { child, router } = o;
  const stream = ndJsonStream(
    Writable.toWeb(child.child.stdin),
    Readable.toWeb(child.child.stdout.pipe(guardStream())) as ReadableStream<Uint8Array>,
  );
  const app = client({ name: "openclaw-contractor" })
    .onNotification(methods.client.session.update, anything, ({ params }) => router.update(params))
    .onRequest(methods.client.session.requestPermission, anything, ({ params }) => router.permission(params));
  for (const method of o.extensions) {
    app.onNotification(method, anything, ({ params }) => router.extension(method, params));
  }
  return app.connect(stream);
}

function connection(o: {
  child: AdapterProcess;
  wire: ClientConnection;
  router: Router;
  agent: AgentInfo;
}): Connection {
  let alive = true;
  void o.child.exited.then(() => {
    alive = false;
    o.wire.close();
  });
  return {
    pid: o.child.pid,
    command: o.child.child.spawnargs.join(" "),
    agent: o.agent,
    exited: o.child.exited,
    get alive() {
      return alive;
    },
    request: (method, params) => answer(o.child, o.wire.agent.request(method, params)),
    notify: async (method, params) => {
      if (alive) await o.wire.agent.notify(method, params);
    },
    listen: (sessionId, listener) => o.router.listen(sessionId, listener),
    end: (graceMs) => o.child.end(graceMs),
    kill: () => o.child.kill(),
  };
}

// A closed pipe and a dead process race; whichever is seen first, the user hears of the crash and not of the pipe.
async function answer<T>(child: AdapterProcess, request: Promise<T>): Promise<T> {
  const crashed = child.exited.then((report) => {
    throw crashFailure(report);
  });
  crashed.catch(() => {});
  try {
    return await Promise.race([request, crashed]);
  } catch (error) {
    if (isClosed(error)) return await Promise.race([crashed, patience(error)]);
    throw error;
  }
}

function isClosed(error: unknown): boolean {
  return (
    error instanceof Error && /connection (?:was )?closed|stream/i.test(error.message) && !("code" in error)
  );
}

// Stdout closed while the process lives on: there is no way back, so after a moment the error stands for itself.
function patience(error: unknown): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(error), 500).unref());
}

function crashFailure(report: ExitReport): Failure {
  const how = report.signal ? `signal ${report.signal}` : `code ${report.code ?? "unknown"}`;
  const said = report.stderr ? ` Its last words: ${report.stderr.slice(-400)}` : "";
  return new Failure({
    code: "adapter-crashed",
    message: `The adapter stopped unexpectedly (${how}).${said}`,
    next: "Your session is kept: send your message again.",
  });
}

async function within<T>(ms: number, task: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Failure({ code: "timed-out", message: timeoutText(ms) })), ms);
  try {
    return await Promise.race([task, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function timeoutText(ms: number): string {
  return `The adapter did not answer within ${Math.round(ms / 100) / 10} s.`;
}

function startFailure(error: unknown, stderr: string): Failure {
  const next = "Run: openclaw contractor-agents doctor";
  if (error instanceof Failure && error.code === "timed-out") {
    return new Failure({ code: "timed-out", message: error.message, next, cause: error });
  }
  const said = stderr ? ` It said: ${stderr.slice(-400)}` : "";
  return new Failure({
    code: "harness-broken",
    message: `The adapter started but could not be spoken to.${said}`,
    next,
    cause: error,
  });
}
