// The package is optional and brings no types. Only what we use is declared.
declare module "speaker" {
  import { Writable } from "node:stream";

  export interface SpeakerOptions {
    readonly channels: number;
    readonly bitDepth: number;
    readonly sampleRate: number;
    readonly signed: boolean;
    /** How many samples go to the sound card in one piece. */
    readonly samplesPerFrame: number;
    /** The sound system's name for the card, such as `hw:1,0`. */
    readonly device?: string;
  }

  export default class Speaker extends Writable {
    constructor(options: SpeakerOptions);
    /** Stops at once: what it still holds is not played. */
    close(): void;
  }
}
