import { parseTemplate, type Template, TemplateError } from "../../engine/understand/template.ts";

const MAX_EXPANSIONS = 1_000;

/** All sentences of a template without slots, in its order: "[some] (milk|cream)" is four. Throws a TemplateError. */
export function expand(text: string): readonly string[] {
  return waysOf(parseTemplate(text));
}

function waysOf(template: Template): readonly string[] {
  switch (template.type) {
    case "word":
      return [template.word];
    case "optional":
      return ["", ...waysOf(template.part)];
    case "choice":
      return template.parts.flatMap(waysOf);
    case "sequence":
      return template.parts.map(waysOf).reduce(combined, [""]);
    case "list":
    case "number":
    case "set":
      throw new TemplateError(1, `an entry of a list has no slots, and here is {${template.slot}}`);
  }
}

function combined(before: readonly string[], after: readonly string[]): readonly string[] {
  if (before.length * after.length > MAX_EXPANSIONS) {
    throw new TemplateError(1, `more than ${MAX_EXPANSIONS} ways to say it; split the entry`);
  }
  return before.flatMap((left) => after.map((right) => `${left} ${right}`.trim()));
}

export type Slot = Extract<Template, { readonly slot: string }>;

/** Everything in a template that gives an argument. */
export function slotsIn(template: Template): readonly Slot[] {
  switch (template.type) {
    case "word":
      return [];
    case "optional":
      return slotsIn(template.part);
    case "choice":
    case "sequence":
      return template.parts.flatMap(slotsIn);
    case "list":
    case "number":
    case "set":
      return [template];
  }
}
