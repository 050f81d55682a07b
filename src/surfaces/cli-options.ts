// Turns the fields of an operation's input into command-line options, and what was typed back into field values.
import type { Command } from "commander";
import type { Operation } from "../operations/define.ts";
import { type Field, fieldsOf } from "../operations/fields.ts";

/** One option per field. None is required for commander: the operation's own validation speaks, with all problems at once. */
export function addOptions(command: Command, operation: Operation): void {
  for (const field of fieldsOf(operation)) {
    if (field.positional) {
      command.argument(`[${field.value}]`, field.help);
      continue;
    }
    const option = command.createOption(placeholder(field), field.help);
    // A value that is left out comes as `true` and is reported with the rest; the help still shows it as needed.
    if (field.kind !== "flag") Object.assign(option, { required: false, optional: true });
    if (field.kind === "list")
      option.argParser((word: string, before: string[] | undefined) => [...(before ?? []), word]);
    command.addOption(option);
  }
}

/**
 * What was typed, by field; a field that was not named is absent, one without its value is undefined. `resolvePath` makes
 * a path as it was typed a whole one.
 */
export function givenValues(o: {
  command: Command;
  operation: Operation;
  resolvePath: (typed: string) => string;
}): Record<string, unknown> {
  const { command, operation, resolvePath } = o;
  const fields = fieldsOf(operation);
  const words = fields
    .filter((field) => field.positional)
    .map((field, i) => [field.key, field.rest ? restFrom(command.args, i) : command.args[i]]);
  const typed: Record<string, unknown> = { ...command.opts(), ...Object.fromEntries(words) };
  const given = (field: Field) => {
    const value = typed[field.key];
    if (field.kind !== "flag" && value === true) return undefined;
    return field.path && typeof value === "string" && value.trim() !== "" ? resolvePath(value) : value;
  };
  const values = fields
    .filter((field) => typed[field.key] !== undefined)
    .map((field) => [field.key, given(field)]);
  return { ...Object.fromEntries(values), json: typed.json };
}

/** The command line in one line, what is not needed in brackets. */
export function usageOf(operation: Operation, prefix: string): string {
  const words = fieldsOf(operation).map((field) =>
    field.required ? placeholder(field) : `[${placeholder(field)}]`,
  );
  return [prefix, operation.name, ...words.map((word) => word.replace(/<(.*)>/, "$1")), "[--json]"].join(" ");
}

/** How many plain words the command takes. */
export function positionals(operation: Operation): number {
  const words = fieldsOf(operation).filter((field) => field.positional);
  return words.some((field) => field.rest) ? Number.POSITIVE_INFINITY : words.length;
}

function restFrom(words: readonly string[], at: number): string | undefined {
  return words.length > at ? words.slice(at).join(" ") : undefined;
}

function placeholder(field: Field): string {
  if (field.positional) return field.value;
  return field.kind === "flag" ? field.flag : `${field.flag} <${field.value}>`;
}
