// The CLI surface: every operation as a subcommand, its options, help, validation and `--json` made from its definition.
import { resolve } from "node:path";
import type { Command } from "commander";
import { describe, Failure, stepsText } from "../../common/failure.ts";
import { authorize } from "../operations/authorize.ts";
import type { OperationContext } from "../operations/caller.ts";
import { type Operation, readInput } from "../operations/define.ts";
import { saidOf } from "../operations/fields.ts";
import { withHeartbeat } from "./cli-heartbeat.ts";
import { addOptions, givenValues, positionals, usageOf } from "./cli-options.ts";
import type { Terminal } from "./terminal.ts";

const FAILED = 1;
const WRONG_USE = 2;
const GROUPS: Readonly<Record<string, string>> = {
  rules: "Answers that were remembered with always:",
  trust: "Directories whose own settings are used:",
};

/** Adds `<name> <operation>` commands to the host's program. Nothing runs and nothing is loaded before one is called. */
export function mountCli(o: {
  program: Command;
  name: string;
  description: string;
  operations: readonly Operation[];
  terminal: Terminal;
  /** Makes a path as it was typed a whole one [from the working directory]. */
  resolvePath?: (typed: string) => string;
  /** Called when a command of ours begins. */
  started?: () => void;
}): void {
  const root = o.program.command(o.name).description(o.description);
  root.exitOverride((error) => {
    // The host takes a parse error's exit code from here (openclaw build-program exitOverride).
    if (error.exitCode !== 0) error.exitCode = WRONG_USE;
    throw error;
  });
  const { terminal, resolvePath = resolve, started = () => {} } = o;
  for (const operation of o.operations)
    mount(root, operation, { prefix: `openclaw ${o.name}`, terminal, resolvePath, started });
  for (const group of root.commands)
    if (group.description() === "") {
      const names = group.commands.map((one) => one.name()).join(", ");
      group.description([GROUPS[group.name()], names].filter(Boolean).join(" "));
    }
}

type Mounted = {
  prefix: string;
  terminal: Terminal;
  resolvePath: (typed: string) => string;
  started: () => void;
};

function mount(
  root: Command,
  operation: Operation,
  { prefix, terminal, resolvePath, started }: Mounted,
): void {
  const command = commandOf(root, operation.name).description(operation.summary);
  // Unknown words are reported below: with `--json` the host would end with exit code 1 for them.
  command.allowUnknownOption().allowExcessArguments();
  addOptions(command, operation);
  command.option("--json", "Print the result as JSON.");
  const examples = operation.examples ?? [];
  if (examples.length > 0)
    command.addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`);
  command.action(async () => {
    started();
    const { json, ...raw } = givenValues({ command, operation, resolvePath });
    const reporter = reporterFor(json === true, terminal);
    const said = saidOf(operation);
    const read = readInput(operation, raw);
    const complaints = [
      ...unknownWords(command, operation),
      ...(read.ok ? [] : read.problems.map(({ field, message }) => `${said(field)} ${message}.`)),
    ];
    if (read.ok && complaints.length === 0) await perform(operation, read.input, reporter, terminal);
    else reporter.wrongUse(complaints, usageOf(operation, prefix));
  });
}

/** `rules list` is the command `list` of the command `rules`. */
function commandOf(root: Command, name: string): Command {
  const words = name.split(" ");
  const last = words.pop() ?? name;
  const parent = words.reduce(
    (at, word) => at.commands.find((one) => one.name() === word) ?? at.command(word),
    root,
  );
  return parent.command(last);
}

async function perform(
  operation: Operation,
  input: Record<string, unknown>,
  reporter: Reporter,
  terminal: Terminal,
): Promise<void> {
  const controller = new AbortController();
  const release = terminal.onInterrupt(() => controller.abort(interrupted()));
  const heart = operation.ownsTerminal ? { terminal, stop: () => {} } : withHeartbeat(terminal);
  try {
    const context = authorize(operation, input, contextOf(heart.terminal, controller.signal));
    const result = await operation.run(input, context);
    heart.stop();
    terminal.clear();
    reporter.result(result, operation.text(result));
    if (operation.succeeded?.(result) === false) terminal.exitCode(FAILED);
  } catch (error) {
    terminal.clear();
    reporter.failure(error);
  } finally {
    heart.stop();
    release();
  }
}

function contextOf(terminal: Terminal, signal: AbortSignal): OperationContext {
  return {
    signal,
    caller: { is: "cli" },
    progress: (text, fraction) => terminal.progress(text, fraction),
    confirm: async (question) => {
      const answer = await terminal.ask(question);
      if (answer !== undefined) return answer;
      throw new Failure({
        code: "refused",
        message: `Nobody is here to answer: ${question}`,
        next: { say: "Run it in a terminal, or see --help for the option that answers beforehand." },
      });
    },
  };
}

interface Reporter {
  result(result: unknown, text: string): void;
  failure(error: unknown): void;
  wrongUse(complaints: string[], usage: string): void;
}

/** With `--json`, stdout holds exactly one JSON document, in the host's own envelope for failures. */
function reporterFor(json: boolean, terminal: Terminal): Reporter {
  const document = (value: unknown) => terminal.out(JSON.stringify(value, null, 2));
  return {
    result: (result, text) => (json ? document(result) : terminal.out(text)),
    failure: (error) => {
      terminal.exitCode(FAILED);
      if (!json) return terminal.err(describe(error));
      const { code, next = [] } = error instanceof Failure ? error : {};
      const steps = stepsText(next);
      const message = error instanceof Error ? error.message : String(error);
      document({
        ok: false,
        error: { type: code ?? "error", message, ...(steps === "" ? {} : { next: steps }) },
      });
    },
    wrongUse: (complaints, usage) => {
      terminal.exitCode(WRONG_USE);
      if (json) document({ ok: false, error: { type: "usage", message: complaints.join(" "), next: usage } });
      else terminal.err([...complaints, `Usage: ${usage}`].join("\n"));
    },
  };
}

/** Options nobody knows; without any, words that belong to none. */
function unknownWords(command: Command, operation: Operation): string[] {
  const options = command.args.filter((word) => word.startsWith("-"));
  if (options.length > 0) return options.map((word) => `${word} is not an option of this command.`);
  const extra = command.args.slice(positionals(operation));
  if (extra.length === 0) return [];
  return [`${extra.join(" ")} is too much; put quotes around words that belong together.`];
}

function interrupted(): Failure {
  return new Failure({ code: "cancelled", message: "Interrupted." });
}
