// Leases: which processes may be ended for a gateway that is gone, and which never.
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import {
  type Lease,
  listLeases,
  type ProcessInspector,
  reapLeases,
  releaseLease,
  takeLease,
} from "../../../state/lease.ts";
import { tempDir } from "../../support/poll.ts";

type Process = { startTime: string; commandLine: string; zombie?: boolean };

let dir: string;
let processes: Map<number, Process>;
let killed: number[];
let killable: boolean;

beforeEach(async () => {
  const folder = await tempDir("lease");
  dir = join(folder.path, "leases");
  processes = new Map([
    [100, { startTime: "t100", commandLine: "gateway" }],
    [200, { startTime: "t200", commandLine: "/bin/node /adapter/index.js --x" }],
  ]);
  killed = [];
  killable = true;
  return folder.remove;
});

const inspect: ProcessInspector = {
  startTime: async (pid) => processes.get(pid)?.startTime,
  commandLine: async (pid) => processes.get(pid)?.commandLine,
  alive: async (pid) => processes.has(pid) && processes.get(pid)?.zombie !== true,
};
const killTree = async ({ pid }: { pid: number; graceMs: number }) => {
  killed.push(pid);
  return killable;
};
const take = (command = "/bin/node /adapter/index.js --x") =>
  takeLease({ dir, pid: 200, command, ownerPid: 100, inspect });
const reap = async () => (await reapLeases({ dir, graceMs: 100, inspect, killTree })).map(({ pid }) => pid);
const names = () => readdir(dir);

test("a lease says who runs what, and goes when it is released", async () => {
  const lease = await take();
  expect(lease).toMatchObject({ pid: 200, startTime: "t200", ownerPid: 100, ownerStartTime: "t100" });
  expect(JSON.parse(await readFile(join(dir, "200.json"), "utf8"))).toEqual(lease);
  expect((await stat(join(dir, "200.json"))).mode & 0o777).toBe(0o600);
  expect(await listLeases({ dir })).toEqual([lease]);
  await releaseLease({ dir, pid: 200 });
  await releaseLease({ dir, pid: 200 });
  expect(await names()).toEqual([]);
});

test("a child that has gone already gets no lease", async () => {
  processes.delete(200);
  expect(await take()).toBeUndefined();
  expect(await listLeases({ dir })).toEqual([]);
  expect(await reap()).toEqual([]);
});

describe("reaping", () => {
  test("ends a child whose owner is gone", async () => {
    await take();
    processes.delete(100);
    expect(await reap()).toEqual([200]);
    expect(killed).toEqual([200]);
    expect(await names()).toEqual([]);
  });

  test("ends it also when the owner's pid went to another process, or the owner is a zombie", async () => {
    await take();
    processes.set(100, { startTime: "later", commandLine: "gateway" });
    expect(await reap()).toEqual([200]);
    processes.set(100, { startTime: "t100", commandLine: "gateway" });
    await take();
    processes.set(100, { startTime: "t100", commandLine: "", zombie: true });
    expect(await reap()).toEqual([200]);
  });

  test("leaves a living owner's child alone", async () => {
    await take();
    expect(await reap()).toEqual([]);
    expect([killed, await names()]).toEqual([[], ["200.json"]]);
  });

  test("never touches a process that only has the pid, and forgets the lease", async () => {
    await take();
    processes.delete(100);
    processes.set(200, { startTime: "later", commandLine: "/bin/node /adapter/index.js --x" });
    expect(await reap()).toEqual([]);
    expect([killed, await names()]).toEqual([[], []]);
  });

  test("never touches a process with another command, and keeps the lease", async () => {
    await take();
    processes.delete(100);
    processes.set(200, { startTime: "t200", commandLine: "vim notes" });
    expect(await reap()).toEqual([]);
    expect([killed, await names()]).toEqual([[], ["200.json"]]);
  });

  test("knows a script behind its interpreter", async () => {
    await take("/adapter/index.js --x");
    processes.delete(100);
    expect(await reap()).toEqual([200]);
  });

  test("forgets a child that has ended", async () => {
    await take();
    processes.clear();
    expect(await reap()).toEqual([]);
    expect([killed, await names()]).toEqual([[], []]);
  });

  test("keeps the lease of a child that would not end", async () => {
    await take();
    processes.delete(100);
    killable = false;
    expect(await reap()).toEqual([]);
    expect(await names()).toEqual(["200.json"]);
  });

  test("removes what is not JSON, leaves what it does not understand, and does the rest", async () => {
    await take();
    processes.delete(100);
    await writeFile(join(dir, "7.json"), '{"pid":7,');
    await writeFile(join(dir, "8.json"), '{"pid":8,"format":"newer"}');
    await writeFile(join(dir, "9.json"), await readFile(join(dir, "200.json")));
    await mkdir(join(dir, "10.json"));
    await writeFile(join(dir, "notes.txt"), "");
    expect(await reap()).toEqual([200]);
    expect((await names()).sort()).toEqual(["10.json", "8.json", "9.json", "notes.txt"]);
    expect(await listLeases({ dir })).toEqual([] satisfies Lease[]);
  });
});
