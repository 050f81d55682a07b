// The operation `setup`: installs the harness that speaks to Claude Code, once, ahead of its use.
import { readdir, rm } from "node:fs/promises";
import { z } from "zod";
import { harnessPackages } from "../../../adapters/claude/packages.ts";
import { HARNESS } from "../../../adapters/kinds.ts";
import { checkClaude, findOnPath } from "../../../adapters/provision/claude-executable.ts";
import { fileFailure } from "../../../adapters/provision/file-failures.ts";
import type { HarnessPackage } from "../../../adapters/provision/harness-package.ts";
import { installedVersions, locate, prune } from "../../../adapters/provision/locate.ts";
import { type ProvisionRequest, provision } from "../../../adapters/provision/provision.ts";
import { describe, Failure } from "../../../common/failure.ts";
import type { Authorized } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";

type HarnessName = keyof typeof harnessPackages;

/** What setup needs of the machine and of the settings. */
export interface SetupPorts extends Pick<ProvisionRequest, "root" | "locksDir" | "lock" | "env" | "npm"> {
  /** The settings under `harness`, as they are now. */
  settings(): {
    package: HarnessName;
    path?: string;
    claude?: string;
    command?: readonly [string, ...string[]];
  };
  /** Absolute form of a path as a user types it (`~` and relative ones included). */
  resolvePath(path: string): string;
  /** Folders running adapters were started from; they are not removed. */
  inUse(): Promise<readonly string[]>;
}

const BUNDLED = "bundled";
const LINE_MBITS = 20;

const input = z.strictObject({
  harness: z
    .enum(["claude-agent-acp", "claude-code-acp"])
    .optional()
    .describe("Which adapter to install (default: the setting harness.package).")
    .meta({ value: "NAME" }),
  claude: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe(
      `Your own ${HARNESS.title} executable, instead of the one that comes along; "${BUNDLED}" for that one.`,
    )
    .meta({ value: "PATH" }),
  from: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe("Install from this folder or .tgz instead of the npm registry.")
    .meta({ value: "DIR|TGZ" }),
  remove: z
    .boolean()
    .default(false)
    .describe("Remove every installed harness instead; sessions and settings stay."),
  yes: z.boolean().default(false).describe(`Use a ${HARNESS.title} found on the PATH without asking.`),
});

const result = z.object({
  harness: z.enum(["claude-agent-acp", "claude-code-acp"]),
  package: z.string(),
  version: z.string(),
  outcome: z.enum(["installed", "already installed", "changed", "removed"]),
  dir: z.string(),
  claude: z.string().optional(),
  seconds: z.number(),
  removed: z.array(z.string()),
  /** Set where the settings make the gateway use something else than what was installed. */
  note: z.string().optional(),
});
type Result = z.output<typeof result>;

export function setupOperation(ports: SetupPorts): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "setup",
    summary: `Install the adapter that speaks to ${HARNESS.title}, and ${HARNESS.title} itself.`,
    input,
    result,
    examples: [
      "openclaw contractor-agents setup",
      "openclaw contractor-agents setup --claude ~/.local/bin/claude",
      "openclaw contractor-agents setup --from ./harness.tgz",
    ],
    run: (given, context) => (given.remove ? removeAll(ports) : setup(given, context, ports)),
    text,
  });
}

/**
 * Makes sure the harness the settings ask for is on this machine, and says in words which it is; for `add`.
 * @throws {Failure} of locating or installing it.
 */
export async function requireHarness(ports: SetupPorts, context: Authorized): Promise<string> {
  const settings = ports.settings();
  if (settings.command) return `custom adapter ${settings.command[0]}`;
  const harness = harnessPackages[settings.package];
  const where = { root: ports.root, harness, path: settings.path, claude: settings.claude };
  const found = await locate(where).catch((error: unknown) => {
    const missing = error instanceof Failure && error.code === "harness-missing";
    if (missing && settings.path === undefined) return undefined;
    throw error;
  });
  if (found) return `${harness.shortName} ${found.version}`;
  const made = await setup({ yes: false, remove: false }, context, ports);
  return `${made.harness} ${made.version}`;
}

async function setup(given: z.output<typeof input>, context: Authorized, ports: SetupPorts): Promise<Result> {
  const started = Date.now();
  const name = given.harness ?? ports.settings().package;
  const harness = harnessPackages[name];
  const claude = await chooseClaude({ given, harness, context, ports });
  const from = given.from === undefined ? undefined : ports.resolvePath(given.from);
  const inUse = await ports.inUse();
  const { root, locksDir, lock, env, npm } = ports;
  const { outcome, dir } = await provision({
    ...{ root, locksDir, lock, env, npm, inUse, harness, claude, from },
    signal: context.signal,
    onBegin: () => context.progress(announcement({ harness, claude, from })),
    onProgress: ({ text, fraction }) => context.progress(text, fraction),
  });
  const note = otherwiseUsed(ports, name);
  return {
    harness: name,
    package: harness.name,
    version: harness.version,
    outcome,
    dir,
    ...(claude === undefined ? {} : { claude }),
    seconds: Math.round((Date.now() - started) / 100) / 10,
    removed: await prune({ root, harness, inUse }),
    ...(note === undefined ? {} : { note }),
  };
}

// Nothing but what `setup` has put there; a running gateway would miss it at its next start of an adapter.
async function removeAll(ports: SetupPorts): Promise<Result> {
  const started = Date.now();
  const { root } = ports;
  const inUse = await ports.inUse();
  if (inUse.length > 0)
    throw new Failure({
      code: "refused",
      message: `A running gateway uses what is in ${root}.`,
      next: { say: "Stop the gateway, then run this again." },
    });
  const removed = await readdir(root).catch(() => []);
  await rm(root, { recursive: true, force: true }).catch((error: unknown) => {
    throw fileFailure(error, root);
  });
  const name = ports.settings().package;
  const { name: packageName, version } = harnessPackages[name];
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  return { harness: name, package: packageName, version, outcome: "removed", dir: root, seconds, removed };
}

interface Choice {
  given: z.output<typeof input>;
  harness: HarnessPackage;
  context: Authorized;
  ports: SetupPorts;
}

// In this order: what was said now, the setting, what was chosen at an earlier setup, and what is offered.
async function chooseClaude(o: Choice): Promise<string | undefined> {
  const { given, ports, harness } = o;
  if (given.claude === BUNDLED) return undefined;
  if (given.claude !== undefined) return ports.resolvePath(given.claude);
  const configured = ports.settings().claude;
  if (configured !== undefined) return configured;
  const [newest] = await installedVersions({ root: ports.root, harness });
  if (!newest) return offered(o);
  return newest.claude === undefined ? undefined : stillUsable(o, newest.claude);
}

async function stillUsable(o: Choice, claude: string): Promise<string | undefined> {
  try {
    await checkClaude({ file: claude, harness: o.harness, env: o.ports.env, signal: o.context.signal });
    return claude;
  } catch (error) {
    o.context.signal.throwIfAborted();
    const why = error instanceof Failure ? error.message : describe(error);
    o.context.progress(`${why} Installing the ${HARNESS.title} that comes along instead.`);
    return undefined;
  }
}

async function offered(o: Choice): Promise<string | undefined> {
  const { harness, context, ports } = o;
  const file = await findOnPath("claude", ports.env);
  if (file === undefined) return undefined;
  const check = { file, harness, env: ports.env, signal: context.signal };
  const version = await checkClaude(check).catch(() => undefined);
  context.signal.throwIfAborted();
  if (version === undefined) return undefined;
  const saved = harness.megabytes.full.disk - harness.megabytes.lean.disk;
  const question = `Use your own ${HARNESS.title} ${version} (${file})? It saves ${saved} MB.`;
  return o.given.yes || (await agrees(context, question)) ? file : undefined;
}

// A surface that cannot ask rejects; then nothing of the user's own is used without asking.
async function agrees(context: Authorized, question: string): Promise<boolean> {
  return context.confirm(question).catch((error: unknown) => {
    context.signal.throwIfAborted();
    if (error instanceof Failure && error.code !== "cancelled") return false;
    throw error;
  });
}

function announcement(o: {
  harness: HarnessPackage;
  claude: string | undefined;
  from: string | undefined;
}): string {
  const { disk, download } = o.claude === undefined ? o.harness.megabytes.full : o.harness.megabytes.lean;
  const using =
    o.claude === undefined ? `with its own ${HARNESS.title}` : `for your ${HARNESS.title} at ${o.claude}`;
  const effort =
    o.from === undefined
      ? `${download} MB to download (about ${Math.ceil((download * 8) / LINE_MBITS / 60)} min at ${LINE_MBITS} Mbit/s)`
      : `from ${o.from}, less than a minute`;
  return `Installing ${o.harness.shortName} ${o.harness.version} ${using}: about ${disk} MB on disk, ${effort}.`;
}

function otherwiseUsed(ports: SetupPorts, installed: HarnessName): string | undefined {
  const settings = ports.settings();
  if (settings.command)
    return "The setting harness.command is set: the gateway uses that adapter, not this one.";
  if (settings.path)
    return `The setting harness.path is set: the gateway uses ${settings.path}, not this one.`;
  if (settings.package === installed) return undefined;
  return `The setting harness.package is ${settings.package}: set it to ${installed} to use this one.`;
}

function text(made: Result): string {
  if (made.outcome === "removed")
    return made.removed.length === 0
      ? `There was nothing to remove in ${made.dir}.`
      : `Removed ${made.dir}. To install it again: openclaw contractor-agents setup`;
  const what = `${made.harness} ${made.version}`;
  const using =
    made.claude === undefined
      ? `the ${HARNESS.title} that came along`
      : `your ${HARNESS.title} at ${made.claude}`;
  const sentence = {
    installed: `Installed ${what} in ${made.seconds} s; it uses ${using}.`,
    "already installed": `${what} is already installed and works; it uses ${using}.`,
    changed: `${what} was already installed; from now on it uses ${using}.`,
  }[made.outcome];
  const removed = made.removed.length > 0 ? `Removed ${made.removed.length} older version(s).` : undefined;
  return [sentence, made.dir, removed, made.note].filter((line) => line !== undefined).join("\n");
}
