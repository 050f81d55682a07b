// Whether the adapter and the Claude Code it uses are on this machine, run, and are logged in.
import { claudeEnvironment } from "../../../adapters/claude/environment.ts";
import { askLogin, isKeyAccepted } from "../../../adapters/claude/login.ts";
import { harnessPackages } from "../../../adapters/claude/packages.ts";
import { type ClaudeProgram, claudeOf } from "../../../adapters/claude/program.ts";
import { settingsFaults } from "../../../adapters/claude/settings-faults.ts";
import { HARNESS } from "../../../adapters/kinds.ts";
import { claudeVersion, isExecutable } from "../../../adapters/provision/claude-executable.ts";
import { compareVersions } from "../../../adapters/provision/harness-package.ts";
import { type HarnessLocation, locate } from "../../../adapters/provision/locate.ts";
import { Failure, stepsText } from "../../../common/failure.ts";
import { unreadSettings } from "../../session/sentences.ts";
import { loginFinding } from "./doctor-login.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

export interface HarnessPorts {
  /** `<stateDir>/contractor/harness`. */
  root: string;
  env: NodeJS.ProcessEnv;
  /** The settings under `harness`, as they are now; throws a Failure when they are invalid. */
  settings(): {
    package: keyof typeof harnessPackages;
    path?: string;
    claude?: string;
    command?: readonly [string, ...string[]];
    env: Readonly<Record<string, string>>;
    passEnv: readonly string[];
    settingSources: readonly string[];
  };
}

const SETUP = "openclaw contractor-agents setup";

/** The findings, and whether a session can be tried at all. */
export async function harnessFindings(
  ports: HarnessPorts,
  signal: AbortSignal,
): Promise<{ findings: Finding[]; usable: boolean }> {
  try {
    const settings = ports.settings();
    if (settings.command) return await customFindings(settings.command[0]);
    const harness = harnessPackages[settings.package];
    const found = await locate({ root: ports.root, harness, path: settings.path, claude: settings.claude });
    const claude = await claudeFindings({ found, settings, env: ports.env, signal });
    return { findings: [locationFinding(found), ...claude.findings], usable: claude.usable };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Failure)) throw error;
    return { findings: [fail(error.message, stepsText(error.next) || SETUP)], usable: false };
  }
}

/** The settings files of Claude Code that apply in these directories and that it cannot read. */
export async function settingsFindings(
  ports: HarnessPorts,
  directories: readonly string[],
): Promise<Finding[]> {
  const { env: set, passEnv: pass, settingSources: sources } = ports.settings();
  const env = claudeEnvironment({ from: ports.env, pass, set });
  const faults = await Promise.all(directories.map((cwd) => settingsFaults({ cwd, sources, env })));
  const byFile = new Map(faults.flat().map((fault) => [fault.file, fault]));
  return [...byFile.values()].map((fault) =>
    warn(unreadSettings(fault, HARNESS.title), `Mend line ${fault.line} of it.`),
  );
}

/** The adapter's package and the version of its Claude Code, as far as they can be told without starting a session. */
export async function harnessVersions(
  ports: HarnessPorts,
  signal: AbortSignal,
): Promise<{ adapter: string; claude?: string }> {
  const settings = ports.settings();
  if (settings.command) return { adapter: `a custom one: ${settings.command[0]}` };
  const harness = harnessPackages[settings.package];
  const found = await locate({ root: ports.root, harness, path: settings.path, claude: settings.claude });
  const adapter = `${found.package} ${found.version}`;
  const claude = await claudeOf(found, { settings, env: ports.env });
  const version = claude && (await claudeVersion({ ...claude, signal }));
  return version === undefined ? { adapter } : { adapter, claude: version };
}

async function customFindings(program: string): Promise<{ findings: Finding[]; usable: boolean }> {
  if (await isExecutable(program))
    return { findings: [ok(`The adapter is your own: ${program}.`)], usable: true };
  const what = `The adapter of the setting harness.command, ${program}, is not there or cannot be run.`;
  return { findings: [fail(what, "Correct the setting harness.command, or remove it.")], usable: false };
}

function locationFinding(found: HarnessLocation): Finding {
  const what = `The adapter is ${found.package} ${found.version} in ${found.dir}.`;
  return found.outdated ? warn(`${what} This plugin is tested with another version.`, SETUP) : ok(what);
}

type Machine = {
  found: HarnessLocation;
  settings: ReturnType<HarnessPorts["settings"]>;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
};

async function claudeFindings(o: Machine): Promise<{ findings: Finding[]; usable: boolean }> {
  const harness = harnessPackages[o.settings.package];
  const claude = await claudeOf(o.found, o);
  if (claude === undefined)
    return { findings: [fail(`There is no ${HARNESS.title} for the adapter to use.`, SETUP)], usable: false };
  const { file, command, env } = claude;
  const version = await claudeVersion({ command, env, signal: o.signal });
  if (version === undefined)
    return { findings: [fail(`${HARNESS.title} at ${file} does not run.`, SETUP)], usable: false };
  const old = o.found.claude !== undefined && compareVersions(version, harness.minimumClaude) < 0;
  const found = old
    ? fail(
        `${HARNESS.title} ${version} at ${file} is too old, ${harness.minimumClaude} is needed.`,
        "claude update",
      )
    : ok(`${HARNESS.title} ${version} at ${file}.`);
  return { findings: [found, await login(claude, o.signal)], usable: !old };
}

async function login(claude: ClaudeProgram, signal: AbortSignal): Promise<Finding> {
  const found = await askLogin(claude, signal);
  return loginFinding(found, await isKeyAccepted(claude.env, signal));
}
