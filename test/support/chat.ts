// A chat without a channel: an engine whose conversations post into a list, for tests of what people are shown and when.
import { join } from "node:path";
import { silentLog } from "../../common/log.ts";
import { Conversations } from "../../src/delivery/conversations.ts";
import type { Outbound } from "../../src/delivery/outbound.ts";
import type { DeliveryStyle } from "../../src/delivery/style.ts";
import { conversationKey } from "../../src/host/conversation-binding.ts";
import { hostLock } from "../../src/host/file-lock.ts";
import type { Sessions } from "../../src/session/sessions.ts";
import type { TurnSource } from "../../src/session/source.ts";
import { type Inbox, openInbox } from "../../state/inbox.ts";
import type { Route } from "../../state/session-map.ts";
import { type EngineOptions, startEngine } from "./engine.ts";
import { until } from "./poll.ts";

export type TestChat = Awaited<ReturnType<typeof startChat>>;

const STYLE: DeliveryStyle = {
  mode: "live",
  longOutput: "split",
  progress: "normal",
  footer: "off",
  mirror: "all",
  mirrorInGroups: "answers",
};
const IDENTITY = { agentId: "cc", sessionKey: "agent:cc:acp:chat" };
export const ROUTE: Route = { channel: "telegram", to: "501", threadId: 7 };

type Post = { text: string; route: Route; at: number };
type ChatOptions = EngineOptions & {
  style?: Partial<DeliveryStyle>;
  /** What stands between the product and its inbox on disk. */
  inbox?: (real: Inbox) => Inbox;
  /** What a post fails with; none by itself. */
  fails?: (text: string, route: Route) => Error | undefined;
  /** The other conversations of the session; without it a turn is shown in its own alone. */
  places?: Route[];
};

// Over all chats of a test, because one may go on with what another left.
let count = 0;

/** One conversation over a real adapter, or over `command`. */
export async function startChat(o: ChatOptions = {}) {
  const posts: Post[] = [];
  const mirrored: string[] = [];
  const unheard: string[] = [];
  const engine = await startEngine({ ...o, places: o.places ? [ROUTE, ...o.places] : [] });
  const inbox = (o.inbox ?? ((real) => real))(inboxIn(engine.home));
  const style = { ...STYLE, ...o.style };
  const sink = { posts, mirrored, unheard, fails: o.fails ?? (() => undefined) };
  const conversations = conversationsOf({ sessions: engine.sessions, inbox, style, sink });
  const session = engine.sessions.of(IDENTITY);
  const texts = () => posts.map(({ text }) => text);
  return {
    engine,
    session,
    style,
    posts,
    mirrored,
    /** Sessions in which something was said that could be posted nowhere. */
    unheard,
    texts,
    says: (text: string, route = ROUTE) => {
      count += 1;
      return conversations.of(IDENTITY).accept({ id: `m${count}`, text, images: [], route });
    },
    /** A turn that the host holds, begun there. */
    holds: (text: string, source: TurnSource = { is: "web" }) => {
      count += 1;
      return session.prompt({ id: `m${count}`, text, images: [], source, audience: { is: "caller" } });
    },
    /** What was posted in that conversation. */
    textsIn: (place: Route) => posts.filter(({ route }) => route.to === place.to).map(({ text }) => text),
    /** The same with nobody to answer to. */
    records: (text: string) => {
      count += 1;
      return conversations.of(IDENTITY).accept({ id: `m${count}`, text, images: [] });
    },
    /** What waits on disk, and how far it got. */
    inbox: async () => (await inbox.all()).map(({ text, state }) => `${text}: ${state}`),
    /** The same, whole. */
    found: () => inbox.all(),
    /** What a gateway does after its start. */
    recovers: () => conversations.recover(),
    /** The gateway is told to end. */
    stops: async () => {
      conversations.stop();
      await engine.sessions.stop();
      await conversations.settle();
    },
    /** What a typed message does while a question waits: true when it was the answer. */
    answers: (text: string) =>
      engine.replies.hear(
        { identity: IDENTITY, route: ROUTE },
        { text, authorized: true, by: "telegram:501" },
      ).is === "answer",
    sees: (match: string | RegExp, withinMs = 60_000) =>
      until(`a post like ${match}`, () => texts().find((text) => fits(text, match)), {
        withinMs,
        seen: texts,
      }),
    dispose: async (how: { keep?: boolean } = {}) => {
      conversations.stop();
      await engine.dispose(how);
    },
  };
}

function conversationsOf(o: {
  sessions: Sessions;
  inbox: Inbox;
  style: DeliveryStyle;
  sink: { posts: Post[]; mirrored: string[]; unheard: string[]; fails: Required<ChatOptions>["fails"] };
}): Conversations {
  const { sessions, inbox, style, sink } = o;
  const { posts, mirrored, unheard, fails } = sink;
  return new Conversations({
    sessions,
    outbound: into(posts, mirrored, fails),
    inboxOf: () => inbox,
    inboxes: async () => [{ identity: IDENTITY, inbox }],
    styleOf: () => style,
    keyOf: conversationKey,
    now: () => new Date(),
    log: {
      ...silentLog,
      info: (line) => line.includes("no chat to post it to") && unheard.push(line),
      error: (line) => posts.push({ text: `lost: ${line}`, route: ROUTE, at: performance.now() }),
    },
  });
}

function inboxIn(home: string) {
  return openInbox({ dir: join(home, "inbox"), identity: IDENTITY, lock: hostLock, owner: true });
}

function into(posts: Post[], mirrored: string[], fails: Required<ChatOptions>["fails"]): Outbound {
  return {
    post: async ({ text, route, again }) => {
      const failure = fails(text, route);
      if (failure) throw failure;
      const shown = again === undefined ? text : `${again}\n\n${text}`;
      posts.push({ text: shown, route, at: performance.now() });
    },
    attach: async ({ name, text, route }) =>
      void posts.push({ text: `${name}:\n${text}`, route, at: performance.now() }),
    typing: async () => {},
    mirror: async ({ role, text }) => void mirrored.push(`${role}: ${text}`),
  };
}

function fits(text: string, match: string | RegExp): boolean {
  return typeof match === "string" ? text.includes(match) : match.test(text);
}
