import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { compileInstructions } from "../../../src/persona/instructions.ts";
import { loadPersona, personaNames } from "../../../src/persona/load-persona.ts";

describe("personas", () => {
  test.for(personaNames("personas"))("%s is whole", (name) => {
    const persona = loadPersona(name, "personas");
    const instructions = compileInstructions(persona, "jarvis");
    expect(instructions).toContain(persona.personality.trim());
    expect(instructions).toContain("only through the tools");
  });

  test("an unknown name lists the ones there are", () => {
    expect(() => loadPersona("bob", "personas")).toThrow(/bob\.yaml.*there are: ada, kai/);
  });

  test.for([
    ["a missing key", (text: string) => text.replace(/^tone:.*\n/m, ""), /broken\.yaml:\d+:\d+: tone/],
    ["an unknown voice", (text: string) => text.replace("local: slt", "local: hal"), /voices\.local.*slt/],
    ["a misspelt wording", (text: string) => text.replace("ack:", "akc:"), /wording\.akc: unknown key/],
    ["a name that is not the file's", (text: string) => text, /:1:1: name: .*must be broken/],
  ] as const)("%s is refused with line and key", ([, spoil, expected]) => {
    const file = join(mkdtempSync(join(tmpdir(), "codriver-persona-")), "broken.yaml");
    writeFileSync(file, spoil(readFileSync("personas/ada.yaml", "utf8")));
    expect(() => loadPersona(file, "personas")).toThrow(expected);
  });
});
