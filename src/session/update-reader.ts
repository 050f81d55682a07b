// The reader of a session's adapter: it projects updates, answers questions through the broker, and feeds the turn that runs.
import { basename } from "node:path";
import type { Harness, HarnessStatus, ToolServer } from "../../adapters/harness.ts";
import type {
  ElicitationReply,
  PermissionAnswer,
  PermissionRequest,
  RawElicitation,
  RawUpdate,
  SessionListener,
} from "../../adapters/router.ts";
import { asText, plain } from "../../common/text.ts";
import { elapsed, unlessAborted } from "../../common/waiting.ts";
import type { Identity } from "../../state/identity.ts";
import type { Route, SessionEntry } from "../../state/session-map.ts";
import type { Say } from "../permission/ask-parts.ts";
import type { Asker, Broker } from "../permission/question.ts";
import { type Audience, routeOf } from "./audience.ts";
import { ChosenMode } from "./chosen-mode.ts";
import { elicitBoth } from "./elicit-both.ts";
import { Projector, type SessionEvent } from "./events.ts";
import type { SessionDefaults } from "./parts.ts";
import { choicesOf } from "./record/session-options.ts";
import type { SessionRecord } from "./record/session-record.ts";
import { isPage } from "./source.ts";
import type { PlacesOf, SessionFeed, Turn } from "./turn.ts";
import { UnreportedTools } from "./unreported-tools.ts";
import { UnsolicitedTurn } from "./unsolicited-turn.ts";

export interface ReaderParts {
  identity: Identity;
  harness: Harness;
  broker: Broker & Asker;
  defaults: () => SessionDefaults;
  record: SessionRecord;
  feed: SessionFeed;
  places: PlacesOf | undefined;
  /** Whom a turn speaks to that the harness begins by itself. */
  audience: () => Audience;
  /** The harness has begun something by itself. */
  begun: (turn: Turn) => void;
  /** True while a prompt waits. */
  hurried: () => boolean;
  /** Tells the harness something in the running turn, or right after it. */
  tell: (text: string, audience: Audience) => Promise<void>;
  /** Sets the mode the user chose with an answer, where the harness had no such option. */
  adopt: (mode: string) => Promise<void>;
}

// What the harness says or does; a late result of a tool, and what it tells of its settings, begin nothing.
const BEGINS: ReadonlySet<string> = new Set(["agent_message_chunk", "tool_call", "notice"]);

interface Following {
  turn: Turn;
  alive: () => void;
}

const TITLE_WIDTH = 80;
// What comes so soon after a turn that was ended is its rest, and over when the harness has said nothing for a while.
const DEAF_MS = 1_000;
const QUIET_MS = 250;
const ANSWERED_ON_PAGE = "✅ Answered (OpenClaw).";
const CANCELLED: PermissionAnswer = { outcome: { outcome: "cancelled" } };

export class UpdateReader implements SessionListener {
  readonly #parts: ReaderParts;
  readonly #projector: Projector;
  readonly #chosen: ChosenMode;
  #following: Following | undefined;
  #own: UnsolicitedTurn | undefined;
  #deafUntil = 0;
  /** When the harness last gave a sign, on the clock of `performance`. */
  heardAt = 0;
  #questions = 0;
  readonly #unreported: UnreportedTools;
  /** What runs in the background, in the harness's own words. */
  inBackground: readonly string[] = [];
  /** The MCP servers, as they were at the last turn; empty until the harness has told them. */
  servers: readonly ToolServer[] = [];
  /** The harness's own slash commands; empty until it has told them. */
  commands: readonly string[] = [];

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.#projector = new Projector(parts.harness.signs);
    this.#chosen = new ChosenMode(parts.adopt);
    this.#unreported = new UnreportedTools((tool) => parts.broker.used(parts.identity, tool));
  }

  /**
   * Everything heard goes to this turn until the returned function is called; `alive` is told of each sign of life. A turn
   * that was not `whole` has a rest to come, which nobody wants to hear.
   */
  follow(turn: Turn, alive: () => void): (o: { whole: boolean }) => void {
    const following = { turn, alive };
    this.#following = following;
    return ({ whole }) => {
      if (this.#following !== following) return;
      this.#following = undefined;
      if (!whole) this.#deafUntil = performance.now() + DEAF_MS;
      this.#forget();
    };
  }

  /**
   * Resolves when no unsolicited turn runs, and no rest of a turn that was ended is to come: a prompt would interrupt the
   * one, and take the text of both for its answer.
   */
  async still(signal: AbortSignal): Promise<void> {
    while (this.#own && !signal.aborted) await unlessAborted(this.#own.turn.result, signal);
    for (let ms = this.#restMs(); ms > 0 && !signal.aborted; ms = this.#restMs())
      await unlessAborted(elapsed(ms), signal);
  }

  // Milliseconds until the rest of a turn that was ended is thought to be over.
  #restMs(): number {
    const quietAt = Math.max(this.#deafUntil - DEAF_MS, this.heardAt) + QUIET_MS;
    return Math.min(this.#deafUntil, quietAt) - performance.now();
  }

  /** True while somebody is asked whether a tool may run. */
  get asking(): boolean {
    return this.#questions > 0;
  }

  /** True while the harness works on something, asked or not. */
  get busy(): boolean {
    return this.#current !== undefined;
  }

  running(): string[] {
    return this.#projector.running();
  }

  /** What the sub-agents that work now were given. */
  subagents(): string[] {
    return this.#projector.subagents();
  }

  update(update: RawUpdate): void {
    this.heardAt = performance.now();
    this.#current?.alive();
    const event = this.#projector.read(update);
    if (!event) return;
    if (BEGINS.has(update.sessionUpdate)) this.#hear();
    if (event.type === "commands") this.commands = event.names;
    if (event.type === "usage") event.model = this.#parts.harness.signs?.modelIn(update);
    if (this.#projector.beginsAnother(update)) this.#emit({ type: "break" });
    this.#chosen.heard(event);
    this.#unreported.heard(event, (id) => this.#projector.tool(id)?.name);
    this.#emit(event);
  }

  extension(method: string, params: unknown): void {
    const { signs } = this.#parts.harness;
    const sign = signs?.parseStatus(method, params);
    if (sign) this.#live(sign);
    const notice = signs?.noticeOf(method, params);
    if (notice === undefined) return;
    this.#current?.alive();
    if (notice !== "") this.#emit({ type: "notice", text: notice });
  }

  async permission(request: PermissionRequest, withdrawn: AbortSignal): Promise<PermissionAnswer> {
    const following = this.#hear();
    if (!following) return CANCELLED;
    this.#ask(1);
    this.#unreported.asked(request.toolCall.toolCallId);
    try {
      const decision = await this.#decide(request, following.turn, withdrawn);
      if (decision.notice) following.turn.emit({ type: "notice", text: decision.notice });
      if (decision.mode !== undefined) await this.#parts.record.note({ mode: decision.mode });
      if (decision.cancelTurn) following.turn.cancel("cancelled");
      // The harness must have the answer before it hears what was said about it.
      const { tell, mode } = decision;
      if (tell !== undefined) setImmediate(() => void this.#parts.tell(tell, following.turn.input.audience));
      if (mode !== undefined) this.#chosen.after(request.toolCall.toolCallId, mode);
      return decision.answer;
    } finally {
      this.#ask(-1);
      following.alive();
    }
  }

  async elicitation(request: RawElicitation, withdrawn: AbortSignal): Promise<ElicitationReply> {
    const following = this.#hear();
    if (!following) return { action: "decline" };
    const signal = AbortSignal.any([following.turn.ending, withdrawn]);
    this.#ask(1);
    try {
      return await this.#elicit(request, following.turn, signal);
    } finally {
      this.#ask(-1);
      following.alive();
    }
  }

  async #elicit(request: RawElicitation, turn: Turn, signal: AbortSignal): Promise<ElicitationReply> {
    const { identity, broker, harness, record } = this.#parts;
    const { audience, unsolicited } = turn.input;
    const onPage = audience.is === "caller" ? audience.elicit : undefined;
    const { conversations, ...apart } = await askedIn(turn);
    if (onPage && conversations.length === 0) return await onPage(request, signal);
    const say = saysIn(turn, conversations);
    if (audience.is === "job") say(audience.preface);
    else if (unsolicited) say(prefaceOf(harness.name, await record.read()));
    const inChats = (until: AbortSignal) =>
      broker.elicit({ identity, request, conversations, ...apart, say, signal: until });
    if (!onPage) return await inChats(signal);
    return await elicitBoth({
      page: (until) => onPage(request, until),
      chats: inChats,
      signal,
      onPage: () => {
        for (const place of conversations) say(ANSWERED_ON_PAGE, undefined, place);
      },
    });
  }

  async #decide(request: PermissionRequest, turn: Turn, withdrawn: AbortSignal) {
    const { identity, harness, defaults, record, broker } = this.#parts;
    const entry = await record.read();
    const { profile } = choicesOf({ entry, defaults: defaults(), harness });
    const { conversations, ...apart } = await askedIn(turn);
    return await broker.decide({
      identity,
      harness,
      profile,
      request,
      tool: harness.readTool(request, this.#projector.tool(request.toolCall.toolCallId)),
      cwd: entry?.cwd,
      conversations,
      ...apart,
      held: turn.input.audience.is === "caller" || isPage(turn.input.source),
      route: routeOf(turn.input.audience) ?? entry?.route,
      ...this.#preface(turn, { toolCall: request.toolCall, entry }),
      say: saysIn(turn, conversations),
      signal: turn.ending,
      withdrawn,
    });
  }

  // Who asks, where that is not what the people just wrote to.
  #preface(turn: Turn, o: { toolCall: unknown; entry: SessionEntry | undefined }): { preface?: string } {
    const task = this.#projector.askedBy(o.toolCall);
    const subagent = task && `The sub-agent for "${asText(plain(task, TITLE_WIDTH))}" asks:`;
    const { audience, unsolicited } = turn.input;
    if (audience.is === "job")
      return { preface: [audience.preface, ...(subagent ? [subagent] : [])].join("\n") };
    if (subagent !== undefined) return { preface: subagent };
    return unsolicited ? { preface: prefaceOf(this.#parts.harness.name, o.entry) } : {};
  }

  get #current(): Following | undefined {
    return this.#following ?? this.#own;
  }

  // The turn that this update belongs to; where none runs, an unsolicited one begins.
  #hear(): Following | undefined {
    if (!this.#current && performance.now() >= this.#deafUntil) this.#begin();
    return this.#current;
  }

  #live(sign: HarnessStatus): void {
    this.heardAt = performance.now();
    if ("inBackground" in sign) this.inBackground = sign.inBackground;
    else if ("servers" in sign) this.servers = sign.servers;
    else if (!this.#following && sign.works) (this.#own ?? this.#begin()).works(true);
    else if (!this.#following) this.#own?.works(false);
  }

  #begin(): UnsolicitedTurn {
    const { feed, begun, hurried, places, audience } = this.#parts;
    const own = new UnsolicitedTurn({
      feed,
      places,
      audience: audience(),
      asking: () => this.asking,
      toolRuns: () => this.running().length > 0,
      hurried,
      onOver: () => {
        if (this.#own !== own) return;
        this.#own = undefined;
        this.#forget();
      },
    });
    this.#own = own;
    begun(own.turn);
    return own;
  }

  #ask(more: 1 | -1): void {
    this.#questions += more;
    if (this.#questions === 0) this.#parts.feed.publish({ type: "answered" });
    else if (more === 1 && this.#questions === 1) this.#parts.feed.publish({ type: "asked" });
  }

  #forget(): void {
    this.#unreported.clear();
    this.#projector.clear();
    this.#chosen.settle();
  }

  #emit(event: SessionEvent): void {
    const turn = this.#current?.turn;
    if (event.type === "text" && this.#parts.harness.signs?.echoesError(event.text)) turn?.hold(event);
    else turn?.emit(event);
  }
}

// Where it is asked; for a job that answers in no conversation, where its people are, though nothing written there is for it.
async function askedIn(
  turn: Turn,
): Promise<{ conversations: readonly Route[]; answerWith?: string | undefined }> {
  const conversations = await turn.places();
  const { audience } = turn.input;
  if (audience.is !== "job" || conversations.length > 0) return { conversations };
  return { conversations: audience.place ? [audience.place] : [], answerWith: audience.answer };
}

function saysIn(turn: Turn, conversations: readonly Route[]): Say {
  return (text, extras, place) => {
    const where = place ? { place, ...(place === conversations[0] ? {} : { copy: true as const }) } : {};
    turn.emit({ type: "ask", text, ...(extras ? { extras } : {}), ...where });
  };
}

// Nobody has just written anything here: people should know which session wants something, and that they missed nothing.
function prefaceOf(harness: string, entry: SessionEntry | undefined): string {
  const name = entry && (entry.name ?? basename(entry.cwd));
  return `${harness} goes on by itself${name ? ` in ${name}` : ""} (something in the background has ended) and asks:`;
}
