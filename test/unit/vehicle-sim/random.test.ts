import { expect, test } from "vitest";

import { draw, drawBetween, type RandomStream, randomStream } from "../../../vehicle-sim/random.ts";

function numbers(stream: RandomStream, count: number): readonly number[] {
  const drawn: number[] = [];
  let now = stream;
  for (let index = 0; index < count; index += 1) {
    const [value, next] = draw(now);
    drawn.push(value);
    now = next;
  }
  return drawn;
}

test("the same seed and name give the same numbers, others give others", () => {
  const first = numbers(randomStream(7, "weather"), 5);
  expect(numbers(randomStream(7, "weather"), 5)).toEqual(first);
  expect(numbers(randomStream(8, "weather"), 5)).not.toEqual(first);
  expect(numbers(randomStream(7, "drivetrain"), 5)).not.toEqual(first);
});

test("fills [0, 1) evenly", () => {
  const drawn = numbers(randomStream(1, "even"), 10_000);
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
  expect(drawn.reduce((sum, value) => sum + value, 0) / drawn.length).toBeCloseTo(0.5, 1);
  expect(drawn.filter((value) => value < 0.1).length).toBeCloseTo(1_000, -2.5);
});

test("draws between two numbers", () => {
  const [value] = drawBetween(randomStream(1, "x"), 400, 900);
  expect(value).toBeGreaterThanOrEqual(400);
  expect(value).toBeLessThan(900);
});
