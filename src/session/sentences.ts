// What the user reads of a session's fate, whichever way it came.
import type { SettingsFault } from "../../adapters/harness.ts";
import { Failure, type Step } from "../../common/failure.ts";
import { asText, plain } from "../../common/text.ts";
import { sourceLabel, type TurnSource } from "./source.ts";

export const CLOSED = "This session was closed.";
/** Why the turns of a session that was reset were cancelled. */
export const RESET = "The session was reset.";
export const NEW_SESSION = "New session. The earlier one is kept and can be resumed.";

/** The same for the other conversations of the session. */
export const NEW_ELSEWHERE =
  "🔄 A new session was begun in another conversation. The earlier one is kept and can be resumed.";

/** What it means that a settings file of the harness is broken. */
export function unreadSettings({ file, line }: SettingsFault, title: string): string {
  return `${asText(plain(file, 200))} is not valid JSON (line ${line}), so ${title} uses nothing of it: what it denies is not denied.`;
}

/** What is said of what a session had in the background, which ends with it; empty where it had nothing. */
export function endedWith(inBackground: readonly string[]): string {
  if (inBackground.length === 0) return "";
  const titles = inBackground.slice(0, 3).map((title) => asText(plain(title, 80)));
  const more = inBackground.length > titles.length ? ` and ${inBackground.length - titles.length} more` : "";
  return `\nEnded with it: ${titles.join(", ")}${more}, which ran in the background.`;
}

export const ELSEWHERE =
  "This session went on in another program meanwhile (a terminal?). I have read what was said there; end it there before we go on here, or one of the two will be lost.";

export const FRESH =
  "The earlier session's transcript is gone from this machine, so I start a fresh one without its memory.";

/** Somebody named `wanted` for a session that has a past. */
export function staysIn(o: { began: string; wanted: string; name: string }): string {
  const { began, wanted, name } = o;
  return `This session began in ${began}, and ${name} goes on with it only there. For a new one in the other directory: /cc restart ${wanted}`;
}

const CHOOSE: Readonly<Record<string, string>> = {
  model: "/cc model NAME",
  thinking: "/cc effort LEVEL",
  mode: "/cc mode MODE",
};

/** A choice of the user's that the harness does not take any more. */
export function goneChoice({ key, value }: { key: string; value: string }, harness: string): string {
  const name = key === "thinking" ? "effort" : key;
  return `${harness} does not take the ${name} "${value}" any more, so this session goes on with the usual one. Choose another: ${CHOOSE[key] ?? `/acp set ${key} VALUE`}`;
}

/** What is said of a turn that was stopped; `how` says by whom. */
export function stopped(how?: string): string {
  return `⏹ Stopped${how === undefined ? "" : ` ${how}`}.`;
}

/** To whom waits: so many do, and what runs was begun there. */
export function queued(waiting: number, source?: TurnSource): string {
  return `Queued (${waiting} waiting)${source ? `, behind a turn from ${sourceLabel(source)}` : ""}.`;
}

/** What a turn ends with when somebody who is not in its conversation has ended its process. */
export function killed(): Failure {
  const message = "The process of this session was ended.";
  return new Failure({ code: "closed", message, next: { say: "Send your message again to go on." } });
}

/** What a turn ends with when somebody who is not in its conversation has put another session behind that. */
export function replaced(): Failure {
  const message = "This conversation was given another session.";
  return new Failure({
    code: "closed",
    message,
    next: { say: "Send your message again if it still matters." },
  });
}

/** How a session is left whose directory's settings change under it, before the harness takes them up. */
export function settingsChanged(name: string): { discard: false; reason: string; settleWith: Failure } {
  const message = `The settings of this directory changed meanwhile, so ${name} was stopped before they could run.`;
  const next = { say: "Send a message to go on without them; /cc trust shows what they do." };
  return {
    discard: false,
    reason: "settings changed",
    settleWith: new Failure({ code: "closed", message, next }),
  };
}

/** What is wrong with a folder that was added to a session's own directory. */
export function folderFault(folder: string, what: string): { message: string; next: readonly Step[] } {
  return {
    message: `The added folder ${asText(folder)} ${what}.`,
    next: [{ lead: "To go on without it", run: "add-dir", args: `--remove ${folder}` }],
  };
}

/** `budget` is what one session may cost, in US dollars. */
export function budgetSpent(budget: number): Failure {
  return new Failure({
    code: "limit-reached",
    message: `This session has cost what one may cost here ($${budget.toFixed(2)}), so it does nothing more.`,
    next: { say: "Send /new for a fresh session; the owner can raise maxBudgetUsd." },
  });
}

export function closed(): Failure {
  return new Failure({
    code: "closed",
    message: CLOSED,
    next: { say: "Send your message again for a new one." },
  });
}
