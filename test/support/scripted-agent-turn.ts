// How the scripted agent plays the steps of one turn.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { RpcFailure, Step } from "./scripted-agent.ts";

type Params = Record<string, unknown>;
export type RunningTurn = { cancelled: Promise<void>; cancel(): void };
type Stage = {
  steps: Step[];
  update: (fields: Params) => void;
  ask: (request: Params, takenBackMs?: number) => Promise<unknown>;
  turn: RunningTurn;
};
type End = { stop?: string; fail?: RpcFailure; after?: () => void };

/** Plays the steps until one ends the turn or it is cancelled. */
export async function runSteps(stage: Stage): Promise<End> {
  let cancelled = false;
  const stopped = stage.turn.cancelled.then(() => {
    cancelled = true;
    return { stop: "cancelled" };
  });
  let end: End = {};
  for (const step of stage.steps) {
    const outcome = await Promise.race([play(step, stage), stopped]);
    if (cancelled) return { ...end, stop: "cancelled" };
    end = { ...end, ...outcome };
    if (end.stop !== undefined || end.fail !== undefined) break;
  }
  return end;
}

async function play(step: Step, stage: Stage): Promise<End> {
  if ("say" in step) return speak(step, stage);
  if ("think" in step) stage.update(chunk("agent_thought_chunk", step.think));
  if ("tool" in step) useTool(step, stage);
  if ("ask" in step) return askPermission(step, stage);
  if ("updates" in step)
    for (let n = 1; n <= step.updates; n++) stage.update(chunk("agent_message_chunk", `${n} `));
  if ("update" in step) stage.update(step.update);
  if ("waitMs" in step) await sleep(step.waitMs);
  if ("hang" in step) await new Promise(() => {});
  if ("late" in step) return { after: () => speakLate(step, stage) };
  if ("fail" in step) return { fail: step.fail };
  if ("stop" in step) return { stop: step.stop };
  if ("exit" in step) return await exit(step.exit);
  if ("closeStdout" in step) closeSync(1);
  if ("eat" in step) eat();
  if ("bytes" in step) stage.update(chunk("agent_message_chunk", "x".repeat(step.bytes)));
  if ("grandchild" in step) await startGrandchild();
  if ("stderr" in step) process.stderr.write(`${step.stderr}\n`.repeat(step.times ?? 1));
  if ("garbage" in step) process.stdout.write(`${step.garbage}\n`);
  return {};
}

// What was said before must be in the pipe.
async function exit(code: number): Promise<never> {
  await new Promise<void>((written) => process.stdout.write("", () => written()));
  process.exit(code);
}

function eat(): void {
  for (const eaten: object[] = []; ; ) eaten.push(Array.from({ length: 10_000 }, (_, at) => ({ at })));
}

// A shell starts it and ends at once, so that it is nobody's child any more.
async function startGrandchild(): Promise<void> {
  const shell = spawn("/bin/sh", ["-c", "sleep 300 & exit 0"], { stdio: "ignore" });
  await once(shell, "exit");
}

async function speak(step: { say: string; chunks?: number; gapMs?: number }, stage: Stage): Promise<End> {
  const letters = [...step.say];
  const size = Math.max(1, Math.ceil(letters.length / (step.chunks ?? 1)));
  for (let at = 0; at < letters.length; at += size) {
    if (at > 0) await sleep(step.gapMs ?? 0);
    stage.update(chunk("agent_message_chunk", letters.slice(at, at + size).join("")));
  }
  return {};
}

function speakLate({ late, afterMs = 50 }: { late: string; afterMs?: number }, stage: Stage): void {
  const speaks = () => stage.update(chunk("agent_message_chunk", late));
  if (afterMs === 0) speaks();
  else setTimeout(speaks, afterMs);
}

function useTool(
  step: { tool: string; kind?: string; twice?: boolean; unfinished?: boolean },
  stage: Stage,
): void {
  const toolCallId = `toolu_${randomUUID()}`;
  const call = {
    sessionUpdate: "tool_call",
    toolCallId,
    title: step.tool,
    kind: step.kind ?? "execute",
    status: "pending",
  };
  for (let n = 0; n < (step.twice === true ? 2 : 1); n++) stage.update(call);
  if (step.unfinished !== true)
    stage.update({ sessionUpdate: "tool_call_update", toolCallId, status: "completed" });
}

const onceOrNot = [
  { optionId: "always", name: "Always allow", kind: "allow_always" },
  { optionId: "once", name: "Allow", kind: "allow_once" },
  { optionId: "no", name: "Reject", kind: "reject_once" },
];

async function askPermission(
  step: { ask: string; options?: unknown[]; unwaited?: boolean; takenBackMs?: number },
  stage: Stage,
): Promise<End> {
  const toolCall = {
    toolCallId: `toolu_${randomUUID()}`,
    title: step.ask,
    kind: "execute",
    status: "pending",
  };
  const asked = stage.ask({ toolCall, options: step.options ?? onceOrNot }, step.takenBackMs);
  if (step.unwaited) return {};
  const answer = (await asked) as {
    outcome?: { outcome: string; optionId?: string };
    error?: RpcFailure;
  };
  const chosen = answer.outcome?.optionId;
  const said = chosen === undefined ? (answer.outcome?.outcome ?? "refused") : `answered ${chosen}`;
  stage.update(chunk("agent_message_chunk", said));
  return {};
}

function chunk(sessionUpdate: string, text: string): Params {
  return { sessionUpdate, content: { type: "text", text } };
}
