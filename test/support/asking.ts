// A question put to a chat that is a list: what is said there, which buttons stand under it, and what is typed or pressed.

import { conversationKey } from "../../src/host/conversation-binding.ts";
import type { Asking, AskingParts, Say } from "../../src/permission/ask-parts.ts";
import { ask } from "../../src/permission/asking.ts";
import { AwaitedReplies } from "../../src/permission/awaited-replies.ts";
import type { NativeDecision, NativeQuestion } from "../../src/permission/native.ts";
import { type Press, Presses } from "../../src/permission/presses.ts";
import type { Route } from "../../state/session-map.ts";
import { nativeApprovals } from "./engine.ts";

export const identity = { agentId: "cc", sessionKey: "agent:cc:one" };
export const CHAT = { channel: "telegram", to: "telegram:1", accountId: "default" };

type Options = Partial<AskingParts> & {
  held?: boolean;
  allowAlways?: boolean;
  unseen?: boolean;
  whole?: string;
  ending?: AbortSignal;
  /** Where it is asked [one chat, or none where it is held]. */
  conversations?: readonly Route[];
  text?: string;
  preface?: string;
  /** The conversations that cannot be given the question. */
  failing?: readonly Route[];
};

export function bench(o: Options = {}) {
  const replies = o.replies ?? new AwaitedReplies(conversationKey);
  const kept: string[][] = [];
  const turn = new AbortController();
  const withdrawn = new AbortController();
  const conversations = o.conversations ?? (o.held ? [] : [CHAT]);
  const chat = listingChat((place) => !o.unseen && !o.failing?.some((route) => route === place));
  const asking: Asking = {
    identity,
    conversations,
    held: o.held ?? false,
    route: conversations[0],
    native: { title: "Run: x", description: "x" },
    severity: "warning",
    toolName: "Bash",
    title: "Run: x",
    allowAlways: o.allowAlways ?? true,
    text: o.text ?? "QUESTION",
    numbered: (number) => `Question ${number}. ${o.text ?? "QUESTION"}`,
    ...(o.preface === undefined ? {} : { preface: o.preface }),
    ...(o.whole === undefined ? {} : { whole: o.whole }),
    labels: { once: "Yes", always: "Always", deny: "No" },
    hint: "HINT",
    say: chat.say,
    signal: o.ending ?? turn.signal,
    withdrawn: withdrawn.signal,
  };
  const parts: AskingParts = {
    native: nativeApprovals(async () => undefined),
    replies,
    presses: new Presses(() => false),
    mode: "auto",
    timeoutMs: 60_000,
    unanswered: { note: () => () => {} },
    onKept: ({ conversation }, texts) =>
      void kept.push(conversation === CHAT ? texts : [`${conversation?.to}:`, ...texts]),
    ...o,
  };
  return {
    answer: ask(parts, asking),
    ...chat,
    kept,
    turn,
    withdrawn,
    replies,
    types: (text: string, authorized = true, more: { route?: Route; replyTo?: string } = {}) =>
      replies.hear(
        { identity, route: more.route ?? CHAT },
        { text, authorized, by: "telegram:1", name: "@ada", replyTo: more.replyTo },
      ),
  };
}

// `shows` tells whether a conversation takes a question.
function listingChat(shows: (place: Route | undefined) => boolean) {
  const said: string[] = [];
  const rows: string[][] = [];
  const values: string[] = [];
  const posts: { text: string; place: Route | undefined; values: string[] }[] = [];
  const say: Say = (text, extras, place) => {
    const row = extras?.buttons.map(({ value }) => value) ?? [];
    said.push(text);
    posts.push({ text, place, values: row });
    if (!extras) return;
    rows.push(extras.buttons.map(({ label }) => label));
    values.push(...row);
    extras.shown(shows(place));
  };
  return {
    say,
    said,
    rows,
    values,
    /** What was said in this conversation. */
    saidIn: (route: Route) => posts.filter(({ place }) => place === route).map(({ text }) => text),
    /** The buttons of the question there. */
    valuesIn: (route: Route) =>
      posts.find(({ place, values: row }) => place === route && row.length > 0)?.values ?? [],
  };
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
