// What a fault report shows of settings, sessions and processes: names and states, no value that may be a secret, no address of a chat.
import { redact, redactJson } from "../../../common/redact.ts";
import type { Lease } from "../../../state/lease.ts";
import type { SessionEntry } from "../../../state/session-map.ts";
import type { Settings } from "../../config.ts";
import type { LiveParts } from "./live-parts.ts";

// One word, so that a second redaction takes it whole.
const LEFT_OUT = "[left-out]";

/** The settings in force; of `harness.env` the names, of `harness.command` the program. */
export function shownSettings(settings: Settings): unknown {
  const { env, command, ...harness } = settings.harness;
  const names = Object.fromEntries(Object.keys(env).map((name) => [name, LEFT_OUT]));
  const shown = { ...harness, env: names, ...(command ? { command: shownArgv(command) } : {}) };
  return withoutSecrets({ ...settings, harness: shown });
}

/** One session of a map; keys that are not ours are left out. */
export function shownEntry(entry: SessionEntry, places: Places): unknown {
  const { openclawSessionKey, route, agentId, claudeSessionId, backendSessionId, cwd, name, number } = entry;
  const { state, generation, createdAt, lastActivityAt, prompted, model, mode, thinking } = entry;
  const { forkOf, readTo, usage, retired } = entry;
  if (route) for (const address of [route.to, route.threadId]) places.note(address);
  return redactJson({
    ...{ openclawSessionKey: places.inKey(openclawSessionKey), agentId, claudeSessionId, backendSessionId },
    ...{ cwd, name, number, state, generation, createdAt, lastActivityAt, prompted, model, mode, thinking },
    ...{ forkOf, readTo, usage, retired },
    ...(route ? { route: { channel: route.channel } } : {}),
  });
}

export function shownLive({ pid, sessions, adapters }: LiveParts["live"], places: Places): unknown {
  const shown = sessions.map((one) => ({ ...one, sessionKey: places.inKey(one.sessionKey) }));
  return redactJson({ pid, sessions: shown, adapters });
}

/** A custom command may have a secret among its words. */
export function shownLease(lease: Lease): unknown {
  const { pid, startTime, ownerPid, ownerStartTime, createdAt } = lease;
  return {
    pid,
    startTime,
    ownerPid,
    ownerStartTime,
    createdAt,
    command: shownArgv(lease.command.split(" ")),
  };
}

function shownArgv(words: readonly string[]): string {
  const shown = words.map((word, at) => (at === 0 || word.startsWith("/") ? word : "…"));
  return redact(shown.join(" "));
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return redact(value) === value ? value : LEFT_OUT;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [redact(key), withoutSecrets(one)]));
}

/** Keeps whose chats are whose apart without telling where they are: each address has a number of its own in a report. */
export class Places {
  readonly #numbers = new Map<string, string>();

  /** The session key with every part replaced that is neither a word nor an id of ours. */
  inKey(sessionKey: string): string {
    const parts = sessionKey.split(":");
    return parts.map((part, at) => (at < 2 || WORD.test(part) ? part : this.note(part))).join(":");
  }

  note(address: string | number | undefined): string {
    const text = String(address ?? "");
    const known = this.#numbers.get(text) ?? `<place ${this.#numbers.size + 1}>`;
    if (text !== "") this.#numbers.set(text, known);
    return known;
  }

  /** The text without the addresses that were seen. */
  without(text: string): string {
    const longestFirst = [...this.#numbers].sort(([a], [b]) => b.length - a.length);
    return longestFirst.reduce((rest, [address, number]) => {
      if (address.length < SHORTEST) return rest;
      const literal = address.replace(/[^\w]/g, "\\$&");
      return rest.replace(new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, "g"), number);
    }, text);
  }
}

const WORD = /^(?:[a-z][a-z-]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|scratch-\w+)$/;
const SHORTEST = 3;
