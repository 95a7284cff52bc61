import type { Speak } from "./flite.ts";
import type { Material } from "./material.ts";

/** What clips are made from. */
export interface Sources {
  readonly word: string;
  /** Where the recordings are. */
  readonly folder: string;
  readonly material: Material;
  readonly speak: Speak;
  readonly seed: number;
  /** How much of what synthetic voices and nobody say is made; 1 is all. */
  readonly share: number;
}
