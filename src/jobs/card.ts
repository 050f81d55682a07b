// Cards: notices that were turned into a view of what a job does now. Each edits its own message until the job has ended, or the
// message cannot be edited any more; then it goes without a word. They live as long as the gateway: after that it takes another press.
import { type Log, logError } from "../../common/log.ts";
import { visible } from "../../common/text.ts";
import type { Job } from "../../state/jobs.ts";
import { buttonsOf } from "./buttons.ts";
import { durationText, elapsedMs, isLive } from "./job.ts";
import type { JobRun } from "./job-run.ts";
import { endNotice, noticeOf, type Verb } from "./wording.ts";

/** A message of ours that can be edited because a button under it was pressed. */
export interface EditableMessage {
  /** Names it for ever. */
  key: string;
  /** True where many people share what may be posted and edited. */
  crowded: boolean;
  /** Replaces its text and its buttons; rejects where it cannot. */
  edit(o: { text: string; buttons: readonly { label: string; value: string }[] }): Promise<void>;
}

export interface CardsParts {
  runOf: (job: Pick<Job, "id">) => Pick<JobRun, "job" | "tool" | "words"> | undefined;
  now: () => Date;
  log: Log;
}

interface Card {
  job: string;
  /** Ends the pause between two looks. */
  wake: () => void;
}

const MOST = 20;
const EVERY_MS = 3_000;
// Telegram lets twenty calls a minute through to a group, all its topics together; most of them are for messages.
const CROWDED_MS = 10_000;
/** How old a card may be that says nothing new but how long the job has worked. */
const STALE_MS = 6_000;
const WORDS_WIDTH = 300;
const TOOL_WIDTH = 200;
const VERBS: readonly Verb[] = ["watch", "stop", "reply"];

export class Cards {
  readonly #parts: CardsParts;
  readonly #cards = new Map<string, Card>();
  #stopped = false;

  constructor(parts: CardsParts) {
    this.#parts = parts;
  }

  /** Makes a card of the message, or has the one that it is look at once; false where there are as many as may be. */
  show(job: Pick<Job, "id">, message: EditableMessage): boolean {
    const known = this.#cards.get(message.key);
    known?.wake();
    if (known) return true;
    if (this.#stopped || this.#cards.size >= MOST) return false;
    const card: Card = { job: job.id, wake: () => {} };
    this.#cards.set(message.key, card);
    void this.#keep(card, message).finally(() => this.#cards.delete(message.key));
    return true;
  }

  /** Whether the message is one. */
  has(key: string): boolean {
    return this.#cards.has(key);
  }

  watches(job: Pick<Job, "id">): boolean {
    return this.#of(job).length > 0;
  }

  /** Something happened to the job that is to be seen at once. */
  look(job: Pick<Job, "id">): void {
    for (const { wake } of this.#of(job)) wake();
  }

  stop(): void {
    this.#stopped = true;
    for (const { wake } of this.#cards.values()) wake();
  }

  #of(job: Pick<Job, "id">): Card[] {
    return [...this.#cards.values()].filter((card) => card.job === job.id);
  }

  async #keep(card: Card, message: EditableMessage): Promise<void> {
    let shown = { is: "", at: 0 };
    try {
      for (;;) {
        const run = this.#parts.runOf({ id: card.job });
        if (this.#stopped || !run) return;
        const now = this.#parts.now();
        const { text, is, over } = viewOf(run, now);
        if (over || is !== shown.is || now.getTime() - shown.at >= STALE_MS) {
          await message.edit({ text, buttons: over ? [] : buttonsOf(VERBS, run.job) });
          shown = { is, at: now.getTime() };
        }
        if (over) return;
        await pause(card, message.crowded ? CROWDED_MS : EVERY_MS);
      }
    } catch (error) {
      this.#parts.log.info(`a card of the job ${card.job} is not kept up any more: ${logError(error)}`);
    }
  }
}

/** `is` stays the same while nothing changes but the time. */
function viewOf(
  { job, tool, words }: Pick<JobRun, "job" | "tool" | "words">,
  now: Date,
): { text: string; is: string; over: boolean } {
  if (!isLive(job)) {
    const { text } = noticeOf(endNotice(job), job, { now, brief: true });
    return { text, is: text, over: true };
  }
  const said = visible(words).trim();
  const doing = [
    ...(tool ? [`🔧 ${visible(tool.title).replace(/\s+/g, " ").slice(0, TOOL_WIDTH)}`] : []),
    ...(said === "" ? [] : [said.length > WORDS_WIDTH ? `…${said.slice(-WORDS_WIDTH)}` : said]),
  ].join("\n");
  const took = durationText(elapsedMs(job, now));
  return {
    text: `👀 ${job.name} · ${job.state} · ${took}\n${doing}`.trim(),
    is: `${job.state}\n${doing}`,
    over: false,
  };
}

function pause(card: Card, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    card.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
