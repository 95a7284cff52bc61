import type { Brand } from "../shared/brand.ts";
import type { AudioFrame } from "./audio-frame.ts";

/** A frame that may leave the device. Only `wake/wake-gate.ts` makes one: the type system keeps audio from before a wake at home. */
export type GatedFrame = Brand<AudioFrame, "gated">;
