import type { GrammarSpec } from "./grammar.ts";

interface Wish {
  /** Words that only this wish is about. A tool whose phrases have one of them knows better. */
  readonly about: readonly string[];
  readonly phrases: readonly string[];
}

const MOVE = "(open|close|shut)";
const SWITCH = "(turn|switch|put)";
const THE = "[the|my]";
const ON_OFF = (thing: string): readonly string[] => [
  `${SWITCH} (on|off) ${THE} ${thing}`,
  `${SWITCH} ${THE} ${thing} (on|off)`,
  `(start|stop|activate|disable) ${THE} ${thing}`,
];

/**
 * What drivers ask of cars. A recogniser that knows only what this car can do hears the nearest of that instead, and does
 * it; so it is given the sentences that come close, to be told apart and refused.
 */
const WISHES: readonly Wish[] = [
  { about: ["sunroof", "sunshade"], phrases: [`${MOVE} ${THE} (sunroof|sun roof|sunshade)`, `tilt ${THE} sunroof`] },
  { about: ["roof"], phrases: [`${MOVE} ${THE} (roof|convertible top)`] },
  {
    about: ["trunk", "tailgate", "boot"],
    phrases: [`(open|close|shut|pop|unlock|lock) ${THE} (trunk|tailgate|boot)`],
  },
  { about: ["hood", "bonnet"], phrases: [`(open|close|pop) ${THE} (hood|bonnet)`] },
  { about: ["glove"], phrases: [`${MOVE} ${THE} glove (box|compartment)`] },
  { about: ["garage"], phrases: [`${MOVE} ${THE} garage [door]`] },
  { about: ["wipers", "wiper"], phrases: [...ON_OFF("[windshield|windscreen] wipers"), "wipe the windscreen"] },
  { about: ["headlights", "beams"], phrases: ON_OFF("(headlights|high beams|fog lights)") },
  { about: ["hazard"], phrases: ON_OFF("hazard lights") },
  { about: ["signal"], phrases: [...ON_OFF("[left|right] turn signal")] },
  { about: ["cruise"], phrases: [...ON_OFF("cruise control"), "set [the] cruise control"] },
  { about: ["engine"], phrases: ON_OFF("engine") },
  { about: ["lane"], phrases: ON_OFF("lane (assist|keeping)") },
  { about: ["massage"], phrases: [...ON_OFF("(massage|seat massage|massage seat)"), "give me a massage"] },
  { about: ["ventilation"], phrases: ON_OFF("seat ventilation") },
  { about: ["steering"], phrases: ON_OFF("steering wheel heating") },
  { about: ["mirror", "mirrors"], phrases: ["(fold|adjust) [in|out] [the] [side] (mirror|mirrors)"] },
  { about: ["radio"], phrases: [...ON_OFF("radio"), "(play|change) the radio [station]"] },
  {
    about: ["music", "song", "track", "play"],
    phrases: ["play (some|the|my) (music|playlist)", "(play|skip) [the] [next] (song|track)"],
  },
  { about: ["audio", "play"], phrases: ["play (a|my) audio book"] },
  {
    about: ["call", "phone", "dial"],
    phrases: [
      "call (my|mom|dad|home|the office) [wife|husband|mother|father|brother|sister]",
      "(make|answer|end) (a|the) phone call",
      "dial a number",
    ],
  },
  { about: ["message", "messages", "email"], phrases: ["(send|read) (a|my) (message|messages|email)"] },
  {
    about: ["weather", "rain"],
    phrases: [
      "(what's|what is|how is|how's) the weather [today|tomorrow|like]",
      "(is it|will it) (going to rain|rain) [today]",
    ],
  },
  { about: ["news"], phrases: ["(read|play|tell me|what's in) the news"] },
  { about: ["joke"], phrases: ["tell me a joke"] },
  { about: ["timer", "alarm", "reminder"], phrases: ["set (a|an) (timer|alarm|reminder)", "remind me [later]"] },
  {
    about: ["order", "pizza"],
    phrases: ["order (a|me a|us a) (pizza|taxi|meal)", "order [me|us] (food|something to eat)"],
  },
  { about: ["camera"], phrases: [...ON_OFF("[rear] camera"), "show me the [rear] camera"] },
  { about: ["bluetooth", "wifi"], phrases: ON_OFF("bluetooth") },
];

/** The phrases of every wish that no tool of this grammar is about. */
export function otherWishes(spec: GrammarSpec): readonly string[] {
  const said = [
    ...Object.values(spec.phrases).flat(),
    ...Object.values(spec.lists).flatMap((list) => list.map(({ say }) => say)),
  ];
  const words = new Set(said.flatMap((text) => text.toLowerCase().match(/[\p{L}']+/gu) ?? []));
  return WISHES.filter(({ about }) => !about.some((word) => words.has(word))).flatMap(({ phrases }) => phrases);
}
