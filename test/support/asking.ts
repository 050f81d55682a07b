// A question put to a chat that is a list: what is said there, which buttons stand under it, and what is typed or pressed.

import { conversationKey } from "../../src/host/conversation-binding.ts";
import type { Asking, AskingParts } from "../../src/permission/ask-parts.ts";
import { ask } from "../../src/permission/asking.ts";
import { AwaitedReplies } from "../../src/permission/awaited-replies.ts";
import type { NativeDecision, NativeQuestion } from "../../src/permission/native.ts";
import { type Press, Presses } from "../../src/permission/presses.ts";
import { nativeApprovals } from "./engine.ts";

export const identity = { agentId: "cc", sessionKey: "agent:cc:one" };
const CHAT = { channel: "telegram", to: "telegram:1", accountId: "default" };

type Options = Partial<AskingParts> & {
  held?: boolean;
  allowAlways?: boolean;
  unseen?: boolean;
  whole?: string;
  ending?: AbortSignal;
};

export function bench(o: Options = {}) {
  const replies = o.replies ?? new AwaitedReplies(conversationKey);
  const said: string[] = [];
  const rows: string[][] = [];
  const values: string[] = [];
  const kept: string[][] = [];
  const turn = new AbortController();
  const withdrawn = new AbortController();
  const conversation = o.held ? undefined : CHAT;
  const asking: Asking = {
    identity,
    conversations: conversation ? [conversation] : [],
    held: o.held ?? false,
    route: conversation,
    native: { title: "Run: x", description: "x" },
    severity: "warning",
    toolName: "Bash",
    allowAlways: o.allowAlways ?? true,
    text: "QUESTION",
    ...(o.whole === undefined ? {} : { whole: o.whole }),
    labels: { once: "Yes", always: "Always", deny: "No" },
    hint: "HINT",
    say: (text, extras) => {
      said.push(text);
      if (!extras) return;
      rows.push(extras.buttons.map(({ label }) => label));
      values.push(...extras.buttons.map(({ value }) => value));
      extras.shown(!o.unseen);
    },
    signal: o.ending ?? turn.signal,
    withdrawn: withdrawn.signal,
  };
  const parts: AskingParts = {
    native: nativeApprovals(async () => undefined),
    replies,
    presses: new Presses(() => false),
    mode: "auto",
    timeoutMs: 60_000,
    onKept: (_, texts) => void kept.push(texts),
    ...o,
  };
  const types = (text: string, authorized = true) =>
    replies.hear({ identity, route: CHAT }, { text, authorized, by: "telegram:1", name: "@ada" });
  return { answer: ask(parts, asking), said, rows, values, kept, turn, withdrawn, types, replies };
}

export function shown(o: { here?: boolean } = {}) {
  const pressed = Promise.withResolvers<NativeDecision | undefined>();
  const settled: NativeDecision[] = [];
  const question: NativeQuestion = {
    here: o.here ?? true,
    decision: pressed.promise,
    by: async () => "Telegram approval (501)",
    settle: async (decision) => void settled.push(decision),
  };
  return { native: nativeApprovals(async () => question), pressed, settled };
}

/** A press of the button with this value, by somebody who may approve. */
export function press(value: string, o: Partial<Press> = {}): Press {
  const payload = value.slice(value.indexOf(":") + 1);
  const place = { channel: "telegram", to: "1", accountId: "default" };
  return { payload, place, approver: true, by: "telegram:7", name: "@bob", ...o };
}

export const soon = () => new Promise((resolve) => setImmediate(resolve));
