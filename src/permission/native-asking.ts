// A question put before people by the host's own approvals: only where the host shows all of it, and taken back once it is settled.
import { type Answer, HOST } from "./answer.ts";
import type { Asking, AskingParts } from "./ask-parts.ts";
import type { FirstAnswer } from "./first-answer.ts";
import { type NativeDecision, type NativeQuestion, PAGES } from "./native.ts";

/** Asks there alone, for want of a conversation. */
export async function askNative(parts: AskingParts, asking: Asking, first: FirstAnswer): Promise<Answer> {
  if (parts.mode === "reply") return { is: "nobody" };
  const shown = await showable(parts, asking);
  if (!shown) return { is: "unshowable" };
  const native = requestNative(parts, shown);
  const over = first.answer.then((): "answered" => "answered");
  const question = await Promise.race([native, over]);
  if (question === undefined) return { is: "nobody" };
  if (question !== "answered") void nativeAnswer(question).then((answer) => first.give(answer, HOST));
  const answer = await first.answer;
  if (first.from() !== HOST) void withdraw(native, answer);
  return answer;
}

// What the host's prompt has no room for stands in the conversation first, as it is; and then nothing is remembered of it.
async function showable(parts: AskingParts, asking: Asking): Promise<Asking | undefined> {
  if (await fits(parts, asking)) return asking;
  const { whole, identity } = asking;
  if (whole === undefined || !(await parts.native.tell(identity, whole))) return undefined;
  return { ...asking, native: IN_THE_CONVERSATION, allowAlways: false };
}

const IN_THE_CONVERSATION = {
  title: "A question that stands in the conversation",
  description:
    "What is asked does not fit here as it is. All of it is the last message in the conversation of this session: read it there before you decide.",
};

export async function fits(parts: AskingParts, { native }: Asking): Promise<boolean> {
  return native !== undefined && (await parts.native.shows(native));
}

// Also where it is shown only now: no buttons may be left that do nothing.
export async function withdraw(native: Promise<NativeQuestion | undefined> | undefined, answer: Answer) {
  const late = await native;
  await late?.settle(asNative(answer)).catch(() => {});
}

/** On the host's `pages` it is shown in no chat of its session: our own question stands there. */
export async function requestNative(
  parts: AskingParts,
  asking: Asking,
  on: "pages" | "route" = "route",
): Promise<NativeQuestion | undefined> {
  const { native, severity, toolName, allowAlways } = asking;
  if (!native) return undefined;
  const identity = on === "pages" ? { agentId: asking.identity.agentId } : asking.identity;
  const route = on === "pages" ? PAGES : asking.route;
  const decisions: NativeDecision[] = allowAlways
    ? ["allow-once", "allow-always", "deny"]
    : ["allow-once", "deny"];
  const { timeoutMs } = parts;
  const request = { identity, route, ...native, severity, toolName, decisions, timeoutMs };
  return await parts.native.request(request).catch(() => undefined);
}

/** The same with the name of who decided, which the host tells a moment later, or not at all. */
export async function withName(answer: Answer): Promise<Answer> {
  if (!("how" in answer) || typeof answer.by !== "function") return answer;
  const name = await answer.by().catch(() => undefined);
  return name === undefined ? answer : { ...answer, name };
}

export async function nativeAnswer(shown: NativeQuestion): Promise<Answer> {
  const how = { how: "button", by: () => shown.by() } as const;
  switch (await shown.decision.catch(() => undefined)) {
    case "allow-once":
      return { is: "once", ...how };
    case "allow-always":
      return { is: "always", ...how };
    case "deny":
      return { is: "deny", ...how };
    default:
      // The surface is gone or timed out on its own; whoever types, or our own time, still decides.
      return await new Promise(() => {});
  }
}

function asNative(answer: Answer): NativeDecision {
  if (answer.is === "once" || (answer.is === "rule" && answer.effect === "allow")) return "allow-once";
  return answer.is === "always" ? "allow-always" : "deny";
}
