// The commands about sessions on the real command line, and what they are about as the files have it.
import { join } from "node:path";
import { z } from "zod";
import { hostLock } from "../../src/host/file-lock.ts";
import { openSessionMap, type SessionEntry, type SessionMap } from "../../state/session-map.ts";
import type { Bench } from "./e2e.ts";
import type { CliResult } from "./gateway-process.ts";

export const moved = z.strictObject({
  sessionKey: z.string(),
  agentId: z.string(),
  claudeSessionId: z.string().optional(),
  cwd: z.string(),
});
export const ended = z.strictObject({ sessionKey: z.string(), agentId: z.string() });
const listed = z.strictObject({
  all: z.boolean(),
  short: z.boolean(),
  more: z.int().optional(),
  sessions: z.array(z.looseObject({ number: z.int(), sessionKey: z.string(), state: z.string() })),
  directory: z.string().optional(),
  terminal: z.array(z.looseObject({ claudeSessionId: z.string(), number: z.int().optional() })).optional(),
});
export const refused = z.strictObject({
  ok: z.literal(false),
  error: z.strictObject({ type: z.string(), message: z.string(), next: z.string().optional() }),
});

export type SessionCli = ReturnType<typeof sessionCli>;

type Typed = { cwd?: string; env?: Record<string, string> };
type Of = { sessionKey: string };

// A call is mostly the host's own start, which takes a core.
const AT_ONCE = 3;

/** For sessions of the agent cc. */
export function sessionCli({ gateway }: Bench) {
  const waiting: (() => void)[] = [];
  let running = 0;

  /** `openclaw contractor-agents <args>`, as if typed in the gateway's root. */
  async function type(args: string[], o: Typed = {}): Promise<CliResult> {
    if (running >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
    running += 1;
    try {
      return await gateway.cli(["contractor-agents", ...args], { withinMs: 120_000, ...o });
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  }

  /** The same with --json: its one document. */
  async function json<T>(schema: z.ZodType<T>, args: string[], o: Typed = {}): Promise<T> {
    const { code, stdout, stderr } = await type([...args, "--json"], o);
    if (code !== 0 || stderr !== "") throw new Error(`${args.join(" ")}: ${code}\n${stdout}\n${stderr}`);
    return schema.parse(JSON.parse(stdout));
  }

  /** The same operation through the gateway's method, without the start of a command line. */
  const call = (name: string, params: Record<string, string> = {}): Promise<unknown> =>
    gateway.call(`contractor.${name}`, params);

  /** Opened anew, as another process would. */
  const map = (): SessionMap =>
    openSessionMap({
      workspace: gateway.workspace("cc"),
      home: join(gateway.stateDir, "contractor"),
      lock: hostLock,
    });

  async function entry({ sessionKey }: Of): Promise<SessionEntry> {
    const found = await map().get({ agentId: "cc", sessionKey });
    if (!found) throw new Error(`${sessionKey} is not in the map`);
    return found;
  }

  /** Its number in the list. */
  async function number({ sessionKey }: Of): Promise<string> {
    const { sessions } = listed.parse(await call("sessions"));
    return String(sessions.find((one) => one.sessionKey === sessionKey)?.number);
  }

  return { type, json, call, map, entry, number };
}
