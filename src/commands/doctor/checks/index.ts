import { type Check, configured } from "../check.ts";
import { broker } from "./broker.ts";
import { car } from "./car.ts";
import { certificates } from "./certificates.ts";
import { clock } from "./clock.ts";
import { configuration } from "./configuration.ts";
import { disk } from "./disk.ts";
import { echo } from "./echo.ts";
import { memory } from "./memory.ts";
import { microphone } from "./microphone.ts";
import { persona } from "./persona.ts";
import { policy } from "./policy.ts";
import { provider } from "./provider.ts";
import { realTime } from "./real-time.ts";
import { recognition } from "./recognition.ts";
import { runtime } from "./runtime.ts";
import { speaker } from "./speaker.ts";
import { speech } from "./speech.ts";
import { wakeWord } from "./wake-word.ts";

/** Several models at once on a small processor take their time. */
const LOADING_MS = 20_000;

/** Everything that is looked at, in the order in which it is told. */
export const CHECKS: readonly Check[] = [
  { name: "runtime", look: runtime },
  { name: "memory", look: memory },
  { name: "disk", look: disk },
  { name: "clock", look: clock },
  { name: "real-time", look: realTime, alone: true },
  { name: "configuration", look: configuration },
  configured({ name: "persona", look: persona }),
  { name: "policy", look: policy },
  configured({ name: "wake-word", look: wakeWord, withinMs: LOADING_MS }),
  configured({ name: "recognition", look: recognition, withinMs: LOADING_MS }),
  { name: "speech", look: speech, withinMs: LOADING_MS },
  configured({ name: "microphone", look: microphone }),
  configured({ name: "speaker", look: speaker }),
  configured({ name: "echo", look: echo }),
  configured({ name: "broker", look: broker, withinMs: 8_000 }),
  configured({ name: "car", look: car, withinMs: 8_000 }),
  configured({ name: "certificates", look: certificates }),
  configured({ name: "provider", look: provider, withinMs: LOADING_MS }),
];
