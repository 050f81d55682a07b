// The operations on one session, which a chat, the gateway and the command line offer alike.

import { Failure } from "../../../common/failure.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import type { Trust } from "../../session/folder-trust.ts";
import type { Operation } from "../define.ts";
import { addDirOperation } from "./add-dir.ts";
import { closeOperation, forgetOperation, killOperation } from "./close.ts";
import {
  cancelOperation,
  effortOperation,
  fastOperation,
  modelOperation,
  modeOperation,
  newOperation,
  renameOperation,
  type SendPrompt,
  steerOperation,
  ultracodeOperation,
} from "./control.ts";
import {
  commandsOperation,
  historyOperation,
  peekOperation,
  sessionStatusOperation,
  workdirOperation,
} from "./info.ts";
import { sessionsOperation } from "./list-sessions.ts";
import { forkOperation, restartOperation, resumeOperation } from "./resume.ts";
import { type SendFile, sendOperation } from "./send.ts";
import { usageOperation } from "./usage-operation.ts";

export interface ConversationPorts {
  catalog: () => SessionCatalog;
  prompt: SendPrompt;
  sendFile: SendFile;
}

export function conversationOperations({ catalog, prompt, sendFile }: ConversationPorts): Operation[] {
  return [
    sessionStatusOperation(catalog),
    workdirOperation(catalog),
    usageOperation(catalog),
    peekOperation(catalog),
    historyOperation(catalog),
    newOperation(catalog),
    cancelOperation(catalog),
    steerOperation(catalog, prompt),
    modelOperation(catalog),
    modeOperation(catalog),
    effortOperation(catalog),
    fastOperation(catalog),
    ultracodeOperation(catalog),
    commandsOperation(catalog),
    sendOperation(catalog, sendFile),
    renameOperation(catalog),
  ];
}

/** What finds sessions, and what puts another behind a conversation. */
export function sessionOperations(catalog: () => SessionCatalog, trust: () => Trust): Operation[] {
  return [
    sessionsOperation(catalog),
    resumeOperation(catalog),
    forkOperation(catalog),
    restartOperation(catalog, trust),
    addDirOperation(catalog, trust),
    closeOperation(catalog),
    killOperation(catalog),
    forgetOperation(catalog),
  ];
}

/** The port `sendFile` where no gateway runs. */
export async function noGateway(): Promise<never> {
  throw new Failure({
    code: "refused",
    message: "No gateway runs, so nothing can be sent into a chat.",
    next: { say: "Start it with: openclaw gateway run" },
  });
}
