// The first sign that the gateway is to stop. The host tells services only after it has waited for all work under way, up
// to 315 s (docs/host-notes.md#sessions-bindings-routing); a question that waits for a person, or a hung turn, would hold it up that long.

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Calls back once, when the process is told to end; the host's own handling goes on. Returns the way to stop listening. */
export function onShutdown(stop: () => void): () => void {
  const once = () => {
    release();
    stop();
  };
  const release = () => {
    for (const signal of SIGNALS) process.off(signal, once);
  };
  for (const signal of SIGNALS) process.on(signal, once);
  return release;
}
