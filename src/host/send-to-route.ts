// One send through the host's durable outbound queue, and what became of it. The host tries nothing of ours again: where it knows that
// nothing went out we do (`deliveryRetryOwner`), and where it does not know it never does ("refusing blind replay"). So every try has an
// intent of its own: under a name that is still in the queue the host refuses ("Stable delivery intent is already queued").
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Route } from "../../state/session-map.ts";
import { type Loss, PostFailure } from "../delivery/outbound.ts";
import { currentConfig } from "./engine-ports.ts";

type Params = Parameters<typeof import("openclaw/plugin-sdk/channel-outbound")["sendDurableMessageBatch"]>[0];
type ToSend = Pick<Params, "payloads"> &
  Partial<Pick<Params, "mediaAccess" | "forceDocument" | "formatting">>;

/** The name of a try in the host's queue. */
export function intentOf(id: string, attempt: number): string {
  return attempt === 0 ? id : `${id}~${attempt}`;
}

/** Resolves when the channel took all of it; rejects with a PostFailure. I11 (docs/architecture.md). */
export async function sendToRoute(
  api: Pick<OpenClawPluginApi, "runtime">,
  { route, id, ...what }: ToSend & { route: Route; id: string },
): Promise<void> {
  const { sendDurableMessageBatch } = await import("openclaw/plugin-sdk/channel-outbound");
  const { channel, to, accountId, threadId } = route;
  const sent = await sendDurableMessageBatch({
    cfg: currentConfig(api),
    channel,
    to,
    ...what,
    deliveryIntentId: id,
    deliveryRetryOwner: "caller",
    ...(accountId === undefined ? {} : { accountId }),
    ...(threadId === undefined ? {} : { threadId }),
  });
  if (sent.status === "sent") return;
  // The channel did its part and named no message; sent again it would stand there twice.
  if (sent.status === "suppressed" && sent.reason === "adapter_returned_no_identity") return;
  if (sent.status === "suppressed")
    throw new PostFailure("refused", `the host sent nothing of it (${sent.reason})`);
  const message = sent.error instanceof Error ? sent.error.message : "the channel refused the message";
  throw new PostFailure(lossIn(sent.error), message, sent.error);
}

/**
 * Read off the host's error and what is below it. The channel's own answer comes first: with one, nothing stands there. Then the host's
 * proof that nothing was sent, which is that it has let go of the send. Else it may have been sent.
 */
export function lossIn(error: unknown): Loss {
  const all = below(error);
  // Each try of ours has a name of its own: it is one of a gateway that was killed, and the host may have sent it since, or send it yet.
  if (
    all.some(({ message }) => typeof message === "string" && message.startsWith("Stable delivery intent is"))
  )
    return "unknown";
  const codes = all.map(({ error_code }) => error_code);
  // To come back later, which is what the channel's own tries did until it gave up.
  if (codes.includes(429)) return "unsent";
  if (codes.some((code) => typeof code === "number" && code >= 400 && code < 500)) return "refused";
  if (all.some(({ code, retryable }) => code === NOT_DISPATCHED && retryable === false)) return "refused";
  // Telegram's channel tries by several ways, and calls it never begun where the last of them was not tried (dist/fetch, resolveTelegramTransport).
  const tried = all.some(
    ({ message }) => typeof message === "string" && /attempts are cooling down/.test(message),
  );
  const sent = tried || all.some(({ sentBeforeError }) => sentBeforeError === true);
  if (sent) return "unknown";
  if (all.some(({ queueCustody }) => queueCustody === "held"))
    return all.some(ofNetwork) ? "unknown" : "refused";
  return all.some((one) => ofNetwork(one) || one.code === NOT_DISPATCHED) ? "unsent" : "refused";
}

const NOT_DISPATCHED = "OPENCLAW_PLATFORM_MESSAGE_NOT_DISPATCHED";
const NETWORK =
  /^(?:E(?:AI_|CONN|NET|HOST|ADDR|PIPE|TIMEDOUT|NOTFOUND|SOCKET)|UND_ERR_|ERR_(?:NETWORK|HTTP2|QUIC|TLS|SSL))/;

function ofNetwork({ code, name }: Record<string, unknown>): boolean {
  return (typeof code === "string" && NETWORK.test(code)) || name === "HttpError";
}

// The error and its causes, whatever their keepers call them.
function below(error: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  const seen = new Set<unknown>();
  const look = (one: unknown) => {
    if (typeof one !== "object" || one === null || seen.has(one) || seen.size > 100) return;
    seen.add(one);
    found.push(Object.fromEntries(READ.map((key) => [key, Reflect.get(one, key)])));
    const kept = Array.isArray(one) ? one : KEEPERS.map((key) => Reflect.get(one, key));
    for (const each of kept) look(each);
  };
  look(error);
  return found;
}

const READ = ["name", "message", "code", "error_code", "retryable", "sentBeforeError", "queueCustody"];
const KEEPERS = ["cause", "error", "original", "reason", "errors", "payloadOutcomes"];
