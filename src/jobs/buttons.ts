// The buttons under a notice of a job: what they carry, so that a press after a restart still says which job it is for.
import type { Job } from "../../state/jobs.ts";
import { LABELS, type Verb } from "./wording.ts";

export const BUTTON_NAMESPACE = "contractor-job";

/** At most 64 bytes, as Telegram takes it. */
export function buttonValue(verb: Verb, { id, cycle }: Pick<Job, "id" | "cycle">): string {
  return `${BUTTON_NAMESPACE}:${verb}.${id}.${cycle}`;
}

/** Buttons for these, as a message takes them. */
export function buttonsOf(
  verbs: readonly Verb[],
  job: Pick<Job, "id" | "cycle">,
): { label: string; value: string }[] {
  return verbs.map((verb) => ({ label: LABELS[verb], value: buttonValue(verb, job) }));
}

/** Reads what a button carries behind its namespace. */
export function readButton(payload: string): { verb: Verb; id: string; cycle: number } | undefined {
  const [, verb = "", id = "", cycle = ""] = /^([a-z]+)\.([0-9a-f]{8})\.(\d{1,6})$/.exec(payload) ?? [];
  return Object.hasOwn(LABELS, verb) ? { verb: verb as Verb, id, cycle: Number(cycle) } : undefined;
}
