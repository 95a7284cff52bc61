import type { Language } from "./language.ts";
import type { Memory } from "./memory.ts";
import type { Wording } from "./wording.ts";

export interface DialogueState {
  readonly language: Language;
  readonly wording: Wording;
  /** What the driver could ask for: orders that read on after "I can". */
  readonly examples: readonly string[];
  /** The driver's turns so far: which variant of the wording, and which examples, come next. */
  readonly turns: number;
  /** Calls made so far. */
  readonly count: number;
  readonly memory: Memory;
}
