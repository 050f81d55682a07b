// Asks the running gateway, when there is one, through the host's own loopback connection.

type Scope = "operator.read" | "operator.write" | "operator.admin";
export type GatewayAnswer =
  | { kind: "answered"; value: unknown }
  /** No gateway listens, or this process may not speak to it. */
  | { kind: "absent"; detail: string }
  /** A gateway is there and gave no answer in time, or went away over it: nobody knows what became of it. */
  | { kind: "silent"; detail: string }
  /** A gateway is there but said no; `unknownMethod`: our plugin is not loaded in it; `passing`: it is just stopping. */
  | { kind: "refused"; detail: string; details?: unknown; unknownMethod: boolean; passing: boolean };

// The host's words for a call that was on its way when the connection ended (transport-error.ts).
const SENT = /request was already sent to the gateway/;

/** One call with a deadline; never throws. The SDK is loaded here, so that commands that do not ask stay quick. */
export async function askGateway(o: {
  method: string;
  params?: Record<string, unknown>;
  scope: Scope;
  timeoutMs: number;
}): Promise<GatewayAnswer> {
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

/** A gateway writes its credentials at its first start; without any there was none (host: GatewayCredentialsRequiredError). */
function nothingToAsk(error: unknown): boolean {
  return error instanceof Error && error.name === "GatewayCredentialsRequiredError";
}

/** The host's messages go on for lines about URLs and configuration; the first says what happened. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n", 1)[0] ?? text).replace(/\.$/, "");
}
