// The parts of documents that scripts write: between two marks, so that the rest stays as people wrote it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "./checkout.ts";

/** Replaces what `script` ("npm run bench") wrote last into docs/<name>; throws when the document has lost its marks. */
export async function writeInto(name: string, o: { script: string; text: string }): Promise<void> {
  const file = join(checkout, "docs", name);
  const mark = (end: "begin" | "end") => `<!-- written by ${o.script}: ${end} -->`;
  const whole = await readFile(file, "utf8");
  const [begin, end] = [whole.indexOf(mark("begin")), whole.indexOf(mark("end"))];
  if (begin === -1 || end < begin) throw new Error(`${file} has no place for what ${o.script} writes`);
  const written = `${mark("begin")}\n\n${o.text.trim()}\n\n`;
  await writeFile(file, `${whole.slice(0, begin)}${written}${whole.slice(end)}`);
}
