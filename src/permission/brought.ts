// What a directory brings, as lines a person reads before saying whether it is trusted; every word of them may be a stranger's.
import type { Brought } from "../../adapters/harness.ts";
import { code, plain, prose } from "../../common/text.ts";

const MOST = 10;
const FILE_WIDTH = 60;
const DOES_WIDTH = 100;
const DETAIL_WIDTH = 140;
const WHOLE_WIDTH = 2_000;
const WHOLE_LINES = 200;

/** At most ten lines, each file among the first, and how many more there are. */
export function broughtLines(brought: readonly Brought[]): string[] {
  const all = eachFileFirst(grouped(brought));
  const shown = all.slice(0, all.length > MOST ? MOST - 1 : MOST);
  const more = all.length - shown.length;
  const lines = shown.map((one) => line(one, DETAIL_WIDTH));
  return more > 0 ? [...lines, `… and ${more} more: /cc trust show`] : lines;
}

/** Everything, as far as messages can hold it. */
export function allBrought(brought: readonly Brought[]): string[] {
  const lines = brought.slice(0, WHOLE_LINES).map((one) => line(one, WHOLE_WIDTH));
  const more = brought.length - lines.length;
  return more > 0 ? [...lines, `… and ${more} more.`] : lines;
}

// What a file does several times is one line: its variables, its git settings.
function grouped(brought: readonly Brought[]): Brought[] {
  const groups = Map.groupBy(brought, ({ file, does }) => JSON.stringify([file, does]));
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (!first) return [];
    const details = [first, ...rest].map(({ detail }) => detail).filter((detail) => detail !== undefined);
    return [details.length === 0 ? first : { ...first, detail: details.join("; ") }];
  });
}

function eachFileFirst(lines: readonly Brought[]): Brought[] {
  const files = [...Map.groupBy(lines, ({ file }) => file).values()];
  return [...files.flatMap((of) => of.slice(0, 1)), ...files.flatMap((of) => of.slice(1))];
}

function line({ file, does, detail }: Brought, width: number): string {
  const what = detail === undefined ? "" : `: ${code(plain(detail, width))}`;
  return `• ${code(plain(file, FILE_WIDTH))} ${prose(plain(does, DOES_WIDTH))}${what}`;
}
