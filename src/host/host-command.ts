// Runs one command of the host's own CLI in a child process: the only way to what the plugin SDK does not offer.
import { execFile } from "node:child_process";
import { z } from "zod";
import { Failure } from "../../common/failure.ts";

const failureSchema = z.object({ ok: z.literal(false), error: z.object({ message: z.string() }) });

/**
 * Runs `openclaw <args> --json` with the Node and the script this process runs on, and returns the JSON it prints.
 * @throws {Failure} "refused" with the host's own sentence, "timed-out" after `timeoutMs`.
 */
export async function runHostCommand(o: { args: readonly string[]; timeoutMs: number }): Promise<unknown> {
  const script = process.argv[1];
  if (script === undefined) throw refused("The openclaw command cannot be found from here");
  const argv = [...process.execArgv, script, ...o.args, "--json"];
  const { error, stdout } = await execute(argv, o.timeoutMs);
  const printed = parse(stdout);
  const failed = failureSchema.safeParse(printed);
  if (failed.success) throw refused(failed.data.error.message);
  if (!error) return printed;
  if (error.killed) {
    throw new Failure({
      code: "timed-out",
      message: `\`openclaw ${o.args[0]} ${o.args[1]}\` did not finish within ${o.timeoutMs / 1000} s.`,
      next: { say: "Try again; `openclaw doctor` tells what holds it up." },
    });
  }
  throw refused(`\`openclaw ${o.args[0]} ${o.args[1]}\` failed (exit code ${error.code ?? "unknown"})`);
}

function execute(
  argv: string[],
  timeout: number,
): Promise<{ error: (Error & { killed?: boolean; code?: unknown }) | null; stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, argv, { timeout, maxBuffer: 4 << 20 }, (error, stdout) =>
      resolve({ error, stdout }),
    );
    child.stdin?.end();
  });
}

/** The host may print notices before its JSON; the JSON itself begins a line. */
function parse(stdout: string): unknown {
  for (let start = 0; start !== -1; start = nextLine(stdout, start)) {
    if (stdout[start] !== "{" && stdout[start] !== "[") continue;
    try {
      return JSON.parse(stdout.slice(start));
    } catch {
      // Not the beginning of the answer: the next line may be.
    }
  }
  return undefined;
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 || end + 1 >= text.length ? -1 : end + 1;
}

function refused(message: string): Failure {
  return new Failure({ code: "refused", message: /[.!?]$/.test(message) ? message : `${message}.` });
}
