// One call to a running gateway over its WebSocket, as its own backend clients do (docs/host-notes.md#on-the-bench).
import { z } from "zod";

const frame = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  event: z.string().optional(),
  ok: z.boolean().optional(),
  payload: z.unknown().optional(),
  error: z.looseObject({ code: z.string(), message: z.string() }).optional(),
});

/** A refusal of the gateway; `code` is its own, e.g. INVALID_REQUEST. */
export class RpcError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const everyScope = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.questions",
];

/** Calls `method` and returns its payload. Throws RpcError when refused, Error when the gateway goes or `withinMs` [60000] passes. */
export async function callGateway(o: {
  port: number;
  token: string;
  method: string;
  params?: unknown;
  scopes?: string[];
  withinMs?: number;
}): Promise<unknown> {
  const socket = new WebSocket(`ws://127.0.0.1:${o.port}`);
  const withinMs = o.withinMs ?? 60_000;
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer to ${o.method} in ${withinMs} ms`)),
        withinMs,
      );
      socket.addEventListener("close", (event) => {
        clearTimeout(timer);
        reject(
          new Error(`the gateway closed the connection during ${o.method}: ${event.code} ${event.reason}`),
        );
      });
      socket.addEventListener("error", () => reject(new Error(`no gateway on port ${o.port}`)));
      socket.addEventListener("message", (event) => {
        const message = frame.parse(JSON.parse(String(event.data)));
        if (message.event === "connect.challenge") return send("connect", connectParams(o));
        if (message.type !== "res") return;
        if (message.ok !== true)
          return reject(new RpcError(message.error?.code ?? "", message.error?.message ?? ""));
        if (message.id === "connect") return send("call", o.params ?? {}, o.method);
        resolve(message.payload);
      });
      const send = (id: string, params: unknown, method = id) =>
        socket.send(JSON.stringify({ type: "req", id, method, params }));
    });
  } finally {
    socket.close();
  }
}

export type Frame = z.infer<typeof frame>;
export type Connection = { send(method: string, params: unknown): void; close(): void };

/** A page that stays open and can be asked for approvals, until it is closed. Throws when it is not let in within 10 s. */
export async function openOperator(o: {
  port: number;
  token: string;
  /** Hears everything the gateway sends. */
  hears?: (message: Frame) => void;
}): Promise<Connection> {
  const socket = new WebSocket(`ws://127.0.0.1:${o.port}`);
  const open = Promise.withResolvers<void>();
  const timer = setTimeout(() => open.reject(new Error("the gateway lets no operator in")), 10_000);
  socket.addEventListener("error", () => open.reject(new Error(`no gateway on port ${o.port}`)));
  socket.addEventListener("message", (event) => {
    const message = frame.parse(JSON.parse(String(event.data)));
    const params = { ...connectParams(o), caps: ["approvals"] };
    const hello = { type: "req", id: "connect", method: "connect", params };
    if (message.event === "connect.challenge") socket.send(JSON.stringify(hello));
    if (message.type === "res" && message.ok === true) open.resolve();
    o.hears?.(message);
  });
  await open.promise.finally(() => clearTimeout(timer));
  return {
    send: (method, params) =>
      socket.send(JSON.stringify({ type: "req", id: crypto.randomUUID(), method, params })),
    close: () => socket.close(),
  };
}

// A loopback `gateway-client` with the shared token keeps its scopes without a device identity.
function connectParams(o: { token: string; scopes?: string[] }) {
  return {
    minProtocol: 4,
    maxProtocol: 4,
    client: { id: "gateway-client", version: "0", platform: process.platform, mode: "backend" },
    role: "operator",
    scopes: o.scopes ?? everyScope,
    caps: [],
    auth: { token: o.token },
  };
}
