// The gateway's process over its runs, and CLI calls beside it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { openclaw } from "./gateway-config.ts";
import { GiveUp, until } from "./poll.ts";
import { familyOf, killAtExit } from "./processes.ts";
import type { Telegram } from "./telegram.ts";

export type CliResult = { code: number; stdout: string; stderr: string; ms: number };

export type GatewayProcess = {
  pid(): number | undefined;
  /** Output of all runs. */
  logs(): string;
  startMs(): number;
  start(): Promise<void>;
  end(signal: NodeJS.Signals, withinMs: number): Promise<number>;
  /** No longer kill what is left when the test process ends. */
  forget(): void;
};

/** One gateway at a time, its output kept over all runs. */
export function gatewayProcess(o: {
  env: Record<string, string>;
  root: string;
  telegram: Telegram | undefined;
}): GatewayProcess {
  let child: ChildProcess | undefined;
  let output = "";
  let startMs = 0;
  const alive = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const pid = () => (alive() ? child?.pid : undefined);

  async function start(): Promise<void> {
    if (alive()) throw new Error("the gateway is already running");
    const from = output.length;
    const began = performance.now();
    const polling = telegramPolling(o.telegram);
    const [command = "", ...args] = boundToUs([process.execPath, openclaw, "gateway", "run"]);
    const started = spawn(command, args, { env: o.env, cwd: o.root, stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (data: Buffer) => {
        output += data.toString();
      });
    }
    const ready = () => {
      if (!alive())
        throw new GiveUp(
          `the gateway ended (${started.exitCode}, ${started.signalCode}):\n${output.slice(from)}`,
        );
      return output.includes("[gateway] ready", from) && polling();
    };
    await until("the gateway to be ready", ready, {
      withinMs: 110_000,
      everyMs: 25,
      seen: () => output.slice(from),
    });
    startMs = Math.round(performance.now() - began);
  }

  async function end(signal: NodeJS.Signals, withinMs: number): Promise<number> {
    const began = performance.now();
    if (alive()) child?.kill(signal);
    const seen = () => output.slice(-3_000);
    await until(`the gateway to end after ${signal}`, () => !alive(), { withinMs, everyMs: 10, seen });
    return Math.round(performance.now() - began);
  }

  const forget = killAtExit(() => {
    const family = familyOf({ pid: pid(), folder: o.root }).map((entry) => entry.pid);
    return [...family, ...(pid() === undefined ? [] : [pid() ?? 0])];
  });
  return { pid, logs: () => output, startMs: () => startMs, start, end, forget };
}

/** Runs `openclaw <args>` to its end; a call that takes longer than `withinMs` is killed and has code -1. */
export function runCli(o: {
  args: string[];
  env: Record<string, string>;
  cwd: string;
  withinMs: number;
}): Promise<CliResult> {
  const began = performance.now();
  return new Promise((resolve) => {
    const options = {
      env: o.env,
      cwd: o.cwd,
      timeout: o.withinMs,
      killSignal: "SIGKILL" as const,
      maxBuffer: 64 * 1024 * 1024,
    };
    execFile(process.execPath, [openclaw, ...o.args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr, ms: Math.round(performance.now() - began) });
    });
  });
}

// A test runner killed with SIGKILL runs no exit handler; on Linux the kernel then ends the gateway.
function boundToUs(command: string[]): string[] {
  const setpriv = "/usr/bin/setpriv";
  return existsSync(setpriv) ? [setpriv, "--pdeathsig", "KILL", "--", ...command] : command;
}

// True once every account has polled since now.
function telegramPolling(telegram: Telegram | undefined): () => boolean {
  const before = telegram?.accounts().map((account) => ({ account, polls: telegram.polls(account) })) ?? [];
  return () => before.every(({ account, polls }) => (telegram?.polls(account) ?? 0) > polls);
}
