// Questions that a gateway's end cut off: each is noted on disk while it waits, and the next gateway says that it is denied.
import { randomUUID } from "node:crypto";
import { type Log, logError, logName } from "../../common/log.ts";
import { code } from "../../common/text.ts";
import type { Identity } from "../../state/identity.ts";
import type { OpenQuestion, OpenQuestions } from "../../state/open-questions.ts";
import type { Route } from "../../state/session-map.ts";

type Noted = { identity: Identity; conversations: readonly Route[]; title: string };

/** Notes the questions of this gateway, and tells of those of the one before. */
export class Unanswered {
  readonly #questions: OpenQuestions;
  readonly #log: Log;
  // Those of this gateway: the one before may still be told of when they are asked.
  readonly #own = new Set<string>();
  #stopping = false;

  constructor(questions: OpenQuestions, log: Log) {
    this.#questions = questions;
    this.#log = log;
  }

  /** Notes one until the returned function is called; there is nobody to tell where it has no conversation. */
  note({ identity, conversations, title }: Noted): () => void {
    if (conversations.length === 0) return () => {};
    const id = randomUUID();
    this.#own.add(id);
    const { agentId, sessionKey } = identity;
    const added = this.#questions.add({ id, agentId, sessionKey, title, conversations: [...conversations] });
    const unwritten = (error: unknown) =>
      this.#log.warn(`${logName(identity)} a question could not be noted: ${logError(error)}`);
    added.catch(unwritten);
    return () => {
      if (!this.#stopping) added.then(() => this.#remove(id)).catch(unwritten);
    };
  }

  /** Call before the sessions stop: what they cut off is for the next gateway to tell. */
  stop(): void {
    this.#stopping = true;
  }

  /** Says in each conversation what was asked there and is denied. */
  async tell(say: (identity: Identity, text: string, route: Route) => void): Promise<void> {
    const left = (await this.#questions.all()).filter(({ id }) => !this.#own.has(id));
    const asked = left.flatMap(({ conversations, ...question }) =>
      conversations.map((route) => ({ question, route })),
    );
    const groups = Map.groupBy(asked, ({ question, route }) =>
      JSON.stringify([question.agentId, question.sessionKey, route]),
    );
    for (const group of groups.values()) {
      const [first] = group;
      if (!first) continue;
      const { agentId, sessionKey } = first.question;
      say({ agentId, sessionKey }, deniedText(group.map(({ question }) => question)), first.route);
    }
    for (const { id } of left) await this.#remove(id);
  }

  async #remove(id: string): Promise<void> {
    await this.#questions.remove(id);
    this.#own.delete(id);
  }
}

function deniedText(questions: readonly Pick<OpenQuestion, "title">[]): string {
  const titles = questions.map(({ title }) => `• ${code(title)}`);
  return ["🚫 Denied, because the gateway restarted before anybody answered:", ...titles].join("\n");
}
