// Reads a chat command's words for an operation: flags first, quotes group words, the user's own words verbatim.
import type { Operation } from "../operations/define.ts";
import { type Field, fieldsOf } from "../operations/fields.ts";

/** `leftover`: words at the end that belong to no field. */
export type Words = { values: Record<string, unknown>; complaints: string[]; leftover?: string };

// Phones write “curly” quotes and make a dash of two hyphens, so they count as what was meant.
const QUOTED = /"([^"]*)"|'([^']*)'|[“”„]([^“”]*)[“”]/.source;
const TOKEN = new RegExp(`^\\s*(?:${QUOTED}|(\\S+))`);
const WHOLE = new RegExp(`^(?:${QUOTED})$`);
const FLAG = new RegExp(`^\\s*(?:--|—|–)([a-z][a-z-]*)(?:(=)(?:${QUOTED}|(\\S*)))?(?=\\s|$)`, "i");

/** `text` is what stands behind the verb. A field that takes the rest gets it without the space, or the quotes, around it. */
export function readWords(operation: Operation, text: string): Words {
  const fields = fieldsOf(operation);
  const values: Record<string, unknown> = {};
  const complaints: string[] = [];
  let rest = readFlags({ text, fields, values, complaints });
  for (const field of fields.filter((one) => one.positional)) {
    if (rest.trim() === "") break;
    const token = field.rest ? undefined : TOKEN.exec(rest);
    values[field.key] = token ? wordIn(token.slice(1)) : restFor(field, rest.trim());
    rest = token ? rest.slice(token[0].length) : "";
    rest = readFlags({ text: rest, fields, values, complaints });
  }
  const leftover = rest.trim();
  if (leftover === "") return { values, complaints };
  complaints.push(`I do not know what to do with "${leftover.slice(0, 60)}".`);
  return { values, complaints, leftover };
}

/** How the command is typed, what is not needed in brackets. */
export function chatUsage(operation: Operation, prefix: string): string {
  const words = fieldsOf(operation).map((field) => {
    const value = field.value.toUpperCase();
    const word = field.positional ? value : field.kind === "flag" ? field.flag : `${field.flag} ${value}`;
    return field.required ? word : `[${word}]`;
  });
  return [prefix, operation.name, ...words].join(" ");
}

function restFor({ verbatim }: Field, rest: string): string {
  const quoted = verbatim ? undefined : WHOLE.exec(rest);
  return (quoted && wordIn(quoted.slice(1))) ?? rest;
}

type Reading = {
  text: string;
  fields: readonly Field[];
  values: Record<string, unknown>;
  complaints: string[];
};

/** Reads the flags at the beginning, and returns what follows them. */
function readFlags({ text, fields, values, complaints }: Reading): string {
  let rest = text;
  for (let found = FLAG.exec(rest); found; found = FLAG.exec(rest)) {
    const name = `--${found[1]?.toLowerCase()}`;
    const field = fields.find((one) => !one.positional && one.flag === name);
    if (!field) {
      // In free text two dashes are nothing special.
      if (fields.some((one) => one.rest)) return rest;
      complaints.push(`${name} is not an option of this command.`);
    }
    rest = rest.slice(found[0].length);
    const given = found[2] === undefined ? undefined : (wordIn(found.slice(3)) ?? "");
    if (!field) continue;
    if (field.kind === "flag") {
      if (given === undefined) values[field.key] = true;
      else complaints.push(`${name} takes no value.`);
      continue;
    }
    const next = given === undefined && !FLAG.test(rest) ? TOKEN.exec(rest) : undefined;
    if (next) rest = rest.slice(next[0].length);
    const value = given ?? (next ? wordIn(next.slice(1)) : undefined);
    if (value) values[field.key] = value;
    else complaints.push(`${name} needs a ${field.value.toUpperCase()} behind it.`);
  }
  return rest;
}

function wordIn(groups: readonly (string | undefined)[]): string | undefined {
  return groups.find((group) => group !== undefined);
}
