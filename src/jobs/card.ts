// A status card: a notice whose message is edited while its job works, so that somebody can look at it without being rung.
import { setTimeout as sleep } from "node:timers/promises";
import type { Block } from "../../state/job-output.ts";
import type { Job } from "../../state/jobs.ts";
import { buttonValue } from "./buttons.ts";
import { costText, durationText, elapsedMs, isLive } from "./job.ts";
import { blockLines, LABELS, nameText } from "./wording.ts";

/** What a card shows; without buttons it is its last form. */
export interface CardFace {
  text: string;
  buttons: readonly { label: string; value: string }[];
}

export interface CardParts {
  /** The job as it is now; undefined where it is gone. */
  job: () => Job | undefined;
  blocks: () => Promise<readonly Block[]>;
  /** Changes the message. */
  edit: (face: CardFace) => Promise<void>;
  now: () => Date;
  /** Milliseconds between two edits. */
  everyMs: number;
  signal: AbortSignal;
}

const WORDS = 300;

/** Edits the message whenever something changed, until the job ends or the message cannot be edited any more. */
export async function showCard(o: CardParts): Promise<void> {
  for (let last = ""; !o.signal.aborted; await sleep(o.everyMs, undefined, { ref: false })) {
    const job = o.job();
    if (!job) return;
    const face = faceOf(job, await o.blocks(), o.now());
    if (face.text !== last) await o.edit(face);
    last = face.text;
    if (!isLive(job)) return;
  }
}

function faceOf(job: Job, blocks: readonly Block[], now: Date): CardFace {
  const live = isLive(job);
  const tool = blocks.findLast(({ kind }) => kind === "tool");
  const words = blocks.findLast(({ kind }) => kind === "text");
  const head = [
    `${live ? "👀" : "⏹"} ${nameText(job)}`,
    job.state,
    durationText(elapsedMs(job, now)),
    costText(job),
  ];
  const lines = [
    head.filter(Boolean).join(" · "),
    ...(live && tool && tool.n > (words?.n ?? 0) ? blockLines("tool", tool.text) : []),
    ...(words ? ["", words.text.length > WORDS ? `…${words.text.slice(-WORDS)}` : words.text] : []),
  ];
  const verbs = live ? (["stop", "reply"] as const) : [];
  const buttons = verbs.map((verb) => ({ label: LABELS[verb], value: buttonValue(verb, job) }));
  return { text: lines.join("\n"), buttons };
}
