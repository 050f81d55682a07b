// The Claude Code executable: found on the PATH, asked for its version, and checked before anything relies on it.
import { access, constants, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Failure } from "../../common/failure.ts";
import { compareVersions, type HarnessPackage } from "./harness-package.ts";
import { runSupervised } from "./supervised-child.ts";

const PATIENCE_MS = 30_000;

/**
 * The version of the user's own executable, after checking that it is absolute, runnable and new enough.
 * @throws {Failure} "invalid", saying which of these it is not.
 */
export async function checkClaude(o: {
  file: string;
  harness: HarnessPackage;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}): Promise<string> {
  const { file, harness } = o;
  if (!path.isAbsolute(file)) throw unusable(file, "is not an absolute path");
  if (!(await isExecutable(file))) throw unusable(file, "is not a file this user can run");
  const version = await claudeVersion({ ...o, command: [file] });
  if (version === undefined) throw unusable(file, "does not answer --version as Claude Code does");
  if (compareVersions(version, harness.minimumClaude) < 0)
    throw new Failure({
      code: "invalid",
      message: `${file} is Claude Code ${version}, and ${harness.shortName} needs ${harness.minimumClaude} or newer.`,
      next: {
        say: "Update it (claude update), or run setup without --claude to get the version that comes along.",
      },
    });
  return version;
}

/** The version an executable tells of itself; undefined when it cannot be run or says something else. */
export async function claudeVersion(o: {
  command: readonly string[];
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}): Promise<string | undefined> {
  const command = [...o.command, "--version"];
  const run = { command, cwd: tmpdir(), env: o.env, timeoutMs: PATIENCE_MS, signal: o.signal };
  const answer = await runSupervised(run).catch((error: unknown) => {
    if (o.signal?.aborted) throw error;
    return undefined;
  });
  return answer?.code === 0 ? /^(\d+\.\d+\.\d+)\b/.exec(answer.stdout.trim())?.[1] : undefined;
}

/** The first executable of that name in the PATH's folders, by plain file system calls. */
export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = (env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  for (const file of folders.flatMap((folder) => names.map((one) => path.join(folder, one)))) {
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

export async function isExecutable(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return false;
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function unusable(file: string, why: string): Failure {
  return new Failure({
    code: "invalid",
    message: `${file} cannot be used as Claude Code: it ${why}.`,
    next: {
      say: "Give the absolute path of your claude executable (see: command -v claude), or leave --claude out.",
    },
  });
}
