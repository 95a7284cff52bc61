import { mergeMap, type Observable, type OperatorFunction, startWith } from "rxjs";

import type { PlaybackCommand } from "../audio/playback.ts";
import type { SessionEvent } from "../session/session-event.ts";
import type { GateOutput } from "../wake/wake-gate.ts";

/**
 * What the speaker is to do about what happens. A wake, or a lost link, ends what is being said; so does a new device,
 * which knows nothing of what the one before it was playing.
 */
export function playbackCommands(): OperatorFunction<SessionEvent | GateOutput, PlaybackCommand> {
  return (events$: Observable<SessionEvent | GateOutput>) =>
    events$.pipe(mergeMap(commandsOf), startWith<PlaybackCommand>({ type: "interrupt" }));
}

function commandsOf(event: SessionEvent | GateOutput): readonly PlaybackCommand[] {
  switch (event.type) {
    case "reply-audio": {
      const { replyId, itemId, contentIndex, pcm } = event;
      return [{ type: "enqueue", replyId, itemId, contentIndex, pcm }];
    }
    case "reply-ended":
      return [{ type: "end-of-reply", replyId: event.replyId }];
    case "opened":
    case "session-lost":
      return [{ type: "interrupt" }];
    default:
      return [];
  }
}
