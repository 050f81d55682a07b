// A process that adds numbers to a journal, which its owner makes short every few of them, and says each one that is durable.
// Arguments: the file, the first number, how many (0: until killed), bytes beside each, "owner" or "guest".
import { writeSync } from "node:fs";
import { hostLock } from "./host-lock.ts";
import { openNumbers } from "./numbers.ts";

const [file = "", first = "0", times = "0", padding = "0", who] = process.argv.slice(2);
const owner = who === "owner";
const numbers = openNumbers({ file, lock: hostLock, longBytes: 500, padding: Number(padding), owner });
for (let count = 0; times === "0" || count < Number(times); count++) {
  await numbers.add(Number(first) + count);
  writeSync(1, `${Number(first) + count}\n`);
}
