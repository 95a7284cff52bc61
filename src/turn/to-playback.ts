import { mergeMap, type Observable, type OperatorFunction } from "rxjs";

import type { PlaybackCommand } from "../audio/playback.ts";
import type { SessionEvent } from "../session/session-event.ts";

/** Besides the session's own events: a wake, by which the driver takes the turn. */
type PlaybackCause = SessionEvent | { readonly type: "gate-opened" };

/** What the speaker is to do about what happens. A wake, or a lost link, ends what is being said. */
export function toPlayback(): OperatorFunction<PlaybackCause, PlaybackCommand> {
  return (events$: Observable<PlaybackCause>) => events$.pipe(mergeMap(commandsOf));
}

function commandsOf(event: PlaybackCause): readonly PlaybackCommand[] {
  switch (event.type) {
    case "reply-audio": {
      const { replyId, itemId, contentIndex, pcm } = event;
      return [{ type: "enqueue", replyId, itemId, contentIndex, pcm }];
    }
    case "reply-ended":
      return [{ type: "end-of-reply", replyId: event.replyId }];
    case "gate-opened":
    case "session-lost":
      return [{ type: "interrupt" }];
    default:
      return [];
  }
}
