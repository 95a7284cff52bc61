import { from, lastValueFrom, takeWhile, tap } from "rxjs";

import type { Dialect } from "./dialects/dialect.ts";
import type { ClientRequest } from "./engine-event.ts";
import { engineSession } from "./engine-session.ts";
import type { Speech } from "./speak/speech.ts";

const TURN: readonly ClientRequest[] = [
  { type: "add-message", role: "user", text: "rehearsal" },
  { type: "create-reply", textOnly: undefined },
];

/** Plays one typed turn to nobody, so that the first driver does not wait while code is compiled. Never rejects. */
export async function rehearse(dialect: Dialect, speech: Speech): Promise<void> {
  const turn$ = engineSession(from(TURN.map((request) => ({ request, eventId: undefined }))), {
    sessionId: "rehearsal",
    speech,
    openHearing: () => new Promise<never>(() => undefined),
  });
  const played$ = turn$.pipe(
    tap((event) => JSON.stringify(dialect.encode(event))),
    takeWhile(({ type }) => type !== "reply-ended"),
  );
  await lastValueFrom(played$, { defaultValue: undefined }).catch(() => undefined);
}
