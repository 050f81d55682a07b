// A Finding is one thing the doctor looked at: how it is, and what to do about it when it is not well.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";

export const findingSchema = z.object({
  level: z.enum(["ok", "warn", "fail"]),
  what: z.string(),
  fix: z.string().optional(),
});
export type Finding = z.output<typeof findingSchema>;

export function ok(what: string): Finding {
  return { level: "ok", what };
}

export function warn(what: string, fix: string): Finding {
  return { level: "warn", what, fix };
}

export function fail(what: string, fix: string): Finding {
  return { level: "fail", what, fix };
}

/** One line per finding, its fix below it. */
export function findingText(finding: Finding): string {
  const mark = { ok: "ok  ", warn: "warn", fail: "FAIL" }[finding.level];
  return `${mark}  ${finding.what}${finding.fix ? `\n      → ${finding.fix}` : ""}`;
}

/** The short form, for `/acp doctor`: one sentence, and only what needs attention, each with its fix. */
export function shortReport(findings: readonly Finding[]): {
  ok: boolean;
  message: string;
  details: string[];
} {
  const failed = findings.filter((finding) => finding.level === "fail");
  const doubtful = findings.filter((finding) => finding.level === "warn");
  const details = [...failed, ...doubtful].map(({ what, fix }) => (fix ? `${what} → ${fix}` : what));
  const [first] = failed;
  if (first) return { ok: false, message: first.what, details };
  const rest = doubtful.length === 0 ? "" : ` (${doubtful.length} to look at)`;
  return { ok: true, message: `${HARNESS.title} is ready${rest}.`, details };
}
