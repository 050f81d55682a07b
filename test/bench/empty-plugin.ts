// A plugin that does nothing but have a command: what the host itself takes for one.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ENTRY = `
import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";
export default definePluginEntry({ id: "empty", name: "Empty", description: "Nothing", register(api) {
  api.registerCli(({ program }) => { program.command("empty-plugin").action(() => console.log("empty")); },
    { descriptors: [{ name: "empty-plugin", description: "Prints a word", hasSubcommands: false }] });
} });
`;

/** Writes it below `folder` and returns where it is. */
export async function writeEmptyPlugin(folder: string): Promise<string> {
  const at = join(folder, "empty-plugin");
  await mkdir(at, { recursive: true });
  const files = {
    "openclaw.plugin.json": {
      ...{ id: "empty", name: "Empty", description: "Nothing", activation: { onStartup: true } },
      configSchema: { type: "object", additionalProperties: false, properties: {} },
    },
    "package.json": {
      ...{ name: "empty", version: "0.0.1", type: "module" },
      openclaw: { extensions: ["./index.js"] },
    },
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(at, name), JSON.stringify(content));
  await writeFile(join(at, "index.js"), ENTRY);
  return at;
}
