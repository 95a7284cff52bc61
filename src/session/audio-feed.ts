import { filter, merge, mergeMap, type Observable, scan } from "rxjs";

import { FRAME_MS, FRAME_SAMPLES } from "../audio/audio-frame.ts";
import type { LinkCommand } from "./link-command.ts";
import type { Capabilities, ProviderCommand } from "./provider.ts";
import type { SessionEvent } from "./session-event.ts";

/** A voice activity detector on the other side hears the end of speech only when it is sent some silence. */
const TRAILING_SILENCE_MS = 600;
const SILENCE: readonly ProviderCommand[] = Array.from({ length: TRAILING_SILENCE_MS / FRAME_MS }, () => ({
  type: "send-audio",
  pcm: new Int16Array(FRAME_SAMPLES),
}));

type Ends = Pick<Capabilities, "speechEvents" | "audioEnd">;

interface Feed {
  /** Speech may be going on over there. */
  readonly unfinished: boolean;
  readonly out: readonly ProviderCommand[];
}

/**
 * Commands as a codec takes them, audio still at the microphone's rate. When the gate closes before the server has
 * heard the end of speech, silence follows at once: closed microphones say nothing at all. A server hears on its own
 * when speech is over, and then has the beginning of what the gate did not let through any more: it is to forget it.
 */
export function audioFeed(
  commands$: Observable<LinkCommand>,
  events$: Observable<SessionEvent>,
  capabilities: Ends,
): Observable<ProviderCommand> {
  const marks$ = events$.pipe(filter(({ type }) => type === "speech-started" || type === "speech-stopped"));
  return merge(commands$, marks$ as Observable<Mark>).pipe(
    scan((feed, input) => nextFeed(feed, input, capabilities), { unfinished: false, out: [] } as Feed),
    mergeMap(({ out }) => out),
  );
}

type Mark = SessionEvent & { type: "speech-started" | "speech-stopped" };

function nextFeed({ unfinished }: Feed, input: LinkCommand | Mark, ends: Ends): Feed {
  switch (input.type) {
    case "speech-started":
      return { unfinished: true, out: [] };
    case "speech-stopped":
      // Where the mark is ours the server has not heard the end yet, and the gate shuts now.
      return { unfinished: false, out: ends.speechEvents ? [] : endOf(false, unfinished, ends) };
    case "send-audio":
      return { unfinished: true, out: [{ type: "send-audio", pcm: input.frame.pcm }] };
    case "audio-end":
      return { unfinished: false, out: endOf(input.cut === true, unfinished, ends) };
    case "user-text":
    case "note":
    case "context":
    case "tool-result":
    case "create-reply":
    case "cancel-reply":
    case "listening":
    case "truncate":
    case "history":
      return { unfinished, out: [input] };
  }
}

function endOf(cut: boolean, unfinished: boolean, { speechEvents, audioEnd }: Ends): readonly ProviderCommand[] {
  if (cut) return [{ type: "forget-audio" }];
  if (audioEnd === "message") return unfinished ? [{ type: "audio-end" }] : [];
  // Where the marks are ours, nobody knows what the server has heard.
  return unfinished || !speechEvents ? SILENCE : [];
}
