// Turns the fields of an operation's input into command-line options, and what was typed back into field values.
import type { Command } from "commander";
import type { Operation } from "../operations/define.ts";
import { type Field, fieldsOf } from "./fields.ts";

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

/** What was typed, by field; a field that was not named is absent, one without its value is undefined. */
export function givenValues(command: Command, operation: Operation): Record<string, unknown> {
  const fields = fieldsOf(operation);
  const words = fields.filter((field) => field.positional).map((field, i) => [field.key, command.args[i]]);
  const typed: Record<string, unknown> = { ...command.opts(), ...Object.fromEntries(words) };
  const values = fields
    .filter((field) => typed[field.key] !== undefined)
    .map((field) => [
      field.key,
      field.kind !== "flag" && typed[field.key] === true ? undefined : typed[field.key],
    ]);
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
  return fieldsOf(operation).filter((field) => field.positional).length;
}

function placeholder(field: Field): string {
  if (field.positional) return field.value;
  return field.kind === "flag" ? field.flag : `${field.flag} <${field.value}>`;
}
