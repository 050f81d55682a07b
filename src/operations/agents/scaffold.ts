// What the host puts into a new agent's folder for a model of its own: the part that has it give itself a name first is not for a harness.
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

const BIRTH = "BOOTSTRAP.md";
const GUIDE = "AGENTS.md";

/**
 * Call before the host makes its files. What is returned takes out, afterwards, what it made about a first run: the host
 * reads that as one that is over. A file of the user's own stays as it is.
 */
export async function withoutFirstRun(workspace: string): Promise<() => Promise<void>> {
  const [birth, guide] = await Promise.all([
    isThere(join(workspace, BIRTH)),
    isThere(join(workspace, GUIDE)),
  ]);
  return async () => {
    if (!birth) await rm(join(workspace, BIRTH), { force: true });
    const file = join(workspace, GUIDE);
    const text = guide ? undefined : await readFile(file, "utf8").catch(() => undefined);
    if (text?.includes(BIRTH)) await writeFile(file, withoutBirth(text));
  };
}

// A section of its own in 2026.9.6; whatever it becomes, no line names the file that is gone.
function withoutBirth(text: string): string {
  const sections = text.split(/^(?=## )/m).filter((section) => !/^## First Run\b/.test(section));
  return sections
    .join("")
    .split("\n")
    .filter((line) => !line.includes(BIRTH))
    .join("\n");
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
