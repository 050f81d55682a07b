// What must hold before `add` writes anything: the checks, each with the sentence a user reads when it fails.

import { constants } from "node:fs";
import { access, mkdir, readdir, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HARNESS, KINDS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import { BACKEND } from "../../../common/names.ts";

/** What the host is set to before anything is written. */
export type HostFacts = {
  /** `contractor` is there where the agent is one of ours. */
  agents: readonly { id: string; workspace: string; contractor?: unknown }[];
  backend: string | undefined;
};
export type Plan = { agentId: string; workspace: string; contractor: string; cwd: string };

/**
 * @throws {Failure} "invalid", "directory-missing" or "refused"; nothing has been written then.
 * `contractorOf` names the contractor agent a workspace already belongs to.
 */
export async function checkPlan(o: {
  plan: Plan;
  facts: HostFacts;
  contractorOf: (workspace: string) => Promise<string | undefined>;
}): Promise<void> {
  checkContractor(o.plan.contractor);
  checkAgentId(o.plan.agentId, o.facts.agents);
  checkBackend(o.facts.backend);
  await checkWorkspace(o);
  if (o.plan.cwd !== o.plan.workspace) await checkCwd(o.plan.cwd);
}

/**
 * Makes the workspace's folder and remembers what it was, so that a failed `add` leaves it so. A folder that was there
 * is the user's: of what the host puts into it only our own folder is taken out again, the rest is named.
 */
export async function prepareWorkspace(
  workspace: string,
): Promise<{ remains: string; undo: () => Promise<void> }> {
  const before = await namesIn(workspace);
  if (before !== undefined)
    return { remains: `files in ${workspace}`, undo: () => restore(workspace, before) };
  const missing = await missingFolders(workspace);
  const made: string[] = [];
  const undo = () => removeFolders(workspace, made);
  try {
    // One by one: a recursive mkdir, which the host uses, never ends below /proc.
    for (const folder of missing) {
      await mkdir(folder);
      made.push(folder);
    }
  } catch (error) {
    await undo();
    const why = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw invalid(
      `The workspace ${workspace} cannot be made${why}.`,
      "Choose a --workspace you may write to.",
    );
  }
  return { remains: workspace, undo };
}

function checkContractor(kind: string): void {
  const kinds = KINDS.map((known) => known.kind);
  if (kinds.includes(kind)) return;
  const only = kinds.length === 1 ? ", the only one today" : "";
  throw invalid(
    `The contractor "${kind}" is not supported yet.`,
    `Use --contractor ${kinds.join(" or ")}${only}.`,
  );
}

/** The form the host keeps ids in (openclaw normalizeAgentId); another spelling would be stored under another name. */
function checkAgentId(id: string, agents: HostFacts["agents"]): void {
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(id)) {
    const rule = "Use 1 to 64 lower-case letters, digits, - and _, beginning with a letter or digit.";
    throw invalid(`"${id}" is not a valid agent id.`, rule);
  }
  if (!agents.some((agent) => agent.id.toLowerCase() === id)) return;
  throw invalid(
    `An agent "${id}" exists already.`,
    "Choose another --agent-id; `openclaw agents list` shows them all.",
  );
}

function checkBackend(backend: string | undefined): void {
  if (backend === undefined || backend === BACKEND) return;
  throw invalid(
    `acp.backend is set to "${backend}", which overrides the backend of every session, so ${HARNESS.name} would never be asked.`,
    "Run `openclaw config set acp.backend contractor` (or `openclaw config unset acp.backend`) and try again.",
  );
}

async function checkWorkspace(o: Parameters<typeof checkPlan>[0]): Promise<void> {
  const { workspace, agentId } = o.plan;
  const place = await nearestExisting(workspace);
  if (!place.isDirectory) {
    const what = place.path === workspace ? "is a file" : `cannot be made, because ${place.path} is a file`;
    throw invalid(
      `The workspace ${workspace} ${what}.`,
      "Give --workspace a folder, or one that can be created.",
    );
  }
  const writable = await access(place.path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!writable) throw invalid(`${place.path} is not writable.`, "Choose a --workspace you may write to.");
  const sharer = o.facts.agents.find((agent) => agent.workspace === workspace);
  const owner = sharer?.id ?? (await o.contractorOf(workspace));
  if (owner === undefined || owner === agentId) return;
  throw invalid(
    `The workspace ${workspace} belongs to the agent "${owner}".`,
    "Choose a --workspace of its own.",
  );
}

async function checkCwd(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new Failure({
    code: "directory-missing",
    message: found ? `${cwd} is not a folder.` : `The folder ${cwd} does not exist.`,
    next: { say: "Give --cwd an existing folder, or leave it out to work in the workspace." },
  });
}

async function nearestExisting(path: string): Promise<{ path: string; isDirectory: boolean }> {
  const found = await stat(path).catch(() => undefined);
  if (found) return { path, isDirectory: found.isDirectory() };
  return dirname(path) === path ? { path, isDirectory: true } : nearestExisting(dirname(path));
}

/** What has to be made for `path` to be there, outermost first. */
async function missingFolders(path: string): Promise<string[]> {
  const parent = dirname(path);
  if (parent === path || (await exists(path))) return [];
  return [...(await missingFolders(parent)), path];
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function namesIn(folder: string): Promise<Set<string> | undefined> {
  return readdir(folder).then(
    (names) => new Set(names),
    () => undefined,
  );
}

/** The workspace goes whole; its parents only while nothing else came into them. */
async function removeFolders(workspace: string, made: string[]): Promise<void> {
  await rm(workspace, { recursive: true, force: true });
  for (const folder of made.toReversed()) {
    if (folder !== workspace) await rmdir(folder);
  }
}

/** An empty folder becomes empty again; in any other only our own folder goes, and what the host added is named. */
async function restore(workspace: string, before: Set<string>): Promise<void> {
  const added = [...((await namesIn(workspace)) ?? [])].filter((name) => !before.has(name));
  const ours = before.size === 0 ? added : added.filter((name) => name === ".openclaw");
  for (const name of ours) await rm(join(workspace, name), { recursive: true, force: true });
  const left = added.filter((name) => !ours.includes(name));
  if (left.length > 0) throw new Error(left.join(", "));
}

function invalid(message: string, next: string): Failure {
  return new Failure({ code: "invalid", message, next: { say: next } });
}
