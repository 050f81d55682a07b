// A loaded channel's own plugin object. The SDK offers a plugin no way to it outside a held turn, so it is looked up where
// the host itself does (dist/registry-lookup: the process-wide plugin registry); where that has moved, nothing is found.
import { z } from "zod";

const REGISTRY = Symbol.for("openclaw.pluginRegistryState");

const registryState = z.looseObject({
  activeRegistry: z.looseObject({ channels: z.array(z.looseObject({ plugin: z.unknown() })) }),
});
const named = z.looseObject({ id: z.string() });

/** Unvalidated beyond its id; undefined for a channel that is not loaded. */
export function channelPlugin(channel: string): z.infer<typeof named> | undefined {
  const state = registryState.safeParse(Reflect.get(globalThis, REGISTRY));
  if (!state.success) return undefined;
  for (const { plugin } of state.data.activeRegistry.channels) {
    const known = named.safeParse(plugin);
    if (known.success && known.data.id === channel) return known.data;
  }
  return undefined;
}
