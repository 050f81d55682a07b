// The doctor for `/acp doctor`: the same findings as the command line's, in the host's short form.

import { z } from "zod";
import { describe, Failure } from "../../common/failure.ts";
import type { AcpDoctorReport } from "../host/acp-contract.ts";
import { type Finding, findingSchema, shortReport } from "../operations/agents/finding.ts";
import { authorize } from "../operations/authorize.ts";
import type { Operation } from "../operations/define.ts";

const DEADLINE_MS = 30_000;
const report = z.object({ findings: z.array(findingSchema) });

export function shortDoctor(operations: readonly Operation[]): () => Promise<AcpDoctorReport> {
  return async () => {
    try {
      const findings = await findingsOf(operations, AbortSignal.timeout(DEADLINE_MS));
      return { ...shortReport(findings), installCommand: "openclaw contractor-agents setup" };
    } catch (error) {
      return { ok: false, message: `The doctor could not finish: ${describe(error)}` };
    }
  };
}

/** What the doctor among these operations finds. */
export async function findingsOf(operations: readonly Operation[], signal: AbortSignal): Promise<Finding[]> {
  const doctor = operations.find((operation) => operation.name === "doctor");
  if (!doctor) throw new Failure({ code: "refused", message: "There is no doctor here." });
  const input = { withText: false };
  const caller = { is: "rpc", scopes: [], client: "gateway" } as const;
  const context = authorize(doctor, input, {
    caller,
    signal,
    progress: () => {},
    confirm: async () => false,
  });
  return report.parse(await doctor.run(input, context)).findings;
}
