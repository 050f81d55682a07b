// A text goes out in as many messages as it takes, each a send of its own: what the channel took is not sent again, and what it did not
// take is known. A suppressed message was dropped by somebody, and a part of one is missing: both are failures. I11 (docs/architecture.md).

import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { setBounded } from "../../common/bounded-map.ts";
import type { Route } from "../../state/session-map.ts";
import type { Outbound } from "../delivery/outbound.ts";
import { currentConfig } from "./engine-ports.ts";
import { escapeDirectives, type Shows } from "./escape-directives.ts";
import { attachText } from "./files.ts";
import { intentOf, sendToRoute } from "./send-to-route.ts";
import { hostShows } from "./shows.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;
type Post = Parameters<Outbound["post"]>[0];

// Of a message's letters: what a part takes before it is rendered, and with the letters that rendering surely adds.
const ROOM_FOR_MARKUP = 0.9;
const RENDERED = 0.95;
const SMALLEST = 200;
// Posts that are tried again are few, and tried soon.
const REMEMBERED = 200;

export class PartedPosts {
  readonly #api: Api;
  // How many parts of a post the channel has taken, for the next try of the same.
  readonly #taken = new Map<string, number>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** Rejects where the channel did not take all of it; the next call with the same id goes on behind what it took. */
  async post(post: Post): Promise<void> {
    const { route, text, id, attempt, again, buttons } = post;
    const { channel, accountId } = route;
    const shows = await hostShows({ cfg: currentConfig(this.#api), channel, accountId });
    const all = parts(this.#api, { text, route, shows });
    for (const [at, { part, shown }] of all.entries()) {
      if (at < (this.#taken.get(id) ?? 0)) continue;
      // What may stand there already is the first that was not taken.
      const first = at === (this.#taken.get(id) ?? 0);
      const said = first && again !== undefined ? `${again}\n\n` : "";
      const name = intentOf(at === 0 ? id : `${id}.${at}`, attempt);
      const under = at === all.length - 1 ? buttons : undefined;
      if (shown === undefined)
        await attachText(this.#api, { route, name: "message.txt", text: part, id: name, caption: said });
      if (shown !== undefined || under)
        await this.#send({
          route,
          text: shown === undefined ? "(the text is in the file above)" : `${said}${shown}`,
          id: shown === undefined ? `${name}+` : name,
          buttons: under,
        });
      this.#note(id, at + 1);
    }
    this.#taken.delete(id);
  }

  async #send(o: { route: Route; text: string; id: string; buttons: Post["buttons"] }): Promise<void> {
    const presentation = o.buttons && { blocks: [{ type: "buttons" as const, buttons: [...o.buttons] }] };
    await sendToRoute(this.#api, {
      route: o.route,
      id: o.id,
      payloads: [{ text: o.text, ...(presentation ? { presentation } : {}) }],
      mediaAccess: { localRoots: [], readFile: refuseMedia },
      formatting: { chunkMode: "newline" },
    });
  }

  #note(id: string, taken: number): void {
    setBounded(this.#taken, { key: id, value: taken, most: REMEMBERED });
  }
}

// A text has no files in it; those are sent by files.ts.
async function refuseMedia(): Promise<never> {
  throw new Error("a text sends no files");
}

/** A piece of the text, and the form of it that is shown whole; without one it goes out as a file. */
interface Part {
  part: string;
  shown: string | undefined;
}

// Cut between paragraphs, and in code between lines. The host's chunker cuts what a channel renders, at the character: room is left for
// the markup, and a part that is rendered longer is cut again, so that it has nothing left to cut in a word.
function parts(api: Api, o: { text: string; route: Route; shows: Shows }): Part[] {
  const { text } = api.runtime.channel;
  const limit = text.resolveTextChunkLimit(currentConfig(api), o.route.channel, o.route.accountId);
  const cut = (whole: string, size: number): Part[] =>
    text.chunkMarkdownTextWithMode(whole, size, "newline").flatMap((part) => {
      const shown = escapeDirectives(part, o.shows);
      const fits = rendered(shown ?? part) <= limit * RENDERED;
      return fits || size <= SMALLEST ? [{ part, shown }] : cut(part, Math.ceil(size / 2));
    });
  return cut(o.text, Math.ceil(limit * ROOM_FOR_MARKUP));
}

// In HTML, as Telegram gets it; where it is not, there is room to spare.
function rendered(text: string): number {
  const longer = { "&": 4, "<": 3, ">": 3 };
  return Array.from(text.matchAll(/[&<>]/g), ([sign]) => longer[sign as keyof typeof longer]).reduce(
    (sum, more) => sum + more,
    text.length,
  );
}
