// The licences of the packages inside the bundle, which ask to travel with their code.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { root } from "./project.ts";

const packageSchema = z.object({ name: z.string(), version: z.string() });
const rule = "-".repeat(80);

/**
 * Name, version and licence text of every package that one of the bundled files comes from.
 * @param inputs paths relative to the checkout, as esbuild's metafile lists them
 * @throws if a package brings no licence text
 */
export async function licenceTexts(inputs: string[]): Promise<string> {
  const folders = [...new Set(inputs.flatMap(packageFolder))].sort();
  const sections = await Promise.all(folders.map(section));
  return `openclaw-contractor contains the following packages.\n\n${sections.join("\n")}`;
}

function packageFolder(input: string): string[] {
  const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
  return match ? [match[0]] : [];
}

async function section(folder: string): Promise<string> {
  const path = join(root, folder);
  const { name, version } = packageSchema.parse(
    JSON.parse(await readFile(join(path, "package.json"), "utf8")),
  );
  const files = (await readdir(path)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  if (!files.some((file) => !/^notice/i.test(file)))
    throw new Error(`${name}@${version} has no licence text.`);
  const texts = await Promise.all(files.map((file) => readFile(join(path, file), "utf8")));
  return `${rule}\n${name}@${version}\n${rule}\n${texts.map((text) => text.trim()).join("\n\n")}\n`;
}
