// Asking: one question to the people of its conversations, by buttons under it and by typed reply at once, and on the host's pages
// where its turn was begun there; the first answer wins, and every place is told it.
// Where there is no conversation, or it has no buttons of ours, the host's own approvals ask, if they show all there is to see.
import { type Answer, HOST } from "./answer.ts";
import type { Asking, AskingParts } from "./ask-parts.ts";
import { type AskedPlace, openPlace } from "./asked-place.ts";
import { type FirstAnswer, firstAnswer } from "./first-answer.ts";
import { handOn } from "./kept.ts";
import type { NativeQuestion } from "./native.ts";
import { askNative, fits, nativeAnswer, requestNative, withdraw, withName } from "./native-asking.ts";
import { endedWell } from "./question.ts";
import { awaitTyped } from "./typed-answer.ts";

// The harness takes a question back when its turn is cut off, too, and that can be heard first.
const TURN_ENDS_MS = 250;

/** Asks, and resolves with what became of it; never rejects. */
export async function ask(parts: AskingParts, asking: Asking): Promise<Answer> {
  const settled = new AbortController();
  const first = firstAnswer();
  void expiry(parts.timeoutMs, settled.signal).then(first.give);
  void withdrawal(asking, settled.signal).then(first.give);
  void asking.ruled?.then((answer) => first.give(answer));
  const forget = parts.unanswered.note(asking);
  try {
    const hasChat = asking.conversations.length > 0;
    const inWords = hasChat && !(parts.mode === "native" && (await fits(parts, asking)));
    return inWords ? await askInWords(parts, asking, first) : await askNative(parts, asking, first);
  } finally {
    settled.abort();
    forget();
  }
}

async function askInWords(parts: AskingParts, asking: Asking, first: FirstAnswer): Promise<Answer> {
  const gone = new AbortController();
  const typed = awaitTyped(parts, asking, { first, text: () => text });
  const text = typed.number > 1 ? asking.numbered(typed.number) : asking.text;
  const unseen = allFailed(asking.conversations.length, () => first.give({ is: "nobody" }));
  const places = asking.conversations.map((route, place) =>
    openPlace(parts, asking, {
      ...{ route, first, over: gone.signal },
      onShown: (ok) => (ok ? typed.shown(place) : unseen.fail()),
    }),
  );
  try {
    const byHost = await askedByHost(parts, asking);
    const native = byHost && requestNative(parts, { ...asking, route: asking.conversations[0] }, byHost);
    if (native) unseen.hopeFor(native);
    void native?.then(async (shown) => shown && first.give(await nativeAnswer(shown), HOST));
    await putBefore(places, { text, first, inPlace: byHost === "route" ? native : undefined });
    const answer = await first.answer;
    if (first.from() !== HOST) void withdraw(native, answer);
    void tellAll(places, { answer, first, number: typed.several() ? typed.number : undefined });
    return answer;
  } finally {
    gone.abort();
    handOn(parts, asking, typed.close());
  }
}

// `inPlace`: the host's own form in the first conversation, where ours is not needed if it is shown there.
async function putBefore(
  [own, ...others]: readonly AskedPlace[],
  o: { text: string; first: FirstAnswer; inPlace: Promise<NativeQuestion | undefined> | undefined },
): Promise<void> {
  const { text, first, inPlace } = o;
  if (first.given()) return;
  for (const place of inPlace ? others : [own, ...others]) place?.ask(text);
  if (!inPlace) return;
  own?.preface();
  // The host may be slow to show it; nobody's answer, and no end of the turn, waits for that.
  const shown = await Promise.race([inPlace, first.answer.then((): "answered" => "answered")]);
  if (shown === "answered") return;
  if (shown?.here) own?.shownByHost();
  else own?.ask(text);
}

async function tellAll(
  places: readonly AskedPlace[],
  o: { answer: Answer; first: FirstAnswer; number: number | undefined },
): Promise<void> {
  const from = o.first.from();
  const answer = from === HOST ? await withName(o.answer) : o.answer;
  for (const place of places) place.close(answer, from, o.number);
}

// Whether the host asks too: on its pages, or in the conversation of the turn that has no buttons of ours.
async function askedByHost(parts: AskingParts, asking: Asking): Promise<"pages" | "route" | undefined> {
  const [own] = asking.conversations;
  const there = own !== undefined && !parts.presses.shownIn(own);
  if (parts.mode === "reply" || !(asking.held || there)) return undefined;
  if (!(await fits(parts, asking))) return undefined;
  return asking.held ? "pages" : "route";
}

// Calls back once every way to show the question has failed; the host's is one more where it is tried.
function allFailed(
  ways: number,
  then: () => void,
): { fail: () => void; hopeFor: (way: Promise<unknown>) => void } {
  let left = ways;
  const fail = () => {
    left -= 1;
    if (left === 0) then();
  };
  return {
    fail,
    hopeFor: (way) => {
      left += 1;
      void way.then((shown) => shown === undefined && fail());
    },
  };
}

// I8 (docs/architecture.md): silence is a no.
function expiry(ms: number, settled: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ is: "expired" }), ms);
    settled.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

function withdrawal({ signal, withdrawn }: Asking, settled: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    // A turn is not completed with a question in it: somebody else has answered.
    const ended = () => resolve({ is: withdrawn.aborted && endedWell(signal) ? "elsewhere" : "withdrawn" });
    const elsewhere = () => {
      const timer = setTimeout(() => resolve({ is: "elsewhere" }), TURN_ENDS_MS);
      settled.addEventListener("abort", () => clearTimeout(timer), { once: true });
    };
    if (signal.aborted) ended();
    else if (withdrawn.aborted) elsewhere();
    signal.addEventListener("abort", ended, { once: true, signal: settled });
    withdrawn.addEventListener("abort", elsewhere, { once: true, signal: settled });
  });
}
