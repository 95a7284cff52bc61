import { defer, Observable, switchMap } from "rxjs";
import { type AudioFrame, MIC_RATE_HZ, SPEAKER_RATE_HZ } from "./audio-frame.ts";
import { createResampler, type Resampler } from "./resample.ts";
import { stereoTracks } from "./stereo-tracks.ts";
import { openWavFile } from "./wav-file.ts";

const MAX_SAMPLES = 30 * 60 * SPEAKER_RATE_HZ;
const WRITE_SAMPLES = SPEAKER_RATE_HZ;
/** What was heard is reported a little later than it was heard, so the newest part of the file stays open for it. */
const OPEN_SAMPLES = SPEAKER_RATE_HZ / 4;

/** Writes a conversation as it is heard: the driver left, the agent right, both at 24 kHz. */
export interface StereoRecorder {
  microphone(frame: AudioFrame): void;
  /** Samples whose first is heard at `atMs`, on the clock of the frames. */
  speaker(block: Int16Array, atMs: number): void;
  /** Samples of the agent that are not in the file: from before the first frame, or two minutes ahead of the microphone. */
  readonly droppedSamples: number;
}

/**
 * Opens the file on subscription, emits the recorder once, and finishes the file on unsubscription. After 30 minutes it
 * is full and takes no more. Errors with `AudioDeviceError` when the file cannot be written.
 */
export function stereoRecorder(path: string): Observable<StereoRecorder> {
  return defer(() => createResampler(MIC_RATE_HZ, SPEAKER_RATE_HZ)).pipe(
    switchMap((resampler) => recording(path, resampler)),
  );
}

function recording(path: string, resampler: Resampler): Observable<StereoRecorder> {
  return new Observable((subscriber) => {
    const file = openWavFile(path, 2, SPEAKER_RATE_HZ);
    const tracks = stereoTracks();
    let writtenSamples = 0;
    let endedAt = 0;

    const write = (samples: number): void => {
      try {
        file.append(tracks.take(samples));
        writtenSamples += samples;
      } catch (error) {
        subscriber.error(error);
      }
    };
    subscriber.add(() => {
      tracks.left(resampler.flush(), endedAt);
      resampler.close();
      write(Math.min(tracks.samples, MAX_SAMPLES - writtenSamples));
      file.close();
    });
    subscriber.next({
      microphone: ({ pcm, capturedAt }) => {
        if (writtenSamples >= MAX_SAMPLES) return;
        endedAt = capturedAt;
        tracks.left(resampler.push(pcm), capturedAt);
        if (tracks.leftSamples >= WRITE_SAMPLES + OPEN_SAMPLES) write(WRITE_SAMPLES);
      },
      speaker: (block, atMs) => tracks.right(block, atMs),
      get droppedSamples() {
        return tracks.droppedSamples;
      },
    });
  });
}
