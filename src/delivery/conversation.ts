// A Conversation runs the released turns of one session: what it accepted is on disk, and what Claude says is posted.
import { createHash } from "node:crypto";
import type { Inbox, InboxPrompt } from "../../state/inbox.ts";
import type { Route } from "../../state/session-map.ts";
import { saidAfter } from "../session/controls.ts";
import type { Session } from "../session/session.ts";
import type { Outbound } from "./outbound.ts";
import { Poster } from "./poster.ts";
import { type DeliveryMode, deliver } from "./reader.ts";
import { keepTyping } from "./typing.ts";

export interface ConversationParts {
  session: Session;
  inbox: Inbox;
  outbound: Outbound;
  mode: () => DeliveryMode;
  now: () => Date;
  onLost: (error: unknown) => void;
  onUnrecorded: (error: unknown) => void;
}

const PACE_MS = 350;

export class Conversation {
  readonly #parts: ConversationParts;
  #last: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
  }

  /** Takes a prompt: it is on disk when this resolves, and runs when those before it are done. A known id is taken once. */
  async accept(
    prompt: Pick<InboxPrompt, "id" | "text" | "images" | "route">,
  ): Promise<"accepted" | "duplicate"> {
    const entry = await this.#parts.session.ensure({});
    const accepted: InboxPrompt = {
      ...prompt,
      acceptedAt: this.#parts.now().toISOString(),
      state: "accepted",
      generation: entry.generation,
    };
    const verdict = await this.#parts.inbox.accept(accepted);
    if (verdict === "accepted") this.#run(accepted);
    return verdict;
  }

  /** A fresh session here; what the old one had under way or waiting is dropped. */
  async reset(): Promise<void> {
    await this.#parts.session.reset("reset");
  }

  /** Says something of ours here, outside any turn, after what was said before. */
  say(text: string, route: Route): void {
    const now = this.#parts.now().toISOString();
    const poster = this.#poster({ id: `say:${now}`, route, acceptedAt: now });
    poster.post(text);
    this.#last = this.#last.then(() => poster.idle());
  }

  /** After a restart: runs what was accepted and not yet handed to Claude, and reports what was cut off, never runs it twice. */
  async recover(): Promise<void> {
    for (const prompt of await this.#parts.inbox.all()) {
      if (prompt.state === "accepted") this.#run(prompt);
      else await this.#report(prompt);
    }
  }

  /** From now on nothing that ends is taken for done: the gateway is stopping, and the next one goes on. */
  stop(): void {
    this.#stopping = true;
  }

  /** Resolves when what has been said so far is posted, or after `ms`. */
  async settle(ms: number): Promise<void> {
    await Promise.race([this.#last, new Promise((resolve) => setTimeout(resolve, ms).unref())]);
  }

  #run(prompt: InboxPrompt): void {
    const { session, inbox, onLost } = this.#parts;
    const { id, text, images, route } = prompt;
    const turn = session.prompt({ id, text, images, conversation: route });
    void turn.submitted.then(() => inbox.submitted(prompt.id)).catch(onLost);
    const delivered = this.#deliver(prompt, turn);
    this.#last = this.#last.then(() => delivered).catch(onLost);
  }

  async #deliver(prompt: InboxPrompt, turn: ReturnType<Session["prompt"]>): Promise<void> {
    const { inbox, outbound, mode } = this.#parts;
    const before = this.#last;
    const poster = this.#poster(prompt);
    const recorded = this.#mirror(prompt, "user", prompt.text);
    const stopTyping = keepTyping({ outbound, route: prompt.route, after: before });
    try {
      const said = await deliver({ turn, poster, mode: mode() });
      await recorded;
      if (said !== "") await this.#mirror(prompt, "assistant", said);
    } finally {
      stopTyping();
      await before;
      if (!this.#stopping) await inbox.done(prompt.id);
    }
  }

  // The chat has the answer by now; the host's own record of it is worth a line in the log, and no more.
  async #mirror(prompt: InboxPrompt, role: "user" | "assistant", text: string): Promise<void> {
    const { outbound, session, onUnrecorded } = this.#parts;
    const id = turnName(session, prompt);
    await outbound.mirror({ identity: session.identity, role, text, id }).catch(onUnrecorded);
  }

  async #report(prompt: InboxPrompt): Promise<void> {
    const poster = this.#poster({ ...prompt, id: `${prompt.id}:interrupted` });
    poster.post(await this.#unposted(prompt));
    poster.post("\n\n");
    const at = new Date(prompt.submittedAt ?? prompt.acceptedAt).toISOString().slice(11, 16);
    poster.post(
      `⚠️ I was interrupted by a restart at ${at} UTC while working on: ${excerpt(prompt.text)}\n` +
        "Nothing was run again. Say continue to go on from there.",
    );
    await poster.idle();
    await this.#parts.inbox.done(prompt.id);
  }

  // What Claude had written down before the end, and nobody has read yet.
  async #unposted({ text, posted }: InboxPrompt): Promise<string> {
    const said = await saidAfter(this.#parts.session.controls, text).catch(() => "");
    const known = (posted ?? "").replace(/\s+/g, " ");
    return said
      .split(/\n{2,}/)
      .filter((paragraph) => !known.includes(paragraph.replace(/\s+/g, " ").trim()))
      .join("\n\n");
  }

  #poster(prompt: Pick<InboxPrompt, "id" | "route" | "acceptedAt">): Poster {
    const { outbound, session, inbox, onLost } = this.#parts;
    const { route } = prompt;
    return new Poster({
      outbound,
      identity: session.identity,
      route,
      turnId: turnName(session, prompt),
      after: this.#last,
      paceMs: PACE_MS,
      onLost,
      onPosted: (text) => inbox.posted(prompt.id, text),
    });
  }
}

// Channel message ids repeat from chat to chat, so a turn is named after its session as well.
function turnName(session: Session, prompt: { id: string; acceptedAt: string }): string {
  const { agentId, sessionKey } = session.identity;
  const owner = createHash("sha256").update(`${agentId}\0${sessionKey}`).digest("hex").slice(0, 16);
  return `${owner}:${prompt.id}:${prompt.acceptedAt}`;
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
