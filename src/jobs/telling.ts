// Telling people about jobs: what is owed is on disk until the channel has it, and goes out in order, each once.
import { type Log, logError } from "../../common/log.ts";
import type { Identity } from "../../state/identity.ts";
import type { JobStore, Notice } from "../../state/jobs.ts";
import type { Route } from "../../state/session-map.ts";
import type { Outbound } from "../delivery/outbound.ts";
import { Poster } from "../delivery/poster.ts";
import type { AskExtras } from "../permission/ask-parts.ts";

export interface TellingParts {
  store: Pick<JobStore, "append">;
  outbound: Outbound;
  /** Names a conversation, however its route is written. */
  keyOf: (route: Route) => string;
  /** True when nothing is posted any more: the next gateway tells the rest. */
  stopping: () => boolean;
  log: Log;
}

const PACE_MS = 350;

export class Telling {
  readonly #parts: TellingParts;
  // What goes out in a conversation follows what went before it there.
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(parts: TellingParts) {
    this.#parts = parts;
  }

  /** Tells what is owed on disk already. Resolves when the channel has it, has refused it for good, or nothing is posted any more. */
  async tell(of: Identity, { key, place, text, buttons }: Notice): Promise<void> {
    const { store, log } = this.#parts;
    const done = Promise.withResolvers<boolean>();
    const extras = { buttons: buttons ?? [], shown: done.resolve };
    await this.#post({ of, place, key, text, extras });
    const told = await done.promise;
    if (!told && this.#parts.stopping()) return;
    if (!told) log.error(`a notice about a job could not be posted (${key})`);
    await store.append([{ op: "told", key }]).catch((error: unknown) => {
      log.error(`it could not be noted that a notice was posted: ${logError(error)}`);
    });
  }

  /** Says something that is of use only now, such as a question; `extras.shown` hears whether the channel took it. */
  say(of: Identity, o: { place: Route; key: string; text: string; extras?: AskExtras | undefined }): void {
    void this.#post({ of, ...o });
  }

  /** Says it, and resolves to whether the channel took it; not after `over` is aborted, nor when nothing is posted any more. */
  async put(
    of: Identity,
    o: { place: Route; key: string; text: string; over: AbortSignal },
  ): Promise<boolean> {
    let taken = false;
    const shown = (ok: boolean) => {
      taken = ok;
    };
    await this.#post({ of, ...o, extras: { buttons: [], over: o.over, shown } });
    return taken;
  }

  /** Resolves when what was to be told so far is posted, or after `ms`. */
  async settle(ms: number): Promise<void> {
    const late = new Promise((resolve) => setTimeout(resolve, ms).unref());
    await Promise.race([Promise.all(this.#last.values()), late]);
  }

  async #post(o: {
    of: Identity;
    place: Route;
    key: string;
    text: string;
    extras?: AskExtras | undefined;
  }): Promise<void> {
    const { outbound, keyOf, stopping, log } = this.#parts;
    const where = keyOf(o.place);
    const before = this.#last.get(where) ?? Promise.resolve();
    const poster = new Poster({
      outbound,
      identity: o.of,
      route: o.place,
      turnId: o.key,
      after: () => before,
      paceMs: PACE_MS,
      onLost: (error) => log.error(`a word about a job could not be posted: ${logError(error)}`),
      onRetry: (error) => log.warn(`a word about a job is posted again: ${logError(error)}`),
      stopping,
      onPosting: async () => {},
      onPosted: async () => {},
    });
    poster.post(o.text, o.extras);
    const posted = poster.idle();
    this.#last.set(where, posted);
    await posted;
    if (this.#last.get(where) === posted) this.#last.delete(where);
  }
}
