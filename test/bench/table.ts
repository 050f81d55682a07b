// The rows of the comparison: what is measured, in which unit, and what ours must be, given what the others are.
import type { SideName } from "./sides/side.ts";

type Medians = Partial<Record<SideName, number>>;

export interface Row {
  id: string;
  what: string;
  unit: "ms" | "MB" | "processes";
  /** The bound ours must keep to, and how it is read; undefined while what it depends on was not measured. */
  limit: (of: Medians) => number | undefined;
  rule: string;
  /** What of ours is held against the limit [the median]. */
  held?: "p95";
}

const above = (side: SideName, more: number) => (of: Medians) => sum(of[side], more);
const fixed = (limit: number) => () => limit;

/** In the order of the issue. */
export const ROWS: readonly Row[] = [
  {
    id: "warm-first-text",
    what: "warm turn: prompt → first text",
    unit: "ms",
    limit: above("floor", 5),
    rule: "floor + 5",
  },
  {
    id: "warm-result-tail",
    what: "warm turn: adapter's answer → result",
    unit: "ms",
    limit: fixed(10),
    rule: "10",
  },
  { id: "cancel", what: "cancel → settled", unit: "ms", limit: above("floor", 50), rule: "floor + 50" },
  {
    id: "hung-cancel",
    what: "hung adapter: cancel → settled, process gone",
    unit: "ms",
    limit: fixed(3_000),
    rule: "3,000",
  },
  {
    id: "cold-first-text",
    what: "new session, cold: ensure → first text",
    unit: "ms",
    limit: (of) => of.acpx,
    rule: "acpx",
  },
  {
    id: "prewarmed-first-text",
    what: "new session, prewarmed: prompt → first text",
    unit: "ms",
    limit: fixed(400),
    rule: "400",
  },
  {
    id: "new-first-text",
    what: "/new → first text of the next message",
    unit: "ms",
    limit: fixed(400),
    rule: "400",
  },
  {
    id: "resume-first-text",
    what: "parked session: message → first text",
    unit: "ms",
    limit: above("floor", 50),
    rule: "floor + 50",
  },
  { id: "steer", what: "steer → the model has it", unit: "ms", limit: fixed(100), rule: "100, same turn" },
  {
    id: "live-8-pss",
    what: "8 live sessions, summed PSS",
    unit: "MB",
    limit: (of) => (of.acpx === undefined ? undefined : 0.7 * of.acpx),
    rule: "0.7 × acpx",
  },
  {
    id: "idle-8-processes",
    what: "8 idle sessions after parking",
    unit: "processes",
    limit: fixed(0),
    rule: "0",
  },
  {
    id: "updates-20k",
    what: "20,000 updates",
    unit: "ms",
    limit: (of) => of.acpx,
    rule: "acpx without its tail",
  },
  {
    id: "state-per-turn",
    what: "1,000 conversations in the map: one turn's state",
    unit: "ms",
    limit: fixed(5),
    rule: "5 at p95",
    held: "p95",
  },
  {
    id: "gateway-start",
    what: "gateway start with the plugin",
    unit: "ms",
    limit: above("floor", 150),
    rule: "without + 150",
  },
  {
    id: "cli-list",
    what: "openclaw contractor-agents list",
    unit: "ms",
    limit: above("floor", 300),
    rule: "openclaw --version + 300",
  },
  {
    id: "telegram-overhead",
    what: "Telegram message in → answer out, less the host with an echo",
    unit: "ms",
    limit: above("floor", 30),
    rule: "Claude's own time + 30",
  },
];

function sum(of: number | undefined, more: number): number | undefined {
  return of === undefined ? undefined : of + more;
}
