// The controls of a session: its mode, options and permission profile, set now where it is live, and at every start.

import {
  type Harness,
  type PermissionProfile,
  type RecoveredAnswer,
  UNANSWERED,
} from "../../adapters/harness.ts";
import { Failure } from "../../common/failure.ts";
import type { SessionDefaults } from "./parts.ts";
import type { LiveSession } from "./process/live-session.ts";
import { choicesOf, PROFILES, UNDER_KEY } from "./record/session-options.ts";
import type { SessionRecord } from "./record/session-record.ts";
import type { UpdateReader } from "./update-reader.ts";

export interface Controls {
  harness: Harness;
  defaults: SessionDefaults;
  record: SessionRecord;
  live: LiveSession | undefined;
  reader: Pick<UpdateReader, "commands" | "busy">;
}

/** Throws Failure `refused` for a mode that runs tools without asking where the settings do not open it, or that would loosen readOnly. */
export async function setMode(controls: Controls, mode: string): Promise<void> {
  requireAllowed(controls, mode);
  if ((await profileOf(controls)) === "readOnly") {
    throw new Failure({
      code: "refused",
      message: "This session may only read, whatever mode it is in.",
      next: { lead: "Choose what it may do first", run: "mode", args: "ask" },
    });
  }
  await controls.live?.setMode(mode);
  await controls.record.note({ mode });
  await controls.record.noteOption(UNDER_KEY, controls.defaults.profile);
}

/** Throws Failure `invalid` or `unknown-model` where the option or its value does not exist. */
export async function setOption(controls: Controls, key: string, value: string): Promise<void> {
  const known = (await controls.live?.setOption(key, value)) ?? true;
  if (!known) {
    throw new Failure({ code: "invalid", message: `${controls.harness.title} has no option "${key}" here.` });
  }
  await controls.record.noteOption(key, value);
}

/** This session's own permission profile; it never opens what the settings keep shut. */
export async function setProfile(controls: Controls, profile: PermissionProfile): Promise<void> {
  const mode = controls.harness.modes.of(profile);
  requireAllowed(controls, mode);
  await controls.live?.setMode(mode);
  await controls.record.note({ mode: undefined });
  await controls.record.noteProfile(profile);
  await controls.record.noteOption(UNDER_KEY, controls.defaults.profile);
}

/** Takes back what the user chose for this session: the settings hold again. Nothing is started for that. */
export async function resetOptions({ harness, defaults, record }: Controls): Promise<void> {
  const chosen = (await record.read())?.model;
  await record.clearOptions();
  // A session goes on with the model it had last, unless it is told another one.
  if (chosen !== undefined && defaults.model === undefined)
    await record.noteOption("model", harness.options?.usualModel);
}

/** Injects words into the running turn; false where none runs, or the harness cannot. */
export async function steer({ harness, live, reader }: Controls, text: string): Promise<boolean> {
  if (!live || !reader.busy || !harness.steering || harness.commands?.isReset(text)) return false;
  const words = await live.words(text);
  return await harness.steering.steer(live.slot.connection, live.sessionId, words).catch(() => false);
}

/** What this session may do without asking, as it stands. */
export async function profileOf({ harness, defaults, record }: Controls): Promise<PermissionProfile> {
  return choicesOf({ entry: await record.read(), defaults, harness }).profile;
}

/** What the transcript has as the answer to the last prompt of this text given since; nothing where it has none. */
export async function findAnswer(
  { harness, record }: Controls,
  prompt: { text: string; since: string },
): Promise<RecoveredAnswer> {
  const { claudeSessionId: sessionId, cwd } = (await record.read()) ?? {};
  if (sessionId === undefined || cwd === undefined) return UNANSWERED;
  return (await harness.transcripts?.findAnswer({ cwd, sessionId }, prompt)) ?? UNANSWERED;
}

/** The permission profiles that this session can be given. */
export function profilesFor(controls: Controls): PermissionProfile[] {
  return PROFILES.filter((profile) => isAllowed(controls, controls.harness.modes.of(profile)));
}

// Modes that run tools without asking are the settings' to open, not the chat's.
function isAllowed({ harness, defaults }: Controls, mode: string): boolean {
  return !harness.modes.skipsApprovals(mode) || defaults.profile === "bypassPermissions";
}

function requireAllowed(controls: Controls, mode: string): void {
  const { harness } = controls;
  if (isAllowed(controls, mode)) return;
  throw new Failure({
    code: "refused",
    message: `The mode "${mode}" lets ${harness.title} run everything without asking, so it cannot be chosen from the chat.`,
    next: { say: 'Set permissionMode to "bypassPermissions" in the contractor settings to allow it.' },
  });
}

/** Why a slash command of the harness (`/vim`) cannot be handed over; undefined where it can. */
export function refuseHarnessCommand(
  { reader, harness }: Pick<Controls, "reader" | "harness">,
  command: string,
): string | undefined {
  const name = /^\/([\w:-]+)/.exec(command)?.[1] ?? "";
  if (reader.commands.includes(name)) return undefined;
  const instead = harness.commands?.chatReplacementFor(name);
  if (instead === undefined && reader.commands.length === 0) return undefined;
  if (instead === undefined)
    return `${harness.title} lists no /${name} here; /cc commands shows what it lists.`;
  return instead === ""
    ? `/${name} needs ${harness.title}'s own screen.`
    : `/${name} needs ${harness.title}'s own screen. Here: ${instead}`;
}
