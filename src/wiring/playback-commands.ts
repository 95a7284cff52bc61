import { mergeMap, type Observable, type OperatorFunction, startWith } from "rxjs";

import type { PlaybackCommand } from "../audio/playback.ts";
import type { SessionEvent } from "../session/session-event.ts";
import type { BargeInDecision } from "../turn/barge-in.ts";
import type { GateOutput } from "../wake/wake-gate.ts";

type Cause = SessionEvent | GateOutput | BargeInDecision;

/**
 * What the speaker is to do about what happens. A wake, speech over a reply, or a lost link, ends what is being said; so
 * does a new device, which knows nothing of what the one before it was playing.
 */
export function playbackCommands(): OperatorFunction<Cause, PlaybackCommand> {
  return (events$: Observable<Cause>) =>
    events$.pipe(mergeMap(commandsOf), startWith<PlaybackCommand>({ type: "interrupt" }));
}

function commandsOf(event: Cause): readonly PlaybackCommand[] {
  switch (event.type) {
    case "reply-audio": {
      const { replyId, itemId, contentIndex, pcm } = event;
      return [{ type: "enqueue", replyId, itemId, contentIndex, pcm }];
    }
    case "reply-ended":
      return [{ type: "end-of-reply", replyId: event.replyId }];
    case "opened":
      // The windows that we open ourselves come after what we said.
      return event.reason === "follow-up" || event.reason === "confirmation" ? [] : [{ type: "interrupt" }];
    // Only what passed the gate is heard there: whoever speaks has the word.
    case "speech-started":
    case "session-lost":
    case "interrupt":
      return [{ type: "interrupt" }];
    case "pause":
    case "resume":
      return [{ type: event.type }];
    default:
      return [];
  }
}
