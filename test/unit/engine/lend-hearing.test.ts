import { describe, expect, test } from "vitest";
import type { HearingEvent } from "../../../src/engine/hear/hearing.ts";
import { lendHearing } from "../../../src/engine/lend-hearing.ts";
import { FakeHearing } from "../../support/engine-fakes.ts";

const GRAMMAR = { phrases: {}, lists: {}, wakeWord: "ada" };

async function lender() {
  const ears: FakeHearing[] = [];
  const lending = await lendHearing(({ grammar }) => {
    const ear = new FakeHearing(["one", "two", "three"], grammar);
    ears.push(ear);
    return Promise.resolve(ear);
  });
  return { ears, lending };
}

describe("ears on loan", () => {
  test("one is open before anybody asks, and is told what to listen for", async () => {
    const { ears, lending } = await lender();
    expect(ears).toHaveLength(1);
    await lending.open(GRAMMAR);
    expect(ears).toHaveLength(1);
    expect(ears[0]?.grammars.at(-1)).toBe(GRAMMAR);
  });

  test("two conversations have two; one that is over leaves its own to the next", async () => {
    const { ears, lending } = await lender();
    const [first] = [await lending.open(GRAMMAR), await lending.open(GRAMMAR)];
    expect(ears).toHaveLength(2);
    first.close();
    await lending.open(GRAMMAR);
    expect(ears).toHaveLength(2);
  });

  test("every conversation counts its time from its own first sample", async () => {
    const { lending } = await lender();
    const speechAt = async (): Promise<HearingEvent[]> => {
      const heard: HearingEvent[] = [];
      const ear = await lending.open(GRAMMAR);
      ear.events$.subscribe((event) => heard.push(event));
      ear.append(new Int16Array(1_600));
      ear.append(new Int16Array(1_600).fill(9));
      ear.commit();
      ear.close();
      return heard.filter(({ type }) => type === "speech-started" || type === "speech-stopped");
    };
    expect(await speechAt()).toEqual(await speechAt());
  });

  test("one that failed is not lent again", async () => {
    const { ears, lending } = await lender();
    const ear = await lending.open(GRAMMAR);
    ear.events$.subscribe();
    ears[0]?.fail("its thread ended");
    ear.close();
    expect(ears[0]?.closed).toBe(true);
    await lending.open(GRAMMAR);
    expect(ears).toHaveLength(2);
  });

  test("after the end none is kept", async () => {
    const { ears, lending } = await lender();
    const ear = await lending.open(GRAMMAR);
    lending.close();
    ear.close();
    expect(ears.map(({ closed }) => closed)).toEqual([true]);
  });
});
