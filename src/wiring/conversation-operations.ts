// The operations on one session, which a chat, the gateway and the command line offer alike.

import type { SessionCatalog } from "../catalog/catalog.ts";
import type { Operation } from "../operations/define.ts";
import {
  cancelOperation,
  effortOperation,
  modelOperation,
  modeOperation,
  newOperation,
  renameOperation,
  type SendPrompt,
  steerOperation,
} from "../operations/session/control.ts";
import {
  commandsOperation,
  historyOperation,
  peekOperation,
  sessionStatusOperation,
  workdirOperation,
} from "../operations/session/info.ts";
import { type SendFile, sendOperation } from "../operations/session/send.ts";
import { usageOperation } from "../operations/session/usage-operation.ts";

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
    commandsOperation(catalog),
    sendOperation(catalog, sendFile),
    renameOperation(catalog),
  ];
}
