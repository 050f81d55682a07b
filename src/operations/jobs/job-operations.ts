// The operations on jobs, which a chat, the gateway, the command line and the host's agents offer alike.
import type { Operation } from "../define.ts";
import { jobsOperation, outputOperation, statsOperation } from "./list.ts";
import type { JobPorts } from "./ports.ts";
import { endOperation, respondOperation } from "./respond.ts";
import { runOperation } from "./run.ts";
import { bgOperation, fgOperation } from "./watch.ts";

export function jobOperations(ports: JobPorts): Operation[] {
  return [
    runOperation(ports),
    jobsOperation(ports),
    outputOperation(ports),
    fgOperation(ports),
    bgOperation(ports),
    respondOperation(ports),
    endOperation(ports),
    statsOperation(ports),
  ];
}
