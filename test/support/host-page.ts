// A page of the host's own: a client as its web page is one, with a device of its own, subscribed to the rows of a session.
import type { Gateway } from "./gateway.ts";
import { tempDir } from "./poll.ts";
import { type Row, readAnswer, readRow } from "./webchat.ts";

export type HostPage = {
  /** Writes into the session, as a person does on the page. */
  says(message: string): Promise<void>;
  /** What the page shows of the session since it was opened: the newest last. */
  rows(): Row[];
  /** What it was answered at once: by a command, or why something was not taken. */
  told(): string[];
  request(method: string, params: unknown): Promise<unknown>;
  close(): Promise<void>;
};

const SCOPES = ["operator.admin", "operator.read", "operator.write", "operator.approvals"];

/**
 * Opens it on a session; `scopes` are what it may do [everything]. The browser's own client id needs a browser's origin, so it is
 * the terminal's, with the capabilities of the web page.
 */
export async function openHostPage(
  gateway: Gateway,
  sessionKey: string,
  o: { scopes?: string[] } = {},
): Promise<HostPage> {
  const device = await tempDir("device");
  process.env.OPENCLAW_STATE_DIR = device.path;
  const { GatewayClient } = await import("openclaw/plugin-sdk/gateway-runtime");
  const rows: Row[] = [];
  const told: string[] = [];
  const ready = Promise.withResolvers<void>();
  const client = new GatewayClient({
    url: `ws://127.0.0.1:${gateway.port}`,
    token: gateway.token,
    clientName: "openclaw-tui",
    clientVersion: "0",
    mode: "ui",
    scopes: o.scopes ?? SCOPES,
    caps: ["ui-commands", "plugin-approvals", "tool-events"],
    minProtocol: 4,
    maxProtocol: 4,
    onHelloOk: () => ready.resolve(),
    onConnectError: (error) => ready.reject(error),
    onEvent: ({ event, payload }) => {
      const row = event === "session.message" ? readRow(payload, sessionKey) : undefined;
      if (row) rows.push(row);
      const answer = event === "chat" ? readAnswer(payload) : undefined;
      if (answer !== undefined) told.push(answer);
    },
  });
  client.start();
  await ready.promise;
  await client.request("sessions.subscribe", {});
  await client.request("sessions.messages.subscribe", { key: sessionKey });
  return {
    rows: () => [...rows],
    told: () => [...told],
    request: (method, params) => client.request(method, params),
    says: async (message) => {
      await client.request("chat.send", { sessionKey, message, idempotencyKey: crypto.randomUUID() });
    },
    close: async () => {
      await client.stopAndWait();
      await device.remove();
    },
  };
}
