import type { GrammarSpec } from "./grammar.ts";

/** As those of compile.ts: no tool can have such a name, since the model APIs allow no dot in it. */
const PSEUDO = "codriver.";

export const HELP_WITH = `${PSEUDO}help-with`;
export const REPEAT = `${PSEUDO}repeat`;
export const UNDO = `${PSEUDO}undo`;
export const STOP = `${PSEUDO}stop`;
export const GO_ON = `${PSEUDO}go-on`;
export const NEITHER = `${PSEUDO}neither`;
/** An answer to nobody's question. Listened for so that it is not taken for a short command that sounds like it. */
export const UNASKED = `${PSEUDO}unasked`;
/** Steps on from the last adjustment: `step` is one of `again`, `bit`, `lot`, `back`, `end`. */
export const MORE = `${PSEUDO}more`;
/** Followed by the name of a tool: its call once more, with the slots that are named now. */
export const ALSO = `${PSEUDO}also:`;
export const INSTEAD = `${PSEUDO}instead:`;
/** Followed by the name of a tool: one of its own continuations. */
export const AFTER = `${PSEUDO}after:`;
/** Followed by tool and slot: the argument whose name differs by the `word` that is said. */
export const OTHER = `${PSEUDO}other:`;
/** Followed by the name of a tool: what was asked for. */
export const ANSWER = `${PSEUDO}answer:`;

/** Plain enough to be listened for at any time. */
export const ALWAYS: GrammarSpec["phrases"] = {
  [REPEAT]: [
    "(say|repeat) that [again]",
    "what (did you say|was that)",
    "come again",
    "i (didn't|did not) (get|catch|hear|understand) (that|you)",
    "[i beg your] pardon",
  ],
  [UNDO]: [
    "undo [that|it|this|the last one]",
    "(put|change|set) (it|that|them|everything) back [again|to how it was|the way it was|as it was]",
    "[no] (never mind|forget it) [and] (put it|change it|go) back",
    "go back to (how it was|before)",
  ],
  [GO_ON]: ["(go on|continue|carry on)"],
  [STOP]: ["stop [it|that|now|there|right there|moving|everything]", "hold it"],
};
