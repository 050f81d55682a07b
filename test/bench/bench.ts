// What every measurement stands on: the fake model, and how a side is started over it and the adapter.
import { type Model, startModel } from "../support/model.ts";
import type { ModelRequest } from "../support/model-request.ts";
import { acpx } from "./sides/acpx.ts";
import { floor } from "./sides/floor.ts";
import { ours } from "./sides/ours.ts";
import type { Side, SideName, SideOptions } from "./sides/side.ts";
import type { Samples } from "./stats.ts";

export const SIDES: readonly SideName[] = ["floor", "acpx", "ours"];

export interface Bench {
  model: Model;
  quick: boolean;
  samples: Samples;
  /** As many rounds as are worth it: fewer where it is to be quick. */
  rounds(full: number, quick: number): number;
  /** Starts a side over the adapter, or over another program in its place. */
  side(name: SideName, o?: Partial<SideOptions>): Promise<Side>;
  /** When the model is sent a request that matches, from now on (performance.now). */
  asked(matches: (request: ModelRequest) => boolean): Promise<number>;
  /** A sentence for the table's foot. */
  note(sentence: string): void;
  /** Words for a side's place in the table where it has no number, or where the number needs them. */
  instead(id: string, side: SideName, words: string): void;
}

const MAKERS = { floor, acpx, ours };

export function sideOf(model: Model, name: SideName, o: Partial<SideOptions> = {}): Promise<Side> {
  return MAKERS[name]({ ...o, env: { ...model.env(), HOME: process.env.HOME ?? "/", ...o.env } });
}

/** The model all sides talk to; `onRequest` sees each request as it arrives. */
export async function startFakeModel(onRequest: (request: ModelRequest) => void): Promise<Model> {
  return await startModel({ onRequest });
}
