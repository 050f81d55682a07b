// The archive for a fault report: what is needed to find a fault, and nothing of what people, Claude and its tools said.
// Whatever it is made of is redacted where it is read, and once more as a whole before it is packed.
import { HARNESS } from "../../../adapters/kinds.ts";
import { describe } from "../../../common/failure.ts";
import { redact } from "../../../common/redact.ts";
import { tgz } from "../../../common/tgz.ts";
import type { Lease } from "../../../state/lease.ts";
import type { SessionEntry } from "../../../state/session-map.ts";
import type { Settings } from "../../config.ts";
import { size } from "../size.ts";
import { Places, shownEntry, shownLease, shownLive, shownSettings } from "./bundle-parts.ts";
import type { Finding } from "./finding.ts";
import type { LiveParts } from "./live-parts.ts";
import type { SurveyAgent } from "./survey.ts";

/** What the bundle is made of. A part that throws is reported in the bundle as missing. */
export interface BundlePorts {
  versions(signal: AbortSignal): Promise<Record<string, string>>;
  settings(): Settings;
  agents(): readonly SurveyAgent[];
  sessions(workspace: string): Promise<SessionEntry[]>;
  leases(): Promise<Lease[]>;
  /** Asks the running gateway; never rejects. */
  live(o: { withText: boolean }): Promise<{ parts: LiveParts } | { missing: string }>;
}

export interface Bundle {
  bytes: Buffer;
  /** What is in it, and what is not, in a few words each. */
  holds: string[];
  leftOut: string[];
}

type File = { name: string; text: string };

/** Reads everything, and packs it; writes nothing. */
export async function makeBundle(
  ports: BundlePorts,
  o: { findings: readonly Finding[]; withText: boolean; signal: AbortSignal; at: Date },
): Promise<Bundle> {
  const places = new Places();
  const [versions, leases, live, maps] = await Promise.all([
    orProblem(() => ports.versions(o.signal)),
    orProblem(async () => (await ports.leases()).map(shownLease)),
    ports.live(o),
    mapFiles(ports, places),
  ]);
  const settings = await orProblem(async () => shownSettings(ports.settings()));
  const added = "parts" in live ? liveFiles(live.parts, places) : [];
  const frames = "parts" in live ? framesOf(live.parts) : "no frames";
  const lines = "parts" in live ? live.parts.log.length : 0;
  const holds = [
    ...["versions", "settings", "what the doctor found", count(maps.length, "session map"), "leases"],
    ...[frames, count(lines, "log line")],
  ];
  const leftOut = leftOutOf(live, o.withText);
  const files: File[] = [
    json("versions.json", versions),
    json("settings.json", settings),
    json("doctor.json", o.findings),
    ...maps,
    json("leases.json", leases),
    ...added,
  ];
  const readme = { name: "README.txt", text: readmeOf({ at: o.at, files, holds, leftOut }) };
  const safe = [readme, ...files].map(({ name, text }) => ({ name, text: redact(text) }));
  return { bytes: tgz(safe, o.at), holds, leftOut };
}

/** What a reader is told of a bundle that was written. */
export function bundleText(o: { file: string; bytes: number; holds: string[]; leftOut: string[] }): string {
  return [
    `Wrote ${o.file} (${size(o.bytes)}).`,
    `In it: ${o.holds.join(", ")}.`,
    `Left out: ${o.leftOut.join("; ")}.`,
  ].join("\n");
}

async function mapFiles(ports: BundlePorts, places: Places): Promise<File[]> {
  const files = await Promise.all(
    ports.agents().map(async ({ id, workspace, contractor }) => {
      const sessions = await orProblem(async () => {
        const entries = await ports.sessions(workspace);
        return entries.filter(({ agentId }) => agentId === id).map((entry) => shownEntry(entry, places));
      });
      const nothing = contractor === undefined && Array.isArray(sessions) && sessions.length === 0;
      return nothing ? [] : [json(`session-maps/${fileName(id)}.json`, sessions)];
    }),
  );
  return files.flat();
}

function liveFiles({ live, adapters, log }: LiveParts, places: Places): File[] {
  const sessions = json("live.json", shownLive(live, places));
  const frames = adapters.map(({ pid, ended, cut, frames }) => {
    const lines = frames.map((frame) => JSON.stringify(frame)).join(",\n");
    const head = JSON.stringify({ pid, ended, cut }).slice(0, -1);
    return { name: `frames-${pid}.json`, text: `${head},"frames":[\n${lines}\n]}\n` };
  });
  return [sessions, ...frames, { name: "log.txt", text: places.without(`${log.join("\n")}\n`) }];
}

function framesOf({ adapters }: LiveParts): string {
  const frames = adapters.reduce((sum, adapter) => sum + adapter.frames.length, 0);
  return `${count(frames, "frame")} of ${count(adapters.length, "adapter")}`;
}

function leftOutOf(live: Awaited<ReturnType<BundlePorts["live"]>>, withText: boolean): string[] {
  const words = withText
    ? "of the words in a frame what is beyond 2000 characters (a secret in two frames is not recognised: look through them)"
    : `all words of people, of ${HARNESS.name} and of its tools`;
  const cut = "parts" in live ? live.parts.adapters.reduce((sum, adapter) => sum + adapter.cut, 0) : 0;
  return [
    words,
    "the values of harness.env and whatever looks like a secret",
    "where chats are, and whose",
    ...(cut > 0 ? [`the ${count(cut, "oldest frame")}, for which there was no room`] : []),
    ...("missing" in live ? [`frames, live sessions and log lines: ${live.missing}`] : []),
  ];
}

const EXPLAINED: readonly [pattern: RegExp, what: string][] = [
  [/^versions/, `the plugin, OpenClaw, Node, the system, the adapter and ${HARNESS.title}`],
  [/^settings/, "the settings in force, defaults included"],
  [/^doctor/, "what `openclaw contractor-agents doctor` found"],
  [
    /^session-maps/,
    `which conversation is which ${HARNESS.name} session; a chat is a number, its channel is named`,
  ],
  [/^leases/, "the adapter processes that are written down as running"],
  [/^live/, "the sessions as the gateway has them now"],
  [/^frames/, "the last ACP messages of this adapter, a line each: time, direction, method, size, shape"],
  [/^log/, "the plugin's last lines, of all levels"],
];

function readmeOf(o: { at: Date; files: File[]; holds: string[]; leftOut: string[] }): string {
  const lines = o.files.map(({ name }) => `${name}: ${EXPLAINED.find(([one]) => one.test(name))?.[1] ?? ""}`);
  return [
    `A fault report of the OpenClaw plugin Contractor, made ${o.at.toISOString()}.`,
    "Look through it before you send it to anybody.",
    "",
    ...lines,
    "",
    "Left out:",
    ...o.leftOut.map((what) => `- ${what}`),
    "",
  ].join("\n");
}

async function orProblem<T>(read: () => Promise<T>): Promise<T | { problem: string }> {
  try {
    return await read();
  } catch (error) {
    return { problem: describe(error) };
  }
}

function json(name: string, value: unknown): File {
  return { name, text: `${JSON.stringify(value, undefined, 2)}\n` };
}

function fileName(agentId: string): string {
  return agentId.replace(/[^\w-]/g, "_").slice(0, 64);
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
