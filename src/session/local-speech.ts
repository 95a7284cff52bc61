import { filter, map, merge, mergeMap, type Observable, of, scan, switchMap, timer } from "rxjs";

import type { AudioFrame } from "../audio/audio-frame.ts";
import type { VoiceEvent } from "../audio/voice-event.ts";
import type { LinkCommand } from "./link-command.ts";
import type { SessionEvent } from "./session-event.ts";

/** Tells when somebody speaks; as `turn/voice-detector.ts` knows it. */
export interface SpeechEar {
  detect(frames$: Observable<AudioFrame>): Observable<VoiceEvent>;
}

/** From the end of speech, as the ear tells it, until it is over: with the ear's own 130 ms about 0.8 s. */
const SILENCE_MS = 670;
/** So short may be the wake word alone, and what is wanted comes after a breath. A server that has understood answers first. */
const SHORT_SPEECH_MS = 900;
const AFTER_SHORT_MS = 2_500;

/**
 * The beginning and end of speech in what is sent, for a server that does not tell. Speech is over after 0.8 s of
 * silence (later after a single word), when the microphone closes, or when the server answers, whose ear was the quicker; what was cut off is not a
 * speech that has ended.
 */
export function localSpeech(
  commands$: Observable<LinkCommand>,
  server$: Observable<SessionEvent>,
  ear: SpeechEar,
): Observable<SessionEvent> {
  const frames$ = commands$.pipe(
    filter((command) => command.type === "send-audio"),
    map(({ frame }): AudioFrame => frame),
  );
  const heard$ = ear.detect(frames$).pipe(
    filter(({ type }) => type !== "voiced"),
    map((event): Mark => {
      if (event.type === "onset") return "start";
      return event.type === "offset" && event.speechMs < SHORT_SPEECH_MS ? "breath" : "pause";
    }),
  );
  const shut$ = commands$.pipe(
    filter((command) => command.type === "audio-end"),
    map(({ cut }): Mark => (cut === true ? "forget" : "stop")),
  );
  const answered$ = server$.pipe(
    filter(({ type }) => type === "reply-started"),
    map((): Mark => "stop"),
  );
  return merge(heard$, shut$, answered$).pipe(
    switchMap((mark) => {
      if (mark !== "pause" && mark !== "breath") return of(mark);
      return timer(mark === "pause" ? SILENCE_MS : AFTER_SHORT_MS).pipe(map((): Mark => "stop"));
    }),
    scan(nextSpeech, SILENT),
    mergeMap(({ emit }) => emit),
  );
}

type Mark = "start" | "pause" | "breath" | "stop" | "forget";

interface Speech {
  readonly speaking: boolean;
  readonly emit: readonly SessionEvent[];
}

const SILENT: Speech = { speaking: false, emit: [] };

function nextSpeech({ speaking }: Speech, mark: Mark): Speech {
  if (mark === "start") return { speaking: true, emit: speaking ? [] : [{ type: "speech-started" }] };
  return { speaking: false, emit: speaking && mark === "stop" ? [{ type: "speech-stopped" }] : [] };
}
