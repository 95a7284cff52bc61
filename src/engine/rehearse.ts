import { lastValueFrom, of, takeWhile, tap } from "rxjs";

import type { Dialect } from "./dialects/dialect.ts";
import { engineSession } from "./engine-session.ts";
import type { Speech } from "./speak/speech.ts";

const ITEM = { type: "message", role: "user", content: [{ type: "input_text", text: "rehearsal" }] };
const TURN = [{ type: "conversation.item.create", item: ITEM }, { type: "response.create" }];

/** Plays one typed turn to nobody, so that the first driver does not wait while code is compiled. Never rejects. */
export async function rehearse(dialect: Dialect, speech: Speech): Promise<void> {
  const turn$ = engineSession(of(...TURN.map((message) => dialect.decode(message))), {
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
