// Where a job is told about: the place it was launched from, else the one that is set for its directory, else the fallback.
import { isAbsolute, relative, resolve } from "node:path";
import type { Route } from "../../state/session-map.ts";

export interface Destinations {
  /** By directory; the longest one that the job's is in, or is, decides. */
  channels: Readonly<Record<string, Route>>;
  fallback?: Route | undefined;
}

/** Undefined where nobody would hear of it. */
export function destinationOf(
  o: { place: Route | undefined; cwd: string },
  { channels, fallback }: Destinations,
): Route | undefined {
  if (o.place) return o.place;
  const [nearest] = Object.keys(channels)
    .filter((directory) => isWithin(directory, o.cwd))
    .sort((a, b) => resolve(b).length - resolve(a).length);
  return (nearest === undefined ? undefined : channels[nearest]) ?? fallback;
}

function isWithin(directory: string, cwd: string): boolean {
  const way = relative(resolve(directory), resolve(cwd));
  return way === "" || !(way === ".." || way.startsWith("../") || isAbsolute(way));
}

/** A conversation as a setting names it. */
export type DestinationSetting = string | Route;

/** `telegram|default|-1001234`, the same with colons, or its parts, as a route. */
export function routeOfSetting(setting: DestinationSetting): Route {
  const { channel, to, ...rest } = typeof setting === "string" ? parsed(setting) : setting;
  // Most channels take their own name in front of the conversation's.
  return { channel, to: to.startsWith(`${channel}:`) ? to : `${channel}:${to}`, ...rest };
}

function parsed(setting: string): Route {
  const sign = setting.includes("|") ? "|" : ":";
  const [channel = "", accountId = "", ...rest] = setting.split(sign);
  return { channel, accountId, to: rest.join(sign) };
}
