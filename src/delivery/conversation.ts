// A Conversation runs the released turns of one session: what it accepted is on disk, what was submitted never runs again,
// and what Claude says is posted in order. I2, I3, I4 (docs/architecture.md).
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../common/failure.ts";
import type { Inbox, InboxPrompt } from "../../state/inbox.ts";
import type { Route } from "../../state/session-map.ts";
import { routeOf } from "../session/audience.ts";
import { NEW_ELSEWHERE } from "../session/sentences.ts";
import type { Session } from "../session/session.ts";
import { isPage, type TurnSource } from "../session/source.ts";
import type { Turn } from "../session/turn.ts";
import { headFor, heardFromNow, type Read, shownIn } from "./elsewhere.ts";
import { interruption } from "./interrupted.ts";
import { Order, type Told } from "./order.ts";
import type { Outbound } from "./outbound.ts";
import { Poster } from "./poster.ts";
import { QueueNotice } from "./queue-notice.ts";
import type { DeliveryStyle } from "./style.ts";
import { turnName } from "./turn-name.ts";
import { deliver } from "./turn-reader.ts";
import { TurnText } from "./turn-text.ts";
import { keepTyping } from "./typing.ts";

export interface ConversationParts {
  session: Session;
  inbox: Inbox;
  outbound: Outbound;
  style: () => DeliveryStyle;
  now: () => Date;
  /** Names this life of the gateway: what it accepts is its own to run, and not to be recovered. */
  gateway: string;
  onLost: (error: unknown) => void;
  onRetry: (error: unknown) => void;
  onUnrecorded: (error: unknown) => void;
  /** An unsolicited turn said something, and there was no conversation to post it to. */
  onUndeliverable: () => void;
  /** True when nothing is begun, and nothing that ends is taken for done, any more: the next gateway goes on. */
  stopping: () => boolean;
  /** Names a conversation, however its route is written. */
  keyOf: (route: Route) => string;
}

type Posted = Pick<InboxPrompt, "id" | "acceptedAt"> & { route: Route };

const PACE_MS = 350;
const NOWHERE = "";
const DONE = Promise.resolve();

export class Conversation {
  readonly #parts: ConversationParts;
  readonly #order = new Order();
  // Turns whose answer is posted where they were accepted; what the other conversations show of them is added when they begin.
  readonly #accepted = new WeakMap<Turn, { key: string; shown: (elsewhere: Told) => Told }>();
  readonly #queue: QueueNotice;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    const now = () => parts.now().toISOString();
    this.#queue = new QueueNotice({
      waiting: () => parts.session.activity.prompts - 1,
      behind: (route) => this.#behind(route),
      say: (text, route) => {
        if (parts.stopping()) return;
        if (route) this.notify(text, route);
        else void this.#record({ id: `queued:${randomUUID()}`, acceptedAt: now() }, "assistant", text);
      },
    });
  }

  /** Takes a prompt: it is on disk when this resolves, and runs when those before it are done. A known id is taken once. */
  async accept(
    prompt: Pick<InboxPrompt, "id" | "text" | "images" | "route">,
    source?: TurnSource,
  ): Promise<"accepted" | "duplicate"> {
    const { session, inbox, now, gateway } = this.#parts;
    const { generation, route } = await session.ensure({});
    const acceptedAt = now().toISOString();
    const accepted: InboxPrompt = { ...prompt, acceptedAt, state: "accepted", generation, gateway };
    const verdict = await inbox.accept(accepted);
    if (verdict === "duplicate" || this.#parts.stopping()) return verdict;
    const { prompts: ahead } = this.#parts.session.activity;
    const turn = this.#run(accepted, source);
    this.#queue.entered(turn, ahead);
    if (prompt.route && !isDeepStrictEqual(route, prompt.route)) void this.#moved(prompt.route);
    return verdict;
  }

  /** Whether a prompt of this id was taken before. */
  async knows(id: string): Promise<boolean> {
    return await this.#parts.inbox.knows(id);
  }

  /** The directory Claude works in here. */
  async cwd(): Promise<string> {
    return (await this.#parts.session.ensure({})).cwd;
  }

  /**
   * Shows a turn that begins now in the conversations of the session in which it was not accepted. An unsolicited one that has
   * none is kept in the host's transcript of the session and in the session's recent output.
   */
  show(turn: Turn): void {
    const accepted = this.#accepted.get(turn);
    const shown = this.#showIn(turn, { except: accepted?.key, after: (key) => before(key) });
    const told: Told = async (key) => await (await shown).get(key);
    const before = accepted
      ? accepted.shown(told)
      : turn.input.unsolicited
        ? this.#order.unprompted(told)
        : this.#order.prompted(turn, told);
  }

  /** Somebody told the running turn something: the other conversations of the session are told what. */
  async overheard(source: TurnSource, route: Route | undefined): Promise<void> {
    const { style } = this.#parts;
    for (const place of await this.#others(route)) {
      const { head, questionsOnly } = headFor(place, source, style());
      if (!questionsOnly) this.notify(head, place);
    }
  }

  /** A new session stands here, as this conversation wanted: the others are told. */
  async replaced(route: Route): Promise<void> {
    for (const place of await this.#others(route)) this.say(NEW_ELSEWHERE, place);
  }

  /** A fresh session here; what the old one had under way or waiting is dropped. Resolves to what it had in the background. */
  async reset(route: Route | undefined): Promise<readonly string[]> {
    const { session } = this.#parts;
    const { inBackground } = session.activity;
    await session.reset("reset", route);
    return inBackground;
  }

  /** Says something of ours here, outside any turn, after what was said before. */
  say(text: string, route: Route): void {
    const now = this.#parts.now().toISOString();
    const key = this.#keyOf(route);
    const before = this.#order.last(key);
    const poster = this.#poster({ id: `say:${now}`, route, acceptedAt: now }, () => before);
    poster.post(text);
    this.#order.next(key, poster.idle());
  }

  /** Says something of ours at once, whatever Claude is saying. */
  notify(text: string, route: Route): void {
    const acceptedAt = this.#parts.now().toISOString();
    const poster = this.#poster({ id: `notice:${randomUUID()}`, route, acceptedAt }, async () => {});
    poster.post(text);
  }

  /**
   * After a restart: runs what was accepted and not yet handed to Claude, and reports what was cut off, never runs it twice.
   * What this gateway accepted meanwhile is under way, or done by the time its turn would come here.
   */
  async recover(): Promise<void> {
    const { inbox, gateway } = this.#parts;
    for (const prompt of await inbox.all()) {
      if (this.#parts.stopping()) return;
      if (prompt.gateway === gateway) continue;
      if (prompt.state === "accepted") this.#run(prompt);
      else this.#report(prompt, await interruption(prompt, this.#parts.session.controls));
    }
  }

  /** Resolves when what has been said so far is posted, or after `ms`. */
  async settle(ms: number): Promise<void> {
    await Promise.race([this.#order.settled(), new Promise((resolve) => setTimeout(resolve, ms).unref())]);
  }

  #run(prompt: InboxPrompt, source?: TurnSource): Turn {
    const { session, inbox, onLost } = this.#parts;
    const { id, text, images, route } = prompt;
    const beforeSubmit = () => inbox.submitted(id).catch(unnoted);
    const turn = session.prompt({
      id,
      text,
      images,
      audience: session.audience(route),
      source,
      beforeSubmit,
    });
    const key = this.#keyOf(route);
    let elsewhere: Told = async () => {};
    const after = this.#order.prompted(turn, (where) => (where === key ? delivered : elsewhere(where)));
    const delivered = this.#deliver(prompt, turn, after).catch(onLost);
    this.#order.next(key, delivered);
    const shown = (told: Told) => {
      elsewhere = told;
      return after;
    };
    this.#accepted.set(turn, { key, shown });
    return turn;
  }

  async #deliver(prompt: InboxPrompt, turn: Turn, follows: Told): Promise<void> {
    const { route } = prompt;
    const key = this.#keyOf(route);
    const before = this.#order.last(key);
    const after = () => Promise.all([before, follows(key)]);
    try {
      // What is typed on a page of the host is in its record already.
      const { source } = turn.input;
      const recorded = isPage(source) || isJob(turn) ? DONE : this.#record(prompt, "user", prompt.text);
      if (route) await this.#tell({ ...prompt, route }, turn, { after, recorded });
      else await recorded.then(() => this.#keep(prompt, turn));
    } finally {
      await before;
      if (!this.#parts.stopping()) await this.#parts.inbox.done(prompt.id);
    }
  }

  // Resolves, once it is known where, to what each conversation is told of it.
  async #showIn(
    turn: Turn,
    o: { except: string | undefined; after: Told },
  ): Promise<ReadonlyMap<string, Promise<void>>> {
    const { onLost, keyOf, now } = this.#parts;
    const { id, unsolicited } = turn.input;
    const acceptedAt = now().toISOString();
    const { read, forget } = heardFromNow(turn);
    const places = await turn.places().catch((error: unknown) => {
      onLost(error);
      return [];
    });
    const shown = new Map<string, Promise<void>>();
    for (const [at, route] of places.entries()) {
      const key = keyOf(route);
      if (key === o.except) continue;
      const of = { id: unsolicited && at === 0 ? id : `${id}@${key}`, route, acceptedAt };
      const how = { after: () => o.after(key), read, elsewhere: !unsolicited || at > 0 };
      const recorded = unsolicited && at === 0 ? { recorded: DONE } : {};
      const told = this.#tell(of, turn, { ...how, ...recorded }).catch(onLost);
      shown.set(key, told);
      this.#order.next(key, told);
    }
    if (unsolicited && places.length === 0) void this.#keep({ id, acceptedAt }, turn).catch(onLost);
    forget();
    return shown;
  }

  // `recorded`: what comes before it in the host's record; absent where the record is somebody else's to write.
  async #tell(
    of: Posted,
    turn: Turn,
    o: { after: () => Promise<unknown>; recorded?: Promise<void>; read?: Read; elsewhere?: boolean },
  ): Promise<void> {
    const { outbound, session, keyOf } = this.#parts;
    const { route: place } = of;
    const style = this.#parts.style();
    const elsewhere = o.elsewhere ? shownIn(place, turn, style) : undefined;
    const poster = this.#poster(of, o.after);
    const asking = () => session.activity.asking;
    const idle = () => !asking() && !poster.posting && !elsewhere?.questionsOnly;
    const stopTyping = keepTyping({ outbound, route: place, after: o.after(), when: idle });
    try {
      const { name } = session.harness;
      const { read } = o;
      const isHere = (other: Route) => keyOf(other) === keyOf(place);
      const said = await deliver({ turn, poster, style, asking, name, isHere, elsewhere, read });
      if (!o.recorded) return;
      await o.recorded;
      if (said !== "") await this.#record(of, "assistant", said);
    } finally {
      stopTyping();
    }
  }

  async #keep(of: Omit<Posted, "route">, turn: Turn): Promise<void> {
    const words = new TurnText(() => {}, false);
    turn.read((event) => (event.type === "ask" && event.copy) || words.read(event));
    await turn.result;
    // A job keeps its own words, and tells of them itself.
    if (words.text() === "" || isJob(turn)) return;
    await this.#record(of, "assistant", words.text());
    if (turn.input.unsolicited) this.#parts.onUndeliverable();
  }

  // What runs, where it was not begun in this conversation.
  #behind(route: Route | undefined): TurnSource | undefined {
    const { running } = this.#parts.session.activity;
    const own = running && routeOf(running.audience);
    return own && this.#keyOf(own) === this.#keyOf(route) ? undefined : running?.source;
  }

  async #others(than: Route | undefined): Promise<readonly Route[]> {
    const { session, onLost } = this.#parts;
    return await session.places({ except: than }).catch((error: unknown) => {
      onLost(error);
      return [];
    });
  }

  #keyOf(route: Route | undefined): string {
    return route ? this.#parts.keyOf(route) : NOWHERE;
  }

  // Worth a line in the log when it cannot be written, and not a lost message.
  async #moved(route: Route): Promise<void> {
    await this.#parts.session.record.noteRoute(route).catch(this.#parts.onUnrecorded);
  }

  // The chat has the answer by now; the host's own record of it is worth a line in the log, and no more.
  async #record(
    of: { id: string; acceptedAt: string },
    role: "user" | "assistant",
    text: string,
  ): Promise<void> {
    const { outbound, session, onUnrecorded } = this.#parts;
    const id = turnName(session.identity, of);
    await outbound.mirror({ identity: session.identity, role, text, id }).catch(onUnrecorded);
  }

  // Not waited for: the channel may be away, and what waits behind it is to be run all the same.
  #report(prompt: InboxPrompt, words: string): void {
    const { inbox, stopping, onLost } = this.#parts;
    const { route } = prompt;
    const key = this.#keyOf(route);
    const before = this.#order.last(key);
    const posted = async () => {
      if (route) {
        const of = { ...prompt, route, id: `${prompt.id}:interrupted` };
        const poster = this.#poster(of, () => before, prompt.id);
        poster.post(words);
        await poster.idle();
      } else if (this.#parts.session.audience(undefined).is !== "job")
        await this.#record({ ...prompt, id: `${prompt.id}:interrupted` }, "assistant", words);
      if (!stopping()) await inbox.done(prompt.id);
    };
    this.#order.next(key, posted().catch(onLost));
  }

  // `notedFor`: the prompt whose answer it is part of.
  #poster(of: Posted, after: () => Promise<unknown>, notedFor = of.id): Poster {
    const { outbound, session, inbox, onLost, onRetry, stopping } = this.#parts;
    const { route } = of;
    return new Poster({
      outbound,
      identity: session.identity,
      route,
      turnId: turnName(session.identity, of),
      after,
      paceMs: PACE_MS,
      onLost,
      onRetry,
      stopping,
      onPosting: (text) => inbox.posting(notedFor, text),
      onPosted: (text) => inbox.posted(notedFor, text),
    });
  }
}

function isJob({ input }: Turn): boolean {
  return input.audience.is === "job";
}

// I4 (docs/architecture.md): a prompt that is not noted as given would be run again by the next gateway.
function unnoted(cause: unknown): never {
  throw new Failure({
    code: "refused",
    message: "Your message was not run, because it could not be noted on the disk of this machine.",
    next: { say: "Free some space there, then send it again." },
    cause,
  });
}
