// How an adapter process is started so that it costs less than by itself, and behaves the same.
// Each of these was measured; docs/performance.md, "What was tried", has the figures.
import { execFile } from "node:child_process";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { isExecutable } from "../provision/claude-executable.ts";

const runFile = promisify(execFile);

// The default young generation of 16 MB a semi-space is touched from end to end, by a process that mostly waits.
const SMALL_HEAP = "--max-semi-space-size=1";
const PROBE = ["auth", "status", "--json"];
const ANSWER = '{"loggedIn":true}';
const PROBE_MS = 2_000;

/**
 * claude-agent-acp runs `claude auth status --json` at its start and at every prompt: 0.2 s of a processor and 120 MB for
 * that time. It only passes the answer on (`_auth/status_update`, which we do not read), unless it was started with
 * `--hide-claude-auth`, and has no option for it; whether Claude is logged in shows when it is asked something. Everything
 * else is Claude Code's, which sees itself in CLAUDE_CODE_EXECUTABLE as always.
 */
const SHIM = `#!/bin/sh
# Written by openclaw-contractor: runs Claude Code, and saves the adapter its question at every prompt.
case "$*" in "${PROBE.join(" ")}" | *" ${PROBE.join(" ")}") echo '${ANSWER}'; exit 0 ;; esac
CLAUDE_CODE_EXECUTABLE=$CONTRACTOR_CLAUDE
export CLAUDE_CODE_EXECUTABLE
unset CONTRACTOR_CLAUDE
exec "$CLAUDE_CODE_EXECUTABLE" "$@"
`;

/** Arguments for Node in front of the adapter's own; `cacheDir` is where it keeps compiled code (6 MB). */
export function lowMemoryNodeArgs(cacheDir: string): string[] {
  // Not NODE_COMPILE_CACHE: what Claude runs would inherit it.
  const enable = `import m from "node:module";m.enableCompileCache(${JSON.stringify(cacheDir)})`;
  return [SMALL_HEAP, "--import", `data:text/javascript,${encodeURIComponent(enable)}`];
}

/**
 * The environment that has the adapter run `claude` without a process at every prompt; `dir` is a folder of ours. Where
 * that does not work (Windows, a file system that runs nothing) it names `claude` itself.
 */
export async function authStatusShim(o: { claude: string; dir: string }): Promise<Record<string, string>> {
  const shim = path.join(o.dir, "claude");
  if (!(await works(shim))) return { CLAUDE_CODE_EXECUTABLE: o.claude };
  return { CLAUDE_CODE_EXECUTABLE: shim, CONTRACTOR_CLAUDE: o.claude };
}

async function works(shim: string): Promise<boolean> {
  if (process.platform === "win32") return false;
  try {
    if ((await readFile(shim, "utf8").catch(() => undefined)) !== SHIM || !(await isExecutable(shim)))
      await write(shim);
    const { stdout } = await runFile(shim, PROBE, { timeout: PROBE_MS });
    return stdout.trim() === ANSWER;
  } catch {
    return false;
  }
}

// Two gateways may write it at once; neither may see half of it.
async function write(shim: string): Promise<void> {
  const temporary = `${shim}.${process.pid}`;
  await mkdir(path.dirname(shim), { recursive: true, mode: 0o700 });
  await writeFile(temporary, SHIM);
  await chmod(temporary, 0o700);
  await rename(temporary, shim);
}
