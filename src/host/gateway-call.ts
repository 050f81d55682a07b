// Asks the running gateway, when there is one, through the host's own loopback connection.
import { connect } from "node:net";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { GatewayReply } from "../surfaces/gateway-client.ts";

type Api = { runtime: Pick<OpenClawPluginApi["runtime"], "config"> };
type Scope = "operator.read" | "operator.write" | "operator.admin";
/** The host's `gateway.bind` values with which 127.0.0.1 is listened on as well (host: resolveGatewayBindHost). */
const LISTENS_ON_LOOPBACK = new Set(["loopback", "lan", "auto"]);
const LOOK_MS = 500;
// The host's words for a call that was on its way when the connection ended (transport-error.ts).
const SENT = /request was already sent to the gateway/;

/** One call with a deadline; never throws. The SDK is loaded here, so that commands that do not ask stay quick. */
export async function askGateway(o: {
  api: Api;
  method: string;
  params?: Record<string, unknown>;
  scope: Scope;
  timeoutMs: number;
}): Promise<GatewayReply> {
  const port = await unusedPort(o.api).catch(() => undefined);
  if (port !== undefined) return { kind: "absent", detail: `nothing listens on port ${port}` };
  const sdk = await import("openclaw/plugin-sdk/gateway-runtime");
  try {
    const options = { timeout: String(o.timeoutMs), json: true };
    const extra = { scopes: [o.scope], progress: false };
    return {
      kind: "answered",
      value: await sdk.callGatewayFromCli(o.method, options, o.params ?? {}, extra),
    };
  } catch (error) {
    if (nothingToAsk(error)) return { kind: "absent", detail: "no gateway has run here yet" };
    const detail = firstLine(error);
    if (sdk.isGatewayTransportError(error) && (error.kind === "timeout" || SENT.test(error.message)))
      return { kind: "silent", detail };
    if (!sdk.isGatewayClientRequestError(error)) return { kind: "absent", detail };
    const unknownMethod = detail.includes(`unknown method: ${o.method}`);
    return { kind: "refused", detail, details: error.details, unknownMethod, passing: error.retryable };
  }
}

/**
 * The port on which this machine's gateway would listen, where nothing does: a look that takes a millisecond, before the
 * host prepares a call for 0.2 to 0.5 s. `undefined` wherever that is not certain, and the call itself has to tell.
 */
async function unusedPort(api: Api): Promise<number | undefined> {
  const config = api.runtime.config.current();
  const { mode, bind = "loopback" } = config.gateway ?? {};
  if (mode === "remote" || process.env.OPENCLAW_GATEWAY_URL !== undefined) return undefined;
  if (!LISTENS_ON_LOOPBACK.has(bind)) return undefined;
  const { resolveGatewayPort } = await import("openclaw/plugin-sdk/gateway-config-runtime");
  const port = resolveGatewayPort(config);
  return (await isRefused(port)) ? port : undefined;
}

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: LOOK_MS });
    const seen = (refused: boolean) => {
      socket.destroy();
      resolve(refused);
    };
    socket.once("connect", () => seen(false));
    socket.once("timeout", () => seen(false));
    socket.once("error", (error) => seen("code" in error && error.code === "ECONNREFUSED"));
  });
}

/** A gateway writes its credentials at its first start; without any there was none (host: GatewayCredentialsRequiredError). */
function nothingToAsk(error: unknown): boolean {
  return error instanceof Error && error.name === "GatewayCredentialsRequiredError";
}

/** The host's messages go on for lines about URLs and configuration; the first says what happened. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n", 1)[0] ?? text).replace(/\.$/, "");
}
