import type { Hearing } from "./hear/hearing.ts";
import type { Speech } from "./speak/speech.ts";
import type { GrammarSpec } from "./understand/grammar.ts";

/** What one session shares with the others, or is lent. */
export interface EnginePorts {
  /** Unique among all sessions that a client may ever compare: ids of calls are made from it. */
  readonly sessionId: string;
  readonly speech: Speech;
  /** Resolves with an ear of this session's own; the session closes it. */
  openHearing(grammar: GrammarSpec): Promise<Hearing>;
}
