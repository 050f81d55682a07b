// The operations that steer a session: `new`, `cancel`, `steer`, `model`, `mode`, `effort`, `rename`.
import { z } from "zod";
import type { ConfigOption, PermissionProfile } from "../../../adapters/harness.ts";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import type { Identity } from "../../../state/identity.ts";
import type { Route } from "../../../state/session-map.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import {
  type Controls,
  profileOf,
  profilesFor,
  setMode,
  setOption,
  setProfile,
  steer,
} from "../../session/controls.ts";
import { isLooser, PROFILES } from "../../session/record/session-options.ts";
import { endedWith, NEW_SESSION } from "../../session/sentences.ts";
import { Stopped } from "../../session/source.ts";
import { type Authorized, byWhom } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";
import { sessionOf, which } from "./info.ts";
import { sessionName } from "./session-name.ts";

const input = z.strictObject({ session: which });
const text = z.object({ text: z.string() });
type TextOperation<Input extends z.ZodObject> = Operation<Input, typeof text>;

export function newOperation(catalog: () => SessionCatalog): TextOperation<typeof input> {
  return defineOperation({
    name: "new",
    summary: "Begin a new session here; the earlier one is kept.",
    input,
    result: text,
    effect: "write",
    run: async (given, context) => {
      const { identity, activity } = await sessionOf(catalog(), given.session, context);
      await catalog().restart(identity, { reason: "reset", here: context.here, place: context.route });
      return { text: `${NEW_SESSION}${endedWith(activity.inBackground)}` };
    },
    text: (result) => result.text,
  });
}

export function cancelOperation(catalog: () => SessionCatalog): TextOperation<typeof input> {
  return defineOperation({
    name: "cancel",
    summary: `Stop what ${HARNESS.name} is doing, and drop what waits.`,
    input,
    result: text,
    effect: "write",
    run: async (given, context) => {
      const session = await sessionOf(catalog(), given.session, context);
      const before = await session.status();
      await session.cancel(new Stopped(byWhom(context.caller), context.route));
      const busy = before.state === "running" || before.state === "starting" || before.queued > 0;
      const dropped = before.queued > 0 ? ` ${before.queued} waiting message(s) dropped.` : "";
      return { text: busy ? `Stopped.${dropped}` : `${session.harness.name} was not doing anything.` };
    },
    text: (result) => result.text,
  });
}

const steerInput = z.strictObject({
  session: which,
  text: z
    .string()
    .min(1, "is empty")
    .describe(`What ${HARNESS.name} is to know or do now.`)
    .meta({ value: "TEXT", rest: true, verbatim: true }),
});

/**
 * Sends a text as an ordinary message of a session's conversation, or of the place it was written in; false where there
 * is no conversation for its answer.
 */
export type SendPrompt = (identity: Identity, text: string, place: Route | undefined) => Promise<boolean>;

/** `prompt` is for a session where nothing runs. */
export function steerOperation(
  catalog: () => SessionCatalog,
  prompt: SendPrompt,
): TextOperation<typeof steerInput> {
  return defineOperation({
    name: "steer",
    summary: `Tell ${HARNESS.name} something while it works; it goes on with that in the same turn.`,
    input: steerInput,
    result: text,
    effect: "write",
    run: async (given, context) => {
      const session = await sessionOf(catalog(), given.session, context);
      if (await steer(session.controls, given.text)) return { text: `Told ${session.harness.name}.` };
      const place = given.session === undefined ? context.route : undefined;
      if (await prompt(session.identity, given.text, place)) return { text: "" };
      throw new Failure({
        code: "refused",
        message: "Nothing is running there, and there is no chat to answer in.",
      });
    },
    text: (result) => result.text,
  });
}

const chosen = (what: string) =>
  z.strictObject({
    value: z
      .string()
      .min(1, "is empty")
      .max(200)
      .optional()
      .describe(what)
      .meta({ value: "VALUE", positional: true }),
    session: which,
  });
const modelInput = chosen("The model; without it, which one is used and which there are.");

export function modelOperation(catalog: () => SessionCatalog): TextOperation<typeof modelInput> {
  return optionOperation({
    catalog,
    name: "model",
    key: "model",
    summary: "Show or choose the model.",
    input: modelInput,
  });
}

const effortInput = chosen(`How hard ${HARNESS.name} thinks; without it, what is set and what there is.`);

export function effortOperation(catalog: () => SessionCatalog): TextOperation<typeof effortInput> {
  return optionOperation({
    catalog,
    name: "effort",
    key: "thinking",
    summary: `Show or choose how hard ${HARNESS.name} thinks.`,
    input: effortInput,
  });
}

const toggleInput = (what: string) =>
  z.strictObject({
    value: z
      .enum(["on", "off"], "must be on or off")
      .optional()
      .describe(what)
      .meta({ value: "on|off", positional: true }),
    session: which,
  });
const fastInput = toggleInput(
  `Whether ${HARNESS.name} answers faster, at a higher price; without it, how it is.`,
);

export function fastOperation(catalog: () => SessionCatalog): TextOperation<typeof fastInput> {
  return optionOperation({
    catalog,
    name: "fast",
    key: "fast",
    summary: "Show or choose faster answers, which cost more.",
    input: fastInput,
  });
}

const ultracodeInput = toggleInput(
  `Whether ${HARNESS.name} plans and splits large tasks by itself, which takes many more tokens; without it, how it is.`,
);

export function ultracodeOperation(catalog: () => SessionCatalog): TextOperation<typeof ultracodeInput> {
  return optionOperation({
    catalog,
    name: "ultracode",
    key: "ultracode",
    summary: "Show or choose ultracode: large tasks are planned and split.",
    input: ultracodeInput,
  });
}

function optionOperation<Input extends ReturnType<typeof chosen> | ReturnType<typeof toggleInput>>(o: {
  catalog: () => SessionCatalog;
  name: string;
  key: string;
  summary: string;
  input: Input;
}): TextOperation<Input> {
  return defineOperation<Input, typeof text>({
    name: o.name,
    summary: o.summary,
    input: o.input,
    result: text,
    effect: "write",
    run: async (given, context) => {
      const { controls } = await sessionOf(o.catalog(), given.session, context);
      const option = controls.live && controls.harness.options?.find(controls.live.opened, o.key);
      if (given.value === undefined) {
        const values = option?.options?.map(({ value }) => value).join(", ");
        if (option) return { text: `${o.name}: ${option.currentValue} (of ${values})` };
        const { name } = controls.harness;
        return {
          text: controls.live
            ? `${name} offers no ${o.name} here; it may with another model.`
            : `Send ${name} a message first; then I can tell its ${o.name}.`,
        };
      }
      // A model goes by many names, which the harness knows.
      if (o.key === "thinking") requireEffort(option, given.value);
      await setOption(controls, o.key, given.value);
      return { text: `${o.name}: ${given.value}${controls.live ? "" : " (from the next message on)"}` };
    },
    text: (result) => result.text,
  });
}

// What every Claude takes; one that is there says it itself. A wrong value would fail every turn until it is taken back.
const EFFORTS = ["default", "low", "medium", "high", "xhigh", "max"];

function requireEffort(option: ConfigOption | undefined, value: string): void {
  const values = option?.options?.map((one) => one.value) ?? EFFORTS;
  if (!values.includes(value)) throw noSuch("effort", value, values);
}

function noSuch(name: string, value: string, values: readonly string[]): Failure {
  const message = `There is no ${name} "${value}".`;
  return new Failure({ code: "invalid", message, next: { say: `Choose one of: ${values.join(", ")}.` } });
}

const modeInput = z.strictObject({
  value: z
    .string()
    .optional()
    .describe(`What ${HARNESS.name} may do without asking: ${PROFILES.join(", ")}.`)
    .meta({ value: "MODE", positional: true }),
  session: which,
});

export function modeOperation(catalog: () => SessionCatalog): TextOperation<typeof modeInput> {
  return defineOperation({
    name: "mode",
    summary: `Show or choose what ${HARNESS.name} may do without asking.`,
    input: modeInput,
    result: text,
    effect: "write",
    run: async (given, context) => {
      const session = await sessionOf(catalog(), given.session, context);
      if (given.value === undefined)
        return {
          text: `mode: ${await profileOf(session.controls)} (of ${profilesFor(session.controls).join(", ")})`,
        };
      const profile = PROFILES.find((known) => known.toLowerCase() === given.value?.toLowerCase());
      // The harness's own modes are known once it is there.
      if (!profile && !session.controls.live)
        throw noSuch("mode", given.value, profilesFor(session.controls));
      await requireRight(
        session.controls,
        profile ?? session.controls.harness.modes.profileOf(given.value),
        context,
      );
      if (profile) await setProfile(session.controls, profile);
      else await setMode(session.controls, given.value);
      return { text: `mode: ${profile ?? given.value}` };
    },
    text: (result) => result.text,
  });
}

// Tightening is anybody's; loosening needs somebody whose word counts for what runs, and beyond the settings their owner.
async function requireRight(
  controls: Controls,
  wanted: PermissionProfile | undefined,
  { may }: Authorized,
): Promise<void> {
  const present = await profileOf(controls);
  if (wanted !== undefined && !isLooser(wanted, present)) return;
  if (!may.approve) {
    const message = "Only people who may approve here can let more run without being asked.";
    throw new Failure({ code: "refused", message, next: { say: "Ask one of them to send it." } });
  }
  if (may.own || (wanted !== undefined && !isLooser(wanted, controls.defaults.profile))) return;
  throw new Failure({
    code: "refused",
    message: `The settings say ${controls.defaults.profile}, and only an owner of this gateway may go beyond that.`,
  });
}

const renameInput = z.strictObject({
  session: which,
  name: sessionName.describe("The name it is known by from now on.").meta({ value: "NAME", rest: true }),
});

export function renameOperation(catalog: () => SessionCatalog): TextOperation<typeof renameInput> {
  return defineOperation({
    name: "rename",
    summary: "Give this session a name to find it by.",
    input: renameInput,
    result: text,
    effect: "write",
    run: async (given, context) => {
      const session = await sessionOf(catalog(), given.session, context);
      const name = await catalog().freeName(given.name, session.identity);
      await session.record.note({ name });
      return { text: `This session is called ${name} now.` };
    },
    text: (result) => result.text,
  });
}
