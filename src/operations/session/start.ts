// The operations that bind a conversation: `start`, `stop`, `here`.
import { randomUUID } from "node:crypto";
import { lstat, mkdir, realpath, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import type { Identity } from "../../../state/identity.ts";
import type { Route } from "../../../state/session-map.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import type { Standing, Trust } from "../../session/folder-trust.ts";
import type { Authorized } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";
import { directoryAt } from "../directory.ts";
import { anyway, trust as trustDirectory, withoutSettings } from "../directory-options.ts";
import { byOf, question, readChoice, undecided } from "../permission/trust-first.ts";
import { missing, ref } from "./resume.ts";
import { sessionName } from "./session-name.ts";

/** What binding needs of the host. */
export interface BindingPorts {
  catalog: () => SessionCatalog;
  trust: () => Trust;
  /** Throws Failure where it is not clear which agent is meant. */
  agentFor: (named: string | undefined) => string;
  bindNew: (o: { agentId: string; place: Route; cwd: string | undefined }) => Promise<Identity>;
  /** Throws Failure `refused` or `invalid` where what is written there would not reach that session. */
  bindTo: (place: Route, session: Identity & { cwd: string }) => Promise<void>;
  /** What must be known of this conversation before its messages reach the session. */
  noteFor: (place: Route) => string | undefined;
  /** False where it was bound to nothing: it is Claude's because it is routed to the agent. */
  unbind: (place: Route) => Promise<boolean>;
  /** The folder scratch directories are made in; only what lies in it is ever removed. */
  scratch: string;
  /** Takes the next message there as the answer, where it reads as one; undefined: nothing is asked any more. */
  expect: (place: Route, answer: PendingReply | undefined) => void;
}

export interface PendingReply {
  reads: (text: string) => boolean;
  /** Resolves to what is then said. */
  act: (text: string) => Promise<string>;
}

const WHERE = `Where should ${HARNESS.name} work? Send the path of a directory, or: sandbox`;

const text = z.object({ text: z.string() });

const startInput = z.strictObject({
  agent: z
    .string()
    .min(1)
    .optional()
    .describe("Which contractor agent, where there are several.")
    .meta({ value: "AGENT" }),
  name: sessionName.optional().describe("A name to find it by.").meta({ value: "NAME" }),
  model: z.string().min(1).optional().describe("The model.").meta({ value: "MODEL" }),
  sandbox: z
    .boolean()
    .default(false)
    .describe("Work in a fresh scratch directory, removed on stop (not an isolation)."),
  trust: trustDirectory,
  withoutSettings,
  anyway,
  path: z
    .string()
    .min(1)
    .optional()
    .describe("The directory to work in.")
    .meta({ value: "PATH", positional: true }),
});

export function startOperation(ports: BindingPorts): Operation<typeof startInput, typeof text> {
  return defineOperation({
    name: "start",
    summary: `Talk to ${HARNESS.name} in this conversation, in a directory of your choice.`,
    input: startInput,
    result: text,
    effect: "write",
    ownerOnly: true,
    run: async (given, context) => ({ text: await start(ports, given, context) }),
    text: (result) => result.text,
  });
}

async function start(
  ports: BindingPorts,
  given: z.output<typeof startInput>,
  context: Authorized,
): Promise<string> {
  const { route } = context;
  if (context.here) {
    const next = { say: "/cc restart PATH moves it, /cc stop ends it." };
    throw new Failure({ code: "refused", message: `${HARNESS.name} is here already.`, next });
  }
  if (!route) throw noPlace();
  if (given.sandbox && given.path !== undefined) {
    const next = { say: "Leave out one of them." };
    throw new Failure({ code: "invalid", message: "A sandbox has a directory of its own.", next });
  }
  const agentId = ports.agentFor(given.agent);
  const wanted = given.sandbox ? "sandbox" : given.path;
  if (wanted !== undefined) {
    ports.expect(route, undefined);
    return await startIn(ports, { ...given, agentId, place: route, wanted, by: byOf(context) }).catch(
      (error: unknown) => {
        throw stillUnbound(error);
      },
    );
  }
  ports.expect(route, {
    reads: (said) => isSandbox(said) || /^(?:~|\/)[^\n]*$/.test(said.trim()),
    act: async (said) =>
      await startIn(ports, { ...given, agentId, place: route, wanted: said, by: byOf(context) }).catch(
        (error: unknown) => {
          throw stillUnbound(error);
        },
      ),
  });
  return WHERE;
}

// Otherwise what is written next would be taken for a message to the harness. A question is over, so the way on is the command.
function stillUnbound(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== "directory-missing") return error;
  return new Failure({
    code: error.code,
    message: `${error.message} Nothing is bound here yet.`,
    next: [
      { lead: "Create it, or name another one", run: "start", args: "PATH" },
      { lead: "Or in a scratch directory", run: "start", args: "--sandbox" },
    ],
  });
}

type Start = z.output<typeof startInput> & { agentId: string; place: Route; wanted: string; by: string };

async function startIn(ports: BindingPorts, o: Start): Promise<string> {
  if (isSandbox(o.wanted)) return await bindIn(ports, o, await makeScratch(ports.scratch));
  const cwd = await directoryAt(o.wanted);
  await ports.trust().requireGround(cwd, { anyway: o.anyway });
  const standing = await undecided(ports.trust(), cwd, o);
  return standing ? askFirst(ports, o, standing) : await bindIn(ports, o, cwd);
}

// Decided is what was shown: where the files have changed before the answer, they are shown again.
function askFirst(ports: BindingPorts, o: Start, standing: Standing): string {
  ports.expect(o.place, {
    reads: (said) => readChoice(said) !== undefined,
    act: async (said) => {
      const decision = readChoice(said) ?? "no";
      if (decision === "no") return "Nothing was started.";
      await ports.trust().decide(standing, { decision, by: o.by });
      return await startIn(ports, o);
    },
  });
  return question(standing);
}

async function bindIn(ports: BindingPorts, o: Start, cwd: string): Promise<string> {
  const identity = await ports.bindNew({ agentId: o.agentId, place: o.place, cwd }).catch(async (error) => {
    await removeScratch(ports.scratch, cwd);
    throw error;
  });
  const session = ports.catalog().session(identity);
  if (o.model !== undefined) await session.record.noteOption("model", o.model);
  if (o.name !== undefined)
    await session.record.note({ name: await ports.catalog().freeName(o.name, identity) });
  return noted(
    ports,
    o.place,
    `${session.harness.name} is here now, in ${cwd}. Write to it; /cc stop ends it.`,
  );
}

const stopInput = z.strictObject({});

export function stopOperation(ports: BindingPorts): Operation<typeof stopInput, typeof text> {
  return defineOperation({
    name: "stop",
    summary: "End the session of this conversation; a scratch directory is removed, everything else stays.",
    input: stopInput,
    result: text,
    effect: "write",
    run: async (_, context) => {
      const { here, route } = context;
      if (!here) throw missing(context);
      const cwd = (await ports.catalog().session(here).record.read())?.cwd;
      await ports.catalog().close(here, { reason: "stopped", here });
      const left = route !== undefined && (await ports.unbind(route));
      if (!left) await ports.catalog().reopen(here);
      const removed = cwd !== undefined && (await removeScratch(ports.scratch, cwd));
      return { text: `Stopped.${removed ? " Its scratch directory is removed." : ""}` };
    },
    text: (result) => result.text,
  });
}

const hereInput = z.strictObject({
  ref: ref.describe("The session that is to answer in this conversation."),
});

export function hereOperation(ports: BindingPorts): Operation<typeof hereInput, typeof text> {
  return defineOperation({
    name: "here",
    summary: "Let another session answer in this conversation.",
    input: hereInput,
    result: text,
    effect: "write",
    ownerOnly: true,
    run: async (given, { route }) => {
      if (!route) throw noPlace();
      const found = await ports.catalog().find(given.ref);
      const { identity, entry } = found;
      const closed = entry.state === "closed";
      if (closed) await directoryAt(entry.cwd);
      await ports.catalog().openAgain(found);
      await ports.bindTo(route, { ...identity, cwd: entry.cwd });
      const again = closed ? " It was closed and is open again." : "";
      const said = `${entry.name ?? identity.sessionKey} answers here now, in ${entry.cwd}.${again}`;
      return { text: noted(ports, route, said) };
    },
    text: (result) => result.text,
  });
}

function noted(ports: BindingPorts, place: Route, said: string): string {
  const note = ports.noteFor(place);
  return note === undefined ? said : `${said}\n⚠️ ${note}`;
}

function noPlace(): Failure {
  return new Failure({
    code: "invalid",
    message: "There is no conversation to bind here.",
    next: { say: "Use it in a chat." },
  });
}

function isSandbox(word: string): boolean {
  return /^(?:sandbox|沙盒|临时|随便)$/i.test(word.trim());
}

async function makeScratch(folder: string): Promise<string> {
  const made = join(folder, `scratch-${randomUUID().slice(0, 8)}`);
  await mkdir(made, { recursive: true, mode: 0o700 });
  return made;
}

// Only a real folder of ours is removed: not a link, and nothing that merely looks like one.
async function removeScratch(folder: string, cwd: string): Promise<boolean> {
  const found = await lstat(cwd).catch(() => undefined);
  if (!found?.isDirectory() || !/\/scratch-[0-9a-f]{8}$/.test(cwd)) return false;
  const [inside, real] = await Promise.all([realpath(dirname(cwd)), realpath(folder)]).catch(() => ["", "-"]);
  if (inside !== real) return false;
  await rm(cwd, { recursive: true, force: true });
  return true;
}
