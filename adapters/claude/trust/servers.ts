// A `.mcp.json`: the MCP servers a directory would have Claude start or reach.
import { dirname } from "node:path";
import { z } from "zod";
import type { Finds } from "./finds.ts";
import { withScripts } from "./programs.ts";
import { asText, parsed } from "./settings.ts";

const file = z.looseObject({ mcpServers: z.record(z.string(), z.unknown()) });
const server = z.looseObject({
  command: z.string().optional(),
  args: z.array(z.unknown()).optional(),
  url: z.string().optional(),
  headersHelper: z.string().optional(),
});

export async function readServers(finds: Finds, path: string): Promise<void> {
  const text = await finds.read(path);
  if (text === undefined) return;
  const read = file.safeParse(parsed(text));
  if (!read.success)
    return finds.add({ file: path, does: "names MCP servers in a form that is not known", whole: text });
  for (const [name, given] of Object.entries(read.data.mcpServers)) {
    const { command, args = [], url, headersHelper } = server.safeParse(given).data ?? {};
    const program = command === undefined ? undefined : [command, ...args.map(String)].join(" ");
    const does =
      program === undefined && url !== undefined ? "has Claude reach an MCP server" : "starts an MCP server";
    const whole = await withScripts(`${name} ${asText(given)}`, dirname(path));
    finds.add({ file: path, does, detail: program ?? url ?? name, whole });
    if (headersHelper !== undefined)
      finds.add({
        file: path,
        does: "runs a program to log in to an MCP server",
        detail: headersHelper,
        whole,
      });
  }
}
