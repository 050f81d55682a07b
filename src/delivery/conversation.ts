// A Conversation runs the released turns of one session: what it accepted is on disk, what was submitted never runs again,
// and what Claude says is posted in order. I2, I3, I4 (docs/architecture.md).
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { Failure } from "../../common/failure.ts";
import type { Inbox, InboxPrompt } from "../../state/inbox.ts";
import type { Route } from "../../state/session-map.ts";
import { audienceAt, routeOf } from "../session/audience.ts";
import type { Session } from "../session/session.ts";
import type { Turn } from "../session/turn.ts";
import { interruption } from "./interrupted.ts";
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
}

type Posted = Pick<InboxPrompt, "id" | "acceptedAt"> & { route: Route };

const PACE_MS = 350;

export class Conversation {
  readonly #parts: ConversationParts;
  #last: Promise<void> = Promise.resolve();
  // Unsolicited turns run ahead of queued prompts, so their text is posted first: after the text of the turn that began
  // last, and before the answer to the next prompt.
  #begun: Promise<void> = Promise.resolve();
  #own: Promise<void> = Promise.resolve();
  readonly #queue: QueueNotice;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    this.#queue = new QueueNotice({
      waiting: () => parts.session.activity.prompts - 1,
      say: (text, route) => parts.stopping() || this.notify(text, route),
    });
  }

  /** Takes a prompt: it is on disk when this resolves, and runs when those before it are done. A known id is taken once. */
  async accept(
    prompt: Pick<InboxPrompt, "id" | "text" | "images" | "route">,
  ): Promise<"accepted" | "duplicate"> {
    const { session, inbox, now, gateway } = this.#parts;
    const { generation, route } = await session.ensure({});
    const acceptedAt = now().toISOString();
    const accepted: InboxPrompt = { ...prompt, acceptedAt, state: "accepted", generation, gateway };
    const verdict = await inbox.accept(accepted);
    if (verdict === "duplicate" || this.#parts.stopping()) return verdict;
    const { prompts: ahead } = this.#parts.session.activity;
    const turn = this.#run(accepted);
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
   * Posts an unsolicited turn to the session's conversation. Where there is none, its text is kept in the host's transcript of
   * the session and in the session's recent output.
   */
  deliverUnsolicited(turn: Turn): void {
    const { onLost } = this.#parts;
    const { id, audience } = turn.input;
    const route = routeOf(audience);
    const acceptedAt = this.#parts.now().toISOString();
    const before = this.#begun;
    const told = route
      ? this.#tell({ id, route, acceptedAt }, turn, { after: () => before })
      : this.#keep({ id, acceptedAt }, turn);
    const delivered = told.catch(onLost);
    this.#begun = delivered;
    this.#own = delivered;
    this.#last = this.#last.then(() => delivered);
  }

  /** A fresh session here; what the old one had under way or waiting is dropped. Resolves to what it had in the background. */
  async reset(): Promise<readonly string[]> {
    const { session } = this.#parts;
    const { inBackground } = session.activity;
    await session.reset("reset");
    return inBackground;
  }

  /** Says something of ours here, outside any turn, after what was said before. */
  say(text: string, route: Route): void {
    const now = this.#parts.now().toISOString();
    const before = this.#last;
    const poster = this.#poster({ id: `say:${now}`, route, acceptedAt: now }, () => before);
    poster.post(text);
    this.#last = this.#last.then(() => poster.idle());
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
    await Promise.race([this.#last, new Promise((resolve) => setTimeout(resolve, ms).unref())]);
  }

  #run(prompt: InboxPrompt): Turn {
    const { session, inbox, onLost } = this.#parts;
    const { id, text, images, route } = prompt;
    const beforeSubmit = () => inbox.submitted(id).catch(unnoted);
    const turn = session.prompt({ id, text, images, audience: audienceAt(route), beforeSubmit });
    const delivered = this.#deliver(prompt, turn).catch(onLost);
    void turn.submitted.then(() => {
      this.#begun = delivered;
    });
    this.#last = this.#last.then(() => delivered);
    return turn;
  }

  async #deliver(prompt: InboxPrompt, turn: Turn): Promise<void> {
    const before = this.#last;
    // What Claude begins by itself behind this prompt waits for its words, and not they for that.
    let own: Promise<void> | undefined;
    void turn.submitted.then(() => {
      own = this.#own;
    });
    const after = () => Promise.all([before, own ?? this.#own]);
    try {
      const recorded = this.#mirror(prompt, "user", prompt.text);
      const { route } = prompt;
      if (route) await this.#tell({ ...prompt, route }, turn, { after, recorded });
      else await recorded.then(() => this.#keep(prompt, turn));
    } finally {
      await before;
      if (!this.#parts.stopping()) await this.#parts.inbox.done(prompt.id);
    }
  }

  // `recorded`: what comes before it in the host's record.
  async #tell(
    of: Posted,
    turn: Turn,
    o: { after: () => Promise<unknown>; recorded?: Promise<void> },
  ): Promise<void> {
    const { outbound, style, session } = this.#parts;
    const poster = this.#poster(of, o.after);
    const asking = () => session.activity.asking;
    const idle = () => !asking() && !poster.posting;
    const stopTyping = keepTyping({ outbound, route: of.route, after: o.after(), when: idle });
    try {
      const said = await deliver({ turn, poster, style: style(), asking, name: session.harness.name });
      await o.recorded;
      if (said !== "") await this.#mirror(of, "assistant", said);
    } finally {
      stopTyping();
    }
  }

  async #keep(of: Omit<Posted, "route">, turn: Turn): Promise<void> {
    const words = new TurnText(() => {}, false);
    turn.read((event) => words.read(event));
    await turn.result;
    if (words.text() === "") return;
    await this.#mirror(of, "assistant", words.text());
    this.#parts.onUndeliverable();
  }

  // Worth a line in the log when it cannot be written, and not a lost message.
  async #moved(route: Route): Promise<void> {
    await this.#parts.session.record.noteRoute(route).catch(this.#parts.onUnrecorded);
  }

  // The chat has the answer by now; the host's own record of it is worth a line in the log, and no more.
  async #mirror(
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
    const before = this.#last;
    const { route } = prompt;
    const posted = async () => {
      if (route) {
        const of = { ...prompt, route, id: `${prompt.id}:interrupted` };
        const poster = this.#poster(of, () => before, prompt.id);
        poster.post(words);
        await poster.idle();
      }
      if (!stopping()) await inbox.done(prompt.id);
    };
    const reported = posted().catch(onLost);
    this.#last = this.#last.then(() => reported);
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

// I4 (docs/architecture.md): a prompt that is not noted as given would be run again by the next gateway.
function unnoted(cause: unknown): never {
  throw new Failure({
    code: "refused",
    message: "Your message was not run, because it could not be noted on the disk of this machine.",
    next: { say: "Free some space there, then send it again." },
    cause,
  });
}
