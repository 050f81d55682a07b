// What is told about a job, in one short message for each thing that happens to it.
import { basename } from "node:path";
import { asText, plain, prose } from "../../common/text.ts";
import type { Job } from "../../state/jobs.ts";
import { costText, durationText, elapsedMs } from "./job.ts";

/** What people may press under a notice. */
export type Verb = "watch" | "stop" | "reply" | "go" | "output";

export type NoticeKind =
  | "launched"
  | "queued"
  | "done"
  | "asks"
  | "failed"
  | "stopped"
  | "limit"
  | "interrupted"
  | "responded"
  | "reminder";

const WORDS_WIDTH = 1_500;
const REPLY_WIDTH = 200;

export const LABELS: Record<Verb, string> = {
  watch: "👀 Watch",
  stop: "⛔ Stop",
  reply: "↩️ Reply",
  go: "▶ Continue",
  output: "📄 Output",
};

const VERBS: Record<NoticeKind, readonly Verb[]> = {
  launched: ["watch", "stop"],
  queued: ["stop"],
  reminder: ["watch", "stop"],
  responded: ["watch", "stop"],
  done: ["reply", "output"],
  asks: ["reply", "output"],
  failed: ["go", "output"],
  stopped: ["go", "output"],
  limit: ["output"],
  interrupted: ["go", "output"],
};

export interface Told {
  text: string;
  verbs: readonly Verb[];
}

interface NoticeOptions {
  now: Date;
  /** What somebody replied. */
  words?: string | undefined;
  /** Without its last words, where they have been read. */
  brief?: boolean;
}

/** What is told of it. */
export function noticeOf(kind: NoticeKind, job: Job, o: NoticeOptions): Told {
  const verbs = VERBS[kind].filter((verb) => !(job.once && (verb === "reply" || verb === "go")));
  return { text: textOf(kind, job, o), verbs };
}

/** What is told of a job that has ended. */
export function endNotice({ state, lastWords }: Pick<Job, "state" | "lastWords">): NoticeKind {
  switch (state) {
    case "failed":
    case "stopped":
    case "limit":
    case "interrupted":
      return state;
    default:
      return /[?？]["'”’)\]*_`]*\s*$/.test(lastWords ?? "") ? "asks" : "done";
  }
}

function textOf(kind: NoticeKind, job: Job, o: NoticeOptions): string {
  const name = nameText(job);
  const where = whereText(job);
  const withWords = (head: string) => (o.brief ? head : `${head}${lastWordsOf(job)}`);
  const took = [where, durationText(elapsedMs(job, o.now)), costText(job)].filter(Boolean).join(" · ");
  switch (kind) {
    case "launched":
      return `🚀 ${name} (${job.id}) works in ${asText(plain(job.cwd, 200))}. You are told when it is done or asks.`;
    case "queued":
      return `🚀 ${name} (${job.id}) is queued; it begins when another job ends, in ${asText(plain(job.cwd, 200))}.`;
    case "responded":
      return `↩️ ${name} was told: ${prose(plain(o.words ?? "", REPLY_WIDTH))}`;
    case "reminder":
      return `⏳ ${name} still works · ${took}`;
    case "done":
      return withWords(`✅ ${name} is done · ${took}`);
    case "asks":
      return withWords(`❓ ${name} asks · ${took}`);
    case "failed":
      return `❌ ${name} failed · ${took}\n${job.why ?? ""}`.trim();
    case "stopped":
      return `⛔ ${name} ${job.why ?? "was stopped"} · ${took}`;
    case "limit":
      return withWords(`⛔ ${name} reached its limit · ${took}\n${job.why ?? ""}`.trim());
    case "interrupted":
      return `⚠️ ${name} was interrupted by a restart · ${where}\nNothing was run again; it can go on from there with its memory.`;
  }
}

/** Its name as text of ours. */
export function nameText({ name }: Pick<Job, "name">): string {
  return prose(plain(name, 60));
}

function whereText({ cwd }: Pick<Job, "cwd">): string {
  return asText(plain(basename(cwd) || cwd, 60));
}

function lastWordsOf({ lastWords }: Job): string {
  if (lastWords === undefined || lastWords === "") return "";
  return `\n\n${lastWords.length > WORDS_WIDTH ? `…${lastWords.slice(-WORDS_WIDTH)}` : lastWords}`;
}
