export type AudioDeviceErrorCode = "not-found" | "lost" | "bad-file";

/** A microphone or speaker cannot be used. The message names the device, what is wrong and what to do. */
export class AudioDeviceError extends Error {
  override readonly name = "AudioDeviceError";
  readonly code: AudioDeviceErrorCode;

  constructor(code: AudioDeviceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
