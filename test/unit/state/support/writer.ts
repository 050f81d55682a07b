// A process that raises one entry's generation in each of several session maps at once, again and again, and says
// "<which map> <number>" for each raise that is durable. Arguments: session key, how often (0: until killed), workspaces.
import { writeSync } from "node:fs";
import { openSessionMap } from "../../../../state/session-map.ts";
import { entryOf } from "./entries.ts";
import { hostLock } from "./host-lock.ts";

const [sessionKey = "", times = "0", ...workspaces] = process.argv.slice(2);
const id = { agentId: "cc", sessionKey };

async function write(workspace: string, which: number): Promise<void> {
  const map = openSessionMap({ workspace, lock: hostLock });
  for (let count = 1; times === "0" || count <= Number(times); count++) {
    await map.upsert(id, (entry) => ({
      ...(entry ?? entryOf(id)),
      generation: (entry?.generation ?? 0) + 1,
    }));
    writeSync(1, `${which} ${count}\n`);
  }
}

await Promise.all(workspaces.map(write));
