// A side of the comparison: a way to talk to Claude Code through one and the same adapter, and when what happened.
import { adapterEntry } from "../../support/bare-client.ts";

export type SideName = "floor" | "acpx" | "ours";

/** Times are milliseconds of `performance.now()` in this process. */
interface Running {
  /** When the first words came; rejects when the turn ended without any. */
  first: Promise<number>;
  /** When the last words came. */
  last(): number;
  /** When the side said that the turn is over. */
  over: Promise<number>;
  cancel(): void;
}

/** One conversation. */
export interface Talk {
  send(text: string): Running;
  /** Words meant for the turn that runs. */
  steer(text: string): void;
  /** Another session in place of this one, as `/new` asks for; resolves when a user would be answered. */
  renew(): Promise<void>;
  /** Lets the process go and keeps the session; the next send brings it back. */
  sleep(): Promise<void>;
  /** The session is not needed any more. */
  end(): Promise<void>;
}

export interface Side {
  readonly name: SideName;
  /** Where its sessions work. */
  readonly cwd: string;
  /** A conversation; `key` names it. */
  open(key: string): Promise<Talk>;
  /** Has the harness open its session before anybody sends something. */
  warm(key: string): Promise<Talk>;
  /** Processes it started itself. */
  pids(): number[];
  close(): Promise<void>;
}

export interface SideOptions {
  /** Argv of another program in place of the adapter. */
  adapter?: readonly [string, ...string[]];
  /** What the adapter's environment has besides PATH and HOME. */
  env: Record<string, string>;
  /** Where an earlier side of this kind kept what it goes on with, for a side that keeps anything. */
  home?: string;
  /** After this long without a word a side that parks lets a process go, in milliseconds. */
  idleMs?: number;
}

/** Keeps the times of one turn while a side reports what happens in it. */
export function runningTurn(cancel: () => void) {
  const first = Promise.withResolvers<number>();
  const over = Promise.withResolvers<number>();
  first.promise.catch(() => {});
  over.promise.catch(() => {});
  let last = 0;
  const running: Running = { first: first.promise, over: over.promise, last: () => last, cancel };
  return {
    running,
    said: () => {
      last = performance.now();
      first.resolve(last);
    },
    ended: () => {
      first.reject(new Error("the turn ended without a word"));
      over.resolve(performance.now());
    },
    failed: (error: unknown) => {
      first.reject(error);
      over.reject(error);
    },
  };
}

/** How the adapter is started by who does nothing about it. */
export function adapterOf({ adapter }: SideOptions): readonly [string, ...string[]] {
  return adapter ?? [process.execPath, adapterEntry("claude-agent-acp")];
}
