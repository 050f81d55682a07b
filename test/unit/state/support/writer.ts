// A process that raises one entry's generation in a session map again and again, and says each number once it is durable.
// Arguments: workspace, session key, how often (0: until killed).
import { writeSync } from "node:fs";
import { openSessionMap } from "../../../../state/session-map.ts";
import { entryOf } from "./entries.ts";
import { hostLock } from "./host-lock.ts";

const [workspace = "", sessionKey = "", times = "0"] = process.argv.slice(2);
const map = openSessionMap({ workspace, lock: hostLock });
const id = { agentId: "cc", sessionKey };

for (let count = 1; times === "0" || count <= Number(times); count++) {
  await map.upsert(id, (entry) => ({ ...(entry ?? entryOf(id)), generation: (entry?.generation ?? 0) + 1 }));
  writeSync(1, `${count}\n`);
}
