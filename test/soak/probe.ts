// Preloaded into the gateway of the soak: writes down every few seconds what the process holds, after a collection.
import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { type Held, held } from "../support/held.ts";

export type Probed = Held & { at: number; pid: number };

const EVERY_MS = 3_000;
const file = process.env.CONTRACTOR_SOAK_PROBE;

if (isMainThread && file !== undefined && process.argv.includes("gateway")) {
  setInterval(() => {
    const probed: Probed = { at: Date.now(), pid: process.pid, ...held() };
    appendFileSync(file, `${JSON.stringify(probed)}\n`);
  }, EVERY_MS).unref();
}
