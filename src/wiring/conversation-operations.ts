// The operations on one session, which a chat, the gateway and the command line offer alike.

import type { Desk } from "../catalog/catalog.ts";
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
  desk: () => Desk;
  prompt: SendPrompt;
  sendFile: SendFile;
}

export function conversationOperations({ desk, prompt, sendFile }: ConversationPorts): Operation[] {
  return [
    sessionStatusOperation(desk),
    workdirOperation(desk),
    usageOperation(desk),
    peekOperation(desk),
    historyOperation(desk),
    newOperation(desk),
    cancelOperation(desk),
    steerOperation(desk, prompt),
    modelOperation(desk),
    modeOperation(desk),
    effortOperation(desk),
    commandsOperation(desk),
    sendOperation(desk, sendFile),
    renameOperation(desk),
  ];
}
