// What a watcher posts: first the state of the job and what was missed, then what the job says.
import { asText, plain } from "../../common/text.ts";
import type { Block } from "../../state/job-output.ts";
import type { Job } from "../../state/jobs.ts";
import { blockLines, blocksText } from "./block-text.ts";
import { durationText, elapsedMs, isLive } from "./job.ts";
import { endNotice, nameText, noticeOf } from "./wording.ts";

/** What most channels take as one message. */
const WIDTH = 3_500;

/** The state of the job, and the last lines of the blocks that were missed; `dropped` more are not kept any more. */
export function greetingOf(
  job: Job,
  o: { now: Date; blocks: readonly Block[]; dropped: number; lines: number },
): string {
  const missed = o.blocks.length + o.dropped;
  const lines = blocksText(o.blocks.map((block) => answerable(job, block))).split("\n");
  const shown = lines.slice(-o.lines);
  const cut = shown.length < lines.length ? ["…"] : [];
  const news = missed === 0 ? [] : [`📋 ${missed} missed`, ...cut, ...shown];
  return [headOf(job, o.now), ...news].join("\n");
}

/** As many blocks as one message holds, and the number of the last of them. `alone`: no other job is watched there. */
export function newsOf(
  job: Job,
  blocks: readonly Block[],
  { alone }: { alone: boolean },
): { text: string; upTo?: number } {
  let width = 0;
  const fitting = blocks.filter(({ text }, at) => {
    width += text.length;
    return at === 0 || width <= WIDTH;
  });
  const text = blocksText(fitting.map((block) => answerable(job, block)));
  const upTo = fitting.length < blocks.length ? fitting.at(-1)?.n : undefined;
  return {
    text: alone || text === "" ? text : `[${nameText(job)}] ${text}`,
    ...(upTo === undefined ? {} : { upTo }),
  };
}

function headOf(job: Job, now: Date): string {
  if (!isLive(job)) {
    const { text } = noticeOf(endNotice(job), job, { now, brief: true });
    return `${text}\nIt has ended: nothing more is shown here.`;
  }
  const state = `${nameText(job)} (${job.id}) · ${job.state} · ${durationText(elapsedMs(job, now))}`;
  return `👀 ${state}\nWhat it says is shown here now, until you say: /cc bg ${typed(job)}`;
}

// It is asked somewhere else, where its buttons are.
function answerable(job: Job, block: Block): Pick<Block, "kind" | "text"> {
  const command = `/cc respond ${job.name}`;
  if (block.kind !== "ask" || block.text.includes(command)) return block;
  return { kind: "ask", text: `${blockLines(block).join("\n")}\nTo answer: ${asText(`${command} TEXT`)}` };
}

function typed({ name }: Job): string {
  return asText(plain(name, 60));
}
