// The parts of openclaw.json that decide whether Claude is reached and heard, and our own settings in it.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { parseSettings, type Settings } from "../config.ts";
import type { HostConfig } from "../operations/agents/doctor-config.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;
type TelegramConfig = {
  enabled?: boolean;
  streaming?: unknown;
  accounts?: Record<string, { enabled?: boolean; streaming?: unknown }>;
};

/** @throws {Failure} "invalid", naming the wrong key. */
export function currentSettings(api: Api): Settings {
  return parseSettings(api.runtime.config.current().plugins?.entries?.contractor?.config);
}

/**
 * The settings of the moment, read anew whenever the host's configuration changed: the host applies a change without a
 * restart, and a permission mode that is changed must hold from then on. Invalid ones leave the last valid ones in force.
 */
export function liveSettings(api: Api, onInvalid: (error: unknown) => void): () => Settings {
  let config: unknown = api.runtime.config.current();
  let settings = currentSettings(api);
  return () => {
    const now = api.runtime.config.current();
    if (now === config) return settings;
    config = now;
    try {
      settings = currentSettings(api);
    } catch (error) {
      onInvalid(error);
    }
    return settings;
  };
}

export function hostConfig(api: Api): Omit<HostConfig, "contractors"> {
  const { acp, channels } = api.runtime.config.current();
  const telegram = channels?.telegram as TelegramConfig | undefined;
  return { ...(acp ? { acp } : {}), telegram: telegram ? streamingOf(telegram) : [] };
}

/** Channels are the business of their own plugins, so the host's types say nothing of them. */
function streamingOf(telegram: TelegramConfig): HostConfig["telegram"] {
  if (telegram.enabled === false) return [];
  const own = Object.entries(telegram.accounts ?? {})
    .filter(([, account]) => account.enabled !== false && account.streaming !== undefined)
    .map(([account, { streaming }]) => ({ account, streaming }));
  return [{ account: "", streaming: telegram.streaming }, ...own];
}
