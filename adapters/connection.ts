// One ACP connection to one adapter process: it moves messages and hosts several sessions.
import { Readable, Writable } from "node:stream";
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import {
  type AnyMessage,
  type ClientConnection,
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
} from "@agentclientprotocol/sdk";
import { z } from "zod";
import { Failure, type Step } from "../common/failure.ts";
import type { FrameRing, FrameRings } from "./frame-ring.ts";
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
  /** Ends what a session whose harness process died has left running. */
  killLeftovers(sessionId: string): Promise<void>;
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
type AgentInfo = z.infer<typeof agentInfo>;

const DRAIN_MS = 500;
const anything = { parse: (params: unknown) => params };

// The ACP client checks these two against its own idea of them, and what does not fit goes to our stderr with everything
// it holds; the router checks them itself, so they pass the client under names it does not know.
const OURS: ReadonlyMap<string, string> = new Map([
  [methods.client.session.update, "_contractor/update"],
  [methods.client.session.requestPermission, "_contractor/permission"],
]);

/**
 * Starts the adapter and says `initialize` (ACP v1).
 * Throws Failure `timed-out` when it does not answer within `startMs`, `harness-broken` when it answers nonsense or
 * dies, or the signal's reason; in all cases no process is left behind.
 */
export async function connect(o: {
  launch: Launch;
  startMs: number;
  /** Ends the start. */
  signal?: AbortSignal;
  /** Names of notifications beyond ACP that the harness sends. */
  extensions: readonly string[];
  /** Keeps the last messages of both directions, also of a start that failed. */
  frames?: FrameRings;
}): Promise<Connection> {
  const child = await spawnAdapter(o.launch);
  const router = new Router();
  const ring = o.frames?.open(child.pid);
  void child.exited.then(() => o.frames?.ended(child.pid));
  const wire = openWire({ child, router, extensions: o.extensions, ring });
  try {
    const gone = drained(child, wire);
    const hello = answer(gone, wire.agent.request(methods.agent.initialize, initializeParams()));
    const raw = await within({ ms: o.startMs, task: hello, signal: o.signal });
    return connection({ child, wire, gone, router, agent: agentInfo.parse(raw) });
  } catch (error) {
    await child.kill();
    o.signal?.throwIfAborted();
    throw startFailure(error, child.stderrTail());
  }
}

function initializeParams() {
  return {
    protocolVersion: PROTOCOL_VERSION,
    // Without `elicitation.form` Claude Code has no way to ask its user a question (docs/adapter-notes.md#what-a-client-declares).
    clientCapabilities: {
      fs: { readTextFile: false, writeTextFile: false },
      terminal: false,
      elicitation: { form: {}, url: {} },
      // Without it a warning of the harness comes as bold words among those of the model (docs/adapter-notes.md#turns-and-steering).
      session: { notices: {} },
    },
    clientInfo: { name: "openclaw-contractor", version: "1" },
  };
}

function openWire(o: {
  child: AdapterProcess;
  router: Router;
  extensions: readonly string[];
  ring: FrameRing | undefined;
}): ClientConnection {
  const { child, router, ring } = o;
  const stream = ndJsonStream(
    Writable.toWeb(child.child.stdin),
    Readable.toWeb(child.child.stdout.pipe(guardStream())) as ReadableStream<Uint8Array>,
  );
  const app = client({ name: "openclaw-contractor" })
    .onNotification("_contractor/update", anything, ({ params }) => router.update(params))
    .onRequest("_contractor/permission", anything, ({ params, signal }) => router.permission(params, signal))
    .onRequest("elicitation/create", anything, ({ params, signal }) => router.elicitation(params, signal));
  for (const method of o.extensions) {
    app.onNotification(method, anything, ({ params }) => router.extension(method, params));
  }
  return app.connect({
    writable: recorded(stream.writable, ring),
    readable: stream.readable.pipeThrough(inOrder(ring)),
  });
}

function recorded(
  writable: WritableStream<AnyMessage>,
  ring: FrameRing | undefined,
): WritableStream<AnyMessage> {
  const writer = writable.getWriter();
  return new WritableStream({
    write: (message) => {
      ring?.record("sent", message);
      return writer.write(message);
    },
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
  });
}

// Deliver a response before notifications that the agent wrote right after it.
function inOrder(ring: FrameRing | undefined): TransformStream<AnyMessage, AnyMessage> {
  return new TransformStream({
    transform: async (message, wire) => {
      ring?.record("received", message);
      const ours = "method" in message ? OURS.get(message.method) : undefined;
      wire.enqueue(ours === undefined ? message : { ...message, method: ours });
      if (!("method" in message)) await immediate();
    },
  });
}

function connection(o: {
  child: AdapterProcess;
  wire: ClientConnection;
  gone: Promise<ExitReport>;
  router: Router;
  agent: AgentInfo;
}): Connection {
  let alive = true;
  void o.child.exited.then(() => {
    alive = false;
  });
  // An adapter whose stdout is closed can say nothing any more, alive or not.
  void o.wire.closed.then(() => o.child.kill());
  return {
    pid: o.child.pid,
    command: o.child.child.spawnargs.join(" "),
    agent: o.agent,
    exited: o.gone,
    get alive() {
      return alive;
    },
    request: (method, params) => answer(o.gone, o.wire.agent.request(method, params)),
    notify: async (method, params) => {
      if (alive) await o.wire.agent.notify(method, params);
    },
    listen: (sessionId, listener) => o.router.listen(sessionId, listener),
    end: (graceMs) => o.child.end(graceMs),
    kill: () => o.child.kill(),
    killLeftovers: (sessionId) => o.child.killLeftovers(sessionId),
  };
}

// What a process said before it died is still in the pipe, and comes first; a child of it may hold the pipe open for ever.
async function drained(child: AdapterProcess, wire: ClientConnection): Promise<ExitReport> {
  const report = await child.exited;
  await Promise.race([wire.closed, sleep(DRAIN_MS, undefined, { ref: false })]);
  wire.close();
  return report;
}

// A closed pipe and a dead process race; whichever is seen first, the user hears of the crash and not of the pipe.
async function answer<T>(gone: Promise<ExitReport>, request: Promise<T>): Promise<T> {
  const crashed = gone.then((report) => {
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

// Killed for a closed stdout it ends at once; one stuck in the kernel does not, and then the error stands for itself.
function patience(error: unknown): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(error), 2_500).unref());
}

const STDERR_TOLD = 400;

/** ACP's "Resource not found", the answer about a session the adapter does not know. */
export function isUnknownSession(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === -32002;
}

/** What a request is rejected with whose adapter went away. */
export function crashFailure(report: ExitReport): Failure {
  const how = report.signal ? `signal ${report.signal}` : `code ${report.code ?? "unknown"}`;
  // V8 says it, and then prints its stack.
  const starved = /heap out of memory|Cannot allocate memory/.test(report.stderr);
  return new Failure({
    code: "adapter-crashed",
    message: starved
      ? `The program that runs this session ran out of memory (${how}).`
      : `The program that runs this session stopped unexpectedly (${how}).`,
    detail: report.stderr.slice(-STDERR_TOLD),
    next: { say: "Your session is kept: send your message again." },
  });
}

async function within<T>(o: { ms: number; task: Promise<T>; signal: AbortSignal | undefined }): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () => reject(new Failure({ code: "timed-out", message: timeoutText(o.ms) }));
  const stopped = () => reject(o.signal?.reason);
  const timer = setTimeout(late, o.ms);
  o.signal?.addEventListener("abort", stopped, { once: true });
  if (o.signal?.aborted) stopped();
  try {
    return await Promise.race([o.task, promise]);
  } finally {
    clearTimeout(timer);
    o.signal?.removeEventListener("abort", stopped);
  }
}

function timeoutText(ms: number): string {
  return `The adapter did not answer within ${Math.round(ms / 100) / 10} s.`;
}

function startFailure(error: unknown, stderr: string): Failure {
  const next: Step = { run: "doctor" };
  if (error instanceof Failure && error.code === "timed-out") {
    return new Failure({ code: "timed-out", message: error.message, next, cause: error });
  }
  return new Failure({
    code: "harness-broken",
    message: "The adapter started but could not be spoken to.",
    detail: stderr.slice(-STDERR_TOLD),
    next,
    cause: error,
  });
}
