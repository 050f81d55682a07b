// The doctor for `/acp doctor`: the same findings as the command line's, in the host's short form.

import { z } from "zod";
import { describe } from "../../common/failure.ts";
import type { AcpDoctorReport } from "../host/acp-contract.ts";
import { findingSchema, shortReport } from "../operations/agents/finding.ts";
import { authorize } from "../operations/authorize.ts";
import type { Operation } from "../operations/define.ts";

const DEADLINE_MS = 30_000;
const report = z.object({ findings: z.array(findingSchema) });

export function shortDoctor(operations: readonly Operation[]): () => Promise<AcpDoctorReport> {
  const doctor = operations.find((operation) => operation.name === "doctor");
  return async () => {
    if (!doctor) return { ok: false, message: "There is no doctor here." };
    const context = authorize(
      doctor,
      {},
      {
        caller: { is: "rpc", scopes: [], client: "acp doctor" },
        signal: AbortSignal.timeout(DEADLINE_MS),
        progress: () => {},
        confirm: async () => false,
      },
    );
    try {
      const { findings } = report.parse(await doctor.run({}, context));
      return { ...shortReport(findings), installCommand: "openclaw contractor-agents setup" };
    } catch (error) {
      return { ok: false, message: `The doctor could not finish: ${describe(error)}` };
    }
  };
}
