// The typing indicator: as often as a channel shows it, and seldom where each beat holds up the words of a whole group.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepTyping } from "../../../src/delivery/typing.ts";
import { sendTyping } from "../../../src/host/typing-signal.ts";
import type { Route } from "../../../state/session-map.ts";

const REGISTRY = Symbol.for("openclaw.pluginRegistryState");
let shown: string[];

beforeEach(() => {
  vi.useFakeTimers();
  shown = [];
  const heartbeat = {
    sendTyping: ({ to, threadId }: { to: string; threadId: number | null }) => {
      shown.push(`${to} ${threadId ?? ""}`.trim());
    },
  };
  const channels = ["telegram", "signal"].map((id) => ({ plugin: { id, heartbeat } }));
  Reflect.set(globalThis, REGISTRY, { activeRegistry: { channels } });
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, REGISTRY);
  vi.useRealTimers();
});

test.each<[string, Route, number]>([
  ["a private chat of Telegram", { channel: "telegram", to: "telegram:501" }, 15],
  ["a group of Telegram", { channel: "telegram", to: "telegram:-1001" }, 5],
  ["a topic of it", { channel: "telegram", to: "telegram:-1001", threadId: 7 }, 5],
  ["a group of another channel", { channel: "signal", to: "-1001" }, 15],
])("is shown in %s so often a minute", async (_, route, times) => {
  for (let at = 0; at < 60_000; at += 4_000) {
    await sendTyping({}, route);
    await vi.advanceTimersByTimeAsync(4_000);
  }
  expect(shown).toHaveLength(times);
});

test("is not shown again before the channel has taken it", async () => {
  const gate = Promise.withResolvers<void>();
  let beats = 0;
  const outbound = {
    post: async () => {},
    attach: async () => {},
    mirror: async () => {},
    typing: async () => {
      beats += 1;
      await gate.promise;
    },
  };
  const route = { channel: "telegram", to: "telegram:501" };
  const stop = keepTyping({ outbound, route, after: Promise.resolve(), when: () => true });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(beats).toBe(1);
  gate.resolve();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(beats).toBe(3);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(beats).toBe(3);
});
