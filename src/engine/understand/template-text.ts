import type { Template } from "./template.ts";

/** The template as it is written. */
export function textOf(template: Template): string {
  switch (template.type) {
    case "word":
      return template.word;
    case "list":
      return `{${template.slot}:${template.list}}`;
    case "number": {
      const { min, max, step } = template.range;
      return `{${template.slot}:number(${min}..${max},${step})}`;
    }
    case "set":
      return `{${template.slot}=${String(template.value)}}`;
    case "optional":
      return `[${textOf(template.part)}]`;
    case "choice":
      return `(${template.parts.map(textOf).join("|")})`;
    case "sequence":
      return template.parts.map(textOf).join(" ");
  }
}

const MAX_WORDINGS = 40;

/** Every way to say a template of mere words; undefined when it has slots, or more ways than are worth telling apart. */
export function wordings(template: Template): readonly (readonly string[])[] | undefined {
  const ways = waysOf(template);
  return ways !== undefined && ways.length <= MAX_WORDINGS ? ways : undefined;
}

function waysOf(template: Template): readonly (readonly string[])[] | undefined {
  switch (template.type) {
    case "word":
      return [[template.word]];
    case "list":
    case "number":
    case "set":
      return undefined;
    case "optional": {
      const ways = wordings(template.part);
      return ways && [[], ...ways];
    }
    case "choice":
      return template.parts.reduce<readonly (readonly string[])[] | undefined>((before, part) => {
        const ways = wordings(part);
        return before && ways && [...before, ...ways];
      }, []);
    case "sequence":
      return template.parts.reduce<readonly (readonly string[])[] | undefined>(
        (before, part) => {
          const ways = before && wordings(part);
          return before && ways?.flatMap((way) => before.map((words) => [...words, ...way]));
        },
        [[]],
      );
  }
}

/** How many words, of those that count, have to be said at the least; a slot counts as one. */
export function leastWords(template: Template, counts: (word: string) => boolean = () => true): number {
  switch (template.type) {
    case "word":
      return counts(template.word) ? 1 : 0;
    case "list":
    case "number":
      return 1;
    case "set":
    case "optional":
      return 0;
    case "choice":
      return Math.min(...template.parts.map((part) => leastWords(part, counts)));
    case "sequence":
      return template.parts.reduce((sum, part) => sum + leastWords(part, counts), 0);
  }
}
