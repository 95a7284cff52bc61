import type { GrammarSpec, ListEntry } from "./grammar.ts";
import { thingOf } from "./schema-phrases.ts";
import type { SlotShape, ToolShape } from "./tool-shape.ts";

/** All that fragments are made from. */
export interface Stock {
  readonly shapes: ReadonlyMap<string, ToolShape>;
  readonly lists: GrammarSpec["lists"];
  /** Tool → templates that only go on from a call of it, or of another tool about the same thing. */
  readonly after: ReadonlyMap<string, readonly string[]>;
}

/** The argument by which a tool changes something instead of setting it. */
export const DELTA = "delta";

/** The tool itself first, then those about the same thing. */
export function relatedTo(tool: string, shapes: Stock["shapes"]): readonly string[] {
  const others = [...shapes.keys()].filter((other) => other !== tool && thingOf(other) === thingOf(tool));
  return thingOf(tool) === "" ? [tool] : [tool, ...others];
}

/** A list that several tools use, like `zone`, names things in general: it fits every slot that takes all its values. */
export function generalLists({ lists, values }: SlotShape, { shapes, lists: all }: Stock): readonly string[] {
  return Object.keys(all).filter((list) => {
    if (
      lists.includes(list) ||
      !(all[list] ?? []).every(({ value }) => typeof value === "string" && values.has(value))
    ) {
      return false;
    }
    const users = [...shapes.values()].filter(({ slots }) =>
      [...slots.values()].some((slot) => slot.lists.includes(list)),
    );
    return users.length > 1;
  });
}

/** Every phrase that can name the value of a slot. */
export function entriesFor(slot: SlotShape, stock: Stock): readonly ListEntry[] {
  const listed = [...slot.lists, ...generalLists(slot, stock)].flatMap((list) => stock.lists[list] ?? []);
  return [...listed, ...slot.words];
}
