// The settings schema as rows, one for each key a user can write: what the manifest's hints and the documentation are made of.
import { z } from "zod";
import { settingsSchema } from "../src/config.ts";

export type SettingRow = {
  /** The dotted key under plugins.entries.contractor.config; `*` stands for a name the user chooses. */
  key: string;
  /** The allowed values, in words. */
  type: string;
  /** The value that holds when the key is not written; undefined where there is none. */
  default: unknown;
  description: string;
};

type Schema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema the host validates a configuration with, before any of our code is loaded. */
export function settingsJsonSchema(): Schema {
  const { $schema, ...schema } = z.toJSONSchema(settingsSchema, { io: "input", target: "draft-7" });
  return schema;
}

export function settingRows(): SettingRow[] {
  return children({ schema: settingsJsonSchema(), parent: "" });
}

function children({ schema, parent }: { schema: Schema; parent: string }): SettingRow[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    row({ child, key: parent ? `${parent}.${name}` : name }),
  );
  const each = schema.additionalProperties;
  return typeof each === "object" && each.properties
    ? [...own, ...children({ schema: each, parent: `${parent}.*` })]
    : own;
}

function row({ child, key }: { child: Schema | boolean; key: string }): SettingRow[] {
  if (typeof child === "boolean") return [];
  if (!child.description) throw new Error(`src/config.ts: "${key}" has no description.`);
  const self = { key, type: typeInWords(child), default: child.default, description: child.description };
  return [self, ...children({ schema: child, parent: key })];
}

function typeInWords(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map((one) => typeInWords(one as Schema)).join(" or ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  switch (schema.type) {
    case "array":
      return `list of ${Array.isArray(schema.items) ? "text" : itemsInWords(schema.items)}`;
    case "object":
      return schema.properties ? "group" : `${itemsInWords(schema.additionalProperties)} by name`;
    case "boolean":
      return "true or false";
    case "integer":
      return `whole number, ${schema.minimum} to ${schema.maximum}`;
    case "number":
      return `number, ${schema.minimum} to ${schema.maximum}`;
    case "string":
      return schema.pattern?.startsWith("^(\\/|") ? "absolute path" : "text";
    default:
      throw new Error(`src/config.ts: no words for the type ${JSON.stringify(schema.type)}.`);
  }
}

function itemsInWords(schema: Schema["additionalProperties"] | Schema["items"]): string {
  if (typeof schema !== "object" || Array.isArray(schema)) return "anything";
  return schema.enum ? `(${typeInWords(schema)})` : typeInWords(schema);
}
