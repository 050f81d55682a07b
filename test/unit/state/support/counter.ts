// A process that adds numbers to a journal which is made short every few of them, and says each one that is durable.
// Arguments: the file, the first number, how many (0: until killed).
import { writeSync } from "node:fs";
import { hostLock } from "./host-lock.ts";
import { openNumbers } from "./numbers.ts";

const [file = "", first = "0", times = "0"] = process.argv.slice(2);
const numbers = openNumbers({ file, lock: hostLock, longBytes: 500 });
for (let count = 0; times === "0" || count < Number(times); count++) {
  await numbers.add(Number(first) + count);
  writeSync(1, `${Number(first) + count}\n`);
}
