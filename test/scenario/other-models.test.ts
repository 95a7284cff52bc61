import { afterEach, describe, expect, test } from "vitest";

import { joined } from "../../src/audio/resample.ts";
import { type Engine, openEngine } from "../../src/engine/open-engine.ts";
import { DriverSeat, silence } from "../support/driver-seat.ts";

/** The whole agent over each vendor's protocol, to the embedded engine that speaks it; it knows our tools by their schemas alone. */
describe("the whole agent over the protocol of", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });

  async function seatAt(provider: "stepfun" | "openai" | "gemini"): Promise<DriverSeat> {
    const model: Engine = await openEngine({ dialect: provider });
    const seat = new DriverSeat();
    open.push(seat, model);
    await seat.open({
      config: { "model.provider": provider, "model.url": model.url, "model.fallback": "none" },
      environment: { [`${provider.toUpperCase()}_API_KEY`]: model.token },
    });
    return seat;
  }

  test.each(["stepfun", "openai", "gemini"] as const)(
    "%s: a spoken wish is done, and answered aloud",
    async (provider) => {
      const seat = await seatAt(provider);
      await seat.hears(joined([silence(300), await seat.spoken("jarvis, turn on the ambient light")]));
      await expect
        .poll(() => seat.writes, { timeout: 20_000 })
        .toContainEqual(expect.stringMatching(/AmbientLight.*IsLightOn=true$/));
      const heard = seat.events.flatMap((event) => (event.type === "heard" && event.final ? [event.text] : []));
      expect(heard.join(" ")).toContain("ambient light");
      await expect.poll(() => seat.events.map(({ type }) => type), { timeout: 20_000 }).toContain("sound");
    },
  );
});
