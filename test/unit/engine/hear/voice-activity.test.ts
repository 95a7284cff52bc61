import { describe, expect, test } from "vitest";

import { followVoice, QUIET, type VoiceActivity } from "../../../../src/engine/hear/voice-activity.ts";

const after = (...probabilities: readonly number[]): VoiceActivity =>
  probabilities.reduce((state, probability) => followVoice(state, probability, 1_000), QUIET);

describe("speech begins", () => {
  test.for([
    ["at the third frame in a row", [0.9, 0.9, 0.9], true],
    ["not at the second", [0.9, 0.9], false],
    ["not when a click interrupts itself", [0.9, 0.9, 0.1, 0.9, 0.9], false],
    ["not below the threshold", [0.49, 0.49, 0.49, 0.49], false],
    ["after any silence", [0, 0, 0.1, 0.5, 0.5, 0.5], true],
  ] as const)("%s", ([, probabilities, speaking]) => {
    expect(after(...probabilities).speaking).toBe(speaking);
  });
});

describe("while speaking", () => {
  const speaking = [0.9, 0.9, 0.9];

  test("the frames that began it count as speech", () => {
    expect(after(...speaking)).toMatchObject({ speechFrames: 3, silentFrames: 0 });
  });

  test("silence is counted from the last frame that held speech", () => {
    expect(after(...speaking, 0.1, 0.2, 0.1)).toMatchObject({ speaking: true, silentFrames: 3 });
    expect(after(...speaking, 0.1, 0.2, 0.6, 0.1)).toMatchObject({ speechFrames: 4, silentFrames: 1 });
  });

  test("what is 40 dB quieter than the speech before is silence, whatever the model still believes", () => {
    const tail = followVoice(followVoice(after(...speaking), 0.9, 10), 0.8, 10);
    expect(tail).toMatchObject({ speechFrames: 3, silentFrames: 2 });
    expect(followVoice(tail, 0.9, 100)).toMatchObject({ speechFrames: 4, silentFrames: 0 });
  });
});
