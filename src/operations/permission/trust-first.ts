// What an owner decides before a session starts in a directory that brings settings of its own.
import { Failure } from "../../../common/failure.ts";
import { broughtLines } from "../../permission/brought.ts";
import type { Standing, Trust } from "../../session/folder-trust.ts";
import type { Authorized } from "../caller.ts";

/** Who decides, as it is remembered. */
export function byOf({ route }: Authorized): string {
  return route ? `${route.channel} ${route.to}` : "command line";
}

/** What was said beforehand, and by whom. */
export interface Said {
  trust: boolean;
  withoutSettings: boolean;
  by: string;
}

export type Choice = "trusted" | "without" | "no";

const CHOICES: readonly (readonly [RegExp, Choice])[] = [
  [/^\s*(?:1|trust|信任)\s*$/i, "trusted"],
  [/^\s*(?:2|without)\s*$/i, "without"],
  [/^\s*(?:3|no|n|否|不)\s*$/i, "no"],
];

/** Remembers what was said beforehand; resolves to what an owner still has to decide about, undefined where there is nothing. */
export async function undecided(trust: Trust, cwd: string, said: Said): Promise<Standing | undefined> {
  if (said.trust && said.withoutSettings) {
    const next = { say: "Leave out one of them." };
    throw new Failure({
      code: "invalid",
      message: "--trust and --without-settings exclude each other.",
      next,
    });
  }
  const standing = await trust.standing(cwd);
  if (standing.decision === "none") return undefined;
  if (said.trust || said.withoutSettings) {
    await trust.decide(standing, { decision: said.trust ? "trusted" : "without", by: said.by });
    return undefined;
  }
  return standing.decision === "open" ? standing : undefined;
}

/** The question, for a chat whose next message may be the answer. */
export function question(standing: Standing): string {
  return [
    ...listed(standing),
    "Do you trust it?",
    "1 Trust: use them, until one of them changes",
    "2 Start without its settings",
    "3 No, start nothing",
  ].join("\n");
}

export function readChoice(text: string): Choice | undefined {
  return CHOICES.find(([pattern]) => pattern.test(text))?.[1];
}

/** The same where nobody can be asked: refused, with the ways to say it. */
export function mustDecide(standing: Standing): Failure {
  return new Failure({
    code: "refused",
    message: `${listed(standing).join("\n")}\nNothing was started.`,
    next: { say: "Say it again with --trust to use them, or with --without-settings." },
  });
}

/** What the directory brings, under a heading. */
export function listed({ path, brought }: Standing): string[] {
  return [`${path} brings settings of its own:`, ...broughtLines(brought)];
}
