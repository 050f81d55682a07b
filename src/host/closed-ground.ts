// The gateway's own ground: which folders no session works in, and which files the harness may neither read nor write.
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Ground } from "../session/ground.ts";
import { roster } from "./agent-roster.ts";
import { scratchIn } from "./state-home.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

// There from the first start on, or made while a session runs.
const ALWAYS = [
  "openclaw.json",
  "openclaw.json.bak",
  ".env",
  "credentials",
  "agents",
  "identity",
  "secrets",
  "contractor",
];

/** `harness` are the folders in which the harness keeps its own settings and login. */
export function groundOf(api: Api, harness: readonly string[]): Ground {
  const state = api.runtime.state.resolveStateDir();
  return {
    closed: [state, ...harness],
    open: openIn(api, state),
    home: process.env.OPENCLAW_HOME ?? homedir(),
  };
}

/**
 * The files and folders of the state that hold no session's directory, as they are now. Rules that deny win over all that allow, so that a
 * folder with a workspace in it is gone into, and not closed.
 */
export function closedFiles(api: Api): string[] {
  const state = api.runtime.state.resolveStateDir();
  return closedBelow(state, openIn(api, state), [...ALWAYS]);
}

function openIn(api: Api, state: string): string[] {
  const home = join(state, "contractor");
  return [...roster(api).map(({ workspace }) => workspace), scratchIn(home)];
}

function closedBelow(folder: string, open: readonly string[], always: readonly string[]): string[] {
  const names = [...new Set([...always, ...namesIn(folder)])];
  return names.flatMap((name) => {
    const at = join(folder, name);
    if (open.includes(at)) return [];
    const holds = open.some((one) => dirname(one) === at || isBelow(one, at));
    return holds ? closedBelow(at, open, []) : [at];
  });
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !way.startsWith("..");
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
