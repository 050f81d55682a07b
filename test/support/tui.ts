// `openclaw tui` in a terminal of its own (tmux), and what stands on its screen.
import { execFileSync, spawnSync } from "node:child_process";
import type { Gateway } from "./gateway.ts";
import { gatewayEnv, openclaw } from "./gateway-config.ts";
import { until } from "./poll.ts";

export type Tui = {
  /** The lines on its screen that are not empty. */
  lines(): string[];
  /** Resolves when a line is exactly this. */
  shows(line: string): Promise<unknown>;
  types(words: string): void;
  close(): void;
};

/** False where this machine has no tmux. */
export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

/** Opens it on a session, and waits until it follows that. */
export async function openTui(gateway: Gateway, sessionKey: string): Promise<Tui> {
  const server = `contractor-${process.pid}-${gateway.port}`;
  const tmux = (...args: string[]) => execFileSync("tmux", ["-L", server, ...args], { encoding: "utf8" });
  const env = Object.entries(gatewayEnv({ root: gateway.root })).flatMap(([name, value]) => [
    "-e",
    `${name}=${value}`,
  ]);
  const command = [process.execPath, openclaw, "tui", "--session", sessionKey];
  tmux("new-session", "-d", "-s", "tui", "-x", "150", "-y", "60", ...env, "-c", gateway.root, ...command);
  const lines = () =>
    tmux("capture-pane", "-p", "-t", "tui")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const see = async (what: string, there: (line: string) => boolean) =>
    await until(`the terminal to show ${what}`, () => lines().some(there), {
      withinMs: 60_000,
      everyMs: 200,
      seen: lines,
    });
  await see("that it is connected", (line) => /^(gateway )?connected \| idle$/.test(line));
  return {
    lines,
    shows: (line) => see(line, (shown) => shown === line),
    types: (words) => void tmux("send-keys", "-t", "tui", words, "Enter"),
    close: () => void tmux("kill-server"),
  };
}
