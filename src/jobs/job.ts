// A job as it is spoken of: what its states mean, its name, how long it took and what it cost.
import type { Identity } from "../../state/identity.ts";
import type { Job, JobState } from "../../state/jobs.ts";

const LIVE: ReadonlySet<JobState> = new Set(["queued", "starting", "working", "asking"]);
const NAME_WORDS = 3;
const NAME_WIDTH = 40;

/** True while it works or waits to. */
export function isLive({ state }: Pick<Job, "state">): boolean {
  return LIVE.has(state);
}

/** True while it has one of the places that `jobs.max` limits. */
export function isAtWork({ state }: Pick<Job, "state">): boolean {
  return LIVE.has(state) && state !== "queued";
}

/** The session behind it. */
export function sessionOf({ agentId, sessionKey }: Pick<Job, "agentId" | "sessionKey">): Identity {
  return { agentId, sessionKey };
}

/** A name from the first words of a prompt: at most three, as something to type. */
export function nameFrom(prompt: string): string {
  const words = prompt
    .normalize("NFC")
    .toLowerCase()
    .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu);
  const name = (words ?? []).slice(0, NAME_WORDS).join("-").slice(0, NAME_WIDTH).replace(/-$/, "");
  // A number alone means a place in the list of sessions.
  return name === "" || /^\d+$/.test(name) ? ["job", name].filter(Boolean).join("-") : name;
}

/** How long this cycle took, in milliseconds until `now`. */
export function elapsedMs({ cycleAt, endedAt }: Pick<Job, "cycleAt" | "endedAt">, now: Date): number {
  return Math.max(0, (endedAt === undefined ? now : new Date(endedAt)).getTime() - Date.parse(cycleAt));
}

/** `3 min 20 s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `$0.12`; empty where the harness tells no cost. */
export function costText({ cost, currency = "USD" }: Pick<Job, "cost" | "currency">): string {
  if (cost === undefined) return "";
  const amount = cost < 0.01 && cost > 0 ? cost.toFixed(4) : cost.toFixed(2);
  return currency === "USD" ? `$${amount}` : `${amount} ${currency}`;
}
