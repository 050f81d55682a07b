// One command of the demo, run to its end: no shell, stopped with the demo, and its last words when it fails.
import { execFile } from "node:child_process";

export type Command = {
  /** Absolute path of the program, then its arguments. */
  argv: readonly [string, ...string[]];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
};

const LAST_LINES = 15;
const TOO_LONG_MS = 180_000;

/** Resolves with stdout. Throws an Error with the command's last lines when it fails or takes longer than three minutes. */
export function run(o: Command): Promise<string> {
  const [program, ...args] = o.argv;
  const { cwd, env, signal } = o;
  const options = { cwd, env, signal, timeout: TOO_LONG_MS, maxBuffer: 64 << 20 };
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-LAST_LINES).join("\n");
      reject(new Error(`${args.join(" ")}\nfailed (${error.code ?? error.signal ?? "unknown"}):\n${said}`));
    });
    child.stdin?.end();
  });
}
