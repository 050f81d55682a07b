// The login that `/cc status` shows: told in time, and never by two readings at once.
import { expect, test, vi } from "vitest";
import { latestLogin } from "../../../adapters/claude/latest-login.ts";
import type { Login } from "../../../adapters/harness.ts";

const KEY: Login = { loggedIn: true, by: "an API key" };
const TEN_MS = () => AbortSignal.timeout(10);
const ANY = new AbortController().signal;

test("one reading at a time, and a new one for who asks later", async () => {
  const read = vi.fn(async () => KEY);
  const login = latestLogin(read);
  expect(await Promise.all([login(ANY), login(ANY)])).toEqual([KEY, KEY]);
  expect(read).toHaveBeenCalledTimes(1);
  await login(ANY);
  expect(read).toHaveBeenCalledTimes(2);
});

test("who asks does not wait beyond their signal, and the reading goes on for the next", async () => {
  const slow = Promise.withResolvers<Login>();
  const login = latestLogin(() => slow.promise);
  await expect(login(TEN_MS())).rejects.toThrow("timeout");
  slow.resolve(KEY);
  expect(await login(ANY)).toEqual(KEY);
});

test("what was told last is told again where a reading takes too long, for five minutes", async () => {
  let now = 0;
  const answers = [Promise.resolve(KEY), new Promise<Login>(() => {})];
  const login = latestLogin(
    () => answers.shift() ?? Promise.reject(),
    () => now,
  );
  await login(ANY);
  now = 299_000;
  expect(await login(TEN_MS())).toEqual(KEY);
  now = 301_000;
  await expect(login(TEN_MS())).rejects.toThrow("timeout");
});

test("a reading that fails is told, and the next one is tried again", async () => {
  const answers: Promise<Login>[] = [Promise.reject(new Error("no harness")), Promise.resolve(KEY)];
  const login = latestLogin(() => answers.shift() ?? Promise.reject());
  await expect(login(ANY)).rejects.toThrow("no harness");
  expect(await login(ANY)).toEqual(KEY);
});
