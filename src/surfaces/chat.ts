// The chat surface: `/claude <verb> …` and `/cc <verb> …`, every operation with the same validation, errors and help.
import { describe } from "../../adapters/failure.ts";
import { type Operation, type OperationContext, readInput } from "../operations/define.ts";
import { chatUsage, readWords } from "./chat-words.ts";

interface ChatCall {
  /** Everything behind `/claude`. */
  text: string;
  here: OperationContext["here"];
  /** Where the command was given, for operations that bind a conversation. */
  place: OperationContext["place"];
  /** True for the owner of the gateway; some operations are theirs alone. */
  owner: boolean;
  signal: AbortSignal;
}

/** What to do with a command of the harness itself (`/compact`), which is no operation of ours. */
export type Passthrough = (command: string, call: ChatCall) => Promise<string>;

const PREFIX = "/claude";

export interface ChatSurface {
  /** Runs one command and resolves to the answer; never rejects. */
  run(call: ChatCall): Promise<string>;
}

export function chatSurface(operations: readonly Operation[], passthrough: Passthrough): ChatSurface {
  return {
    run: async (call) => {
      const text = call.text.trim();
      if (text.startsWith("/")) return await passthrough(text, call).catch(describe);
      const { operation, rest } = find(operations, text);
      const verb = text.split(/\s+/)[0] ?? "";
      if (verb === "" || verb === "help") return help(operations, text.slice("help".length).trim());
      if (!operation) return `I do not know "${verb}". ${PREFIX} help shows everything I know.`;
      return await perform(operation, rest, call);
    },
  };
}

async function perform(operation: Operation, rest: string, call: ChatCall): Promise<string> {
  const { values, complaints } = readWords(operation, rest);
  const read = readInput(operation, values);
  const problems = read.ok ? [] : read.problems.map(({ field, message }) => `${field} ${message}.`);
  if (!read.ok || complaints.length > 0) {
    return [...complaints, ...problems, `It goes: ${chatUsage(operation, PREFIX)}`].join("\n");
  }
  if (operation.ownerOnly && !call.owner) return "Only the owner of this gateway may do that.";
  try {
    return operation.text(await operation.run(read.input, contextOf(call)));
  } catch (error) {
    return describe(error);
  }
}

function contextOf({ here, place, signal }: ChatCall): OperationContext {
  return {
    signal,
    progress: () => {},
    confirm: async () => false,
    ...(here ? { here } : {}),
    ...(place ? { place } : {}),
  };
}

// The longest name wins: `rules list` before `rules`.
function find(
  operations: readonly Operation[],
  text: string,
): { operation: Operation | undefined; rest: string } {
  const words = text.split(/\s+/);
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(" ").toLowerCase();
    const operation = operations.find((one) => one.name === name);
    if (operation) return { operation, rest: behind(text, count) };
  }
  return { operation: undefined, rest: "" };
}

function behind(text: string, words: number): string {
  return text.replace(new RegExp(`^(?:\\S+\\s*){${words}}`), "");
}

function help(operations: readonly Operation[], verb: string): string {
  const named = verb === "" ? undefined : find(operations, verb).operation;
  if (named) return [named.summary, chatUsage(named, PREFIX)].join("\n");
  if (verb !== "") return `I do not know "${verb}". ${PREFIX} help shows everything I know.`;
  const lines = operations.map((operation) => `${operation.name} — ${operation.summary}`);
  return [
    `${PREFIX} (or /cc) and:`,
    ...lines,
    `${PREFIX} help VERB tells more. /cc /compact and the like go to Claude as they are.`,
  ].join("\n");
}
