// The jobs of a gateway: their journal, and what tells people about them.
import { join } from "node:path";
import type { Log } from "../../common/log.ts";
import { openJobs } from "../../state/jobs.ts";
import type { Settings } from "../config.ts";
import { conversationKey } from "../host/conversation-binding.ts";
import { hostLock } from "../host/file-lock.ts";
import { routeOfSetting } from "../jobs/destination.ts";
import { Jobs, type JobsParts } from "../jobs/jobs.ts";
import { Telling } from "../jobs/telling.ts";

type Given = Pick<JobsParts, "sessions" | "conversations" | "replies" | "inboxOf" | "freeName" | "wake"> & {
  settings: () => Settings;
  /** `<OpenClaw state dir>/contractor`. */
  home: string;
  outbound: ConstructorParameters<typeof Telling>[0]["outbound"];
  log: Log;
};

export function createJobs({ settings, home, outbound, log, ...parts }: Given): Jobs {
  const store = openJobs({
    file: join(home, "jobs.jsonl"),
    lock: hostLock,
    owner: true,
    onCorrupt: ({ kept }) =>
      log.warn(`the jobs could not be read in full; what they were is kept as ${kept}`),
  });
  const telling: Telling = new Telling({
    store,
    outbound,
    keyOf: conversationKey,
    stopping: () => jobs.stopping,
    log,
  });
  const jobs: Jobs = new Jobs({
    ...parts,
    store,
    telling,
    log,
    keyOf: conversationKey,
    outputDir: join(home, "jobs"),
    limits: () => {
      const { maxPersistedSessions: kept, jobs: limits } = settings();
      const { max, onFull, reminderMinutes, unattendedReplies: unattended } = limits;
      return { max, onFull, kept, unattended, reminderMs: reminderMinutes * 60_000 };
    },
    destinations: () => {
      const { channels, fallback } = settings().jobs;
      return {
        channels: Object.fromEntries(
          Object.entries(channels).map(([directory, setting]) => [directory, routeOfSetting(setting)]),
        ),
        fallback: fallback === undefined ? undefined : routeOfSetting(fallback),
      };
    },
    steers: () => settings().whileBusy === "steer",
    now: () => new Date(),
  });
  return jobs;
}
