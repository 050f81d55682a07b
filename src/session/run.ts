// One prompt, from the moment a live session has it until its turn is settled, cancelled in time or not.
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { crashFailure, isUnknownSession } from "../../adapters/connection.ts";
import type { Harness } from "../../adapters/harness.ts";
import { logError } from "../../common/log.ts";
import { whenAborted } from "../../common/waiting.ts";
import { failedCommand } from "./command-outcome.ts";
import type { TurnResult } from "./events.ts";
import type { LiveSession } from "./process/live-session.ts";
import type { PromptInput, Turn } from "./turn.ts";
import type { UpdateReader } from "./update-reader.ts";
import type { UsageMeter } from "./usage.ts";
import { watch } from "./watchdog.ts";

const promptResult = z.looseObject({ stopReason: z.string() });

// Shares of the cancel bound at which an unanswered cancel becomes a close, and an unanswered close a kill.
const CLOSE_AT = 0.4;
const KILL_AT = 0.7;
/** What an adapter without other sessions has of it to end by itself, once it has closed this one. */
const GRACE = 0.3;

export interface Run {
  live: LiveSession;
  turn: Turn;
  harness: Harness;
  reader: UpdateReader;
  usage: UsageMeter;
  /** Within this many milliseconds after a cancel the turn is settled, whatever the adapter does. */
  cancelMs: number;
  /** Milliseconds of silence after which the turn is thought to hang. */
  stallMs: number;
  /** Sets the mode the prompt is to run in; it does not leave where that throws. */
  inMode: () => Promise<void>;
  /** Called once, when the harness has the prompt. */
  onSubmitted: () => Promise<void>;
  /** Whether the prompt may be given to another live session, should the harness not know this one any more. */
  mayMove: boolean;
  /** A line for the log. */
  log: (line: string) => void;
}

/**
 * ACP `session/prompt`; the turn settles when the adapter answers it, with no timer in between.
 * An unsolicited turn is only attended to. On abort of the turn's signal: `session/cancel`, then `session/close`, then the process tree is killed.
 * Resolves to "session-lost", the turn unsettled, where the harness does not know the session and the prompt may move.
 */
export async function runPrompt(run: Run): Promise<"settled" | "session-lost"> {
  const { reader, turn, stallMs } = run;
  if (turn.input.unsolicited) return await attend(run).then(() => "settled" as const);
  await reader.still(turn.signal);
  const watchdog = watch({
    turn,
    stallMs,
    name: run.harness.name,
    running: () => reader.running(),
    asking: () => reader.asking,
  });
  const done = reader.follow(turn, () => watchdog.alive());
  try {
    return await submit(run, done);
  } finally {
    watchdog.stop();
    done({ whole: turn.outcome?.status === "completed" });
  }
}

// An unsolicited turn needs no prompt; it is in the queue so that a cancel reaches it and a prompt waits for it.
async function attend(run: Run): Promise<void> {
  const { live, turn } = run;
  const over = new AbortController();
  const crashed = live.slot.connection.exited.then((report) => turn.settleFailed(crashFailure(report)));
  const cancelled = escalate(run, over.signal).then(() => turn.settleCancelled());
  await Promise.race([turn.result, crashed, cancelled]);
  over.abort();
}

async function submit(
  run: Run,
  heard: ReturnType<UpdateReader["follow"]>,
): Promise<"settled" | "session-lost"> {
  const { live, turn, harness } = run;
  const words = await live.words(turn.input.text);
  await run.inMode();
  await turn.input.beforeSubmit?.();
  if (turn.signal.aborted) turn.settleCancelled();
  if (turn.outcome) return "settled";
  const { connection } = live.slot;
  const answered = connection.request("session/prompt", {
    sessionId: live.sessionId,
    prompt: blocks(turn.input, words),
  });
  run.usage.begin();
  const failure = failedCommand(turn);
  turn.markSubmitted();
  const settled = new AbortController();
  const escalation = escalate(run, settled.signal);
  // A map that cannot be written costs a note there, not the answer.
  const noted = run
    .onSubmitted()
    .catch((error: unknown) => run.log(`its map could not be written: ${logError(error)}`));
  try {
    const raw = await Promise.race([answered, escalation]);
    const result = resultOf(raw);
    // What comes from now on is not of this turn, however long the record takes.
    heard({ whole: result !== undefined });
    turn.usage = run.usage.end(raw);
    await noted;
    const failed = failure();
    if (result && failed) turn.settleFailed(harness.failure(failed));
    else if (result) turn.settle(result);
    else turn.settleCancelled();
  } catch (error) {
    if (turn.signal.aborted) turn.settleCancelled();
    else if (run.mayMove && isUnknownSession(error)) return "session-lost";
    else turn.settleFailed(harness.failure(error));
  } finally {
    settled.abort();
    answered.catch(() => {});
    await noted;
  }
  return "settled";
}

function resultOf(raw: unknown): TurnResult | undefined {
  const told = promptResult.safeParse(raw);
  const stopReason = told.success ? told.data.stopReason : "end_turn";
  const cancelled = raw === undefined || stopReason === "cancelled";
  return cancelled ? undefined : { status: "completed", stopReason };
}

function blocks({ images: given }: PromptInput, text: string): object[] {
  const images = given.map(({ mimeType, data }) => ({ type: "image", mimeType, data }));
  return text === "" ? images : [{ type: "text", text }, ...images];
}

/** Resolves (with nothing) when the turn was cancelled and the harness did not settle it in time. */
// I7 (docs/architecture.md): the turn is settled within `cancelMs`.
async function escalate(run: Run, settled: AbortSignal): Promise<undefined> {
  const { live, turn, cancelMs } = run;
  await whenAborted(turn.signal, { until: settled });
  if (settled.aborted) return await never();
  await live.slot.connection.notify("session/cancel", { sessionId: live.sessionId }).catch(() => {});
  if (!(await pause(cancelMs * CLOSE_AT, settled))) return await never();
  run.log(`did not settle its cancel, so it is closed`);
  // One that answered the close, and yet not the prompt, is as stuck as one that answers nothing.
  const graceMs = cancelMs * GRACE;
  void live.abandon(cancelMs * (KILL_AT - CLOSE_AT), { graceMs });
  return (await pause(cancelMs * (1 - CLOSE_AT), settled)) ? undefined : await never();
}

// True when the time passed, false when the turn settled meanwhile.
async function pause(ms: number, settled: AbortSignal): Promise<boolean> {
  return await sleep(ms, true, { signal: settled }).catch(() => false);
}

function never(): Promise<undefined> {
  return new Promise(() => {});
}
