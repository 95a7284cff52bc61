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

/**
 * The beginning and end of speech in what is sent, for a server that does not tell. Speech is over after 0.8 s of
 * silence, when the microphone closes, or when the server answers, whose ear was the quicker; what was cut off is not a
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
    map(({ type }): Mark => (type === "onset" ? "start" : "pause")),
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
    switchMap((mark) => (mark === "pause" ? timer(SILENCE_MS).pipe(map((): Mark => "stop")) : of(mark))),
    scan(nextSpeech, SILENT),
    mergeMap(({ emit }) => emit),
  );
}

type Mark = "start" | "pause" | "stop" | "forget";

interface Speech {
  readonly speaking: boolean;
  readonly emit: readonly SessionEvent[];
}

const SILENT: Speech = { speaking: false, emit: [] };

function nextSpeech({ speaking }: Speech, mark: Mark): Speech {
  if (mark === "start") return { speaking: true, emit: speaking ? [] : [{ type: "speech-started" }] };
  return { speaking: false, emit: speaking && mark === "stop" ? [{ type: "speech-stopped" }] : [] };
}
