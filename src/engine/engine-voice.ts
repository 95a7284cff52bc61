import {
  catchError,
  concat,
  defer,
  EMPTY,
  from,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  switchMap,
  tap,
  timer,
} from "rxjs";

import type { EngineEvent, MessageItem, Place, ReplyItem } from "./engine-event.ts";
import { createPlayback, type Playback } from "./engine-playback.ts";
import type { ClauseSpoken, Effect, Reply } from "./engine-state.ts";
import { type Speech, type Utterance, VOICES } from "./speak/speech.ts";
import { speakable } from "./understand/speakable.ts";

export type VoiceEffect = Effect & { type: "speak" | "hush" };

/** The voice has said all of a reply, or could not. */
export interface ReplyFinished {
  readonly type: "reply-finished";
  readonly replyId: string;
  readonly status: "completed" | "failed";
}

/** What the voice says to the session about itself. */
export type VoiceReport = ClauseSpoken | ReplyFinished | (EngineEvent & { type: "reply-cut" });
export type VoiceEvent = EngineEvent | VoiceReport;

const RATE_HZ = 24_000;
const CHUNK_SAMPLES = RATE_HZ / 10;

/** Gives replies, one at a time: a newer one, or a hush, silences what is being said. */
export function voice(effects$: Observable<VoiceEffect>, speech: Speech): Observable<VoiceEvent> {
  return defer(() => {
    const playback = createPlayback();
    return effects$.pipe(
      switchMap((effect) => (effect.type === "hush" ? from(playback.cut()) : spoken(effect, speech, playback))),
    );
  });
}

/** As the voice is asked for it, so that rendering beforehand and speaking meet in the cache. */
export function utteranceOf(text: string, name: string): Utterance {
  return { text: speakable(text), voice: VOICES.find((known) => known === name) ?? "slt", rateHz: RATE_HZ };
}

function spoken(
  { reply, voice: name }: VoiceEffect & { type: "speak" },
  speech: Speech,
  playback: Playback,
): Observable<VoiceEvent> {
  const { replyId } = reply;
  const finished: ReplyFinished = { type: "reply-finished", replyId, status: "completed" };
  const parts$ = partsOf(reply, name, speech).pipe(
    tap((event) => {
      if (event.type === "reply-audio") playback.add(event.place.itemId, (event.pcm.length * 1_000) / RATE_HZ);
    }),
  );
  const played$ = defer(() => timer(playback.leftMs())).pipe(
    map((): EngineEvent => ({ type: "reply-played", replyId })),
  );
  return concat(parts$, of(finished), played$).pipe(
    catchError((error: unknown) => {
      const message = `the voice failed: ${error instanceof Error ? error.message : "no reason given"}`;
      const told: EngineEvent = { type: "error", kind: "server", message, eventId: undefined };
      return from([told, { ...finished, status: "failed" } as const]);
    }),
  );
}

/** Calls go first: the car may start while we say that it will, and does not depend on our voice. */
function partsOf({ replyId, items }: Reply, name: string, speech: Speech): Observable<EngineEvent | ClauseSpoken> {
  const allOf = (type: ReplyItem["type"]) =>
    items.flatMap((item, index) => {
      if (item.type !== type) return [];
      const place: Place = { replyId, itemId: item.itemId, index };
      if (item.type === "call") return [of({ type: "reply-call", place, item } as const)];
      return [message(place, item, item.spoken ? speech.speak(utteranceOf(item.text, name)) : EMPTY)];
    });
  return merge(...allOf("call"), ...allOf("message"));
}

function message(
  place: Place,
  item: MessageItem,
  pcm$: Observable<Int16Array>,
): Observable<EngineEvent | ClauseSpoken> {
  const { spoken: isSpoken, text } = item;
  return concat(
    from<EngineEvent[]>([
      { type: "reply-message-started", place, spoken: isSpoken },
      { type: "reply-text", place, spoken: isSpoken, text },
    ]),
    pcm$.pipe(
      mergeMap((clause) =>
        concat(
          of(timingOf(item.itemId, clause)),
          from(chunksOf(clause)).pipe(map((pcm): EngineEvent => ({ type: "reply-audio", place, pcm }))),
        ),
      ),
    ),
    of<[EngineEvent]>({ type: "reply-message-ended", place, item }),
  );
}

function timingOf(itemId: string, clause: Int16Array): ClauseSpoken {
  const audible = clause.findLastIndex((sample) => sample !== 0) + 1;
  const msOf = (samples: number): number => (samples * 1_000) / RATE_HZ;
  return { type: "clause-spoken", itemId, ms: msOf(clause.length), audibleMs: msOf(audible) };
}

function* chunksOf(pcm: Int16Array): Generator<Int16Array> {
  for (let at = 0; at < pcm.length; at += CHUNK_SAMPLES) yield pcm.subarray(at, at + CHUNK_SAMPLES);
}
