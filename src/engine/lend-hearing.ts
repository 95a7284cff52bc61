import { map, tap } from "rxjs";
import { DEFAULT_NAME } from "./engine-understanding.ts";
import type { Hearing, HearingEvent, OpenHearing } from "./hear/hearing.ts";
import type { GrammarSpec } from "./understand/grammar.ts";

/** Lends ears. One is kept open for whoever comes next, because loading its models takes longer than a driver waits. */
export interface HearingLender {
  open(grammar: GrammarSpec): Promise<Hearing>;
  close(): void;
}

const SAMPLES_PER_MS = 16;
const NO_GRAMMAR: GrammarSpec = { phrases: {}, lists: {}, wakeWord: DEFAULT_NAME };

interface Ear {
  readonly hearing: Hearing;
  samples: number;
  broken: boolean;
}

/** Resolves when the first ear can hear. */
export async function lendHearing(openHearing: OpenHearing): Promise<HearingLender> {
  const fresh = async (grammar: GrammarSpec): Promise<Ear> => ({
    hearing: await openHearing({ grammar }),
    samples: 0,
    broken: false,
  });
  let spare: Ear | undefined = await fresh(NO_GRAMMAR);
  let closed = false;
  const giveBack = (ear: Ear): void => {
    if (closed || ear.broken || spare !== undefined) return ear.hearing.close();
    ear.hearing.clear();
    spare = ear;
  };
  return {
    async open(grammar) {
      const ear = spare;
      spare = undefined;
      if (ear === undefined) return lent(await fresh(grammar), giveBack);
      ear.hearing.setGrammar(grammar);
      return lent(ear, giveBack);
    },
    close() {
      closed = true;
      spare?.hearing.close();
      spare = undefined;
    },
  };
}

/** The same ear, with its clock at zero. Closing gives it back. */
function lent(ear: Ear, giveBack: (ear: Ear) => void): Hearing {
  const { hearing } = ear;
  const beginMs = ear.samples / SAMPLES_PER_MS;
  return {
    events$: hearing.events$.pipe(
      tap((event) => {
        if (event.type === "failed") ear.broken = true;
      }),
      map((event) => earlier(event, beginMs)),
    ),
    append: (pcm) => {
      ear.samples += pcm.length;
      hearing.append(pcm);
    },
    commit: () => hearing.commit(),
    clear: () => hearing.clear(),
    setGrammar: (grammar) => hearing.setGrammar(grammar),
    close: () => giveBack(ear),
  };
}

function earlier(event: HearingEvent, ms: number): HearingEvent {
  if (event.type === "speech-started") return { ...event, atMs: event.atMs - ms };
  if (event.type !== "speech-stopped") return event;
  return { ...event, atMs: event.atMs - ms, endOfSpeechMs: event.endOfSpeechMs - ms };
}
