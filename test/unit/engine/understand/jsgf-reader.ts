/** A reader of the JSGF that we write, so that the text is checked by something other than what wrote it. */
type Part =
  | { readonly type: "word"; readonly word: string }
  | { readonly type: "rule"; readonly name: string }
  | { readonly type: "sequence" | "choice"; readonly parts: readonly Part[] };

export interface Rule {
  readonly isPublic: boolean;
  readonly body: Part;
}

/** Throws on anything unbalanced, doubled, empty or undefined. */
export function parseJsgf(text: string): ReadonlyMap<string, Rule> {
  const [version, name, ...lines] = text.trim().split("\n");
  if (version !== "#JSGF V1.0;" || name !== "grammar codriver;") throw new Error("no JSGF header");
  const rules = new Map<string, Rule>();
  for (const line of lines) {
    const [, isPublic, rule = "", body = ""] = /^(public )?<(\w+)> = (.*) ;$/.exec(line) ?? [];
    if (rule === "" || rules.has(rule)) throw new Error(`bad or doubled rule: ${line}`);
    rules.set(rule, { isPublic: isPublic !== undefined, body: parseBody(body) });
  }
  for (const [, referred = ""] of text.matchAll(/<(\w+)>/g)) {
    if (!rules.has(referred)) throw new Error(`<${referred}> is not defined`);
  }
  return rules;
}

function parseBody(body: string): Part {
  const tokens = body.split(/\s+/);
  const readChoice = (close?: string): Part => {
    const parts: Part[] = [];
    let sequence: Part[] = [];
    for (;;) {
      const token = tokens.shift();
      if (token === "(") sequence.push(readChoice(")"));
      else if (token === "[")
        sequence.push({ type: "choice", parts: [readChoice("]"), { type: "sequence", parts: [] }] });
      else if (token === "|" || token === close) {
        if (sequence.length === 0) throw new Error(`an empty alternative in: ${body}`);
        parts.push({ type: "sequence", parts: sequence });
        sequence = [];
        if (token === close) return { type: "choice", parts };
      } else if (token?.startsWith("<")) sequence.push({ type: "rule", name: token.slice(1, -1) });
      else if (token !== undefined && /^[\p{Ll}']+$/u.test(token)) sequence.push({ type: "word", word: token });
      else throw new Error(`"${String(token)}" in: ${body}`);
    }
  };
  const read = readChoice(undefined);
  if (tokens.length > 0) throw new Error(`"${tokens.join(" ")}" is left over in: ${body}`);
  return read;
}

/** A sentence of the public rule. */
export function generate(rules: ReadonlyMap<string, Rule>, choices: Iterator<number>): string {
  const say = (part: Part | undefined): readonly string[] => {
    switch (part?.type) {
      case undefined:
        throw new Error("a rule is missing");
      case "word":
        return [part.word];
      case "rule":
        return say(rules.get(part.name)?.body);
      case "sequence":
        return part.parts.flatMap(say);
      case "choice":
        return say(part.parts[Number(choices.next().value) % part.parts.length]);
    }
  };
  return say([...rules.values()].find(({ isPublic }) => isPublic)?.body).join(" ");
}
