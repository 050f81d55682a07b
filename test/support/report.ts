// What a turn of a test came to, for `npm run faults`: a line in the file that CONTRACTOR_REPORT names, and nothing without it.
import { appendFileSync } from "node:fs";

export interface SeenTurn {
  /** When it was sent and when it was over, in milliseconds since the epoch. */
  from: number;
  to: number;
  status: string;
  /** The sentence the user is told of a turn that failed. */
  failure?: string;
  /** What the user is told beside the answer. */
  notices: readonly string[];
}

export function report(turn: SeenTurn): void {
  const file = process.env.CONTRACTOR_REPORT;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(turn)}\n`);
}
