// The terminal of a CLI process: results on stdout, everything else on stderr, where a person looks on as a moving bar.
import { createInterface } from "node:readline/promises";
import { Failure } from "../../common/failure.ts";
import { plainProgress, progressBar } from "../operations/progress-text.ts";
import type { Terminal } from "../surfaces/terminal.ts";

const ERASE = "\r\u001b[K";

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  const plain = plainProgress();
  let drawn = false;
  const clear = () => {
    if (drawn) stderr.write(ERASE);
    drawn = false;
  };
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    clear,
    progress(text, fraction) {
      const line = plain(text, fraction);
      if (stderr.isTTY && fraction !== undefined) {
        stderr.write(`${ERASE}${progressBar({ text, fraction, columns: (stderr.columns ?? 80) - 1 })}`);
        drawn = true;
      } else if (line !== undefined) {
        clear();
        stderr.write(`${line}\n`);
      }
    },
    async ask(question) {
      if (!stdin.isTTY || !stderr.isTTY) return undefined;
      clear();
      const lines = createInterface({ input: stdin, output: stderr });
      const answer = await lines
        .question(`${question} [y/N] `)
        .catch(interrupted)
        .finally(() => lines.close());
      return /^y(es)?$/i.test(answer.trim());
    },
    exitCode(code) {
      process.exitCode = code;
    },
    onInterrupt(stop) {
      process.once("SIGINT", stop);
      return () => process.off("SIGINT", stop);
    },
  };
}

/** Ctrl+C at the question: readline rejects, the process gets no signal. */
function interrupted(cause: unknown): never {
  throw new Failure({ code: "cancelled", message: "Interrupted.", cause });
}
